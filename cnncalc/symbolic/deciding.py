"""Comparisons for all values of the symbols: by sympy where signs tell, by isl otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import sympy

from cnncalc import presburger
from cnncalc.symbolic.floors import floor_div
from cnncalc.symbolic.printing import text
from cnncalc.symbolic.values import Expr, plain


def equal(a: Expr, b: Expr) -> bool | None:
    difference = sympy.expand(sympy.sympify(a) - sympy.sympify(b))
    if difference.is_zero:
        return True
    if difference.is_Number or difference.is_positive or difference.is_negative:
        return False
    return presburger.always_zero(text(difference), _names(difference))


@lru_cache(maxsize=65536)
def at_least(a: Expr, b: Expr) -> bool | None:
    difference = sympy.expand(sympy.sympify(a) - sympy.sympify(b))
    if difference.is_nonnegative:
        return True
    if difference.is_negative:
        return False
    return presburger.always_nonnegative(text(difference), _names(difference))


def divides(b: Expr, a: Expr) -> bool | None:
    quotient = sympy.cancel(sympy.sympify(a) / sympy.sympify(b))
    if quotient.is_integer:
        return True
    if quotient.is_Rational:
        return False
    remainder = sympy.sympify(a) - b * floor_div(a, b)
    return equal(remainder, 0)


def condition(kind: str, a: Expr, b: Expr) -> str | None:
    """When ``a == b``, ``a >= b`` or ``a % b == 0`` holds, readable as ``H mod 16 = 0``.

    None if that cannot be decided.
    """
    return conditions([(kind, a, b)])


def conditions(needs: Iterable[tuple[str, Expr, Expr]]) -> str | None:
    """When all the relations hold at once, such as ``H mod 16 = 0 and H >= 21``."""
    found = []
    for kind, a, b in needs:
        if kind == "% ==":
            kind, a, b = "==", a, b * floor_div(a, b)
        found.append((kind, sympy.expand(sympy.sympify(a) - sympy.sympify(b))))
    names = sorted({name for _, difference in found for name in _names(difference)})
    return presburger.jointly([(kind, text(value)) for kind, value in found], tuple(names))


def _names(value: Expr) -> tuple[str, ...]:
    return tuple(sorted(item.name for item in value.free_symbols))


def minimum(values: Iterable[Expr]) -> Any:
    """The smallest of the values; one that is never below another is dropped first."""
    return _extreme(sympy.Min, values, lambda a, b: _above(b, a))


def maximum(values: Iterable[Expr]) -> Any:
    """The largest of the values; one that is never above another is dropped first."""
    return _extreme(sympy.Max, values, _above)


def _extreme(kind: Any, values: Iterable[Expr], beats: Callable[[Expr, Expr], bool]) -> Any:
    apart: dict[Expr, None] = {}
    for value in map(sympy.sympify, values):  # the extreme of extremes is that of all of them
        apart.update(dict.fromkeys(value.args if isinstance(value, kind) else (value,)))
    kept: list[Expr] = []
    for value in map(sympy.expand, apart):
        if not any(beats(other, value) for other in kept):
            kept = [other for other in kept if not beats(value, other)] + [value]
    if len(kept) == 1:
        return plain(kept[0])
    return kind(*sorted(kept, key=sympy.default_sort_key), evaluate=False)


@lru_cache(maxsize=65536)
def _above(a: Expr, b: Expr) -> bool:
    """Is a ≥ b for all values of the symbols? No may only mean: not found.

    The signs of the terms decide most (peaks of memory are sums of products), isl the rest.
    """
    terms = sympy.expand(a - b).as_coefficients_dict().items()
    if all(coefficient >= 0 and term.is_nonnegative for term, coefficient in terms):
        return True
    return at_least(a, b) is True
