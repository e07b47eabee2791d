"""Sizes that isl decides: quasi-affine functions of the symbols, within a region of their values.

The same formulas that make numbers and sympy's expressions make these. A question about them
(is this size 1?) is answered for all points of the region at once: where the answer differs, the
region is divided, and the rest of it postponed. Code that asks need know nothing of that.

Beside its affine part a size may have products of symbols and quotients by symbols. Those are
compared as far as their signs and equal terms decide it; what is left raises :class:`Undecided`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.presburger.points import as_val
from cnncalc.presburger.words import formula

if TYPE_CHECKING:
    import islpy

    from cnncalc.presburger.world import World

#: How often a product of atoms is taken; atoms are known by their text.
Terms = Mapping[tuple[str, ...], Any]


class Undecided(Exception):
    """A question outside of what isl decides."""


class Quotient(NamedTuple):
    """⌊above / below⌋ with a divisor that is not a number."""

    above: Any
    below: Any


class Symbol(NamedTuple):
    name: str


class Quasi:
    """An affine part, and products of atoms: other such parts, and quotients by symbols."""

    __slots__ = ("affine", "terms", "world")

    def __init__(self, world: World, affine: islpy.PwAff, terms: Terms | None = None) -> None:
        self.world = world
        self.affine = affine
        self.terms: Terms = terms or {}

    is_Atom = False
    is_Add = True

    @property
    def is_integer(self) -> bool:
        return is_whole(self.affine) and all(type(times) is int for times in self.terms.values())

    @property
    def free_symbols(self) -> frozenset[Symbol]:
        return frozenset(map(Symbol, self.world.names))

    def __str__(self) -> str:
        words = [] if _is_zero(self.affine) and self.terms else [self._affine_text()]
        for key, times in self.terms.items():
            product = "*".join(map(self.world.text_of, key))
            words.append(product if times == 1 else f"{times}*{product}")
        return " + ".join(reversed(words)).replace("+ -", "- ")

    def _affine_text(self) -> str:
        return formula(self.affine, self.world.region.held, self.world.names)

    def __repr__(self) -> str:
        return f"<{self}>"

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, Quasi):
            return self.world.made(self.affine.add_constant_val(as_val(other)), self.terms)
        terms = dict(self.terms)
        for key, times in other.terms.items():
            terms[key] = terms.get(key, 0) + times
        return self.world.made(
            self.affine.add(other.affine), {key: times for key, times in terms.items() if times}
        )

    __radd__ = __add__

    def __neg__(self) -> Any:
        return self * -1

    def __pos__(self) -> Any:
        return self

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Quasi):
            return self._times(other)
        if other == 0:
            return 0
        terms = {key: _whole(times * other) for key, times in self.terms.items()}
        return self.world.made(self.affine.scale_val(as_val(other)), terms)

    __rmul__ = __mul__

    def _times(self, other: Quasi) -> Any:
        world, affine = self.world, self.world.number(0)
        terms: dict[tuple[str, ...], Any] = {}
        for left, a in self._parts():
            for right, b in other._parts():
                key, times = tuple(sorted((*left, *right))), a * b
                only = world.atoms[key[0]] if len(key) == 1 else None
                if not key:
                    affine = affine.add_constant_val(as_val(times))
                elif only is not None and not isinstance(only, Quotient):
                    affine = affine.add(only.scale_val(as_val(times)))
                else:
                    terms[key] = terms.get(key, 0) + times
        return world.made(affine, {key: times for key, times in terms.items() if times})

    def _parts(self) -> list[tuple[tuple[str, ...], Any]]:
        parts = list(self.terms.items())
        constant = self.world.made(self.affine, {})
        if isinstance(constant, Quasi):
            key = self.world.atom(str(self.affine), self.affine)
            return [((key,), 1), *parts]
        return [((), constant), *parts] if constant else parts

    def __pow__(self, exponent: Any) -> Any:
        if type(exponent) is not int or not 0 <= exponent <= 8:
            raise Undecided(f"({self})**{exponent}")
        found: Any = 1
        for _ in range(exponent):
            found = self * found
        return found

    def __rpow__(self, base: Any) -> Any:
        raise Undecided(f"{base}**({self})")

    def __abs__(self) -> Any:
        return maximum((self, -self))

    def __eq__(self, other: object) -> bool:
        """For every point of the region, which is divided where the answers differ."""
        if isinstance(other, Quasi) or type(other) is int:
            return self is other or self.world.ask("==", self, other)
        return False

    def __hash__(self) -> int:
        return id(self)

    def quotient(self) -> tuple[int, Quotient, Any] | None:
        """The number c and the quotient q of a value c q + rest with an affine rest."""
        if len(self.terms) != 1:
            return None
        ((key, times),) = self.terms.items()
        atom = self.world.atoms[key[0]] if len(key) == 1 else None
        if not isinstance(atom, Quotient) or type(times) is not int:
            return None
        return times, atom, self.world.made(self.affine, {})


def floor_div(a: Any, b: Any) -> Any:
    """⌊a / b⌋ for b ≥ 1; ⌊(⌊x/y⌋ + c)/b⌋ = ⌊(x + c y)/(b y)⌋."""
    if not isinstance(a, Quasi) and not isinstance(b, Quasi):
        return a // b
    world = (a if isinstance(a, Quasi) else b).world
    a, b = world.settled(a), world.settled(b)
    if not isinstance(a, Quasi) and not isinstance(b, Quasi):
        return a // b
    if isinstance(a, Quasi) and not isinstance(b, Quasi):
        if not a.terms:
            return world.made(a.affine.scale_down_val(as_val(b)).floor(), {})
        found = a.quotient()
        if found and found[0] == 1:
            _, (above, below), rest = found
            return floor_div(above + below * rest, below * b)
        if all(type(times) is int and times % b == 0 for times in a.terms.values()):
            rest = floor_div(world.made(a.affine, {}), b)
            terms = {key: times // b for key, times in a.terms.items()}
            return rest + Quasi(world, world.number(0), terms)
    if b == 1 if type(b) is int else str(a) == str(b):
        return a if b == 1 else 1
    key = world.atom(f"({a}) // ({b})", Quotient(a, b))
    return Quasi(world, world.number(0), {(key,): 1})


def exact_div(a: Any, b: Any) -> Any:
    """a / b where b is known to divide a."""
    return floor_div(a, b)


def ratio(a: Any, b: Any) -> Any:
    """a / b, which may be a fraction."""
    if isinstance(b, Quasi):
        raise Undecided(f"{a}/({b})")
    from fractions import Fraction

    return a * Fraction(1, b)


def minimum(values: Iterable[Any]) -> Any:
    return -maximum([-value for value in values])


def maximum(values: Iterable[Any]) -> Any:
    first, *others = values
    for other in others:
        first = _larger(first, other)
    return first


def _larger(a: Any, b: Any) -> Any:
    if not isinstance(a, Quasi) and not isinstance(b, Quasi):
        return max(a, b)
    world = (a if isinstance(a, Quasi) else b).world
    if any(isinstance(value, Quasi) and value.terms for value in (a, b)):
        return a if world.ask(">=", a, b) else b
    pair = [value.affine if isinstance(value, Quasi) else world.number(value) for value in (a, b)]
    largest = pair[0].max(pair[1]).gist_params(world.region.held.params()).coalesce()
    if all(map(is_whole, pair)) and not is_whole(largest):
        largest = largest.floor()  # where H is even, isl may write H/2 for floor(H/2)
    return world.made(largest, {})


def equal(a: Any, b: Any) -> bool:
    return _world(a, b).ask("==", a, b)


def same(a: Any, b: Any) -> bool:
    return a is b or _world(a, b).holds("==", a, b) is True


def at_least(a: Any, b: Any) -> bool:
    return _world(a, b).ask(">=", a, b)


def divides(b: Any, a: Any) -> bool:
    return _world(a, b).ask("% ==", a, b)


def _world(a: Any, b: Any) -> World:
    world: World = (a if isinstance(a, Quasi) else b).world
    return world


def function(name: str, value: Any) -> Any:
    """``floor`` or ``ceil`` of a fraction."""
    if value.terms:
        if value.is_integer:
            return value
        raise Undecided(f"{name}({value})")
    rounded = value.affine.floor() if name == "floor" else value.affine.ceil()
    return value.world.made(rounded, {})


def plain(value: Any) -> Any:
    """The value, as an integer where it is one: a region is divided into where it is and is not."""
    if value.terms or value.is_integer:
        return value
    whole = function("floor", value)
    return whole if value.world.ask("==", value, whole) else value


def give_up(value: Any) -> None:
    raise Undecided(f"what depends on the number {value} itself")


def expand(value: Any) -> Any:
    return value


def text(value: Any) -> str:
    return str(value)


def _whole(value: Any) -> Any:
    return value if type(value) is int or value.denominator != 1 else int(value)


def is_whole(value: islpy.PwAff) -> bool:
    """Is it written without fractions outside of floors?"""
    return all(bool(aff.get_denominator_val().is_one()) for _, aff in value.get_pieces())


def _is_zero(value: islpy.PwAff) -> bool:
    pieces = value.get_pieces()
    return bool(value.is_cst()) and len(pieces) == 1 and pieces[0][1].get_constant_val().is_zero()


def bracketed(text: str) -> str:
    plain = text.isidentifier() or text.isdigit() or (text.startswith("floor(") and _closes(text))
    return text if plain else f"({text})"


def _closes(text: str) -> bool:
    """Is the last bracket the first one's?"""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character == ")" and depth == 0:
            return place == len(text) - 1
    return False
