"""Canvas, as source text for text2qti, which builds the package that Canvas imports.

Statements are multiple answers ("select all that are true"); text2qti has no matching and no
tables, so each pair is a choice and each gap a number; a formula is a choice. Pictures are files
beside the source (:func:`files`), as text2qti reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil

from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import fragments
from cnncalc.quiz.exports.fallbacks import (
    ByType,
    Part,
    asks,
    choice,
    choices,
    decimal,
    gaps,
    numbers,
    reach,
    spellings,
)
from cnncalc.quiz.model import (
    LETTERS,
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    block,
    shown,
    spans,
)
from cnncalc.render import delimited
from cnncalc.render.latex import FORMULA
from cnncalc.render.page import Line
from cnncalc.render.report import Column
from cnncalc.render.report import Table as Rows


class _Source:
    """The questions so far; text2qti takes no stem twice."""

    def __init__(self) -> None:
        self.count = 0
        self.stems: set[str] = set()

    def question(
        self,
        question: Question,
        answers: Iterable[str],
        part: Part | None = None,
        more: Iterable[str] = (),
        beside: Iterable[str] = (),
    ) -> Iterator[str]:
        """``more`` goes after the stem, ``beside`` are said with the solution."""
        self.count += 1
        worth = part.points if part else Fraction(question.points)
        yield f"Title: {part.id if part else question.id}"
        yield f"Points: {decimal(Fraction(max(1, ceil(2 * worth)), 2))}"
        stem = [*_stem(question), *more, *([_escape(part.asks)] if part else [])]
        if "\n".join(stem) in self.stems:
            stem.append(f"(Question {question.number}.)")
        self.stems.add("\n".join(stem))
        yield from _hanging(f"{self.count}.", stem)
        yield from _hanging("...", [*_solution(question), *beside])
        yield from answers
        yield ""


def write(quiz: Quiz, key: bool) -> str:
    source = _Source()
    lines = [f"Quiz title: {quiz.title}", "shuffle answers: true", ""]
    for question in quiz.questions:
        lines += _BODIES[type(question.body)](source, question, question.body)
    return "\n".join(lines)


def files(quiz: Quiz) -> dict[str, bytes]:
    """The pictures that the source names."""
    return {
        fragments.file_name(one): fragments.drawn(one.picture)
        for one in quiz.questions
        if one.picture
    }


# A body's questions.


def _single(
    source: _Source, question: Question, body: Single, part: Part | None = None
) -> Iterator[str]:
    return source.question(question, _options(body), part)


def _options(body: Single) -> Iterator[str]:
    for letter, option in zip(LETTERS.lower(), body.options):
        mark = "" if option.wrong else "*"
        yield from _hanging(f"{mark}{letter})", [_escape(shown(option.value, body.unit))])
        yield from _hanging("...", [_escape(option.feedback)])


def _truefalse(source: _Source, question: Question, body: TrueFalse) -> Iterator[str]:
    answers: list[str] = []
    for one in body.statements:
        said = "Right." if one.true else one.wrong.feedback if one.wrong else "Not right."
        answers += _hanging("[*]" if one.true else "[ ]", [_escape(one.text)])
        answers += _hanging("...", [_escape(said)])
    unseen = [
        f"{one.text} {one.wrong.feedback}" for one in body.statements if one.true and one.wrong
    ]
    more = ["Select every statement that is true."]
    return source.question(question, answers, more=more, beside=_list(unseen))


def _numeric(
    source: _Source,
    question: Question,
    body: Numeric,
    part: Part | None = None,
    more: Iterable[str] = (),
) -> Iterator[str]:
    off = reach(body)
    answer = decimal(body.value) + (f" +- {off}" if off != "0" else "")
    if off == "0" and "." in answer:  # only whole numbers go without
        answer += " +- 0.00001"
    asked = [_escape(asks(body))] if asks(body) else []
    said = [f"{shown(value)}: {feedback}" for value, feedback in numbers(body)]
    return source.question(question, [f"= {answer}"], part, [*more, *asked], _list(said))


def _matching(source: _Source, question: Question, body: Matching) -> Iterator[str]:
    for part in choices(question, body):
        assert isinstance(part.body, Single)
        yield from _single(source, question, part.body, part)


def _table(source: _Source, question: Question, body: Table) -> Iterator[str]:
    rows = body.filled(lambda number, gap: f"({number + 1}) {gap.unit}".rstrip())
    columns = [Column("", column) for column in body.columns]
    lines = delimited.markdown(Rows("", columns, rows)).rstrip("\n").split("\n")
    for part in gaps(question, body):
        assert isinstance(part.body, Numeric)
        yield from _numeric(source, question, part.body, part, ["\n".join(lines)])


def _symbolic(source: _Source, question: Question, body: Symbolic) -> Iterator[str]:
    among = choice(body)
    if among:
        return _single(source, question, among)
    return source.question(question, [f"* {text}" for text in spellings(body)])


# Words, in text2qti's Markdown.


def _stem(question: Question) -> Iterator[str]:
    """Its paragraphs, each of one or more lines."""
    for paragraph in spans(question.stem):
        lines = block(paragraph)
        if lines is None:
            yield "".join(f"`{text}`" if code else _escape(text) for code, text in paragraph)
        else:
            yield f"```\n{lines}\n```"
    if question.picture:
        yield f"![{_escape(question.picture.description)}]({fragments.file_name(question)})"


def _solution(question: Question) -> Iterator[str]:
    for section in question.solution.sections:
        if section.title:
            yield f"**{_escape(section.title)}**"
        lines = [line for _, some in section.groups for line in some]
        if lines:
            yield "\n".join(map(_equation, lines))
        for paragraph in section.paragraphs:
            about = f"*{_escape(paragraph.about)}*: " if paragraph.about else ""
            source = f" Source: {_escape(paragraph.source)}." if paragraph.source else ""
            yield f"{about}{_escape(paragraph.text)}{source}"


def _equation(line: Line) -> str:
    unit = f" {_escape(line.unit)}" if line.unit else ""
    note = f" ({_escape(line.note)})" if line.note else ""
    equation = " = ".join(form.write(FORMULA) for form in line.forms)
    return f"- {_escape(line.label)}: ${equation}${unit}{note}"


def _list(texts: Iterable[str]) -> list[str]:
    found = "\n".join(f"- {_escape(text)}" for text in dict.fromkeys(texts))
    return [found] if found else []


def _hanging(start: str, paragraphs: Iterable[str]) -> Iterator[str]:
    """Paragraphs whose lines stand behind what they start with, blank lines between them."""
    text = "\n\n".join(paragraphs)
    width = max(len(start) + 1, 4)
    for i, line in enumerate(text.split("\n")):
        yield (start.ljust(width) + line if i == 0 else " " * width + line).rstrip()


def _escape(text: str) -> str:
    """Text that is not read as Markdown, as HTML or as a formula; ``code`` stays."""
    pieces = text.split("`")
    for i in range(0, len(pieces), 2):
        for character in "\\*_[]$#":
            pieces[i] = pieces[i].replace(character, "\\" + character)
        pieces[i] = pieces[i].replace("&", "&amp;").replace("<", "&lt;")
    return "`".join(pieces)


_BODIES: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
