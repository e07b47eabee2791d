"""Conditions on sizes in words: readable, and true of exactly the sizes they are about."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from math import floor
from typing import Any

import pytest
from counting import GRID, H, W, affine, chains, counted
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc import formulas, sizes, symbolic
from cnncalc.sizes import is_symbolic

many = settings(max_examples=10 * settings.default.max_examples)


@pytest.mark.parametrize(
    ("needs", "expected"),
    [
        ([("==", 16 * sizes.floor_div(H, 16), H)], "H mod 16 = 0"),
        ([("==", 3 * sizes.floor_div(H, 3) + 1, H)], "H mod 3 = 1"),
        ([("% ==", H + 2, 3)], "H mod 3 = 1"),
        ([("==", sizes.floor_div(H, 8), 2 * sizes.floor_div(H, 16))], "H mod 16 <= 7"),
        ([(">=", formulas.slide(H, 7, 2), 8)], "H >= 21"),
        ([("==", formulas.slide(H, 3, 2, 2), 7)], "13 <= H <= 14"),
        ([("==", H, 7)], "H = 7"),
        ([("==", W, H)], "H = W"),
        ([(">=", W, H + 3)], "H <= W - 3"),
        ([(">=", 2 * H, 3 * W)], "2*H >= 3*W"),
        ([(">=", H, 1)], "always"),
        ([("==", H, 0)], "never"),
        ([(">=", H * W, 3)], None),
        ([("==", 2 * sizes.floor_div(H, 2), H), ("==", 2 * sizes.floor_div(W, 2), W)],
         "H mod 2 = 0 and W mod 2 = 0"),
        ([("==", 16 * sizes.floor_div(H, 16), H), (">=", H, 21)], "H mod 16 = 0 and H >= 32"),
        ([("% ==", H, 8), ("% ==", H, 16), (">=", H, 5), (">=", H, 8)], "H mod 16 = 0"),
        ([("% ==", H, 2), ("% ==", H + 1, 2)], "never"),
        ([(">=", H, 3), (">=", H * W, 3)], None),
        ([(">=", symbolic.maximum([H, W]), 3)], "(H <= W and W >= 3) or (H >= 3 and H >= W + 1)"),
        ([], "always"),
    ],
)  # fmt: skip
def test_conditions_in_words(needs: list[tuple[str, Any, Any]], expected: str | None) -> None:
    assert symbolic.conditions(needs) == expected
    if len(needs) == 1:
        assert symbolic.condition(*needs[0]) == expected


def said(condition: str) -> Callable[..., bool]:
    """A condition in words as a Python function of H, W and K."""
    python = re.sub(r"(?<![<>])=", "==", condition.replace(" mod ", " % "))
    words = {"floor": floor, "always": True, "never": False}
    found: Callable[..., bool] = eval(f"lambda H=0, W=0, K=0: {python}", words)
    return found


relations = st.tuples(st.sampled_from(("==", ">=")), affine, affine).filter(
    lambda need: is_symbolic(need[1]) or is_symbolic(need[2])
)


@many
@given(st.lists(relations, min_size=1, max_size=2))
def test_conditions_in_words_are_exact(needs: list[tuple[str, Any, Any]]) -> None:
    words = symbolic.conditions(needs)
    assert words is not None
    holds, hold = said(words), {"==": operator.eq, ">=": operator.ge}
    each = [(hold[relation], counted(a), counted(b)) for relation, a, b in needs]
    for point in GRID:
        expected = all(compare(left(*point), right(*point)) for compare, left, right in each)
        assert holds(*point) is expected, words


@many
@given(chains(H), st.integers(2, 6))
def test_multiples_in_words_are_exact(size: Any, divisor: int) -> None:
    words = symbolic.condition("% ==", size, divisor)
    assert words is not None
    holds, value = said(words), counted(size)
    assert all(holds(n) is (value(n) % divisor == 0) for n in range(1, 60)), words
