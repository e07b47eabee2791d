"""Where a polynomial of one integer is positive, negative or zero: exactly, for all integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import sympy

#: First and last integer; None: there is no last one.
Interval: TypeAlias = "tuple[int, int | None]"


def integers_where(
    expression: Any, name: str, holds: Callable[[Any], bool], least: int = 1
) -> list[Interval] | None:
    """The integers from ``least`` on at which ``holds`` of the expression's value.

    ``holds`` may ask for nothing but the sign. None when the expression is no polynomial of the
    symbol ``name`` alone. Real roots are isolated exactly (sympy's continued fractions), and the
    sign between two of them is that of any integer there.
    """
    found = sympy.sympify(expression)
    symbols = [symbol for symbol in found.free_symbols if symbol.name == name]
    if len(found.free_symbols) > 1 or len(symbols) < len(found.free_symbols):
        return None
    symbol = symbols[0] if symbols else sympy.Symbol(name)
    if not found.is_polynomial(symbol):
        return None
    polynomial = sympy.Poly(found, symbol)
    points = {least}
    if polynomial.degree() > 0:
        for (low, high), _ in polynomial.intervals(eps=sympy.Rational(1, 4)):
            near = range(int(sympy.floor(low)) - 1, int(sympy.ceiling(high)) + 3)
            points.update(point for point in near if point >= least)
    starts = sorted(points)
    pieces: list[Interval] = []
    for start, after in zip(starts, [*starts[1:], None]):
        if not holds(polynomial.eval(start)):
            continue
        last = None if after is None else after - 1
        if pieces and pieces[-1][1] == start - 1:
            pieces[-1] = (pieces[-1][0], last)
        else:
            pieces.append((start, last))
    return pieces
