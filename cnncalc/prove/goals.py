"""Formulas as conditions on polynomials: min, max and if taken apart, each comparison canonical."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc import terms
from cnncalc.prove.canonical import Canonical
from cnncalc.prove.polynomials import ONE, Monomial, Poly, TooMany, constant
from cnncalc.terms import Formula, Term, at_most, both, negation

#: More cases of min, max and if than this are not told apart.
MOST_CASES = 400


class Literal(NamedTuple):
    """``poly == 0``, ``poly != 0`` or ``poly >= 0``, with whole values."""

    relation: str
    poly: Poly

    def negated(self) -> Literal:
        if self.relation == ">=":
            return Literal(">=", -self.poly - ONE)
        return Literal("!=" if self.relation == "==" else "==", self.poly)

    def __str__(self) -> str:
        return f"{self.poly} {self.relation} 0"


class Joint(NamedTuple):
    """``and`` or ``or`` of conditions."""

    word: str
    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return f" {self.word} ".join(f"({part})" for part in self.parts)


Condition = bool | Literal | Joint


def join(word: str, parts: Iterable[Condition]) -> Condition:
    """The conditions joined, without those that decide nothing."""
    neutral = word == "and"
    kept: dict[Any, None] = {}
    for part in parts:
        if isinstance(part, bool):
            if part is not neutral:
                return part
        elif isinstance(part, Joint) and part.word == word:
            kept.update(dict.fromkeys(part.parts))
        else:
            kept.setdefault(part)
    if not kept:
        return neutral
    if any(isinstance(part, Literal) and part.negated() in kept for part in kept):
        return not neutral
    return next(iter(kept)) if len(kept) == 1 else Joint(word, tuple(kept))


def negated(condition: Condition) -> Condition:
    if isinstance(condition, bool):
        return not condition
    if isinstance(condition, Literal):
        return condition.negated()
    other = "or" if condition.word == "and" else "and"
    return join(other, map(negated, condition.parts))


class Goals:
    """Turns formulas into conditions under the bounds of ``canonical``."""

    def __init__(self, canonical: Canonical) -> None:
        self.canonical = canonical
        self.cases = 0

    def of(self, formula: Formula, positive: bool = True) -> Condition:
        """The condition that the formula (or its negation) holds.

        Raises :class:`TooMany` where the terms are beyond polynomials, floors and powers.
        """
        if formula.op == "not":
            return self.of(formula.args[0], not positive)
        if formula.op in ("and", "or"):
            word = formula.op if positive else ("or" if formula.op == "and" else "and")
            neutral = word == "and"
            parts: list[Condition] = []
            for part in formula.args:
                found = self.of(part, positive)
                if isinstance(found, bool) and found is not neutral:
                    return found
                parts.append(found)
            return join(word, parts)
        chosen = _first_choice(formula)
        if chosen is None:
            return self.comparison(formula, positive)
        self.cases += 1
        if self.cases > MOST_CASES:
            raise TooMany
        return join("and", (self._case(formula, positive, chosen, *one) for one in _cases(chosen)))

    def _case(
        self, formula: Formula, positive: bool, chosen: Term, when: Formula | bool, value: Term
    ) -> Condition:
        """When the case applies, the comparison holds with its value."""
        elsewhere = not when if isinstance(when, bool) else self.of(when, False)
        if elsewhere is True:
            return True
        inside = exchanged(formula, chosen, value)
        return join("or", (elsewhere, self._inside(inside, self.fixed(when), positive)))

    def _inside(self, formula: Formula, fixed: dict[str, int], positive: bool) -> Condition:
        if fixed:
            try:
                return self.of(terms.replaced(formula, fixed), positive)
            except ZeroDivisionError:
                pass  # another case divides by zero here, which never is this one
        return self.of(formula, positive)

    def fixed(self, when: Formula | bool) -> dict[str, int]:
        """The name with the number that a case gives it: a case of S == 1 is about S = 1."""
        if isinstance(when, bool) or when.op != "==" or _first_choice(when) is not None:
            return {}
        poly = self.canonical.of(when.args[0] - when.args[1]).poly
        atoms = poly.atoms() if poly is not None else []
        if poly is None or len(atoms) != 1 or atoms[0].kind != "name":
            return {}
        linear = poly - constant(poly.constant)
        if list(linear.terms) != [((atoms[0], 1),)]:
            return {}
        value = -poly.constant / next(iter(linear.terms.values()))
        return {atoms[0].key: int(value)} if value.denominator == 1 else {}

    def comparison(self, formula: Formula, positive: bool) -> Condition:
        left, right = formula.args
        over, under = self.canonical.of(right - left)
        scale = over.denominators() * under.denominators()
        over, under = over.scaled(Fraction(scale)), under.scaled(Fraction(scale))
        if formula.op == "==":
            return self.settled(Literal("==" if positive else "!=", over))
        if self.canonical.positive(-under):
            over = -over
        elif not self.canonical.positive(under):
            over = over * under
        literal = Literal(">=", over)
        return self.settled(literal if positive else literal.negated())

    def settled(self, literal: Literal) -> Condition:
        """True or False where the signs of the terms show it."""
        relation, poly = literal
        if not poly.whole:
            raise TooMany
        if not poly:
            return relation != "!="
        signs = self.canonical
        if relation == ">=":
            if signs.nonnegative(poly):
                return True
            return False if signs.positive(-poly) else literal
        apart = signs.positive(poly) or signs.positive(-poly)
        if apart:
            return relation == "!="
        factor = Fraction(-1 if poly.leading()[1] < 0 else 1, poly.content())
        return Literal(relation, poly.scaled(factor))


def _first_choice(item: Formula | Term) -> Term | None:
    """An innermost min, max or if."""
    for part in item.args if item.op not in ("number", "name") else ():
        found = _first_choice(part) if isinstance(part, Term) else None
        if found is not None:
            return found
    return item if isinstance(item, Term) and item.op in ("min", "max", "if") else None


def _cases(chosen: Term) -> list[tuple[Formula | bool, Term]]:
    """Conditions that together cover everything, each with what the term then is."""
    if chosen.op == "if":
        test, then, otherwise = chosen.args
        return [(test, then), (negation(test), otherwise)]
    options: tuple[Term, ...] = tuple(dict.fromkeys(chosen.args))
    low = chosen.op == "min"
    return [
        (
            both(
                at_most(one, other) if low else at_most(other, one)
                for other in options
                if other is not one
            ),
            one,
        )
        for one in options
    ]


def exchanged(item: Any, old: Term, new: Term) -> Any:
    """The formula or term with one term in the place of another."""
    if item == old:
        return new
    if item.op in ("number", "name"):
        return item
    return type(item)(item.op, *(exchanged(part, old, new) for part in item.args))


def readable(condition: Condition) -> str:
    """The condition for people: what is subtracted stands on the right."""
    if isinstance(condition, bool):
        return "always" if condition else "never"
    if isinstance(condition, Joint):
        parts = (
            f"({readable(part)})" if isinstance(part, Joint) else readable(part)
            for part in condition.parts
        )
        return f" {condition.word} ".join(parts)
    left: dict[Monomial, Fraction] = {}
    right: dict[Monomial, Fraction] = {}
    for monomial, value in condition.poly.terms.items():
        (left if value > 0 else right)[monomial] = abs(value)
    return f"{Poly(left)} {condition.relation} {Poly(right)}"
