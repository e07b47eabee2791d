"""Pieces of HTML that several formats share: stems, tables, solutions, pictures.

All are well-formed XML of elements that QTI knows too, and without ``style``: what surrounds them
decides how they look.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape as _escape
from typing import TypeAlias

from cnncalc.notation import Form
from cnncalc.quiz.model import Question, Wrong, block, spans
from cnncalc.render.drawing.scene import Scene
from cnncalc.render.latex import FORMULA
from cnncalc.render.page import Line, Page, Section

#: Writes a formula.
Formula: TypeAlias = Callable[[Form], str]
#: Where a picture is found: the value of ``src``.
Place: TypeAlias = Callable[[Question], str]


def escape(text: str) -> str:
    """Text in an element."""
    return _escape(text, quote=False)


def stem(question: Question, place: Place) -> str:
    """Its paragraphs, and its picture with the description for who cannot see it."""
    return prose(question.stem) + picture(question, place)


def prose(text: str) -> str:
    """Paragraphs with ``code`` in backticks; none for no text."""
    return "".join(map(_paragraph, filter(None, spans(text))))


def _paragraph(pieces: list[tuple[bool, str]]) -> str:
    lines = block(pieces)
    if lines is not None:
        return f"<pre>{escape(lines)}</pre>"
    return f"<p>{''.join(map(_piece, pieces))}</p>"


def inline(text: str) -> str:
    """Text in a line, with ``code`` in backticks."""
    return "".join(_piece(piece) for pieces in spans(text) for piece in pieces)


def _piece(piece: tuple[bool, str]) -> str:
    code, text = piece
    return f"<code>{escape(text)}</code>" if code else escape(text)


def picture(question: Question, place: Place) -> str:
    found = question.picture
    if found is None:
        return ""
    sides = f'width="{round(found.width)}" height="{round(found.height)}"'
    return f'<p><img src="{place(question)}" alt="{_escape(found.description)}" {sides}/></p>'


def drawn(scene: Scene) -> bytes:
    """The picture as a file in SVG."""
    from cnncalc.render.drawing.svg import svg

    return svg(scene).encode()


def base64(scene: Scene) -> str:
    return b64encode(drawn(scene)).decode()


def within(question: Question) -> str:
    """The picture as a part of the page itself."""
    assert question.picture is not None
    return f"data:image/svg+xml;base64,{base64(question.picture)}"


def file_name(question: Question) -> str:
    """The picture's file, where a format has files."""
    return f"{question.id}.svg"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are HTML; its headings are text."""
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def items(texts: Iterable[str]) -> str:
    """A list of pieces of HTML."""
    return f"<ul>{''.join(f'<li>{text}</li>' for text in texts)}</ul>"


def solution(page: Page, formula: Formula) -> str:
    """The working: what a layer is, its equations, and what the letters mean."""
    return "".join(part for section in page.sections for part in _section(section, formula))


def _section(section: Section, formula: Formula) -> Iterator[str]:
    if section.title:
        yield f"<p><strong>{escape(section.title)}</strong></p>"
    lines = [line for _, some in section.groups for line in some]
    if lines:
        yield items(_equation(line, formula) for line in lines)
    for paragraph in section.paragraphs:
        about = f"<em>{escape(paragraph.about)}:</em> " if paragraph.about else ""
        source = f" Source: {escape(paragraph.source)}." if paragraph.source else ""
        yield f"<p>{about}{escape(paragraph.text)}{source}</p>"


def _equation(line: Line, formula: Formula) -> str:
    unit = f" {escape(line.unit)}" if line.unit else ""
    note = f" ({escape(line.note)})" if line.note else ""
    equation = " = ".join(formula(form) for form in line.forms)
    return f"{escape(line.label)} = {equation}{unit}{note}"


def tex(form: Form) -> str:
    r"""A formula for MathJax: ``\(…\)``."""
    return rf"\({escape(form.write(FORMULA))}\)"


def mistakes(found: Iterable[tuple[str, Wrong]]) -> str:
    """What wrong answers come from, where a format has no place for each; empty for none."""
    texts = [f"{inline(answer)}: {inline(wrong.feedback)}" for answer, wrong in found]
    return items(texts) * bool(texts)


def command(question: Question) -> str:
    """The line for the terminal that prints the answer, if there is one."""
    return f"<p><code>{escape(question.command)}</code></p>" if question.command else ""
