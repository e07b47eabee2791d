"""Marks answers: how much is right, and which misconceptions show.

Answers are text, as they are typed or stand in a file: ``B`` (single choice), ``TFFT`` (true or
false; ``-`` leaves one out), ``1,728`` (number), ``BAC`` (matching), ``16; 8; 4`` (table) and
``9*C**2 + C`` (formula).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.quiz.answering import OUT, unreadable
from cnncalc.quiz.model import (
    LETTERS,
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    Wrong,
)
from cnncalc.quiz.written import bare, is_formula, judged, listed, names, number, spelled


class Mark(NamedTuple):
    """``score`` is the share that is right; ``wrong`` are the misconceptions recognised.

    ``chances`` are those that the answer could have shown: none for what is left out or cannot be
    read, and one for each part of the answer (a statement, a gap) where several parts have it.
    """

    score: Fraction
    wrong: tuple[Wrong, ...] = ()
    chances: tuple[Wrong, ...] = ()

    @property
    def right(self) -> bool:
        return self.score == 1


def mark(question: Question, answer: str) -> Mark:
    """The mark of an answer; one that cannot be read is wrong."""
    if unreadable(question.body, answer) is not None:
        return Mark(Fraction(0))
    return _MARKING[type(question.body)](question.body, answer.strip())


def _single(body: Single, answer: str) -> Mark:
    wrong = body.options[LETTERS.index(bare(answer))].wrong
    chances = _different(body.wrongs())
    return Mark(Fraction(0), (wrong,), chances) if wrong else Mark(Fraction(1), (), chances)


def _truefalse(body: TrueFalse, answer: str) -> Mark:
    pairs = list(zip(body.statements, judged(answer)))
    right = sum(said == "FT"[statement.true] for statement, said in pairs)
    wrong = [
        statement.wrong
        for statement, said in pairs
        if statement.wrong and said == "TF"[statement.true]
    ]
    chances = (statement.wrong for statement, said in pairs if said in "TF")
    return Mark(
        Fraction(right, len(body.statements)), tuple(wrong), tuple(one for one in chances if one)
    )


def _numeric(body: Numeric, answer: str) -> Mark:
    value = number(answer, body.unit)
    if value is None:
        return Mark(Fraction(0))
    chances = _different(body.wrong)
    if abs(value - body.value) <= body.tolerance:
        return Mark(Fraction(1), (), chances)
    found = (one for one in body.wrong if not isinstance(one.value, str))
    near = [one for one in found if abs(value - Fraction(one.value)) <= body.tolerance]
    return Mark(Fraction(0), tuple(near[:1]), chances)


def _matching(body: Matching, answer: str) -> Mark:
    letters = bare(answer)
    others = {str(one.value): one for one in body.others}
    right, wrong = 0, []
    for pair, letter in zip(body.pairs, letters):
        chosen = None if letter == OUT else body.choices[LETTERS.index(letter)]
        right += chosen == pair.right
        if chosen in others:
            wrong.append(others[chosen])
    chances = _different(body.others) if {*letters} != {OUT} else ()
    return Mark(Fraction(right, len(body.pairs)), _different(wrong), chances)


def _table(body: Table, answer: str) -> Mark:
    marks = [_numeric(gap, part) for gap, part in zip(body.gaps, listed(answer, len(body.gaps)))]
    score = sum((one.score for one in marks), Fraction(0)) / len(body.gaps)
    wrong = (wrong for one in marks for wrong in one.wrong)
    return Mark(score, tuple(wrong), tuple(wrong for one in marks for wrong in one.chances))


def _symbolic(body: Symbolic, answer: str) -> Mark:
    chances = _different(body.wrong)
    if equivalent(answer, body.value, body.symbols):
        return Mark(Fraction(1), (), chances)
    near = (one for one in body.wrong if equivalent(answer, str(one.value), body.symbols))
    return Mark(Fraction(0), tuple(one for one, _ in zip(near, range(1))), chances)


def _different(wrongs: Iterable[Wrong]) -> tuple[Wrong, ...]:
    """One of each misconception."""
    return tuple({one.misconception: one for one in reversed([*wrongs])}.values())[::-1]


def equivalent(answer: str, formula: str, symbols: Collection[str] = ()) -> bool:
    """Is the answer the formula, for all values of its symbols? Decided, never sampled.

    ``symbols`` are those that the answer may have, where the formula has not all of them.
    """
    from cnncalc.prove import PROVED, prove

    written = spelled(answer, symbols or names(formula))
    if not is_formula(written):
        return False
    try:
        return prove(f"({written}) == ({formula})").verdict == PROVED
    except CnncalcError:
        return False


_MARKING: dict[type, Callable[[Any, str], Mark]] = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
