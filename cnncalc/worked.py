"""Numbers that remember how they were made: the same formulas, as working.

>>> from cnncalc.formulas import slide
>>> n, k, s, p = (Worked(value) for value in (224, 7, 2, 3))
>>> out = slide(n, k, s, p + p)
>>> print(f"{out} = {out.value}")
⌊(224 + 2·3 − 7)/2⌋ + 1 = 112

With a name, the same number shows as a letter:

>>> n, k, s, p = (named(*pair) for pair in ((224, "H"), (7, "k"), (2, "s"), (3, "p")))
>>> print(slide(n, k, s, p + p))
⌊(H + 2p − k)/s⌋ + 1

Factors of 1 and terms of 0 are left out, whole numbers that meet in a sum are added, and what
neighbouring terms have in common is taken out: C·k·k + C is C·(k·k + 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import ge, gt, le, lt
from typing import Any

from cnncalc import derivations, notation
from cnncalc.notation import PLAIN, Form, Leaf, Letter, Notation, Number


class Worked:
    """A number (an integer, a fraction, a symbolic expression) and how it was made.

    ``value`` is the number, ``form`` the derivation; ``str()`` writes it.
    """

    __slots__ = ("form", "value")

    def __init__(self, value: Any, form: Form | None = None) -> None:
        self.value = value
        self.form = Leaf(form_of(value)) if form is None else form

    def __str__(self) -> str:
        return self.written(PLAIN)

    def __repr__(self) -> str:
        return f"Worked({self.value}, {str(self)!r})"

    def written(self, notation: Notation) -> str:
        """The derivation in a notation."""
        return self.form.write(notation)

    @property
    def is_integer(self) -> bool | None:
        if isinstance(self.value, int):
            return True
        found: bool | None = getattr(self.value, "is_integer", False)
        return found

    def _just(self, value: int) -> bool:
        return notation.is_number(self.form, value)

    def __add__(self, other: Any) -> Worked:
        if self._just(0):
            return _number(other)
        if isinstance(other, int):
            return Worked(self.value + other, derivations.moved(self.form, other))
        by = _number(other)
        if by._just(0):
            return self
        return Worked(self.value + by.value, derivations.plus(self.form, by.form))

    def __radd__(self, other: Any) -> Worked:
        return _number(other) + self

    def __sub__(self, other: Any) -> Worked:
        if isinstance(other, int):
            return self + -other
        by = _number(other)
        if self._just(0) and not notation.is_negative(by.form):  # but 0 − (−1), not −(−1)
            return -by
        if by._just(0):
            return self
        return Worked(self.value - by.value, derivations.minus(self.form, by.form))

    def __rsub__(self, other: Any) -> Worked:
        return _number(other) - self

    def __neg__(self) -> Worked:
        if self._just(0):
            return self
        return Worked(-self.value, derivations.opposite(self.form))

    def __mul__(self, other: Any) -> Worked:
        by = _number(other)
        if self._just(0) or by._just(0):
            return _number(0)
        return Worked(self.value * by.value, derivations.times(self.form, by.form))

    def __rmul__(self, other: Any) -> Worked:
        return _number(other) * self

    def __floordiv__(self, other: Any) -> Worked:
        return floor(self, other)

    def __rfloordiv__(self, other: Any) -> Worked:
        return floor(other, self)

    def __mod__(self, other: Any) -> Any:
        return self.value % plain(other)

    def __rmod__(self, other: Any) -> Any:
        return other % self.value

    def __pow__(self, other: int) -> Worked:
        if other == 1 or self._just(1):
            return self
        return Worked(self.value**other, notation.Power(self.form, Number(other)))

    def __int__(self) -> int:
        return int(self.value)

    def __bool__(self) -> bool:
        return bool(self.value != 0)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == plain(other))

    def __hash__(self) -> int:
        return hash(self.value)

    def __lt__(self, other: Any) -> bool:
        return _compare(lt, self, other)

    def __le__(self, other: Any) -> bool:
        return _compare(le, self, other)

    def __gt__(self, other: Any) -> bool:
        return _compare(gt, self, other)

    def __ge__(self, other: Any) -> bool:
        return _compare(ge, self, other)


def named(value: Any, letter: str) -> Worked:
    """The number, shown as a letter."""
    return Worked(value, Leaf(Letter(letter)))


def plain(number: Any) -> Any:
    """The number without its derivation."""
    return number.value if isinstance(number, Worked) else number


def form_of(value: Any) -> Form:
    """A number as it stands, without a derivation: a symbolic one in the same notation."""
    if _is_symbolic(value):
        from cnncalc import symbolic

        return symbolic.form(value)
    return Number(value)


def _number(number: Any) -> Worked:
    return number if isinstance(number, Worked) else Worked(number, form_of(number))


def _compare(order: Callable[[Any, Any], bool], a: Worked, b: Any) -> bool:
    return order(a.value, plain(b))


def smallest(numbers: Iterable[Any]) -> Worked:
    """The minimum, with all candidates in the derivation.

    >>> smallest([Worked(4), Worked(1) + 2])
    Worked(3, 'min(4, 1 + 2)')
    """
    return _extreme("min", numbers)


def largest(numbers: Iterable[Any]) -> Worked:
    """The maximum, with all candidates in the derivation."""
    return _extreme("max", numbers)


def _extreme(word: str, numbers: Iterable[Any]) -> Worked:
    items = [_number(number) for number in numbers]
    if len(items) == 1:
        return items[0]
    pick: Callable[[Iterable[Any]], Any] = {"min": min, "max": max}[word]
    values = [item.value for item in items]
    if _is_symbolic(*values):
        from cnncalc import symbolic

        pick = {"min": symbolic.minimum, "max": symbolic.maximum}[word]
    return Worked(pick(values), notation.Extreme(word, tuple(item.form for item in items)))


def floor(a: Any, b: Any) -> Worked:
    """⌊a / b⌋."""
    return _divided(a, b, "down", _floor)


def ceiling(a: Any, b: Any) -> Worked:
    """⌈a / b⌉.

    >>> ceiling(Worked(7), Worked(2))
    Worked(4, '⌈7/2⌉')
    """
    return _divided(a, b, "up", lambda x, y: _floor(x + y - 1, y))


def quotient(a: Any, b: Any) -> Worked:
    """a / b exactly, written without the floor.

    >>> Worked(32) * quotient(Worked(16), Worked(2)) * 3
    Worked(768, '32·(16/2)·3')
    """
    return _divided(a, b, "", _exactly)


def _divided(a: Any, b: Any, rounded: str, divide: Callable[[Any, Any], Any]) -> Worked:
    over, under = _number(a), _number(b)
    if under._just(1):
        return over
    value = divide(over.value, under.value)
    return Worked(value, notation.Quotient(over.form, under.form, rounded))


def _is_symbolic(*values: Any) -> bool:
    return any(hasattr(value, "free_symbols") for value in values)


def _floor(a: Any, b: Any) -> Any:
    if _is_symbolic(a, b):
        from cnncalc import symbolic

        return symbolic.floor_div(a, b)
    return a // b


def _exactly(a: Any, b: Any) -> Any:
    if _is_symbolic(a, b):
        from cnncalc import symbolic

        return symbolic.exact_div(a, b)
    from fractions import Fraction

    found = Fraction(a) / Fraction(b)
    return int(found) if found.denominator == 1 else found
