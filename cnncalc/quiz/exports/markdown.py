"""A sheet in Markdown: questions, and with ``key`` the answers and solutions behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from cnncalc.render import delimited, markdown
from cnncalc.render.delimited import escape
from cnncalc.render.report import Column
from cnncalc.render.report import Table as Rows


def write(quiz: Quiz, key: bool) -> str:
    lines = [f"# {quiz.title}", "", quiz.worth, ""]
    for question in quiz.questions:
        lines += [*_question(question), ""]
    if key:
        lines += ["# Key", ""]
        for question in quiz.questions:
            lines += [*_key(question), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _question(question: Question) -> Iterator[str]:
    yield f"## {question.number} ({question.worth})"
    yield ""
    for paragraph in spans(question.stem):
        lines = block(paragraph)
        if lines is None:
            yield "".join(f"`{text}`" if code else escape(text) for code, text in paragraph)
        else:
            yield from ("```", *lines.split("\n"), "```")
        yield ""
    if question.picture:
        yield f"*Picture: {escape(question.picture.description)}*"
        yield ""
    yield from _BODIES[type(question.body)](question.body)


def _single(body: Single) -> Iterator[str]:
    for letter, option in zip(LETTERS, body.options):
        yield f"- {letter}. {escape(shown(option.value, body.unit))}"


def _truefalse(body: TrueFalse) -> Iterator[str]:
    yield from _rows(
        ("", "statement", "true", "false"),
        [(letter, one.text, "☐", "☐") for letter, one in zip(LETTERS, body.statements)],
    )


def _numeric(body: Numeric) -> Iterator[str]:
    within = f" (within {shown(body.tolerance)})" if body.tolerance else ""
    yield f"Answer: \\_\\_\\_\\_\\_\\_ {body.unit}".rstrip() + within


def _matching(body: Matching) -> Iterator[str]:
    yield from _rows(
        ("", "goes with"),
        [(f"{number}. {pair.left}", "") for number, pair in enumerate(body.pairs, 1)],
    )
    yield ""
    for letter, choice in zip(LETTERS, body.choices):
        yield f"- {letter}. {escape(choice)}"


def _table(body: Table) -> Iterator[str]:
    rows = body.filled(lambda number, gap: f"({number + 1}) ____ {gap.unit}".rstrip())
    yield from _rows(body.columns, rows)


def _symbolic(body: Symbolic) -> Iterator[str]:
    yield f"Answer, in {', '.join(body.symbols)}: \\_\\_\\_\\_\\_\\_"


def _rows(columns: Any, rows: Any) -> Iterator[str]:
    table = Rows("", [Column("", column) for column in columns], rows)
    yield from delimited.markdown(table).rstrip("\n").split("\n")


_BODIES: dict[type, Callable[[Any], Iterator[str]]] = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}


def _key(question: Question) -> Iterator[str]:
    yield f"## {question.number}: {escape(question.key)}"
    yield ""
    for line in markdown.page(question.solution).rstrip("\n").split("\n"):
        yield f"##{line}" if line.startswith("## ") else line
    mistakes = [f"- {escape(a)}: {escape(wrong.feedback)}" for a, wrong in question.body.mistakes()]
    if mistakes:
        yield from ("", *mistakes)
    if question.command:
        yield ""
        yield f"`{question.command}`"
