"""Expressions as text, in sympy's syntax."""

from __future__ import annotations

from functools import lru_cache

import sympy
from sympy.printing.str import StrPrinter

from cnncalc.symbolic.values import Expr


class _Printer(StrPrinter):  # type: ignore[misc]
    """sympy's own syntax, with the quotient inside a floor on one fraction bar.

    Negative powers are written as fractions, and a sum of fractions in the order of its letters:
    1/D + 1/K**2.
    """

    def _print_Pow(self, expression: Expr, rational: bool = False) -> str:
        base, exponent = expression.args
        if exponent.is_Integer and exponent < -1:
            return f"1/{self._print(sympy.Pow(base, -exponent))}"
        return str(super()._print_Pow(expression, rational))

    def _print_Add(self, expression: Expr, order: str | None = None) -> str:
        fractions = all(map(_is_fraction, expression.args))
        return str(super()._print_Add(expression, "rev-lex" if fractions else order))

    def _print_floor(self, expression: Expr) -> str:
        return f"floor({self._print(sympy.together(expression.args[0]))})"


def _is_fraction(term: Expr) -> bool:
    """A quotient by a symbol: one of the factors has a negative power."""
    return any(
        factor.is_Pow and factor.exp.is_Integer and factor.exp.is_negative
        for factor in sympy.Mul.make_args(term)
    )


_printer = _Printer({"order": None})


@lru_cache(maxsize=65536)
def text(value: Expr) -> str:
    """The expression in sympy syntax."""
    return str(_printer.doprint(value))


def ordered_terms(value: Expr) -> list[Expr]:
    """The terms of a sum, in the order in which they are written."""
    return list(_printer._as_ordered_terms(value))
