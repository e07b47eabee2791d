"""What questions become where a format lacks their type, and numbers as formats write them.

A formula becomes a choice among the formulas that its misconceptions lead to, since no format can
tell that two are equivalent; a table becomes a number for each gap, pairs a choice for each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc.quiz.bodies import dotted
from cnncalc.quiz.model import (
    Matching,
    Numeric,
    Option,
    Question,
    Single,
    Symbolic,
    Table,
    Wrong,
    shown,
)

#: Digits of a number that is no finite decimal.
DIGITS = 6


class Part(NamedTuple):
    """One of the questions that a question becomes: ``asks`` goes after its stem."""

    id: str
    asks: str
    body: Single | Numeric
    points: Fraction


def gaps(question: Question, body: Table) -> Iterator[Part]:
    """A number for each gap of the table."""
    for i, gap in enumerate(body.gaps):
        yield _part(question, i, len(body.gaps), f"What is missing at ({i + 1})?", gap)


def choices(question: Question, body: Matching) -> Iterator[Part]:
    """A choice for each left side."""
    for i, pair in enumerate(body.pairs):
        options = tuple(
            Option(one, None if one == pair.right else unmatched(one, body)) for one in body.choices
        )
        asks = f"What goes with “{pair.left}”?"
        yield _part(question, i, len(body.pairs), asks, Single(options))


def _part(question: Question, place: int, count: int, asks: str, body: Single | Numeric) -> Part:
    share = Fraction(question.points, count)
    return Part(f"{question.id}_{place + 1}", asks, body, share)


def unmatched(chosen: str, body: Matching) -> Wrong:
    """The mistake of who takes this for another one's right side."""
    others = {str(one.value): one for one in body.others}
    if chosen in others:
        return others[chosen]
    owner = next(pair.left for pair in body.pairs if pair.right == chosen)
    return Wrong(chosen, "mixed up two of them", said=f"“{chosen}” goes with “{owner}”.")


def choice(body: Symbolic) -> Single | None:
    """The formula among wrong ones, in the order of their letters; None where none is known."""
    if not body.wrong:
        return None
    found = [Option(dotted(body.value))]
    found += [Option(dotted(str(one.value)), one) for one in body.wrong]
    return Single(tuple(sorted(found, key=lambda option: str(option.value))))


def spellings(body: Symbolic) -> list[str]:
    """Ways to write the formula, for formats that compare letters."""
    text = body.value
    power = text.replace("**", "^")
    found = [text, power, power.replace("*", "·")]
    return list(dict.fromkeys([*found, *(one.replace(" ", "") for one in found)]))


def decimal(value: int | Fraction) -> str:
    """A number with a decimal point: exactly, or with as many digits as :func:`reach` allows for.

    >>> decimal(1728), decimal(Fraction(9, 4)), decimal(Fraction(200, 3))
    ('1728', '2.25', '66.6667')
    """
    places = _places(value)
    digits = str(abs(round(value * 10**places))).rjust(places + 1, "0")
    whole, part = digits[: len(digits) - places], digits[len(digits) - places :]
    return f"{'-' if value < 0 else ''}{whole}{'.' if part else ''}{part}"


def reach(body: Numeric) -> str:
    """How far an answer may be off, as a decimal: at least what the decimal of the value leaves out.

    >>> reach(Numeric(5)), reach(Numeric(Fraction(200, 3)))
    ('0', '0.0001')
    """
    off = abs(Fraction(decimal(body.value)) - body.value)
    return decimal(
        body.tolerance if off <= body.tolerance else Fraction(1, 10 ** _places(body.value))
    )


def _places(value: int | Fraction) -> int:
    """Digits after the point: all if there are few, else as many as make :data:`DIGITS` in all."""
    for places in range(2 * DIGITS):
        if (value * 10**places).denominator == 1:
            return places
    return max(0, DIGITS - len(str(abs(int(value)))))


def right(body: Numeric) -> str:
    """The answer as feedback says it."""
    return f"Right: {shown(body.value, body.unit)}."


def asks(body: Numeric) -> str:
    """What is to be entered, for formats that read decimal numbers only; empty for whole numbers.

    >>> asks(Numeric(512, unit="B")), asks(Numeric(Fraction(1, 9)))
    ('Answer in B.', 'Write a decimal number, not a fraction.')
    """
    whole = Fraction(body.value).denominator == 1 and not body.tolerance
    unit = f"Answer in {body.unit}." if body.unit else ""
    return f"{unit} {'' if whole else 'Write a decimal number, not a fraction.'}".strip()


def numbers(body: Numeric) -> list[tuple[int | Fraction, str]]:
    """Wrong answers with their feedback; some may be no numbers, which nobody can enter."""
    return [(one.value, one.feedback) for one in body.wrong if not isinstance(one.value, str)]


#: Functions by the types of bodies.
ByType = dict[type, Callable[..., Any]]
