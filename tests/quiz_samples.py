"""Quizzes that exports are tested with: one from the templates, and one that is awkward to write."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from cnncalc.quiz import bank, catalogue
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.making import because
from cnncalc.quiz.model import (
    Body,
    Matching,
    Numeric,
    Option,
    Pair,
    Question,
    Single,
    Statement,
    Symbolic,
    Table,
    TrueFalse,
    Wrong,
)
from cnncalc.quiz.pictures import kernel_over_grid

#: Every character that one of the formats reads as its own.
SPECIAL = r"""a<b & c>d "e" 'f' {g} ~h #i =j :k \l $m$ %n% _o_ *p* [q] ^r |s| -> 1. @t"""


#: Templates of every type, more than one of most, two of them with pictures.
USUAL = (
    "conv-output-size",
    "small-map-output-size",
    "chain-output-shape",
    "output-size-statements",
    "conv1d-size",
    "parameter-matching",
    "same-valid-size",
    "layer-table",
    "macs-table",
    "conv-parameters-in-c",
    "macs-in-h-w-c",
    "avgpool-backward",
)


@cache
def usual() -> Quiz:
    """Every type, and pictures."""
    return _of(7, "B", USUAL)


@cache
def every() -> Quiz:
    """A question of every template."""
    return _of(1, "A", catalogue())


def _of(seed: int, variant: str, ids: Iterable[str]) -> Quiz:
    found = enumerate((catalogue()[one] for one in ids), 1)
    return Quiz(
        seed, variant, tuple(question(one, Seed(seed, variant, number)) for number, one in found)
    )


@cache
def awkward() -> Quiz:
    """Every type with characters that have a meaning to some format; units, fractions, blocks."""
    bodies: list[Body] = [
        Single(
            (
                Option(f"wrong {SPECIAL}", Wrong(f"wrong {SPECIAL}", f"mixed up {SPECIAL}")),
                Option(f"right {SPECIAL}"),
                Option("`code <x>`", Wrong("`code <x>`", "took `code {y}` for it")),
            )
        ),
        TrueFalse(
            (
                Statement(f"True {SPECIAL}", True, Wrong("x", f"doubted {SPECIAL}")),
                Statement(f"False {SPECIAL}", False, Wrong("y", f"believed {SPECIAL}")),
                Statement("True without a mistake", True),
            )
        ),
        Numeric(
            Fraction(200, 3),
            (Wrong(Fraction(9, 4), "divided by four"), Wrong("a word", "wrote a word")),
            "kB",
            Fraction(1, 10),
        ),
        Numeric(25557032, (Wrong(51114064, "counted twice"),), "MAC"),
        Numeric(Fraction(1, 3)),
        Matching(
            (Pair(f"left {SPECIAL}", f"right {SPECIAL}"), Pair("a -> b", "b"), Pair("c", "d")),
            ("b", "other", f"right {SPECIAL}", "d"),
            (Wrong("other", f"chose {SPECIAL}"),),
        ),
        Table(
            (f"column {SPECIAL}", "value"),
            (
                (f"row {SPECIAL}", Numeric(5, (Wrong(6, f"added {SPECIAL}"),), "B")),
                ("half", Numeric(Fraction(1, 2))),
                (Numeric(1728, (Wrong(1, "took one"),)), "text"),
            ),
        ),
        Symbolic("9*C**2 + C", {"C": "channels"}, (Wrong("9*C**2", f"forgot {SPECIAL}"),)),
        Symbolic("floor(H/2) + 1", {"H": "height"}),
    ]
    return Quiz(1, "A", tuple(_question(number, body) for number, body in enumerate(bodies, 1)))


def _question(number: int, body: Body) -> Question:
    code = "`first  line {1}\n    second <line> & $more$`"
    return Question(
        id=f"awkward_s1A_{number:02}",
        number=number,
        template="awkward",
        topic="size",
        difficulty=1 + number % 3,
        stem=f"Stem {number} {SPECIAL} with `code <{{}}> $x$`:\n\n{code}\n\nHow many?",
        body=body,
        solution=because(f"[q] Because {SPECIAL}.", source=f"source {SPECIAL}"),
        command='cnncalc shape "3x8x8 | relu"',
        picture=kernel_over_grid(4, 4, 2) if number == 1 else None,
    )


@cache
def own() -> Quiz:
    """From a teacher's own bank: a topic with spaces, code first, no source, nothing but pairs."""
    text = (Path(__file__).parent / "data" / "own.bank.yaml").read_text(encoding="utf-8")
    found = enumerate(bank.parse(text), 1)
    return Quiz(1, "A", tuple(question(one, Seed(1, "A", number)) for number, one in found))


#: For tests that are held to a reader: parameters, every template only with ``--long``.
SAMPLES = [
    pytest.param(usual, id="usual"),
    pytest.param(awkward, id="awkward"),
    pytest.param(own, id="own"),
    pytest.param(every, id="every", marks=pytest.mark.long),
]
