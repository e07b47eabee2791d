"""Numbers that remember how they were made: wording, and derivations that come to the number."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from teaching import evaluate

from cnncalc import formulas, sizes
from cnncalc.worked import Worked

many = settings(max_examples=20 * settings.default.max_examples)


def w(value: int) -> Worked:
    return Worked(value)


A, B, C, ZERO, ONE = map(Worked, (7, 3, 5, 0, 1))
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
    (lambda: A * FLOOR_1, "7·⌊3 / 2⌋"),
    (lambda: FLOOR_1 * A, "⌊3 / 2⌋·7"),
    (lambda: A + w(1) // 2, "7 + ⌊1 / 2⌋"),
    (lambda: A - w(1) // 2, "7 − ⌊1 / 2⌋"),
    (lambda: A // FLOOR_1, "⌊7 / ⌊3 / 2⌋⌋"),
    (lambda: sizes.exact_div(A, FLOOR_1), "7 / ⌊3 / 2⌋"),
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
    # floors, ceilings, quotients, minimum
    (lambda: (A + B) // C, "⌊(7 + 3) / 5⌋"),
    (lambda: A // (B * C), "⌊7 / (3·5)⌋"),
    (lambda: A // B // 2, "⌊⌊7 / 3⌋ / 2⌋"),
    (lambda: 9 // B, "⌊9 / 3⌋"),
    (lambda: (A // B) * C, "⌊7 / 3⌋·5"),
    (lambda: sizes.ceil_div(A + 1, w(2)), "⌈(7 + 1) / 2⌉"),
    (lambda: sizes.exact_div(w(6), B), "6 / 3"),
    (lambda: A * sizes.exact_div(w(6), B) * C, "7·(6 / 3)·5"),
    (lambda: A + sizes.exact_div(w(6), B), "7 + 6 / 3"),
    (lambda: A - sizes.exact_div(w(6), B), "7 − 6 / 3"),
    (lambda: sizes.exact_div(sizes.exact_div(w(6), B), w(2)), "(6 / 3) / 2"),
    (lambda: sizes.exact_div(w(6), B * 2), "6 / (3·2)"),
    (lambda: sizes.minimum([A, B + 1]), "min(7, 3 + 1)"),
    (lambda: sizes.minimum([A, 9]) * 2, "min(7, 9)·2"),
    (lambda: sizes.minimum([A]), "7"),
    # formulas
    (lambda: formulas.span(B), "3"),
    (lambda: formulas.span(B, w(2)), "2·(3 − 1) + 1"),
    (lambda: formulas.slide(w(32), w(5), w(1), 2 * w(2)), "32 + 2·2 − 5 + 1"),
    (lambda: formulas.slide(w(32), B, w(2), w(1) + w(1), w(2)), "⌊(32 + 1 + 1 − (2·(3 − 1) + 1)) / 2⌋ + 1"),
    (lambda: formulas.slide_ceil(w(112), B, w(2)), "min(⌈(112 − 3) / 2⌉ + 1, ⌈112 / 2⌉)"),
    (lambda: formulas.spread(w(28), w(2), w(2)), "(28 − 1)·2 + 2"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "wording"), WORDING, ids=[wording for _, wording in WORDING])
def test_wording(made: Callable[[], Worked | int], wording: str) -> None:
    found = made()
    assert str(found) == wording
    assert evaluate(wording) == found


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
