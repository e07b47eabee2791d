"""Numbers that remember how they were made: wording, and derivations that come to the number."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from teaching import evaluate

from cnncalc import formulas, sizes
from cnncalc.symbolic import floor_div, maximum, power_sum, symbol
from cnncalc.worked import Worked, named

many = settings(max_examples=20 * settings.default.max_examples)


H, K = map(symbol, "HK")


def w(value: int) -> Worked:
    return Worked(value)


A, B, C, ZERO, ONE = map(Worked, (7, 3, 5, 0, 1))
HALF = A // 2
FLOOR_1 = w(3) // 2  # comes to 1, but says how


WORDING: list[tuple[Callable[[], Worked | int], str]] = [
    # factors of 1 and terms of 0 are left out, on either side
    (lambda: A * 1, "7"),
    (lambda: 1 * A, "7"),
    (lambda: A * ONE, "7"),
    (lambda: ONE * (A + B), "7 + 3"),
    (lambda: A + 0, "7"),
    (lambda: 0 + A, "7"),
    (lambda: A + ZERO, "7"),
    (lambda: ZERO + A, "7"),
    (lambda: ZERO + 4, "4"),
    (lambda: A - 0, "7"),
    (lambda: A - ZERO, "7"),
    (lambda: 0 - A, "−7"),
    (lambda: A // 1, "7"),
    (lambda: (A + B) // ONE, "7 + 3"),
    (lambda: A**1, "7"),
    (lambda: sizes.exact_div(A, 1), "7"),
    (lambda: sizes.ceil_div(A + 1, 1), "7 + 1"),
    # but not a derivation that happens to come to 1 or 0
    (lambda: A * FLOOR_1, "7·⌊3/2⌋"),
    (lambda: FLOOR_1 * A, "⌊3/2⌋·7"),
    (lambda: A + w(1) // 2, "7 + ⌊1/2⌋"),
    (lambda: A - w(1) // 2, "7 − ⌊1/2⌋"),
    (lambda: A // FLOOR_1, "⌊7/⌊3/2⌋⌋"),
    (lambda: sizes.exact_div(A, FLOOR_1), "7/⌊3/2⌋"),
    # whole numbers that meet in a sum are added
    (lambda: A + 1 + 2, "7 + 3"),
    (lambda: A - 1 + 1, "7"),
    (lambda: A + 1 - 3, "7 − 2"),
    (lambda: 2 + A, "2 + 7"),
    (lambda: (A - 1) + B, "7 − 1 + 3"),
    (lambda: A + (B + 1), "7 + 3 + 1"),
    (lambda: A + (B + 1) - 1, "7 + 3"),
    # brackets, and only where they are needed
    (lambda: (A + B) * C, "(7 + 3)·5"),
    (lambda: A * (B + 1), "7·(3 + 1)"),
    (lambda: A * B * C, "7·3·5"),
    (lambda: A * (B * C), "7·3·5"),
    (lambda: A + B * C, "7 + 3·5"),
    (lambda: A - (B + C), "7 − (3 + 5)"),
    (lambda: A - (B - 1), "7 − (3 − 1)"),
    (lambda: A - B * C, "7 − 3·5"),
    (lambda: 9 - (A + B), "9 − (7 + 3)"),
    (lambda: -(A + B), "−(7 + 3)"),
    (lambda: A * w(-3), "7·(−3)"),
    (lambda: (A + B) ** 2, "(7 + 3)^2"),
    (lambda: (A**2) ** 3, "(7^2)^3"),
    (lambda: w(-2) ** 2, "(−2)^2"),
    # adding a negative number is subtracting it
    (lambda: A + -B, "7 − 3"),
    (lambda: A + -B + -C, "7 − 3 − 5"),
    (lambda: A - -B, "7 − (−3)"),
    (lambda: A + (-B + C), "7 − 3 + 5"),
    (lambda: 9 + -A, "9 − 7"),
    (lambda: A + w(-3), "7 − 3"),
    (lambda: w(-3) * A, "(−3)·7"),
    # what neighbouring terms have in common is taken out, where it is the same quantity
    (lambda: A + A, "2·7"),
    (lambda: A * B + A, "7·(3 + 1)"),
    (lambda: A * B + A + 1, "7·(3 + 1) + 1"),
    (lambda: A * B * C + A * B, "7·3·(5 + 1)"),
    (lambda: A * B + A * C, "7·(3 + 5)"),
    (lambda: A + A * B, "7·(1 + 3)"),
    (lambda: A * B + A + A, "7·(3 + 2)"),
    (lambda: C + A * B + A, "5 + 7·(3 + 1)"),
    (lambda: (A + B) + (A + B), "7 + 3 + 7 + 3"),
    (lambda: A * B + w(7), "7·3 + 7"),
    (lambda: w(7) + w(7), "7 + 7"),
    (lambda: 2 * A + 2 * B, "2·7 + 2·3"),
    (lambda: A + 1 + A, "7 + 1 + 7"),
    (lambda: A - A, "7 − 7"),
    # what is taken away again goes
    (lambda: A // 2 + (B - A // 2), "3"),
    (lambda: A // 2 + (B - w(7) // 2), "⌊7/2⌋ + 3 − ⌊7/2⌋"),
    (lambda: HALF + (B - HALF), "3"),
    (lambda: HALF + HALF + (B - HALF), "2·⌊7/2⌋ + 3 − ⌊7/2⌋"),
    (lambda: HALF + -HALF, "0"),
    (lambda: B + HALF + (C - HALF - 1), "3 + 5 − 1"),
    # the sign of a product stands before it
    (lambda: -A * B, "−7·3"),
    (lambda: C + -A * B, "5 − 7·3"),
    (lambda: A * 0, "0"),
    (lambda: 0 * A + B, "3"),
    # floors, ceilings, quotients, minimum
    (lambda: (A + B) // C, "⌊(7 + 3)/5⌋"),
    (lambda: A // (B * C), "⌊7/(3·5)⌋"),
    (lambda: A // B // 2, "⌊⌊7/3⌋/2⌋"),
    (lambda: 9 // B, "⌊9/3⌋"),
    (lambda: (A // B) * C, "⌊7/3⌋·5"),
    (lambda: sizes.ceil_div(A + 1, w(2)), "⌈(7 + 1)/2⌉"),
    (lambda: sizes.exact_div(w(6), B), "6/3"),
    (lambda: A * sizes.exact_div(w(6), B) * C, "7·(6/3)·5"),
    (lambda: A + sizes.exact_div(w(6), B), "7 + 6/3"),
    (lambda: A - sizes.exact_div(w(6), B), "7 − 6/3"),
    (lambda: sizes.exact_div(sizes.exact_div(w(6), B), w(2)), "(6/3)/2"),
    (lambda: sizes.exact_div(w(6), B * 2), "6/(3·2)"),
    (lambda: sizes.minimum([A, B + 1]), "min(7, 3 + 1)"),
    (lambda: sizes.minimum([A, 9]) * 2, "min(7, 9)·2"),
    (lambda: sizes.minimum([A]), "7"),
    # formulas
    (lambda: formulas.span(B), "3"),
    (lambda: formulas.span(B, w(2)), "2·(3 − 1) + 1"),
    (lambda: formulas.slide(w(32), w(5), w(1), 2 * w(2)), "32 + 2·2 − 5 + 1"),
    (lambda: formulas.slide(w(32), B, w(2), w(1) + w(1), w(2)), "⌊(32 + 1 + 1 − (2·(3 − 1) + 1))/2⌋ + 1"),
    (lambda: formulas.slide_ceil(w(112), B, w(2)), "min(⌈(112 − 3)/2⌉ + 1, ⌈112/2⌉)"),
    (lambda: formulas.spread(w(28), w(2), w(2)), "(28 − 1)·2 + 2"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "wording"), WORDING, ids=[wording for _, wording in WORDING])
def test_wording(made: Callable[[], Worked | int], wording: str) -> None:
    found = made()
    assert str(found) == wording
    assert evaluate(wording) == found


def test_letters() -> None:
    n, k, s, p = (named(*pair) for pair in ((9, "H"), (3, "k"), (1, "s"), (0, "p")))
    out = formulas.slide(n, k, s, p + p)
    assert str(out) == "⌊(H + 2p − k)/s⌋ + 1"  # a letter stays, whatever it stands for
    assert out == 7
    assert str(2 * named(4, "bytes")) == "2·bytes"
    assert str(3 * named(4, "C′") * named(2, "k_h")) == "3C′·k_h"
    assert str(named(4, "C") * 3) == "C·3"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (floor_div(H + 1, 2) - 1, "⌊(H + 1)/2⌋ − 1"),
        (3 * H * K - 2 * H + 2, "3H·K − 2H + 2"),
        (K * (H - 2), "K·(H − 2)"),
        (-H, "−H"),
        (H / K, "H/K"),
        (K**2, "K^2"),
        (maximum([H, K]), "max(H, K)"),
        (power_sum(K, H), "Sum(K**i, (i, 0, H - 1))"),
    ],
)
def test_symbols(value: Any, written: str) -> None:
    assert str(Worked(value)) == written


def test_working_on_symbols() -> None:
    """Values are those of the symbolic formulas, brackets as of any number."""
    n = Worked(H - 2)
    out = formulas.slide(n, Worked(3), Worked(2), Worked(K))
    assert str(out) == "⌊(H − 2 + K − 3)/2⌋ + 1"
    assert out.value == formulas.slide(H - 2, 3, 2, K)
    assert str(n * 3) == "(H − 2)·3"
    assert str(Worked(5) - n) == "5 − (H − 2)"
    assert str(sizes.maximum([n, Worked(4)])) == "max(H − 2, 4)"
    assert sizes.equal(n, H - 2) is True
    assert sizes.equal(n, 3) is None
    assert sizes.at_least(Worked(H), 1) is True
    assert sizes.divides(2, Worked(2 * H)) is True


def test_fractions() -> None:
    assert str(sizes.ratio(Worked(1), Worked(2))) == "1/2"
    assert sizes.ratio(Worked(1), Worked(2)) == Fraction(1, 2)
    assert str(Worked(Fraction(1, 2)) * 3) == "(1/2)·3"
    assert str(5 + Worked(Fraction(-1, 2))) == "5 − 1/2"


def test_compares_and_counts_as_its_number() -> None:
    assert w(3) + 1 == 4 == w(4)
    assert w(3) != 4
    assert w(3) != "3"
    assert hash(w(3)) == hash(3)
    assert w(3) < 4 <= w(4)
    assert 5 > w(4) >= 4
    assert not w(0)
    assert w(2) - 1
    assert int(A + B) == 10
    assert A % B == 1
    assert 9 % A == 2
    assert repr(A + B) == "Worked(10, '7 + 3')"


#: Operations on two numbers; those that divide need a positive second one.
OPERATIONS: tuple[tuple[Callable[[Any, Any], Any], bool], ...] = (
    (operator.add, False),
    (operator.sub, False),
    (operator.mul, False),
    (lambda a, b: -a, False),
    (lambda a, b: a**2, False),
    (lambda a, b: sizes.minimum([a, b]), False),
    (lambda a, b: sizes.maximum([a, b]), False),
    (lambda a, b: a * b + a, False),
    (lambda a, b: a + (b - a), False),
    (sizes.floor_div, True),
    (sizes.ceil_div, True),
    (lambda a, b: sizes.exact_div(a * b, b), True),
)


@st.composite
def expressions(draw: Callable[..., Any]) -> tuple[Worked | int, int]:
    """A worked number (or an int) made in a few steps from others, and what it must come to."""
    leaves = draw(st.lists(st.tuples(st.integers(-3, 9), st.booleans()), min_size=2, max_size=4))
    made: list[tuple[Worked | int, int]] = [(Worked(n) if own else n, n) for n, own in leaves]
    for _ in range(draw(st.integers(1, 7))):
        newest, other = made[-1], made[draw(st.integers(0, len(made) - 1))]
        (a, m), (b, n) = (newest, other) if draw(st.booleans()) else (other, newest)
        operation, divides = OPERATIONS[draw(st.integers(0, len(OPERATIONS) - 1))]
        if (n > 0 or not divides) and max(abs(m), abs(n)) < 10**6:
            made.append((operation(a, b), operation(m, n)))
    return made[-1]


@many
@given(expressions())
def test_derivations_come_to_the_number(pair: tuple[Worked | int, int]) -> None:
    made, number = pair
    assert made == number
    if isinstance(made, Worked):
        assert type(made.value) is int
        assert evaluate(str(made)) == number, str(made)
