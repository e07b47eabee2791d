"""Solving for all values at once: by isl, or by bisection where isl proves that it may be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cnncalc.domain import Case, Domain
from cnncalc.errors import SpecError
from cnncalc.graph import Graph
from cnncalc.presburger.points import Points
from cnncalc.presburger.quasi import Quasi, Undecided
from cnncalc.solve.facts import Beyond, Comparison, Facts
from cnncalc.solve.problem import Found, Point, Problem
from cnncalc.spec.build import Expansion
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.placing import Placing

#: Where bisection gives up looking for a value that is too large.
_FARTHEST = 2**62


def by_sets(problem: Problem) -> Found | None:
    """All values as a set, where isl decides every comparison or proves that its sides only part."""
    if not problem.wanted.comparisons:
        return None
    try:
        domain = _Symbolic(problem)
    except (SpecError, Undecided):
        return None
    if domain.unknown or not domain.good or not set(problem.unknowns) <= set(domain.symbols):
        return None
    others = [name for name in domain.symbols if name not in problem.unknowns]
    if any(name not in problem.sizes and name not in problem.assumed for name in others):
        return None  # the answer may depend on those: an equation says how
    kept, arguments = domain.good, []
    for comparison in problem.wanted.comparisons:
        found = _where(domain, comparison) or _bisected(domain, comparison)
        if found is None:
            return None
        points, argument = found
        kept = kept & points
        if argument not in arguments:
            arguments.append(argument)
    if others:
        failing = (domain.good - kept).without(others)
        kept = kept.without(others) - failing
        arguments.append(f"for all {', '.join(others)} for which the network is well-formed")
    return _told(domain, kept, "; ".join(arguments))


def _told(domain: _Symbolic, kept: Points, argument: str) -> Found:
    first = next(kept.smallest(1), None)
    smallest = first and {name: first[name] for name in domain.problem.unknowns}
    if len(domain.problem.unknowns) > 1 or not first:
        return Found(argument, smallest, condition=str(kept))
    (name,) = domain.problem.unknowns
    most = kept.most(name)
    span = domain.good.between(name, kept.least(name), most)
    shown = span if span <= kept and kept <= span else kept  # the shorter way to say it
    largest = None if most is None else {name: most}
    return Found(argument, smallest, largest, str(shown))


def _where(domain: _Symbolic, comparison: Comparison) -> tuple[Points, str] | None:
    """By isl, where the comparison is one of sizes."""
    found = domain.nowhere()
    for case in domain.cases:
        for graph in domain.parts(case):
            try:
                points = domain.compared(comparison, Facts(graph, case.root))
            except (Undecided, Beyond):
                return None
            if points is None:
                return None
            found = found | (points & domain.world.region)  # which questions may have divided
    return found, "decided by isl for all values at once"


def _bisected(domain: _Symbolic, comparison: Comparison) -> tuple[Points, str] | None:
    """By bisection, where what is compared never shrinks as the only symbol grows."""
    if len(domain.symbols) != 1 or len(domain.cases) != 1:
        return None
    (name,) = domain.symbols
    try:
        rising = domain.rising(comparison, name)
    except (Undecided, Beyond):
        return None
    if rising is None or comparison.relation == "==":
        return None
    at_most = (comparison.relation in ("<=", "<")) is rising
    try:
        edge = _edge(domain, comparison, at_most)
    except Undecided:
        return None
    points = domain.good
    if edge is not None:
        points = points.between(name, high=edge - 1) if at_most else points.between(name, edge)
    elif not at_most:
        points = domain.nowhere()
    sides = f"{comparison.left.text} - {comparison.right.text}"
    moves = "never shrinks" if rising else "never grows"
    return points, f"{sides} {moves} as {name} grows, proved by isl; found by bisection"


def _edge(domain: _Symbolic, comparison: Comparison, first: bool) -> int | None:
    """The first good value where the comparison changes: for ``first`` it holds before it."""
    (name,), good = domain.symbols, domain.good

    def changed(value: int) -> bool:
        return _compares(domain.problem, comparison, {name: value}) is not first

    low, high = None, good.least(name)
    while high is not None and not changed(high):
        low = high
        if low > _FARTHEST:
            raise Undecided(f"{comparison} for {name} of more than {_FARTHEST}")
        high = good.between(name, low=max(2 * low, low + 1)).least(name)
    if high is None:
        return None
    while low is not None:
        middle = good.between(name, low + 1, (low + high) // 2).most(name)
        if middle is None:
            middle = good.between(name, (low + high) // 2 + 1, high - 1).least(name)
        if middle is None:
            break
        low, high = (low, middle) if changed(middle) else (middle, high)
    return high


def _compares(problem: Problem, comparison: Comparison, numbers: Point) -> bool:
    facts = problem.facts(numbers)
    left, right = evaluate(comparison.left, facts), evaluate(comparison.right, facts)
    return bool(_NUMBERS[comparison.relation](left, right))


_NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
}


class _Symbolic(Domain):
    """The domain of a problem with its unknowns as symbols, and what holds where in it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.spec, problem.values, problem.limits, problem.unknowns)

    def _expansion(
        self, symbols: Callable[[str], Any], placing: Placing | None = None
    ) -> Expansion:
        problem = self.problem
        return Expansion(problem.spec, problem.given(symbols=symbols), problem.limits, placing)

    def nowhere(self) -> Points:
        return self.world.everything - self.world.everything

    def parts(self, case: Case) -> Iterator[Graph]:
        """The graph of the case, again for each part of its region that questions leave."""
        regions = [case.region]
        while regions:
            self.world.region = regions.pop()
            yield case.graph
            regions += self.world.postponed
            self.world.postponed.clear()

    def compared(self, comparison: Comparison, facts: Facts) -> Points | None:
        """Where the comparison holds, in the region that evaluating it leaves."""
        left, right = evaluate(comparison.left, facts), evaluate(comparison.right, facts)
        sides = (right, left) if comparison.relation in ("<=", ">") else (left, right)
        found = self.world.where("==" if comparison.relation == "==" else ">=", *sides)
        if found is not None and comparison.relation in ("<", ">"):
            return self.world.everything - found
        return found

    def rising(self, comparison: Comparison, name: str) -> bool | None:
        """Does left − right never shrink (or never grow: no) as the symbol grows? None: unknown."""
        ((region, graph, root),) = self.cases
        self.world.region = region
        facts = Facts(graph, root)
        difference = evaluate(comparison.left, facts) - evaluate(comparison.right, facts)
        if self.world.postponed:
            self.world.postponed.clear()
            return None
        if not isinstance(difference, Quasi):
            return None
        if self.world.never_shrinks(difference, name):
            return True
        return False if self.world.never_shrinks(-difference, name) else None
