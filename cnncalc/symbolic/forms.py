"""What is done with closed forms: leading terms, derivatives, equations, other notations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from cnncalc.symbolic import Expr, plain, symbol, text


def smooth(value: Expr) -> Any:
    """The value without its roundings, as a sum of products: ⌊H/4⌋ as H/4."""
    value = sympy.sympify(value)
    return sympy.expand(value.replace(sympy.floor, lambda inner: inner))


def leading(value: Expr) -> Any:
    """The terms of highest degree in all symbols together, roundings left out."""
    return at_degree(value, value)


def at_degree(value: Expr, other: Expr) -> Any:
    """The terms of the value that have the highest degree of the other."""
    found, largest = smooth(value), smooth(other)
    names = sorted(found.free_symbols | largest.free_symbols, key=str)
    if not names or not (found.is_polynomial(*names) and largest.is_polynomial(*names)):
        return plain(found)
    degree = sympy.Poly(largest, *names).total_degree()
    return plain(
        sum(
            coefficient * sympy.prod([name**power for name, power in zip(names, powers)])
            for powers, coefficient in sympy.Poly(found, *names).terms()
            if sum(powers) == degree
        )
    )


def derivative(value: Expr, name: str) -> Any:
    """How fast the value grows with one symbol, roundings left out."""
    return plain(sympy.expand(sympy.diff(smooth(value), symbol(name))))


def is_rounded(value: Expr) -> bool:
    return bool(sympy.sympify(value).has(sympy.floor))


def share(part: Expr, whole: Expr) -> Any:
    """part / whole as a fraction where that is a number; None where it depends on symbols."""
    if whole == 0:
        return None
    quotient = sympy.cancel(sympy.sympify(part) / sympy.sympify(whole))
    return plain(quotient) if quotient.is_Rational else None


class Solution(NamedTuple):
    """Unknowns in terms of the other symbols, and when those values are integers."""

    values: dict[str, str]
    conditions: list[str]


def solve_for_all(
    differences: Iterable[Expr], unknowns: Iterable[str], universal: Iterable[str]
) -> list[Solution] | None:
    """The unknowns for which all differences are 0 whatever the ``universal`` symbols are.

    Every coefficient of a power of those must vanish. None where these equations are not linear in
    the unknowns, or something is rounded; an empty list where nothing solves them.
    """
    wanted = [symbol(name) for name in unknowns]
    every = [symbol(name) for name in universal]
    equations: list[Expr] = []
    for difference in differences:
        value = sympy.expand(sympy.sympify(difference))
        if value.has(sympy.floor, sympy.Max, sympy.Min):
            return None
        if every and not value.is_polynomial(*every):
            return None
        equations += sympy.Poly(value, *every).coeffs() if every else [value]
    equations = [equation for equation in equations if equation != 0]
    if not equations or not set(wanted) & set().union(*(one.free_symbols for one in equations)):
        return None
    try:
        found = sympy.linsolve(equations, *wanted)
    except (ValueError, sympy.SympifyError):
        return None
    return [_solution(wanted, values) for values in found if all(map(_possible, values))]


def _possible(value: Expr) -> bool:
    """Not a number that is no integer of at least 0?"""
    return not value.is_number or bool(value.is_integer and value >= 0)


def _solution(wanted: list[Expr], values: Iterable[Expr]) -> Solution:
    found, conditions = {}, []
    for unknown, value in zip(wanted, values):
        numerator, denominator = sympy.fraction(sympy.factor(sympy.cancel(value)))
        found[unknown.name] = text(plain(numerator / denominator))
        if denominator != 1:
            over = text(denominator) if denominator.is_Atom else f"({text(denominator)})"
            shown = f"({text(numerator)})" if numerator.is_Add else text(numerator)
            conditions.append(f"{shown} mod {over} = 0")
    return Solution(found, conditions)


class _Python(StrPrinter):  # type: ignore[misc]
    """Integer arithmetic: a floor is //, and so is the denominator of a sum that is an integer."""

    def _print_floor(self, expression: Expr) -> str:
        return f"({self.divided(expression.args[0])})"

    def divided(self, value: Expr) -> str:
        numerator, denominator = sympy.fraction(sympy.together(value))
        if denominator == 1:
            return str(self._print(numerator))
        sides = (
            self._print(side) if side.is_Atom else f"({self._print(side)})"
            for side in (numerator, denominator)
        )
        return " // ".join(sides)

    def _print_Max(self, expression: Expr) -> str:
        return f"max({', '.join(map(self.divided, expression.args))})"

    def _print_Min(self, expression: Expr) -> str:
        return f"min({', '.join(map(self.divided, expression.args))})"


_python = _Python({"order": None})
_latex = LatexPrinter({"mul_symbol": r" \, "})


def python(value: Expr) -> str:
    """An expression of Python's integers with the same value."""
    return _python.divided(sympy.sympify(value))


def latex(value: Expr) -> str:
    return str(_latex.doprint(sympy.sympify(value)))


def has_sum(value: Expr) -> bool:
    """Is there a sum in it, of as many terms as a symbol says?"""
    return bool(sympy.sympify(value).has(sympy.Sum))


def names(values: Iterable[Expr | None]) -> list[str]:
    """The symbols of all the values, sorted."""
    found: set[str] = set()
    for value in values:
        if value is None:
            continue
        found |= {item.name for item in sympy.sympify(value).free_symbols}
    return sorted(found)
