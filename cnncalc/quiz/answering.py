"""How answers are written as text: what to type for each type of question, and what is wrong with it.

:mod:`cnncalc.quiz.marking` marks them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.quiz.bodies import dotted
from cnncalc.quiz.model import (
    LETTERS,
    Body,
    Matching,
    Numeric,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    shown,
)
from cnncalc.quiz.written import bare, is_formula, judged, listed, names, number, spelled, tree

#: Leaves out a part of an answer.
OUT = "-"


def form(body: Body) -> str:
    """What to type.

    >>> form(Numeric(512, unit="B"))
    'a number, in B'
    """
    return _FORMS[type(body)](body)


def unreadable(body: Body, answer: str) -> str | None:
    """Why an answer cannot be read, in a sentence; None where it can be.

    >>> unreadable(Numeric(512, unit="B"), "half"), unreadable(Numeric(512, unit="B"), "1,024 B")
    ("'half' is no number", None)
    """
    return _PROBLEMS[type(body)](body, answer.strip())


def right(body: Body) -> str:
    """The right answer for people.

    >>> right(Symbolic("9*C**2", {"C": "channels"}))
    '9·C^2'
    """
    if isinstance(body, Single):
        return f"{body.key}) {shown(body.options[body.at].value, body.unit)}"
    return dotted(body.key) if isinstance(body, Symbolic) else body.key


def _span(count: int) -> str:
    return f"{LETTERS[0]} to {LETTERS[count - 1]}"


def _single(body: Single) -> str:
    return f"a letter, {_span(len(body.options))}"


def _truefalse(body: TrueFalse) -> str:
    count = len(body.statements)
    return f"T or F for each of {_span(count)}, as in {_example('TF', count)}; {OUT} leaves one out"


def _matching(body: Matching) -> str:
    count = len(body.pairs)
    letters = _span(len(body.choices))
    example = _example(LETTERS[: len(body.choices)], count)
    return f"a letter ({letters}) for each of 1 to {count}, as in {example}; {OUT} leaves one out"


def _numeric(body: Numeric) -> str:
    return f"a number, in {body.unit}" if body.unit else "a number"


def _table(body: Table) -> str:
    count = len(body.gaps)
    example = "; ".join(map(str, range(1, count + 1)))
    return f"{count} numbers with ; between them, as in {example}; {OUT} leaves one out"


def _symbolic(body: Symbolic) -> str:
    letter = next(iter(body.symbols))
    return f"a formula in {', '.join(body.symbols)}, as in 3*{letter}**2 + 1"


_FORMS: dict[type, Callable[[Any], str]] = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}


def _example(letters: str, count: int) -> str:
    return (letters * count)[:count]


def _no_option(body: Single, answer: str) -> str | None:
    letters = LETTERS[: len(body.options)]
    given = bare(answer)
    if len(given) == 1 and given in letters:
        return None
    return f"{_quoted(answer)} is no letter from {_span(len(letters))}"


def _no_letters(given: str, letters: str, answer: str, count: int, each: str) -> str | None:
    for one in given:
        if one not in letters + OUT:
            return f"{one!r} is not one of {', '.join(letters)}"
    if len(given) != count:
        return f"{_quoted(answer)} has no letter for each of the {count} {each}"
    return None


def _no_judgement(body: TrueFalse, answer: str) -> str | None:
    return _no_letters(judged(answer), "TF", answer, len(body.statements), "statements")


def _no_pairs(body: Matching, answer: str) -> str | None:
    letters = LETTERS[: len(body.choices)]
    return _no_letters(bare(answer), letters, answer, len(body.pairs), "pairs")


def _no_number(body: Numeric, answer: str) -> str | None:
    return None if number(answer, body.unit) is not None else f"{_quoted(answer)} is no number"


def _no_numbers(body: Table, answer: str) -> str | None:
    gaps = body.gaps
    given = listed(answer, len(gaps))
    if len(given) != len(gaps):
        return f"{_quoted(answer)} are not {len(gaps)} numbers with ; between them"
    problems = (_no_number(gap, part) for gap, part in zip(gaps, given) if part not in ("", OUT))
    return next(filter(None, problems), None)


def _no_formula(body: Symbolic, answer: str) -> str | None:
    written = spelled(answer, body.symbols)
    if tree(written) is None:
        example = f"3*{next(iter(body.symbols))}"
        return f"{_quoted(answer)} is no formula: write * between factors, as in {example}"
    if other := sorted(names(written) - {*body.symbols}):
        return f"{other[0]!r} is not known here, only {', '.join(body.symbols)}"
    if not is_formula(written):
        return f"{_quoted(answer)} is no formula but a comparison or a list"
    return None


_PROBLEMS: dict[type, Callable[[Any, str], str | None]] = {
    Single: _no_option,
    TrueFalse: _no_judgement,
    Numeric: _no_number,
    Matching: _no_pairs,
    Table: _no_numbers,
    Symbolic: _no_formula,
}


def _quoted(answer: str) -> str:
    return repr(answer if len(answer) <= 30 else f"{answer[:29]}…")
