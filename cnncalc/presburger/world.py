"""The world that sizes live in while isl decides about them: symbols, and a region of their values."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from cnncalc.presburger.points import Points, as_number, as_val
from cnncalc.presburger.quasi import (
    Quasi,
    Quotient,
    Terms,
    Undecided,
    bracketed,
    floor_div,
    is_whole,
)
from cnncalc.presburger.words import formula

if TYPE_CHECKING:
    import islpy

#: Divisors of larger numbers are not listed.
_MOST_DIVISIBLE = 100_000


class World:
    """The symbols, and the region of their values that is being looked at."""

    def __init__(self, names: Iterable[str], zero: Collection[str] = ()) -> None:
        self.names = tuple(names)
        self.everything = Points.everything(self.names, zero)
        self.region = self.everything
        #: Regions left for later, where some question has another answer.
        self.postponed: list[Points] = []
        self.atoms: dict[str, islpy.PwAff | Quotient] = {}
        numbers = ", ".join(f"_{index}" for index in range(len(self.names)))
        self._space = f"[{numbers}] -> "
        self._zero = self.read("0")

    def read(self, text: str) -> islpy.PwAff:
        import islpy

        return islpy.PwAff(f"{self._space}{{ [{text}] }}")

    def symbol(self, name: str) -> Quasi:
        return Quasi(self, self.read(f"_{self.names.index(name)}"))

    def number(self, value: Any) -> islpy.PwAff:
        return self._zero.add_constant_val(as_val(value))

    # Questions.

    def ask(self, relation: str, a: Any, b: Any) -> bool:
        """Does the relation hold, in all of the region? Divides the region so that it has an answer."""
        holds = self.where(relation, a, b)
        if holds is None:
            raise Undecided(f"{a} {relation} {b}")
        inside = self.region & holds
        if not inside:
            return False
        outside = self.region - holds
        if outside:
            self.postponed.append(outside)
            self.region = inside
        return True

    def holds(self, relation: str, a: Any, b: Any) -> bool | None:
        """Does the relation hold in all of the region, or in none of it? None: neither, or unknown."""
        holds = self.where(relation, a, b)
        if holds is None:
            return None
        if self.region <= holds:
            return True
        return None if self.region & holds else False

    def where(self, relation: str, a: Any, b: Any) -> Points | None:
        """The points where ``a == b``, ``a >= b`` or ``a % b == 0``, of the region; None: unknown."""
        if relation == "% ==":
            return self._divisible(a, b)
        difference = a - b
        if not isinstance(difference, Quasi):
            met = difference == 0 if relation == "==" else difference >= 0
            return self.everything if met else self._nowhere()
        if not difference.terms:
            value = difference.affine
            return self._points(value.zero_set() if relation == "==" else value.nonneg_set())
        return self._by_quotient(relation, difference) or self._by_sign(relation, difference)

    def _points(self, held: islpy.Set) -> Points:
        return self.everything.of(held.intersect(self.everything.held))

    def _nowhere(self) -> Points:
        return self.everything - self.everything

    def _divisible(self, a: Any, b: Any) -> Points | None:
        a, b = self.settled(a), self.settled(b)
        if type(b) is int:
            return self.where("==", a, b * floor_div(a, b))
        if type(a) is not int:
            return self.everything if str(a) == str(b) else None
        if not 0 < a <= _MOST_DIVISIBLE:
            return None
        found = self._nowhere()
        for divisor in range(1, a + 1):
            if a % divisor == 0:
                one = self.where("==", b, divisor)
                if one is None:
                    return None
                found = found | one
        return found

    def _by_quotient(self, relation: str, value: Quasi) -> Points | None:
        """⌊x/y⌋ ≥ c where x ≥ y c, and ⌊x/y⌋ ≤ c where x ≤ y(c + 1) − 1."""
        found = value.quotient()
        if found is None:
            return None
        times, quotient, rest = found
        if relation == "==" and abs(times) != 1:
            return None
        above, below = quotient
        limit = -floor_div(rest, times) if times > 0 else floor_div(rest, -times)
        least = self.where(">=", above, below * limit)
        if relation == ">=" and times > 0:
            return least
        most = self.where(">=", below * (limit + 1) - 1, above)
        if relation == ">=":
            return most
        return None if least is None or most is None else least & most

    def _by_sign(self, relation: str, value: Quasi) -> Points | None:
        low, high = self.least(value), self.least(-value)
        if low is not None and low >= (0 if relation == ">=" else 1):
            return self.everything if relation == ">=" else self._nowhere()
        if high is not None and high >= 1:
            return self._nowhere()
        return None

    def least(self, value: Any) -> Any:
        """A bound below the value in the region, or None."""
        if not isinstance(value, Quasi):
            return value
        total = self._smallest(value.affine)
        for key, times in value.terms.items():
            if total is None or times < 0:
                return None
            for name in key:
                bound = self._least_atom(name)
                if bound is None or bound < 0:
                    return None
                times = times * bound
            total += times
        return total

    def _least_atom(self, name: str) -> Any:
        atom = self.atoms[name]
        if not isinstance(atom, Quotient):
            return self._smallest(atom)
        above = self.least(atom.above)
        return None if above is None or above < 0 else 0

    def _smallest(self, value: islpy.PwAff) -> Any:
        if not is_whole(value):
            return None
        found = value.intersect_params(self.region.held.params()).min_val()
        return as_number(found) if bool(found.is_rat()) else None

    def never_shrinks(self, value: Quasi, name: str) -> bool:
        """Is it certain that the value does not become less as one symbol grows, in the region?

        It is a sum of products of sizes; it cannot if none of those shrinks, nor is below 0.
        """
        parts = [self.made(value.affine, {})]
        for key, times in value.terms.items():
            if times < 0:
                return False
            for one in key:
                atom = self.atoms[one]
                if isinstance(atom, Quotient):
                    return False
                parts.append(Quasi(self, atom))
                if self.holds(">=", parts[-1], 0) is not True:
                    return False
        return all(not isinstance(part, Quasi) or _grows(part, name) for part in parts)

    # Values.

    def made(self, affine: islpy.PwAff, terms: Terms) -> Any:
        """A value; a constant is a number."""
        if not terms and affine.is_cst():
            pieces = affine.get_pieces()
            if len(pieces) == 1:
                return as_number(pieces[0][1].get_constant_val())
        return Quasi(self, affine, terms)

    def settled(self, value: Any) -> Any:
        """The number that a value is in all of the region, if it is one; else the value."""
        if not isinstance(value, Quasi) or value.terms:
            return value
        low = self._smallest(value.affine)
        high = None if low is None else self._smallest(value.affine.neg())
        return value if high is None or low != -high else low

    def atom(self, key: str, atom: islpy.PwAff | Quotient) -> str:
        self.atoms.setdefault(key, atom)
        return key

    def text_of(self, name: str) -> str:
        atom = self.atoms[name]
        if isinstance(atom, Quotient):
            above, below = str(atom.above), str(atom.below)
            return f"floor({bracketed(above)}/{bracketed(below)})"
        return bracketed(formula(atom, self.region.held, self.names))


def _grows(value: Quasi, name: str) -> bool:
    """Is value(n) <= value(n + 1) wherever n >= 0?"""
    import islpy

    kind, names = islpy.dim_type, value.world.names
    index = names.index(name)
    here = value.affine.from_range().move_dims(kind.in_, 0, kind.param, index, 1)
    others = ", ".join(f"_{i}" for i in range(len(names)) if i != index)
    there = here.pullback_multi_aff(islpy.MultiAff(f"[{others}] -> {{ [n] -> [n + 1] }}"))
    return bool(here.gt_set(there).intersect(islpy.Set("{ [n] : n >= 0 }")).is_empty())
