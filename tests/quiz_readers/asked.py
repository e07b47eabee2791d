"""What readers have in common: tables, statements and pictures of a question, and their layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quiz_words import Passed, chain, drawn, found, numbers, sizes

from cnncalc.quiz.model import Question, Table, TrueFalse

#: What a question says is right: its answers, or which of its statements are true.
Reader = Callable[[Question], list[Any]]

COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}


def unsaid(one: Question, words: str) -> str:
    """The layer, with the stride that the question gives to those without one.

    PyTorch would move a pooling by its kernel.
    """
    return f"{words}, stride {found(r'[Ww]here no stride is given it is (1)', one.stem)}"


def pictured(one: Question) -> list[Passed]:
    """The layers of the picture."""
    shape, words = drawn(one.picture.description if one.picture else "")
    return chain(words, shape)


def rows(one: Question) -> list[str]:
    """The first column of a table."""
    assert isinstance(one.body, Table)
    return [str(row[0]) for row in one.body.rows]


def heading(one: Question) -> tuple[int, ...]:
    """The first size of three numbers in the text."""
    return sizes(found(r"(\d+×\d+×\d+)", one.stem))


def by_row(one: Question, *facts: Callable[..., Any]) -> list[Any]:
    """``facts(passed)``, a column each, of the layers that the rows name, where there are gaps.

    What is given is right, too.
    """
    assert isinstance(one.body, Table)
    gaps = []
    for row, layer in zip(one.body.rows, chain(rows(one), heading(one))):
        for fact, cell in zip(facts, row[1:]):
            if not isinstance(cell, str):
                gaps.append(fact(layer))
            elif cell != "–":
                assert number(cell) == fact(layer), (cell, one)
    return gaps


def stated(one: Question) -> list[tuple[str, int]]:
    """The statements: their words, and the last number in each."""
    assert isinstance(one.body, TrueFalse)
    return [(said.text, numbers(said.text)[-1]) for said in one.body.statements]


def stated_first(one: Question) -> list[tuple[str, int]]:
    """The statements, and the first number in each."""
    assert isinstance(one.body, TrueFalse)
    return [(said.text, numbers(said.text)[0]) for said in one.body.statements]


def high(layer: Any) -> int:
    return int(layer.after[1])


def number(text: str) -> int | str:
    plain = text.replace(",", "").replace("×", "x")
    return int(plain) if plain.isdigit() else plain
