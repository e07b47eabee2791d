"""Expressions taken apart: as forms of derivations, and as anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

from cnncalc import notation
from cnncalc.derivations import opposite
from cnncalc.symbolic.printing import ordered_terms, text
from cnncalc.symbolic.values import Expr, plain


def fold(value: Expr, make: Callable[[str, list[Any]], Any]) -> Any:
    """Something else made of an expression, from its parts up.

    ``make(kind, parts)`` is called with name and number (a word, a number), ``+ * **``, floor, min,
    max, if, ``== <= <``, and with the name of sympy's class for anything else.
    """
    value = sympy.sympify(value)
    if value.is_Symbol:
        return make("name", [value.name])
    if value.is_Rational:
        return make("number", [plain(value)])
    if isinstance(value, sympy.Sum):
        value = value.doit()
    if isinstance(value, sympy.Piecewise):
        *others, (last, always) = value.args
        if always != sympy.true:
            return make("Piecewise", [None])
        found = fold(last, make)
        for then, test in reversed(others):
            found = make("if", [fold(test, make), fold(then, make), found])
        return found
    if isinstance(value, sympy.ceiling):
        return fold(-sympy.floor(-value.args[0], evaluate=False), make)
    if isinstance(value, (sympy.Gt, sympy.Ge)):
        value = value.reversed
    kind = next((word for cls, word in _KINDS if isinstance(value, cls)), type(value).__name__)
    if not value.args:
        return make(kind, [None])
    return make(kind, [fold(part, make) for part in value.args])


_KINDS = (
    (sympy.Add, "+"),
    (sympy.Mul, "*"),
    (sympy.Pow, "**"),
    (sympy.floor, "floor"),
    (sympy.Min, "min"),
    (sympy.Max, "max"),
    (sympy.Eq, "=="),
    (sympy.Le, "<="),
    (sympy.Lt, "<"),
)


def form(value: Expr) -> notation.Form:
    """The expression in the notation of derivations: ``⌊(H + 1)/2⌋ + 1``."""
    value = sympy.sympify(value)
    if value.is_Rational:
        return notation.Number(plain(value))
    if value.is_Symbol:
        return notation.Letter(value.name)
    for kind, write in _FORMS:
        if isinstance(value, kind):
            return write(value)
    return notation.Letter(text(value))  # a sum of a symbolic number of terms: in sympy's syntax


def _form_of_sum(value: Expr) -> notation.Form:
    terms, offset = [], 0
    for term in ordered_terms(value):
        if term.is_Integer:
            offset += int(term)
            continue
        coefficient = term.as_coeff_Mul()[0]
        terms.append((not coefficient < 0, form(-term if coefficient < 0 else term)))
    return notation.Sum(tuple(terms), offset)


def _form_of_product(value: Expr) -> notation.Form:
    numerator, denominator = sympy.fraction(value)
    if denominator != 1:
        return notation.Quotient(form(numerator), form(denominator))
    coefficient, rest = value.as_coeff_Mul()
    if coefficient == -1:
        return opposite(form(rest))
    if coefficient < 0:
        return opposite(form(-value))
    return notation.Product(tuple(map(form, value.as_ordered_factors())))


def _form_of_power(value: Expr) -> notation.Form:
    numerator, denominator = sympy.fraction(value)
    if denominator != 1:
        return notation.Quotient(form(numerator), form(denominator))
    return notation.Power(*map(form, value.as_base_exp()))


def _form_of_floor(value: Expr) -> notation.Form:
    numerator, denominator = sympy.fraction(sympy.together(value.args[0]))
    return notation.Quotient(form(numerator), form(denominator), "down")


_FORMS: tuple[tuple[Any, Callable[[Expr], notation.Form]], ...] = (
    (sympy.Add, _form_of_sum),
    (sympy.Mul, _form_of_product),
    (sympy.floor, _form_of_floor),
    (sympy.Pow, _form_of_power),
    (sympy.Min, lambda value: notation.Extreme("min", tuple(map(form, value.args)))),
    (sympy.Max, lambda value: notation.Extreme("max", tuple(map(form, value.args)))),
)
