"""Polynomials with rational coefficients over atoms, and quotients of them.

An atom is a name, or a floor or a power whose inside is in canonical form; it is known by its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple

#: A polynomial with more terms than this is not worked out.
MOST_TERMS = 3000


class TooMany(ArithmeticError):
    """A polynomial with more than ``MOST_TERMS`` terms."""


class Atom(NamedTuple):
    """``kind`` is name, floor (``inside`` is a Ratio), or power (base and exponent).

    Equal atoms have equal keys. ``whole``: its values are integers.
    """

    key: str
    kind: str
    inside: Any = None
    whole: bool = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Atom) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


#: Atoms with their exponents, sorted by key.
Monomial = tuple[tuple[Atom, int], ...]


def _order(monomial: Monomial) -> tuple[Any, ...]:
    """Graded: by degree, then by the atoms; compatible with multiplication."""
    degree = sum(exponent for _, exponent in monomial)
    return (-degree, *((atom.key, -exponent) for atom, exponent in monomial))


def _product(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    exponents = dict(a)
    for atom, exponent in b:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return tuple(sorted(exponents.items(), key=lambda item: item[0].key))


def monomial_over(a: Monomial, b: Monomial) -> Monomial | None:
    """a / b, or None where b does not divide a."""
    exponents = dict(a)
    for atom, exponent in b:
        left = exponents.get(atom, 0) - exponent
        if left < 0:
            return None
        if left:
            exponents[atom] = left
        else:
            del exponents[atom]
    return tuple(exponents.items())


class Poly:
    """Immutable; ``terms`` maps monomials to coefficients, none of them 0."""

    __slots__ = ("_text", "terms")

    def __init__(self, terms: Mapping[Monomial, Fraction]) -> None:
        self.terms = terms
        self._text: str | None = None

    @classmethod
    def of(cls, terms: Mapping[Monomial, Fraction]) -> Poly:
        kept = {monomial: value for monomial, value in terms.items() if value}
        if len(kept) > MOST_TERMS:
            raise TooMany
        return cls(kept)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Poly) and self.terms == other.terms

    def __hash__(self) -> int:
        return hash(str(self))

    def __bool__(self) -> bool:
        return bool(self.terms)

    def __add__(self, other: Poly) -> Poly:
        terms = dict(self.terms)
        for monomial, value in other.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + value
        return Poly.of(terms)

    def __neg__(self) -> Poly:
        return self.scaled(Fraction(-1))

    def __sub__(self, other: Poly) -> Poly:
        return self + -other

    def __mul__(self, other: Poly) -> Poly:
        if len(self.terms) * len(other.terms) > 50 * MOST_TERMS:
            raise TooMany
        terms: dict[Monomial, Fraction] = {}
        for a, x in self.terms.items():
            for b, y in other.terms.items():
                monomial = _product(a, b)
                terms[monomial] = terms.get(monomial, Fraction(0)) + x * y
        return Poly.of(terms)

    def __pow__(self, exponent: int) -> Poly:
        result, base = ONE, self
        while exponent:
            if exponent & 1:
                result = result * base
            exponent >>= 1
            if exponent:
                base = base * base
        return result

    def scaled(self, by: Fraction) -> Poly:
        return Poly.of({monomial: by * value for monomial, value in self.terms.items()})

    @property
    def constant(self) -> Fraction:
        return self.terms.get((), Fraction(0))

    @property
    def number(self) -> Fraction | None:
        """The value of a constant polynomial."""
        if not self.terms:
            return Fraction(0)
        return self.terms.get(()) if len(self.terms) == 1 else None

    @property
    def whole(self) -> bool:
        """Integers only, for integer coefficients of atoms whose values are integers."""
        return all(
            value.denominator == 1 and all(atom.whole for atom, _ in monomial)
            for monomial, value in self.terms.items()
        )

    def leading(self) -> tuple[Monomial, Fraction]:
        monomial = min(self.terms, key=_order)
        return monomial, self.terms[monomial]

    def atoms(self) -> list[Atom]:
        found = {atom for monomial in self.terms for atom, _ in monomial}
        return sorted(found, key=lambda atom: atom.key)

    def denominators(self) -> int:
        return lcm(*(value.denominator for value in self.terms.values()))

    def content(self, constant: bool = True) -> int:
        """The greatest common divisor of integer coefficients; with or without the constant."""
        kept = (value for monomial, value in self.terms.items() if constant or monomial)
        return gcd(*(value.numerator for value in kept))

    def __str__(self) -> str:
        if self._text is None:
            ordered = sorted(self.terms.items(), key=lambda item: _order(item[0]))
            ordered.sort(key=lambda item: item[1] < 0)
            self._text = _joined(_written(monomial, value) for monomial, value in ordered)
        return self._text


def _written(monomial: Monomial, value: Fraction) -> str:
    factors = [atom.key if e == 1 else f"{_based(atom)}**{e}" for atom, e in monomial]
    if not factors:
        return str(value)
    if abs(value) != 1:
        factors.insert(0, str(abs(value.numerator)))
    text = "*".join(factors) + (f"/{value.denominator}" if value.denominator > 1 else "")
    return f"-{text}" if value < 0 else text


def _based(atom: Atom) -> str:
    return f"({atom.key})" if atom.kind == "power" else atom.key


def _joined(parts: Iterable[str]) -> str:
    text = ""
    for part in parts:
        if not text:
            text = part
        else:
            text += f" - {part[1:]}" if part.startswith("-") else f" + {part}"
    return text or "0"


ONE = Poly({(): Fraction(1)})
ZERO = Poly({})


def constant(value: Any) -> Poly:
    return Poly({(): Fraction(value)}) if value else ZERO


def variable(atom: Atom) -> Poly:
    return Poly({((atom, 1),): Fraction(1)})


def divided(a: Poly, b: Poly) -> tuple[Poly, Poly]:
    """a = q b + r, with integer coefficients in q, for b with integer coefficients.

    Each term of r that the leading monomial of b divides has a coefficient from 0 to below b's.
    The monomials of q are whole.
    """
    leading, by = b.leading()
    quotient: dict[Monomial, Fraction] = {}
    rest, settled = dict(a.terms), {}
    while rest:
        monomial = min(rest, key=_order)
        value = rest.pop(monomial)
        times = monomial_over(monomial, leading)
        count = Fraction(value // by) if times is not None else Fraction(0)
        if times is None or not count or not all(atom.whole for atom, _ in times):
            settled[monomial] = value
            continue
        quotient[times] = quotient.get(times, Fraction(0)) + count
        for inner, factor in b.terms.items():
            shifted = _product(times, inner)
            left = (value if shifted == monomial else rest.get(shifted, Fraction(0))) - (
                count * factor
            )
            if shifted == monomial:
                if left:
                    settled[monomial] = left
            elif left:
                rest[shifted] = left
            else:
                rest.pop(shifted, None)
        if len(rest) + len(quotient) > MOST_TERMS:
            raise TooMany
    return Poly.of(quotient), Poly.of(settled)


def exactly(a: Poly, b: Poly) -> Poly | None:
    """a / b where b divides a as a polynomial with rational coefficients, else None."""
    leading, by = b.leading()
    quotient: dict[Monomial, Fraction] = {}
    rest = a
    while rest:
        monomial, value = rest.leading()
        times = monomial_over(monomial, leading)
        if times is None or len(quotient) > MOST_TERMS:
            return None
        quotient[times] = value / by
        rest = rest - b * Poly({times: value / by})
    return Poly.of(quotient)


def shared_monomial(polys: Iterable[Poly]) -> Monomial:
    """The largest monomial that divides every term."""
    common: dict[Atom, int] | None = None
    for poly in polys:
        for monomial in poly.terms:
            exponents = dict(monomial)
            if common is None:
                common = exponents
            else:
                common = {
                    atom: min(e, exponents[atom]) for atom, e in common.items() if atom in exponents
                }
    return tuple(sorted((common or {}).items(), key=lambda item: item[0].key))


def without(poly: Poly, monomial: Monomial) -> Poly:
    """The polynomial divided by a monomial that divides all its terms."""
    terms = {}
    for own, value in poly.terms.items():
        left = monomial_over(own, monomial)
        assert left is not None
        terms[left] = value
    return Poly(terms)


def substituted(poly: Poly, value: Callable[[Atom], Poly]) -> Poly:
    """The polynomial with polynomials for its atoms."""
    values = {atom: value(atom) for atom in poly.atoms()}
    total = ZERO
    for monomial, coefficient in poly.terms.items():
        part = constant(coefficient)
        for atom, exponent in monomial:
            part = part * values[atom] ** exponent
        total = total + part
    return total


class Ratio(NamedTuple):
    """``over / under``; ``under`` is nowhere zero where the term it comes from is defined."""

    over: Poly
    under: Poly = ONE

    def plus(self, other: Ratio) -> Ratio:
        if self.under == other.under:
            return reduced(self.over + other.over, self.under)
        return reduced(self.over * other.under + other.over * self.under, self.under * other.under)

    def times(self, other: Ratio) -> Ratio:
        return reduced(self.over * other.over, self.under * other.under)

    def by(self, other: Ratio) -> Ratio:
        return reduced(self.over * other.under, self.under * other.over)

    @property
    def poly(self) -> Poly | None:
        """The polynomial that it is, if it is one."""
        value = self.under.number
        return None if value is None else self.over.scaled(1 / value)

    def __str__(self) -> str:
        poly = self.poly
        if poly is not None:
            return str(poly)
        return f"({self.over})/({self.under})"


def reduced(over: Poly, under: Poly) -> Ratio:
    """The quotient with integer coefficients and without common factors that are easily seen."""
    if not under:
        raise ZeroDivisionError
    if not over:
        return Ratio(ZERO)
    value = under.number
    if value is not None:
        return Ratio(over.scaled(1 / value))
    exact = exactly(over, under)
    if exact is not None:
        return Ratio(exact)
    common = shared_monomial((over, under))
    if common:
        over, under = without(over, common), without(under, common)
    scale = lcm(over.denominators(), under.denominators())
    over, under = over.scaled(Fraction(scale)), under.scaled(Fraction(scale))
    factor = Fraction(1, gcd(over.content(), under.content()))
    if under.leading()[1] < 0:
        factor = -factor
    return Ratio(over.scaled(factor), under.scaled(factor))
