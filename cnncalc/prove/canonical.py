"""Terms in canonical form: quotients of polynomials in names, floors and powers.

Floors lose their integer parts, are merged when nested, and ceilings become floors, so that two
sides that are equal mostly come out alike. Every step is an identity of the integers that the
bounds of the names allow; a sign that cannot be shown leaves the floor as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm

from cnncalc.prove.polynomials import (
    ONE,
    ZERO,
    Atom,
    Monomial,
    Poly,
    Ratio,
    TooMany,
    constant,
    divided,
    exactly,
    monomial_over,
    reduced,
    shared_monomial,
    substituted,
    variable,
    without,
)
from cnncalc.terms import MOST_BITS, Term

#: Exponents above this are not multiplied out.
MOST_FACTORS = 64


class Canonical:
    """Canonical forms under lower bounds of the names and facts (polynomials that are >= 0)."""

    def __init__(self, least: Mapping[str, int], facts: Iterable[Poly] = ()) -> None:
        self.least = least
        self.facts = tuple(facts)
        self._memory: dict[Term, Ratio] = {}
        self._bounds: dict[Atom, int | None] = {}

    def of(self, item: Term) -> Ratio:
        """The canonical form. Raises :class:`TooMany`, or ZeroDivisionError for 1/0."""
        found = self._memory.get(item)
        if found is None:
            found = self._memory[item] = self._of(item)
        return found

    def _of(self, item: Term) -> Ratio:
        if item.op == "number":
            return Ratio(constant(item.args[0]))
        if item.op == "name":
            return Ratio(variable(Atom(item.args[0], "name")))
        if item.op in ("+", "*", "/"):
            first, *others = map(self.of, item.args)
            for other in others:
                first = getattr(first, _METHODS[item.op])(other)
            return first
        if item.op == "floor":
            return Ratio(self.floor(self.of(item.args[0])))
        if item.op == "**":
            return self.power(*map(self.of, item.args))
        raise TooMany  # min, max and if are taken apart before

    # Floors.

    def floor(self, value: Ratio) -> Poly:
        """⌊over / under⌋."""
        over, under = value
        scale = lcm(over.denominators(), under.denominators())
        over, under = over.scaled(Fraction(scale)), under.scaled(Fraction(scale))
        if not self.positive(under) and self.positive(-under):
            over, under = -over, -under
        return self._floor(over, under, turned=False)

    def _floor(self, over: Poly, under: Poly, turned: bool) -> Poly:
        """⌊(q u + r) / u⌋ = q + ⌊r / u⌋, then the rest of what is known about r / u."""
        over, under = _shorter(over, under)
        whole, rest = divided(over, under)
        if not rest:
            return whole
        if not self.positive(under):
            return whole + _floored(rest, under)
        if self.nonnegative(rest) and self.positive(under - rest):
            return whole
        if self.positive(-rest) and self.nonnegative(rest + under):
            return whole - ONE
        if not rest.whole:
            return whole + _floored(rest, under)
        # ⌊(g r + c) / (g u)⌋ = ⌊(r + ⌊c/g⌋) / u⌋
        common = gcd(under.content(), rest.content(constant=False))
        if common > 1:
            low = Fraction(rest.constant // common)
            inner = (rest - constant(rest.constant)).scaled(Fraction(1, common)) + constant(low)
            return whole + self._floor(inner, under.scaled(Fraction(1, common)), turned)
        merged = self._merged(rest, under)
        if merged is not None:
            return whole + merged
        if not turned and under.whole and _mostly_negative(rest, under):
            # ⌊r / u⌋ = −⌈−r / u⌉ = −⌊(−r + u − 1) / u⌋
            return whole - self._floor(-rest + under - ONE, under, turned=True)
        return whole + _floored(rest, under)

    def _merged(self, rest: Poly, under: Poly) -> Poly | None:
        """⌊(⌊n/d⌋ + w) / u⌋ = ⌊(n + d w) / (d u)⌋ for integers w and d, u of at least 1."""
        inner = [
            atom
            for atom in rest.atoms()
            if atom.kind == "floor" and rest.terms.get(((atom, 1),)) == 1
        ]
        if len(inner) != 1 or not under.whole:
            return None
        (atom,) = inner
        over, by = atom.inside
        others = rest - variable(atom)
        if atom in others.atoms() or not by.whole or not self.positive(by):
            return None
        return self._floor(over + by * others, by * under, turned=False)

    # Powers.

    def power(self, base: Ratio, exponent: Ratio) -> Ratio:
        """base ** exponent: sums in the exponent become products."""
        raised = exponent.poly
        if raised is None:
            raise TooMany
        number = raised.number
        if number is not None:
            if number.denominator != 1 or abs(number) > MOST_FACTORS:
                return self._numeric(base, number)
            if number < 0:
                if not base.over:
                    raise ZeroDivisionError
                base, number = Ratio(base.under, base.over), -number
            return reduced(base.over ** int(number), base.under ** int(number))
        ground = base.poly
        if ground is None or not ground.whole or not self.positive(ground) or not raised.whole:
            raise TooMany
        if ground == ONE:
            return Ratio(ONE)
        over, under = ONE, ONE
        for part, times in _factors(ground):
            for monomial, count in raised.terms.items():
                if not monomial:
                    power = part ** int(abs(count) * times)
                else:
                    power = variable(self._power(part, monomial)) ** int(abs(count) * times)
                if count > 0:
                    over = over * power
                else:
                    under = under * power
        return reduced(over, under)

    def _numeric(self, base: Ratio, exponent: Fraction) -> Ratio:
        number = base.over.number
        value = None if number is None or base.under.number is None else number
        if value is None or exponent.denominator != 1:
            raise TooMany
        whole = value / base.under.number  # type: ignore[operator]
        if abs(exponent) * max(whole.numerator.bit_length(), 64) > MOST_BITS:
            raise TooMany
        return Ratio(constant(whole ** int(exponent)))

    def _power(self, base: Poly, monomial: Monomial) -> Atom:
        exponent = Poly({monomial: Fraction(1)})
        written = str(base) if len(base.terms) == 1 and base.leading()[1] > 0 else f"({base})"
        raised = str(exponent)
        raised = raised if len(monomial) == 1 and monomial[0][1] == 1 else f"({raised})"
        return Atom(f"{written}**{raised}", "power", (base, exponent), self.nonnegative(exponent))

    # Signs, by the lower bounds of the names.

    def positive(self, value: Poly) -> bool:
        """Is it above 0 everywhere? No may only mean: not seen."""
        if value.whole:
            return self.nonnegative(value - ONE)
        number = value.number
        return number is not None and number > 0

    def nonnegative(self, value: Poly) -> bool:
        """Is it at least 0 everywhere? No may only mean: not seen."""
        if self._sum_of_positives(value):
            return True
        return any(self._sum_of_positives(value - fact) for fact in self.facts)

    def _sum_of_positives(self, value: Poly) -> bool:
        if all(coefficient >= 0 for coefficient in value.terms.values()) and all(
            (self.lowest(atom) or 0) >= 0 and self.lowest(atom) is not None
            for atom in value.atoms()
        ):
            return True
        if len(value.terms) > 200:
            return False
        shifts: dict[Atom, Poly] = {}
        for atom in value.atoms():
            low = self.lowest(atom)
            if low is None:
                return False
            shifts[atom] = variable(atom) + constant(low)
        try:
            moved = substituted(value, shifts.__getitem__)
        except TooMany:
            return False
        return all(coefficient >= 0 for coefficient in moved.terms.values())

    def lowest(self, atom: Atom) -> int | None:
        """A number that the atom never falls below."""
        if atom not in self._bounds:
            self._bounds[atom] = self._lowest(atom)
        return self._bounds[atom]

    def _lowest(self, atom: Atom) -> int | None:
        """By the bounds of the names alone: facts have atoms of their own."""
        if atom.kind == "name":
            return self.least.get(atom.key)
        if atom.kind == "power":  # of a base of at least 1
            base, exponent = atom.inside
            if not self._sum_of_positives(exponent):
                return None
            two = self._sum_of_positives(base - constant(2))
            return 2 if two and self._sum_of_positives(exponent - ONE) else 1
        over, under = atom.inside
        if not (under.whole and self._sum_of_positives(under - ONE)):
            return None
        for low in (2, 1, 0, -1):
            if self._sum_of_positives(over - under.scaled(Fraction(low))):
                return low
        return None


_METHODS = {"+": "plus", "*": "times", "/": "by"}


def _mostly_negative(rest: Poly, under: Poly) -> bool:
    """Is the negative of ``rest`` the nicer numerator? Of the two, only one is.

    What the division by ``under`` changes has no say.
    """
    leading = under.leading()[0]
    kept = {
        monomial: value
        for monomial, value in rest.terms.items()
        if monomial and (not leading or monomial_over(monomial, leading) is None)
    }
    balance = sum(1 if value > 0 else -1 for value in kept.values())
    return balance < 0 or (balance == 0 and bool(kept) and Poly(kept).leading()[1] < 0)


def _shorter(over: Poly, under: Poly) -> tuple[Poly, Poly]:
    """Without factors that both have; a common factor is nowhere zero, because ``under`` is not.

    Signs stay: only a common factor of both changes, so the quotient is the same; ``under`` may
    become negative then, which the caller asks again.
    """
    common = shared_monomial((over, under)) if over else ()
    if common:
        over, under = without(over, common), without(under, common)
    elif over and len(under.terms) > 1:
        exact = exactly(over, under)
        if exact is not None:
            return exact.scaled(Fraction(exact.denominators())), constant(exact.denominators())
    factor = Fraction(1, gcd(over.content(), under.content()) or 1)
    return over.scaled(factor), under.scaled(factor)


def _floored(over: Poly, under: Poly) -> Poly:
    number = over.number
    if number is not None and under.number is not None:
        return constant(number // under.number)
    return variable(Atom(f"floor({_bracketed(over)}/{_bracketed(under)})", "floor", (over, under)))


def _bracketed(value: Poly) -> str:
    text = str(value)
    return text if len(value.terms) == 1 and "*" not in text and "/" not in text else f"({text})"


def _factors(base: Poly) -> list[tuple[Poly, int]]:
    """A number as powers of primes (so that 4**n is 2**n twice); any other base as it is."""
    number = base.number
    if number is None or number > 10**6:
        return [(base, 1)]
    value, prime, found = int(number), 2, []
    while value > 1:
        times = 0
        while value % prime == 0:
            value //= prime
            times += 1
        if times:
            found.append((constant(prime), times))
        prime += 1 if prime * prime <= value else max(1, value - prime)
    return found


__all__ = ["ONE", "ZERO", "Canonical"]
