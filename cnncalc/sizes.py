"""Numbers a size can be: a plain int, an exact fraction, or a symbolic expression.

Formulas use ``+ - *`` directly and the functions below for everything in which Python's ints,
fractions and sympy's expressions differ. Ints take the first line of each function, so that a
concrete run imports neither :mod:`fractions` nor sympy.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import mul
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeGuard, Union

if TYPE_CHECKING:
    from fractions import Fraction

#: A size is an int, or a sympy expression that stands for one. sympy ships no types, so the
#: symbolic half is ``Any`` to the type checker.
Size: TypeAlias = int | Any
#: A size or a quotient of sizes (jumps and centres after upsampling).
Number: TypeAlias = Union[int, "Fraction", Any]


def is_int(value: object) -> TypeGuard[int]:
    """A plain integer; ``True`` and ``False`` are not numbers in the language."""
    return type(value) is int


def is_fraction(value: object) -> bool:
    return type(value).__name__ == "Fraction" and hasattr(value, "numerator")


def is_symbolic(value: object) -> TypeGuard[Any]:
    """An expression with symbols, of sympy's or isl's. Asks no import: without it there is none."""
    return hasattr(value, "free_symbols")


def is_worked(value: object) -> bool:
    """A number that remembers its derivation (:class:`cnncalc.worked.Worked`)."""
    return type(value).__name__ == "Worked"


def unworked(value: Number) -> Number:
    """The number without its derivation."""
    found: Number = getattr(value, "value", value) if is_worked(value) else value
    return found


def _worked() -> ModuleType:
    from cnncalc import worked

    return worked


def is_term(value: object) -> bool:
    """A term of a statement that is to be proved (:class:`cnncalc.terms.Term`)."""
    return type(value).__name__ == "Term"


def _terms() -> ModuleType:
    from cnncalc import terms

    return terms


def is_quasi(value: object) -> bool:
    """A function of the symbols that isl decides (:class:`cnncalc.presburger.quasi.Quasi`)."""
    return type(value).__name__ == "Quasi"


def _algebra(*values: object) -> ModuleType:
    """What computes with these values, imported when the first symbol turns up: isl or sympy."""
    if any(map(is_quasi, values)):
        from cnncalc.presburger import quasi

        return quasi
    from cnncalc import symbolic

    return symbolic


def floor_div(a: Number, b: Number) -> Size:
    """⌊a / b⌋ for positive ``b``; nested floors merge, ⌊(⌊x/a⌋ + c)/b⌋ = ⌊(x + ac)/(ab)⌋."""
    if type(a) is int and type(b) is int:
        return a // b
    if is_worked(a) or is_worked(b):
        return _worked().floor(a, b)
    if is_symbolic(a) or is_symbolic(b):
        return _algebra(a, b).floor_div(a, b)
    return a // b


def ceil_div(a: Number, b: Number) -> Size:
    """⌈a / b⌉ for integers a and b ≥ 1: ⌊(a + b − 1) / b⌋."""
    if is_worked(a) or is_worked(b):
        return _worked().ceiling(a, b)
    return floor_div(a + b - 1, b)


def exact_div(a: Size, b: Size) -> Size:
    """a / b where b is known to divide a (groups, for which the language checks it)."""
    if type(a) is int and type(b) is int:
        return a // b
    if is_worked(a) or is_worked(b):
        return _worked().quotient(a, b)
    return _algebra(a, b).exact_div(a, b)


def ratio(a: Number, b: Number) -> Number:
    """a / b exactly: an int where it is one, otherwise a fraction."""
    if type(a) is int and type(b) is int:
        if a % b == 0:
            return a // b
    elif is_worked(a) or is_worked(b):
        return _worked().quotient(a, b)
    elif is_symbolic(a) or is_symbolic(b):
        return _algebra(a, b).exact_div(a, b)
    elif is_term(a) or is_term(b):
        return _terms().quotient(a, b)
    from fractions import Fraction

    return whole(Fraction(a) / Fraction(b))


def rounded(name: str, value: Number) -> Size:
    """``floor`` or ``ceil`` of a number."""
    if is_symbolic(value):
        return _algebra(value).function(name, value)
    return value.__floor__() if name == "floor" else value.__ceil__()


def proportion(a: Number, b: Number) -> Number | None:
    """a / b for people, in its shorter form: one fraction, or a sum of them (1/D + 1/K**2).

    None where b is 0, or where a or b is more than a quotient of polynomials (a maximum).

    >>> proportion(18, 25), proportion(3, 0)
    (Fraction(18, 25), None)
    """
    if b == 0:
        return None
    if is_symbolic(a) or is_symbolic(b):
        found: Number | None = _algebra(a, b).proportion(a, b)
        return found
    return ratio(a, b)


def whole(value: Number) -> Number:
    """A fraction or a symbolic constant that is an integer, as a plain int."""
    if type(value) is int or is_worked(value):
        return value
    if is_symbolic(value):
        return _algebra(value).plain(value)
    return int(value) if value.denominator == 1 else value


def minimum(values: Iterable[Number]) -> Number:
    items = list(values)
    if any(is_worked(value) for value in items):
        return _worked().smallest(items)
    if any(is_symbolic(value) for value in items):
        return _algebra(*items).minimum(items)
    if any(is_term(value) for value in items):
        return _terms().least(items)
    return min(items)


def maximum(values: Iterable[Number]) -> Number:
    items = list(values)
    if any(is_worked(value) for value in items):
        return _worked().largest(items)
    if any(is_symbolic(value) for value in items):
        return _algebra(*items).maximum(items)
    if any(is_term(value) for value in items):
        return _terms().greatest(items)
    return max(items)


def power_sum(base: Size, count: Size) -> Size:
    """1 + b + … + b^(n−1) of which b or n is a symbol, kept as a sum."""
    return _algebra(base, count).power_sum(base, count)


def product(values: Iterable[Size]) -> Size:
    return reduce(mul, values, 1)


def expand(value: Number) -> Number:
    """A symbolic value as a sum of products; a number as it is."""
    return _algebra(value).expand(value) if is_symbolic(value) else value


def scaled_part(value: Size) -> tuple[int, Size]:
    """A product as its number and the rest, which is never negative where sizes are not.

    >>> scaled_part(12)
    (12, 1)
    """
    if is_symbolic(value):
        found: tuple[int, Size] = _algebra(value).scaled_part(value)
        return found
    return value, 1


def equal(a: Number, b: Number) -> bool | None:
    """Is a = b for every value of the symbols: yes, no for every value, or None: it depends."""
    a, b = unworked(a), unworked(b)
    if is_symbolic(a) or is_symbolic(b):
        found: bool | None = _algebra(a, b).equal(a, b)
        return found
    return bool(a == b)


def same(a: Number, b: Number) -> bool:
    """Is a = b for every value of the symbols? No may only mean: not found.

    Unlike :func:`equal` it never has isl tell the values apart for which it is.
    """
    if is_quasi(a) or is_quasi(b):
        found: bool = _algebra(a, b).same(a, b)
        return found
    return equal(a, b) is True


def at_least(a: Number, b: Number) -> bool | None:
    """Is a ≥ b for every value of the symbols: yes, no for every value, or None: it depends."""
    a, b = unworked(a), unworked(b)
    if is_symbolic(a) or is_symbolic(b):
        found: bool | None = _algebra(a, b).at_least(a, b)
        return found
    return bool(a >= b)


def divides(b: Size, a: Size) -> bool | None:
    """Does b divide a, three-valued like :func:`equal`."""
    a, b = unworked(a), unworked(b)
    if is_symbolic(a) or is_symbolic(b):
        found: bool | None = _algebra(a, b).divides(b, a)
        return found
    return a % b == 0


def undecided(value: object) -> None:
    """Called where a number is needed that one for all symbols cannot be: isl then gives up."""
    if is_quasi(value):
        _algebra(value).give_up(value)


def text(value: Number) -> str:
    """A number for people and programs: ``12``, ``1/2``, ``floor((H + 1)/2)`` (sympy syntax)."""
    return _algebra(value).text(value) if is_symbolic(value) else str(value)


def by(values: Sequence[Number]) -> str:
    """Sizes side by side: ``3x224x224``, ``3 x (H + 1) x W``."""
    if any(is_symbolic(value) and not value.is_Atom for value in values):
        alone = len(values) == 1
        return " x ".join(
            f"({text(value)})" if getattr(value, "is_Add", False) and not alone else text(value)
            for value in values
        )
    return "x".join(map(text, values))


class Shape(tuple[Size, ...]):
    """A tensor's shape for one image: channels first, then the spatial axes; batch is implicit."""

    __slots__ = ()

    @property
    def channels(self) -> Size:
        return self[0]

    @property
    def spatial(self) -> tuple[Size, ...]:
        return self[1:]

    @property
    def rank(self) -> int:
        """How many spatial axes: 0 for a vector of features, 2 for an image."""
        return len(self) - 1

    @property
    def features_last(self) -> bool:
        """Are channels the last axis, as in a sequence of tokens?"""
        return False

    @property
    def axes(self) -> tuple[str, ...]:
        """What the sizes are of, in order."""
        return ("channels", *axis_names(self.rank))

    def like(self, channels: Size, spatial: Iterable[Size]) -> Shape:
        """Other sizes in the same layout."""
        return Shape((channels, *spatial))

    @property
    def numel(self) -> Size:
        return product(self)

    def __str__(self) -> str:
        return by(self)


class Tokens(Shape):
    """Channels last: a sequence of tokens with features, or a map turned so."""

    __slots__ = ()

    @property
    def channels(self) -> Size:
        return self[-1]

    @property
    def spatial(self) -> tuple[Size, ...]:
        return self[:-1]

    @property
    def features_last(self) -> bool:
        return True

    @property
    def axes(self) -> tuple[str, ...]:
        positions = ("tokens",) if self.rank == 1 else axis_names(self.rank)
        return (*positions, "features")

    def like(self, channels: Size, spatial: Iterable[Size]) -> Shape:
        return Tokens((*spatial, channels))


_AXES = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def axis_names(rank: int) -> tuple[str, ...]:
    """The spatial axes' names, in order: height and width of an image, width of a signal."""
    return _AXES.get(rank) or tuple(f"axis {i}" for i in range(rank))
