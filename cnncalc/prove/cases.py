"""Proofs by cases: each value of a name, or each of its remainders, by itself."""

from __future__ import annotations

from collections.abc import Mapping
from math import lcm
from typing import Any, TypeAlias

from cnncalc import terms
from cnncalc.prove.induction import Prover
from cnncalc.prove.search import Free
from cnncalc.terms import Formula

#: Cases that a name with bounds on both sides may be split into.
MOST_VALUES = 40
#: Values for a name; with the bounds of the name in them, if it is still there.
Cases: TypeAlias = "list[tuple[Any, Free | None]]"


def by_cases(
    conditions: list[Formula], goal: Formula, free: Mapping[str, Free], proves: Prover
) -> str | None:
    """Each value of a name with bounds on both sides, or each remainder, by itself."""

    def split(name: str, cases: Cases) -> str:
        """What proves the goal with each of the values for the name; empty if nothing does."""
        arguments: dict[str, None] = {}
        for value, inner in cases:
            others = {key: one for key, one in free.items() if key != name}
            if inner is not None:
                others[name] = inner
            met = [terms.replaced(one, {name: value}) for one in conditions]
            argument = proves(met, terms.replaced(goal, {name: value}), others)
            if argument is None:
                return ""
            arguments.setdefault(argument)
        return " or ".join(arguments)

    for name, bounds in free.items():
        if bounds.low is None:
            continue
        if bounds.high is not None and bounds.high - bounds.low < MOST_VALUES:
            values = range(bounds.low, bounds.high + 1)
            cases: Cases = [(value, None) for value in values]
            found = split(name, cases)
            if found:
                return f"case split on {name} = {bounds.low} to {bounds.high}, each by {found}"
        by = _common_divisor(goal)
        if bounds.high is None and 1 < by < MOST_VALUES:
            rests = range(bounds.low, bounds.low + by)
            cases = [(terms.name(name) * by + rest, Free(0, None)) for rest in rests]
            found = split(name, cases)
            if found:
                return f"case split on {name} mod {by}, each by {found}"
    return None


def _common_divisor(item: Any) -> int:
    """The least common multiple of the numbers by which floors divide."""
    if item.op in ("number", "name"):
        return 1
    found = 1
    if item.op == "floor" and item.args[0].op == "/" and item.args[0].args[1].op == "number":
        number = item.args[0].args[1].args[0]
        found = abs(number.numerator) or 1
    return lcm(found, *map(_common_divisor, item.args))
