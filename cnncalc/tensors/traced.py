"""Numbers of tensors that remember how they were made, and the few operations that must know it.

The arithmetic of this package runs on them as on integers; what comes out is the number together
with every product and sum behind it. Unlike :class:`cnncalc.worked.Worked`, which makes formulas
short, nothing is left out: a factor of 1 and a term of 0 are taps of the kernel, too.

>>> a, b = Traced(2, "x[0]"), Traced(3, "x[1]")
>>> total = a * b + b
>>> total.value, total.op, [part.op for part in total.args]
(9, '+', ['*', ''])
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple, TypeAlias

from cnncalc import sizes
from cnncalc.sizes import whole


class Surd(NamedTuple):
    """times·√of, irrational: what a root leaves that cannot be a fraction."""

    times: Fraction
    of: Fraction

    def __float__(self) -> float:
        return float(self._decimal())

    def decimal(self, places: int) -> Decimal:
        """Rounded to so many places."""
        with localcontext() as context:
            context.prec = 50
            return self._decimal().quantize(Decimal(1).scaleb(-places))

    def _decimal(self) -> Decimal:
        """To fifty digits."""
        with localcontext() as context:
            context.prec = 50
            times, of = (
                Decimal(part.numerator) / Decimal(part.denominator)
                for part in (self.times, self.of)
            )
            return times * of.sqrt()


Exact: TypeAlias = int | Fraction
Number: TypeAlias = int | Fraction | Surd


class Traced:
    """A number with its derivation: ``op`` is how it was made of ``args``.

    ``op`` is empty for a number that was given, and ``name`` then says which it is. Others are
    ``+ - * / ² √ max`` and, of a single argument, ``neg``.
    """

    __slots__ = ("args", "name", "op", "value")

    def __init__(
        self, value: Number, name: str = "", op: str = "", args: tuple[Traced, ...] = ()
    ) -> None:
        self.value: Any = value
        self.name = name
        self.op = op
        self.args = args

    def __repr__(self) -> str:
        return f"Traced({self.value}, {self.name!r}, {self.op!r})"

    def __add__(self, other: Traced | Exact) -> Traced:
        if type(other) is int and other == 0:  # Python's, where sums begin: no term
            return self
        terms = self.args if self.op == "+" else (self,)
        more = traced(other)
        added = more.args if more.op == "+" else (more,)
        return Traced(whole(self.value + more.value), op="+", args=(*terms, *added))

    def __radd__(self, other: Exact) -> Traced:
        return self if type(other) is int and other == 0 else traced(other) + self

    def __sub__(self, other: Traced | Exact) -> Traced:
        less = traced(other)
        return Traced(whole(self.value - less.value), op="-", args=(self, less))

    def __neg__(self) -> Traced:
        return Traced(-self.value, op="neg", args=(self,))

    def __mul__(self, other: Traced | Exact) -> Traced:
        if other is self:
            return Traced(whole(self.value * self.value), op="²", args=(self,))
        by = traced(other)
        return Traced(whole(self.value * by.value), op="*", args=(self, by))

    def __rmul__(self, other: Exact) -> Traced:
        return traced(other) * self

    def over(self, other: Traced | Exact) -> Traced:
        """The quotient; by a root that is no fraction it is none either."""
        by = traced(other)
        if isinstance(by.value, Surd):
            times = Fraction(self.value) / (by.value.times * by.value.of)
            value: Number = Surd(times, by.value.of) if times else 0
        else:
            value = sizes.ratio(self.value, by.value)
        return Traced(value, op="/", args=(self, by))

    def root(self) -> Traced:
        """The square root, exactly: a fraction where it is one."""
        return Traced(square_root(Fraction(self.value)), op="√", args=(self,))

    def __lt__(self, other: Traced | Exact) -> bool:
        return bool(self.value < traced(other).value)

    def __gt__(self, other: Traced | Exact) -> bool:
        return bool(self.value > traced(other).value)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Traced) else other))

    def __hash__(self) -> int:
        return hash(self.value)

    @property
    def winners(self) -> tuple[Traced, ...]:
        """Of a maximum, the candidates that reach it; the first is the one taken."""
        return tuple(one for one in self.args if one == self) if self.op == "max" else ()


def traced(value: Traced | Exact) -> Traced:
    """A number as one that remembers; what is one stays as it is."""
    return value if isinstance(value, Traced) else Traced(value)


def square_root(value: Fraction) -> Number:
    """√value for a value of at least 0: a fraction where it is one.

    >>> square_root(Fraction(9, 4)), square_root(Fraction(5))
    (Fraction(3, 2), Surd(times=Fraction(1, 1), of=Fraction(5, 1)))
    """
    over, under = isqrt(value.numerator), isqrt(value.denominator)
    if Fraction(over * over, under * under) == value:
        found: Number = whole(Fraction(over, under))
        return found
    return Surd(Fraction(1), value)


def ratio(a: Any, b: Any) -> Any:
    """:func:`cnncalc.sizes.ratio`, also of numbers that remember."""
    return (
        traced(a).over(b) if isinstance(a, Traced) or isinstance(b, Traced) else sizes.ratio(a, b)
    )


def maximum(values: Iterable[Any]) -> Any:
    """:func:`cnncalc.sizes.maximum`, also of numbers that remember."""
    items = list(values)
    if any(isinstance(item, Traced) for item in items):
        candidates = tuple(map(traced, items))
        return Traced(max(one.value for one in candidates), op="max", args=candidates)
    return sizes.maximum(items)


def settled(value: Any) -> Any:
    """A number that was found before: what comes after shows it, and not how it was made."""
    return Traced(value.value) if isinstance(value, Traced) else value
