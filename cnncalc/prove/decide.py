"""The deciders, in the order in which they are asked.

A proof is exact arithmetic, a canonical form, isl, z3, all of finitely many cases, or an induction
over these; never a sample. A counterexample is one because the statement, computed on its plain
numbers, is false. What neither finds is undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cnncalc import terms
from cnncalc.errors import UsageError
from cnncalc.prove import nonlinear
from cnncalc.prove.canonical import Canonical
from cnncalc.prove.cases import by_cases
from cnncalc.prove.compiled import compiled
from cnncalc.prove.functions import IllFormed
from cnncalc.prove.goals import Goals, readable
from cnncalc.prove.induction import by_induction
from cnncalc.prove.language import Undefined
from cnncalc.prove.polynomials import TooMany
from cnncalc.prove.problem import Problem, proves
from cnncalc.prove.search import first_failure, points
from cnncalc.prove.statement import Statement, Text
from cnncalc.prove.verdict import PROVED, REFUTED, UNDECIDED, Verdict
from cnncalc.sizes import is_term, text
from cnncalc.spec.limits import within_stack
from cnncalc.terms import FALSE, TooLarge

#: Points tried before and after the proofs, and where each needs a whole analysis.
FEW, MANY, FEWER, SOME = 1_500, 30_000, 300, 20


@within_stack
def prove(claim: str | Text, given: Iterable[str | Text] = ()) -> Verdict:
    """Decides a statement for all integers that meet the conditions ``given``.

    >>> prove("ceil(n/2) == floor((n + 1)/2)").verdict
    'proved'
    >>> prove("n*n > n").counterexample
    {'n': 1}

    Raises :class:`cnncalc.CnncalcError` for what is not a statement.
    """
    texts = [one if isinstance(one, Text) else Text.of(one) for one in (claim, *given)]
    statement = Statement(texts[0], texts[1:])
    return _Decision(statement).verdict()


class _Decision:
    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.met = 0  # points that met the conditions
        self.skipped = 0  # points that were too large to compute

    def verdict(self) -> Verdict:
        statement = self.statement
        if not statement.free:
            return self._single()
        if statement.formula is None:
            return self._by_trying()
        if statement.asks_networks and not self._agrees():
            return self._by_trying()
        found = self._search(FEW)
        if found is not None:
            return found
        proof = self._proof()
        if isinstance(proof, Verdict):
            return proof
        if proof is not None:
            self._check_not_empty()
            return self._answer(PROVED, proof)
        return self._search(MANY) or self._undecided()

    # Plain numbers.

    def _single(self) -> Verdict:
        """No names, or every one of them given a value."""
        statement = self.statement
        point = statement.point({})
        try:
            truth = statement.holds(point)
        except TooLarge:
            return self._answer(UNDECIDED, "its numbers are too large to compute")
        if truth is None:
            self._empty(point)
        sides = statement.sides(point)
        if truth is True:
            same = sides and all(value == sides[0][1] for _, value in sides)
            kind = "tensors" if same and isinstance(sides[0][1], list) else "number"
            argument = "computed exactly"
            if same:
                argument = (
                    f"both sides are the same {kind}"
                    if kind == "number"
                    else ("both sides are equal, element by element")
                )
            return self._answer(PROVED, argument, sides=sides)
        argument = truth if isinstance(truth, str) else "computed exactly"
        return self._answer(REFUTED, argument, point, sides=sides)

    def _empty(self, point: Mapping[str, int] | None = None) -> None:
        """Nothing meets the conditions: says why."""
        statement = self.statement
        if point is not None:
            for condition in (*statement.given, statement.claim):
                try:
                    statement.evaluate(condition, point)
                except IllFormed as error:
                    raise error.error from None
                except Undefined:
                    continue
        where = statement.given[0].at if statement.given else statement.claim.at
        raise UsageError(
            "no integers meet the conditions",
            at=where,
            hint="names are integers of at least 1, unless a condition such as P >= 0 says otherwise",
        )

    # Trying points.

    def _search(self, most: int) -> Verdict | None:
        """Refuted by the smallest counterexample, proved by all of finitely many points, or None."""
        statement = self.statement
        assert statement.formula is not None
        goal = terms.both((terms.defined(terms.formula(statement.formula)), statement.formula))
        holds = compiled(terms.formula(goal))
        meets = compiled(terms.formula(terms.both(statement.conditions)))
        self.met = self.skipped = 0

        def fails(point: dict[str, int]) -> bool:
            try:
                if not meets(point):
                    return False
                self.met += 1
                if holds(point):
                    return False
            except ZeroDivisionError:
                pass
            except (TooLarge, ValueError):
                self.skipped += 1
                return False
            return self._fails(point)

        return self._searched(fails, most)

    def _agrees(self) -> bool:
        """Is the formula that networks gave true just where they are, at the first points?

        A guard only: the analyses on symbols are those on numbers. Where they differ, numbers count.
        """
        statement = self.statement
        formula = terms.formula(statement.formula or False)
        goal = compiled(terms.formula(terms.both((terms.defined(formula), formula))))
        meets = compiled(terms.formula(terms.both(statement.conditions)))
        for _, (_, point) in zip(range(SOME), points(statement.free)):
            try:
                if meets(point) and self._truth(point) not in (None, goal(point)):
                    return False
            except (ZeroDivisionError, TooLarge, ValueError):
                continue
        return True

    def _by_trying(self) -> Verdict:
        """Without a formula: the statement itself, point by point."""
        statement = self.statement

        def fails(point: dict[str, int]) -> bool:
            try:
                truth = statement.holds(statement.point(point))
            except TooLarge:
                self.skipped += 1
                return False
            self.met += truth is not None
            return truth is False or isinstance(truth, str)

        found = self._searched(fails, FEWER)
        if found is None and not self.met:
            first = {name: free.low or 0 for name, free in statement.free.items()}
            self._empty(statement.point(first))
        return found or self._undecided(statement.opaque)

    def _searched(self, fails: Callable[[dict[str, int]], bool], most: int) -> Verdict | None:
        point, self.reached, everything = first_failure(self.statement.free, fails, most)
        if point is not None:
            return self._refuted(point, self.skipped == 0)
        if everything and not self.skipped:
            if not self.met:
                self._empty()
            return self._answer(PROVED, f"all {self.met:,} cases computed exactly")
        return None

    def _refuted(self, point: dict[str, int], least: bool, by: str = "") -> Verdict:
        statement = self.statement
        outer = statement.point(point)
        truth = statement.holds(outer)
        argument = (
            truth
            if isinstance(truth, str)
            else ("the smallest counterexample" if least else "a counterexample")
        )
        return self._answer(REFUTED, argument + by, outer, least, statement.sides(outer))

    def _undecided(self, why: str | None = None) -> Verdict:
        reached = f"true for all {self.met:,} points that were tried, up to a sum of {self.reached}"
        if not self.met:
            reached = "no point that meets the conditions was found"
        if why:
            reached += f" ({why})"
        if not nonlinear.available():
            reached += "; z3 is not installed: pip install z3-solver"
        return self._answer(UNDECIDED, reached)

    # Proofs.

    def _proof(self) -> str | Verdict | None:
        statement = self.statement
        assert statement.formula is not None
        formula = terms.formula(statement.formula)
        goal = terms.formula(terms.both((terms.defined(formula), formula)))
        try:
            problem = Problem(statement.conditions, goal, statement.free)
        except (TooMany, ZeroDivisionError):
            return by_induction(statement.conditions, goal, statement.free, proves)
        argument = problem.by_canonical_form(formula)
        if argument:
            return argument
        for ask in (problem.by_isl, problem.by_z3):
            answer = ask()
            if isinstance(answer, str):
                return answer
            if answer is not None and self._fails(answer):
                return self._refuted(answer, problem.least, f", found by {problem.asked}")
        asked = statement.conditions, goal, statement.free, proves
        return by_cases(*asked) or by_induction(*asked)

    def _truth(self, point: dict[str, int]) -> bool | None:
        """The statement computed on plain numbers; None outside of it. Undefined is not true."""
        truth = self.statement.holds(self.statement.point(point))
        return False if isinstance(truth, str) else truth

    def _fails(self, point: dict[str, int]) -> bool:
        """Is the point a counterexample, computed on its plain numbers?"""
        try:
            return self._truth(point) is False
        except TooLarge:
            return False

    def _check_not_empty(self) -> None:
        """A proof about no integers at all is a mistake in the conditions."""
        if self.met or not self.statement.conditions:
            return
        if proves(self.statement.conditions, FALSE, self.statement.free) is not None:
            self._empty()

    def _assumed(self) -> tuple[str, ...]:
        """What networks need, without what always holds."""
        found: dict[str, None] = {}
        for formula in self.statement.networks.assumed:
            try:
                condition = Goals(Canonical(self.statement.lowest)).of(formula)
                found.update({} if condition is True else {readable(condition): None})
            except (TooMany, ZeroDivisionError):
                found[str(formula)] = None
        return tuple(found)

    def _answer(
        self,
        verdict: str,
        argument: str,
        counterexample: Mapping[str, int] | None = None,
        least: bool = True,
        sides: Iterable[tuple[str, Any]] = (),
    ) -> Verdict:
        statement = self.statement
        return Verdict(
            verdict,
            argument,
            " ".join(statement.claim.text.split()),
            tuple(" ".join(one.text.split()) for one in statement.given),
            domain(statement),
            counterexample,
            least,
            tuple(sides),
            self._assumed(),
        )


def domain(statement: Statement) -> str:
    """Which integers the names are, in words."""
    groups: dict[str, list[str]] = {}
    for name in statement.names:
        value = statement.values[name]
        if name in statement.defined:
            groups.setdefault(f" = {_shown(value)}", []).append(name)
            continue
        low, high = statement.bounds(name)
        if low is not None and low == high:
            words = f" = {low}"
        elif low is None:
            words = " of any sign" if high is None else f" <= {high}"
        else:
            words = f" >= {low}" if high is None else f" from {low} to {high}"
        groups.setdefault(words, []).append(name)
    found = "; ".join(f"{', '.join(names)}{words}" for words, names in groups.items())
    return f"integers {found}" if found else "numbers"


def _shown(value: Any) -> str:
    return str(value) if is_term(value) else text(value)
