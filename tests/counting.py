"""Sizes that networks have, as symbols, and the same as Python functions to count with."""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import product
from math import floor
from typing import Any

from hypothesis import strategies as st

from cnncalc import formulas, sizes
from cnncalc.sizes import Size
from cnncalc.symbolic import symbol

H, W, K, S = map(symbol, "HWKS")


def counted(value: Any) -> Callable[..., Any]:
    """The value as a Python function of H, W and K, made from its text."""
    words = {"floor": floor, "Max": max, "Min": min}
    found: Callable[..., Any] = eval(f"lambda H=0, W=0, K=0: {sizes.text(value)}", words)
    return found


def chains(name: Any) -> st.SearchStrategy[Size]:
    """What is left of a symbol after a few layers."""
    small = st.integers(1, 4)
    slide = st.tuples(st.just(formulas.slide), small, small, st.integers(0, 4))
    spread = st.tuples(st.just(formulas.spread), small, small, st.integers(0, 2))

    def through(layers: list[tuple[Callable[..., Size], int, int, int]]) -> Size:
        size = name
        for formula, kernel, stride, padding in layers:
            size = formula(size, kernel, stride, padding)
        return size

    return st.lists(st.one_of(slide, slide, spread), max_size=3).map(through)


either = st.one_of(chains(H), chains(W))
#: Sizes that isl decides: chains, their sums and multiples, numbers.
affine = st.one_of(
    either,
    st.integers(-3, 9),
    st.builds(operator.add, either, either),
    st.builds(lambda a, b: a - 2 * b, either, either),
)
#: And some that it does not: products, symbolic strides.
sized = st.one_of(
    affine,
    st.builds(operator.mul, either, either),
    st.builds(lambda a: formulas.slide(a, K, 2), either),
    st.builds(lambda a: formulas.slide(a, 2, K), either),
)
GRID = list(product((*range(1, 9), 15, 16, 33), (1, 2, 3, 7, 8, 20), (1, 2, 5)))
