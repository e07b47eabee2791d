"""A sheet in plain text: questions, and with ``key`` the answers and solutions behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from textwrap import wrap
from typing import Any

from cnncalc.quiz.exam import Quiz
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
from cnncalc.render import plain
from cnncalc.render.report import Column
from cnncalc.render.report import Table as Rows

_INDENT = "    "


def write(quiz: Quiz, key: bool) -> str:
    lines = [quiz.title, quiz.worth, ""]
    for question in quiz.questions:
        lines += [*sheet(question, about=f"({question.worth}) "), ""]
    if key:
        lines += ["KEY", ""]
        for question in quiz.questions:
            lines += [*_key(question), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def sheet(question: Question, width: int = plain.WIDTH, about: str = "") -> Iterator[str]:
    """The lines of a question without its answer; paragraphs are folded at ``width``.

    ``about`` goes before its text.
    """
    number = f"{question.number}.".ljust(len(_INDENT)) + about
    for i, paragraph in enumerate(spans(question.stem)):
        start = _INDENT if i else number
        lines = block(paragraph)
        if lines is None:
            text = "".join(f"`{t}`" if code else t for code, t in paragraph)
            yield from _folded(start, text, width)
        else:
            if not i:
                yield number.rstrip()
            yield from ("", *(f"{_INDENT}{line}" for line in lines.split("\n")), "")
    if question.picture:
        yield from _folded(_INDENT, f"[picture: {question.picture.description}]", width)
    yield ""
    for line in _BODIES[type(question.body)](question.body):
        yield f"{_INDENT}{line}".rstrip()


def _folded(start: str, text: str, width: int) -> list[str]:
    """A paragraph in lines; code is not broken."""
    held = text.split("`")
    held[1::2] = [code.replace(" ", "\0") for code in held[1::2]]
    lines = wrap(
        "`".join(held),
        width,
        initial_indent=start,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace("\0", " ") for line in lines]


def _single(body: Single) -> Iterator[str]:
    for letter, option in zip(LETTERS, body.options):
        yield f"{letter}) {shown(option.value, body.unit)}"


def _truefalse(body: TrueFalse) -> Iterator[str]:
    for letter, statement in zip(LETTERS, body.statements):
        yield f"{letter}) [true] [false]  {statement.text}"


def _numeric(body: Numeric) -> Iterator[str]:
    within = f"  (within {shown(body.tolerance)})" if body.tolerance else ""
    yield f"______ {body.unit}".rstrip() + within


def _matching(body: Matching) -> Iterator[str]:
    for number, pair in enumerate(body.pairs, 1):
        yield f"{number}. {pair.left}  ___"
    yield ""
    for letter, choice in zip(LETTERS, body.choices):
        yield f"{letter}) {choice}"


def _table(body: Table) -> Iterator[str]:
    rows = body.filled(lambda number, gap: f"({number + 1}) ____ {gap.unit}".rstrip())
    columns = [Column("", column) for column in body.columns]
    yield from plain.plain(Rows("", columns, rows)).rstrip("\n").split("\n")


def _symbolic(body: Symbolic) -> Iterator[str]:
    yield f"______  (in {', '.join(body.symbols)})"


_BODIES: dict[type, Callable[[Any], Iterator[str]]] = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}


def _key(question: Question) -> Iterator[str]:
    yield f"{question.number}.".ljust(4) + question.key
    for line in plain.page(question.solution).strip("\n").split("\n"):
        yield f"{_INDENT}{line}".rstrip()
    for answer, wrong in question.body.mistakes():
        yield f"{_INDENT}- {answer}: {wrong.feedback}"
    if question.command:
        yield f"{_INDENT}$ {question.command}"
