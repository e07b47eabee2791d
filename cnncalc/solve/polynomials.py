"""Solving where what is compared is a polynomial of the only unknown, as with symbolic depth."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cnncalc.errors import LayerError, SpecError
from cnncalc.sizes import text
from cnncalc.solve.facts import Beyond, Facts
from cnncalc.solve.problem import Found, Problem
from cnncalc.spec.bind import sympy_symbol
from cnncalc.spec.build import Expansion
from cnncalc.spec.expressions import evaluate

if TYPE_CHECKING:
    from cnncalc.symbolic.intervals import Interval

_SIGNS: dict[str, Callable[[Any, int], bool]] = {
    "==": operator.eq,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}


def by_polynomials(problem: Problem) -> Found | None:
    """All values from 0 on (from 1 on for a size), by the signs of polynomials between their roots."""
    wanted = problem.wanted.comparisons
    if not wanted or len(problem.unknowns) > 1:
        return None
    (name,) = problem.unknowns
    expansion = Expansion(problem.spec, problem.given(symbols=sympy_symbol), problem.limits)
    try:
        graph = expansion.graph()
        facts = Facts(graph, expansion.root)
        needs = [
            (evaluate(one.left, facts) - evaluate(one.right, facts), one.relation) for one in wanted
        ]
    except (LayerError, SpecError, Beyond, TypeError):
        return None
    for condition in graph.conditions:
        need = condition.requirement
        needs.append((need.left - need.right, need.relation))
    kept: list[Interval] = [(1, None)]
    for difference, relation in needs:
        found = _where(difference, relation, name)
        if found is None:
            return None
        kept = _both(kept, found)
    if name not in problem.sizes and _holds_at_zero(problem, name):
        joins = bool(kept) and kept[0][0] == 1
        kept = [(0, kept[0][1]), *kept[1:]] if joins else [(0, 0), *kept]
    if not kept:
        return Found(f"no value of {name} is one: decided by the roots of polynomials")
    first, last = kept[0][0], kept[-1][1]
    shown = " or ".join(
        f"{name} >= {low}" if high is None else f"{low} <= {name} <= {high}" for low, high in kept
    )
    compared = "; ".join(text(difference) for difference, _ in needs[: len(wanted)])
    return Found(
        f"for all values at once, by the roots of {compared}",
        {name: first},
        None if last is None else {name: last},
        shown,
    )


def _where(difference: Any, relation: str, name: str) -> list[Interval] | None:
    sign = _SIGNS.get(relation)
    if sign is None:
        return None
    from cnncalc.symbolic.intervals import integers_where

    return integers_where(difference, name, lambda value: bool(sign(value, 0)))


def _both(a: list[Interval], b: list[Interval]) -> list[Interval]:
    """What lies in an interval of both."""
    found = []
    for low, high in a:
        for first, last in b:
            start = max(low, first)
            ends = [end for end in (high, last) if end is not None]
            end = min(ends) if ends else None
            if end is None or start <= end:
                found.append((start, end))
    return found


def _holds_at_zero(problem: Problem, name: str) -> bool:
    try:
        return problem.wanted.holds(problem.facts({name: 0}))
    except (LayerError, SpecError):
        return False
