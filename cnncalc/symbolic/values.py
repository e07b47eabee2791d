"""Symbols, and expressions as plain numbers where they are."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

import sympy

Expr = Any


@cache
def symbol(name: str) -> Expr:
    """The symbol ``name``, a positive integer."""
    return sympy.Symbol(name, integer=True, positive=True)


def plain(value: Expr) -> Any:
    """A constant expression as an int (or a fraction); any other expression as it is."""
    value = sympy.sympify(value)
    if value.is_Integer:
        return int(value)
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    return value


def expand(value: Expr) -> Any:
    return plain(sympy.expand(value))


def is_count(value: Expr) -> bool:
    """Is it an integer of at least 1, whatever the symbols are?"""
    return bool(value.is_integer and value.is_positive)
