"""Sets of points, a number for each symbol: the regions that questions divide them into."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.presburger.words import wording

if TYPE_CHECKING:
    from fractions import Fraction

    import islpy


class Points:
    """A set of points with one integer for each of ``names``, out of ``whole``."""

    __slots__ = ("held", "names", "whole")

    def __init__(self, names: tuple[str, ...], held: islpy.Set, whole: islpy.Set) -> None:
        self.names = names
        self.held = held
        self.whole = whole

    @classmethod
    def everything(cls, names: tuple[str, ...], zero: Collection[str] = ()) -> Points:
        """All points whose numbers are at least 1, or at least 0 for the names in ``zero``."""
        import islpy

        numbers = [f"_{index}" for index in range(len(names))]
        bounds = [f"{number} >= {0 if name in zero else 1}" for name, number in zip(names, numbers)]
        space = f"[{', '.join(numbers)}] -> "
        whole = islpy.Set(f"{space}{{ : {' and '.join(bounds) or '1 = 1'} }}")
        return cls(names, whole, whole)

    def of(self, held: islpy.Set) -> Points:
        return Points(self.names, held, self.whole)

    def __and__(self, other: Points) -> Points:
        return self.of(self.held.intersect(other.held))

    def __or__(self, other: Points) -> Points:
        return self.of(self.held.union(other.held).coalesce())

    def __sub__(self, other: Points) -> Points:
        return self.of(self.held.subtract(other.held))

    def __le__(self, other: Points) -> bool:
        return bool(self.held.is_subset(other.held))

    def __bool__(self) -> bool:
        return not bool(self.held.is_empty())

    def __contains__(self, point: Mapping[str, int]) -> bool:
        return bool(self.at(point))

    def __str__(self) -> str:
        """Which points they are, such as ``H mod 16 = 0 and H >= 16``; ``always``, ``never``."""
        return wording(self.held, self.whole, self.names, least=True)

    def words(self, everything: Points) -> str:
        """Which of ``everything`` they are, such as ``H mod 16 = 0``."""
        return wording(self.held, everything.held, self.names)

    def at(self, values: Mapping[str, int]) -> Points:
        """Those with these numbers for some of the symbols."""
        held = self.held
        for index, name in enumerate(self.names):
            if name in values:
                held = held.fix_val(_kind("param"), index, as_val(values[name]))
        return self.of(held)

    def without(self, names: Iterable[str]) -> Points:
        """Those that have some number for each of ``names``; any number of theirs will then do."""
        held = self.held
        for name in names:
            held = held.eliminate(_kind("param"), self.names.index(name), 1)
        return self.of(held.intersect(self.whole))

    def least(self, name: str) -> int | None:
        """The smallest number of one symbol; None without points."""
        return _number(self._placed().dim_min_val(self.names.index(name))) if self else None

    def most(self, name: str) -> int | None:
        """The largest number of one symbol; None without points, or without a largest."""
        return _number(self._placed().dim_max_val(self.names.index(name))) if self else None

    def between(self, name: str, low: int | None = None, high: int | None = None) -> Points:
        """Those whose number of one symbol lies within the bounds."""
        held, index = self.held, self.names.index(name)
        if low is not None:
            held = held.lower_bound_val(_kind("param"), index, as_val(low))
        if high is not None:
            held = held.upper_bound_val(_kind("param"), index, as_val(high))
        return self.of(held)

    def around(self, name: str, number: int) -> tuple[int | None, int | None]:
        """The nearest numbers of one symbol below and above ``number``."""
        below, above = self.between(name, high=number - 1), self.between(name, low=number + 1)
        return below.most(name), above.least(name)

    def smallest(self, most: int) -> Iterator[dict[str, int]]:
        """The first points: those with the smallest largest number first, ``most`` of them."""
        found, reach = 0, 0
        rest = self
        while rest and found < most:
            reach = self._next_reach(rest, reach)
            inside = rest
            for name in self.names:
                inside = inside.between(name, high=reach)
            for point in inside.listed():
                yield point
                found += 1
                if found == most:
                    return
            rest = rest - inside

    def _next_reach(self, rest: Points, reach: int) -> int:
        """The smallest box that holds some of ``rest``: doubled until it does, then halved."""
        low, high = reach, max(2 * reach, 1)
        while not rest._within(high):
            low, high = high, 2 * high
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if rest._within(middle) else (middle, high)
        return high

    def _within(self, reach: int) -> Points:
        inside = self
        for name in self.names:
            inside = inside.between(name, high=reach)
        return inside

    def listed(self) -> Iterator[dict[str, int]]:
        """All points, of a finite set, in the order of their numbers."""
        if not self.names:
            if self:
                yield {}
            return
        found: list[tuple[int, ...]] = []

        def keep(point: islpy.Point) -> None:
            kind, count = _kind("set"), range(len(self.names))
            found.append(
                tuple(point.get_coordinate_val(kind, index).to_python() for index in count)
            )

        self._placed().foreach_point(keep)
        for numbers in sorted(found):
            yield dict(zip(self.names, numbers))

    def _placed(self) -> islpy.Set:
        """The symbols as the axes of a space, where isl looks for extremes."""
        count = len(self.names)
        return self.held.move_dims(_kind("set"), 0, _kind("param"), 0, count)


def _kind(name: str) -> islpy.dim_type:
    import islpy

    return islpy.dim_type[name]


def as_val(number: int | Fraction) -> islpy.Val:
    """A number for isl."""
    import islpy

    return islpy.Val(str(number))


def as_number(value: islpy.Val) -> Any:
    """A number of isl's: an int, or a fraction."""
    if bool(value.is_int()):
        return value.to_python()
    from fractions import Fraction

    return Fraction(str(value))


def _number(value: islpy.Val) -> int | None:
    return None if bool(value.is_infty() or value.is_neginfty()) else int(value.to_python())
