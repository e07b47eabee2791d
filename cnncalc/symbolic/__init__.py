"""Sizes as sympy expressions; only this package imports sympy.

Symbols are positive integers. Divisions with floor are kept in one canonical form, in which nested
floors are merged and integer multiples pulled out: ``⌊(H + 6 − 7)/2⌋ + 1`` is ``floor((H + 1)/2)``.
Equal chains of sliding windows print alike; with transposed ones, where strides are powers of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sympy

from cnncalc.symbolic.deciding import at_least as at_least
from cnncalc.symbolic.deciding import condition as condition
from cnncalc.symbolic.deciding import conditions as conditions
from cnncalc.symbolic.deciding import divides as divides
from cnncalc.symbolic.deciding import equal as equal
from cnncalc.symbolic.deciding import maximum as maximum
from cnncalc.symbolic.deciding import minimum as minimum
from cnncalc.symbolic.floors import floor_div as floor_div
from cnncalc.symbolic.floors import function as function
from cnncalc.symbolic.printing import text as text
from cnncalc.symbolic.values import Expr as Expr
from cnncalc.symbolic.values import expand as expand
from cnncalc.symbolic.values import plain as plain
from cnncalc.symbolic.values import symbol as symbol
from cnncalc.symbolic.writing import fold as fold
from cnncalc.symbolic.writing import form as form


def exact_div(a: Expr, b: Expr) -> Any:
    return plain(sympy.cancel(sympy.sympify(a) / sympy.sympify(b)))


def ratio(a: Expr, b: Expr) -> Any:
    """a / b, which may be a fraction."""
    return exact_div(a, b)


def proportion(a: Expr, b: Expr) -> Any:
    """a / b as one fraction or as a sum of fractions, whichever is shorter to read.

    None for extremes and sums with a symbolic number of terms, which sympy would first work out.
    """
    a, b = sympy.sympify(a), sympy.sympify(b)
    if a == b:
        return 1
    if a.has(sympy.Max, sympy.Min, sympy.Sum) or b.has(sympy.Max, sympy.Min, sympy.Sum):
        return None
    together = sympy.cancel(a / b)
    numerator, denominator = sympy.fraction(together)
    apart = sympy.Add(*(term / denominator for term in sympy.Add.make_args(numerator)))
    return plain(min(apart, together, key=lambda form: len(text(form))))


def scaled_part(value: Expr) -> tuple[Any, Any]:
    """64*H*W as 64 and H*W."""
    number, rest = value.as_coeff_Mul()
    return plain(number), plain(rest)


def power_sum(base: Expr, count: Expr) -> Any:
    """1 + b + … + b^(n−1), which is right for b = 1 as well."""
    (free,) = fresh(["i"], [base, count])
    index = sympy.Symbol(free.name, integer=True, nonnegative=True)
    return sympy.Sum(sympy.sympify(base) ** index, (index, 0, count - 1))


def total(term: Expr, index: Expr, count: Expr) -> Any:
    """The sum of ``term`` for index = 1, …, count.

    Powers of the index have closed forms (Graham, Knuth & Patashnik 1994, "Concrete Mathematics",
    6.5); for anything else, such as floors, the sum stays a sum.
    """
    found = sympy.Integer(0)
    for part in sympy.Add.make_args(sympy.expand(term)):
        factor, rest = part.as_independent(index, as_Add=False)
        if rest.is_polynomial(index):
            found += factor * sympy.summation(rest, (index, 1, count))
        else:
            found += factor * sympy.Sum(rest, (index, 1, count))
    return expand(found)


def fresh(words: Iterable[str], values: Iterable[Expr]) -> list[Expr]:
    """Symbols named ``words``, or alike where one of the values has a symbol of that name."""
    taken = {item.name for value in values for item in sympy.sympify(value).free_symbols}
    found = []
    for word in words:
        while word in taken:
            word += "_"
        taken.add(word)
        found.append(symbol(word))
    return found


def substitute(value: Expr, at: Mapping[str, int]) -> Any:
    """The value with numbers for symbols; a plain int when none is left."""
    known = {item: at[item.name] for item in value.free_symbols if item.name in at}
    found = value.xreplace({key: sympy.Integer(number) for key, number in known.items()})
    return plain(found.replace(_is_listable, lambda terms: terms.doit()))


def _is_listable(value: Expr) -> bool:
    """A sum of so many terms as a number says."""
    return isinstance(value, sympy.Sum) and all(
        bound.is_Integer for _, *bounds in value.limits for bound in bounds
    )
