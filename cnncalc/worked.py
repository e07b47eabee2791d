"""Numbers that remember how they were made: the same formulas, as working.

>>> from cnncalc.formulas import slide
>>> n, k, s, p = (Worked(value) for value in (224, 7, 2, 3))
>>> out = slide(n, k, s, 2 * p)
>>> print(f"{out} = {out.value}")
⌊(224 + 2·3 − 7) / 2⌋ + 1 = 112

Factors of 1 and terms of 0 are left out, and whole numbers that meet in a sum are added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import ge, gt, le, lt

#: How tightly a derivation binds. A negative number is a sum without a first term. A quotient is
#: bracketed in products, where a·b / c·d could be misread.
_SUM, _QUOTIENT, _PRODUCT, _ATOM = range(4)


class Worked:
    """An integer and the text of its derivation.

    ``value`` is the number; ``str()`` is the derivation. A sum keeps its whole number apart, so
    that d(k − 1) + 1 with d = 1 is k again.
    """

    __slots__ = ("base", "level", "offset", "value")

    is_integer = True

    def __init__(
        self, value: int, base: str | None = None, level: int = _ATOM, offset: int = 0
    ) -> None:
        self.value = value
        self.base = base or (str(value) if value >= 0 else f"−{-value}")
        self.level = _SUM if base is None and value < 0 else level
        self.offset = offset

    def __str__(self) -> str:
        if not self.offset:
            return self.base
        return f"{self.base} {'+' if self.offset > 0 else '−'} {abs(self.offset)}"

    def __repr__(self) -> str:
        return f"Worked({self.value}, {str(self)!r})"

    def __bool__(self) -> bool:
        return self.value != 0

    @property
    def _level(self) -> int:
        return _SUM if self.offset else self.level

    def _inside(self, level: int) -> str:
        """The derivation as an operand of something that binds as ``level``."""
        return str(self) if self._level >= level else f"({self})"

    def _just(self, value: int) -> bool:
        """Is it this number itself, rather than a derivation that comes to it?"""
        return self.value == value and str(self) == str(value)

    def __add__(self, other: Worked | int) -> Worked:
        if self._just(0):
            return _number(other)
        if isinstance(other, int):
            return Worked(self.value + other, self.base, self.level, self.offset + other)
        if other._just(0):
            return self
        return Worked(self.value + other.value, f"{self}{_term(other.base)}", _SUM, other.offset)

    def __radd__(self, other: int) -> Worked:
        return Worked(other) + self

    def __sub__(self, other: Worked | int) -> Worked:
        if isinstance(other, int):
            return self + -other
        if self._just(0):
            return -other
        if other._just(0):
            return self
        return Worked(self.value - other.value, f"{self} − {other._inside(_QUOTIENT)}", _SUM)

    def __rsub__(self, other: int) -> Worked:
        return Worked(other) - self

    def __neg__(self) -> Worked:
        if self._just(0):
            return self
        return Worked(-self.value, f"−{self._inside(_QUOTIENT)}", _SUM)

    def __mul__(self, other: Worked | int) -> Worked:
        by = _number(other)
        if by._just(1):
            return self
        if self._just(1):
            return by
        text = f"{self._inside(_PRODUCT)}·{by._inside(_PRODUCT)}"
        return Worked(self.value * by.value, text, _PRODUCT)

    def __rmul__(self, other: int) -> Worked:
        return Worked(other) * self

    def __floordiv__(self, other: Worked | int) -> Worked:
        by = _number(other)
        if by._just(1):
            return self
        return Worked(self.value // by.value, f"⌊{_over(self, by)}⌋")

    def __rfloordiv__(self, other: int) -> Worked:
        return Worked(other) // self

    def __mod__(self, other: Worked | int) -> int:
        return self.value % _number(other).value

    def __rmod__(self, other: int) -> int:
        return other % self.value

    def __pow__(self, other: int) -> Worked:
        if other == 1 or self._just(1):
            return self
        return Worked(self.value**other, f"{self._inside(_ATOM)}^{other}", _PRODUCT)

    def __int__(self) -> int:
        return self.value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (int, Worked)) and self.value == _number(other).value

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: Worked | int) -> bool:
        return _compare(lt, self, other)

    def __le__(self, other: Worked | int) -> bool:
        return _compare(le, self, other)

    def __gt__(self, other: Worked | int) -> bool:
        return _compare(gt, self, other)

    def __ge__(self, other: Worked | int) -> bool:
        return _compare(ge, self, other)


def _number(number: Worked | int) -> Worked:
    return Worked(number) if isinstance(number, int) else number


def _compare(order: Callable[[int, int], bool], a: Worked, b: Worked | int) -> bool:
    return order(a.value, _number(b).value)


def _term(text: str) -> str:
    """A derivation as a further term of a sum: adding −a is subtracting a."""
    return f" − {text[1:]}" if text.startswith("−") else f" + {text}"


def _over(a: Worked, b: Worked) -> str:
    return f"{a._inside(_PRODUCT)} / {b._inside(_ATOM)}"


def smallest(numbers: Iterable[Worked | int]) -> Worked:
    """The minimum, with all candidates in the derivation.

    >>> smallest([Worked(4), Worked(1) + 2])
    Worked(3, 'min(4, 1 + 2)')
    """
    items = [_number(number) for number in numbers]
    if len(items) == 1:
        return items[0]
    return Worked(min(item.value for item in items), f"min({', '.join(map(str, items))})")


def ceiling(a: Worked | int, b: Worked | int) -> Worked:
    """⌈a / b⌉.

    >>> ceiling(Worked(7), Worked(2))
    Worked(4, '⌈7 / 2⌉')
    """
    a, b = _number(a), _number(b)
    if b._just(1):
        return a
    return Worked(-(-a.value // b.value), f"⌈{_over(a, b)}⌉")


def quotient(a: Worked | int, b: Worked | int) -> Worked:
    """a / b where b divides a, written without the floor.

    >>> Worked(32) * quotient(Worked(16), Worked(2)) * 3
    Worked(768, '32·(16 / 2)·3')
    """
    a, b = _number(a), _number(b)
    if b._just(1):
        return a
    return Worked(a.value // b.value, _over(a, b), _QUOTIENT)
