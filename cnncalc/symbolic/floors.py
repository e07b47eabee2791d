"""Divisions that are rounded: floors in one canonical form."""

from __future__ import annotations

from typing import Any

import sympy

from cnncalc.symbolic.values import Expr, is_count, plain


def floor_div(a: Expr, b: Expr) -> Any:
    """⌊a / b⌋ in canonical form, for integers b ≥ 1.

    ⌊(b u + v)/b⌋ = u + ⌊v/b⌋ pulls integer multiples out, and ⌊(⌊x/c⌋ + w)/b⌋ = ⌊(x + c w)/(b c)⌋
    merges a single nested floor, or a common factor: ⌊(g u + w)/(g b)⌋ = ⌊(u + ⌊w/g⌋)/b⌋
    (Graham, Knuth & Patashnik 1994, "Concrete Mathematics", 3.11).
    """
    a, b = sympy.expand(a), sympy.sympify(b)
    if b == 1 and a.is_integer:
        return plain(a)
    outside, inside = _split(a, b)
    inside, b = _reduced(inside, b)
    floors = [term for term in sympy.Add.make_args(inside) if isinstance(term, sympy.floor)]
    rest = sympy.expand(inside - sum(floors))
    if len(floors) == 1 and rest.is_integer and is_count(b):
        numerator, denominator = sympy.fraction(sympy.together(floors[0].args[0]))
        if is_count(denominator):
            merged = floor_div(numerator + denominator * rest, denominator * b)
            return plain(sympy.expand(outside + merged))
    return plain(sympy.expand(outside + sympy.floor(inside / b)))


def _split(a: Expr, b: Expr) -> tuple[Expr, Expr]:
    """a = b·outside + inside with outside an integer and coefficients of inside reduced mod b."""
    outside, inside = sympy.Integer(0), sympy.Integer(0)
    for term in sympy.Add.make_args(a):
        quotient = sympy.cancel(term / b)
        if quotient.is_integer:
            outside += quotient
            continue
        coefficient, rest = term.as_coeff_Mul()
        if b.is_Integer and coefficient.is_Rational and rest.is_integer:
            whole = sympy.floor(coefficient / b)
            outside += whole * rest
            inside += (coefficient - whole * b) * rest
        else:
            inside += term
    return outside, inside


def _reduced(inside: Expr, b: Expr) -> tuple[Expr, Expr]:
    """The quotient without the number that divides b and all of inside but its constant."""
    constant, rest = inside.as_coeff_Add()
    factor, unit = b.primitive()
    content, terms = rest.primitive()
    common = sympy.gcd(factor, content)
    if common == 1 or not (content.is_Integer and terms.is_integer and is_count(unit)):
        return inside, b
    return sympy.expand(rest / common) + sympy.floor(constant / common), b / common


def function(name: str, *arguments: Expr) -> Any:
    """``floor`` or ``ceil`` of an expression of the language."""
    (argument,) = arguments
    numerator, denominator = sympy.fraction(sympy.together(sympy.sympify(argument)))
    if name == "floor":
        return floor_div(numerator, denominator)
    if numerator.is_integer and is_count(denominator):
        return floor_div(numerator + denominator - 1, denominator)
    return plain(sympy.expand(-floor_div(-numerator, denominator)))
