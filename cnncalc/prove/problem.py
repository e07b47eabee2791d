"""A goal under conditions, asked of one decider after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc import terms
from cnncalc.presburger.smallest import Undecided, smallest
from cnncalc.prove import affine, nonlinear
from cnncalc.prove.canonical import Canonical
from cnncalc.prove.goals import Condition, Goals, Joint, Literal, join, negated
from cnncalc.prove.polynomials import TooMany
from cnncalc.prove.search import Free
from cnncalc.terms import Formula


def proves(conditions: Iterable[Formula], goal: Formula, free: Mapping[str, Free]) -> str | None:
    """What proves the goal from the conditions, without induction; None if nothing does."""
    try:
        problem = Problem(conditions, goal, free)
    except (TooMany, ZeroDivisionError):
        return None
    argument = problem.by_canonical_form(goal)
    if argument:
        return argument
    for ask in (problem.by_isl, problem.by_z3):
        answer = ask()
        if isinstance(answer, str):
            return answer
    return None


class Problem:
    """Conditions and a goal, as conditions on polynomials.

    Each method answers with an argument that proves the goal, with values of the free integers that
    meet the conditions but not the goal, or with None.
    """

    def __init__(
        self, conditions: Iterable[Formula], goal: Formula, free: Mapping[str, Free]
    ) -> None:
        self.free = free
        self.asked = ""
        self.least = True
        lowest = {name: one.low for name, one in free.items() if one.low is not None}
        plain = Canonical(lowest)
        known: list[Condition] = [Goals(plain).of(one) for one in conditions]
        for name, one in free.items():
            if one.high is not None:
                known.append(
                    Goals(plain).of(terms.formula(terms.at_most(terms.name(name), one.high)))
                )
        facts = [part.poly for part in known if isinstance(part, Literal) and part.relation == ">="]
        self.canonical = Canonical(lowest, facts)
        self.known = join("and", known)
        self.goal = Goals(self.canonical).of(goal)

    def by_canonical_form(self, claim: Formula) -> str | None:
        """Named after what the claim itself is made of."""
        known = set(_parts(self.known))
        open_parts = [part for part in _parts(self.goal) if part not in known]
        return None if self.goal is not True and open_parts else _name_of(claim)

    @property
    def failure(self) -> Condition:
        """The conditions without the goal."""
        return join("and", (self.known, negated(self.goal)))

    def by_isl(self) -> str | dict[str, int] | None:
        names = list(self.free)
        try:
            written = affine.formula(self.failure, names)
            found = smallest(
                written,
                [one.weight for one in self.free.values()],
                [one.low for one in self.free.values()],
            )
        except (affine.NotAffine, Undecided):
            return None
        self.asked, self.least = "Presburger arithmetic (isl)", True
        return self.asked if found is None else dict(zip(names, found))

    def by_z3(self) -> str | dict[str, int] | None:
        if not nonlinear.available():
            return None
        try:
            search = nonlinear.Search(self.failure, self.canonical, list(self.free))
        except nonlinear.Unwritable:
            return None
        self.asked = "z3"
        found = search.point()
        if found is False:
            return "z3"
        if found is True:
            return None
        weights = {name: one.weight for name, one in self.free.items()}
        for _ in range(100):
            smaller = search.smaller(weights, found)
            if isinstance(smaller, bool):
                self.least = smaller is False
                break
            found = smaller
        return found


def _parts(condition: Condition) -> tuple[Any, ...]:
    """What all must hold."""
    joint = isinstance(condition, Joint) and condition.word == "and"
    return condition.parts if joint else (condition,)  # type: ignore[union-attr]


def _name_of(claim: Formula) -> str:
    """What a canonical form proves, by what the claim is made of."""
    operators = set(_operators(claim))
    if operators & {"<=", "not"}:
        return "the signs of the terms, for all values from the lowest on"
    if operators & {"floor", "min", "max", "if"}:
        return "both sides have the same canonical form"
    if "power" in operators:
        return "identity of powers"
    return "identity of rational functions" if "/" in operators else "polynomial identity"


def _operators(item: Any) -> Iterable[str]:
    yield item.op
    if item.op == "**" and item.args[1].op != "number":
        yield "power"
    if item.op not in ("number", "name"):
        for part in item.args:
            yield from _operators(part)
