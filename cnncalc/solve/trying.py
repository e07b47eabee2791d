"""Solving by trying the values of a range one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from cnncalc.errors import CnncalcError, LayerError, SpecError
from cnncalc.solve.problem import Found, Problem

#: More values than this are not listed.
MOST_LISTED = 1000


def by_trying(problem: Problem, want: str, span: tuple[int, int] | None = None) -> Found:
    """Every value of the range, the smallest first; up to 256 unless told otherwise."""
    first = 1 if set(problem.unknowns) <= set(problem.sizes) else 0
    low, high = span or (first, 256 if len(problem.unknowns) == 1 else 16)
    found: list[dict[str, int]] = []
    wrong: CnncalcError | None = None
    built = False
    for point in _candidates(problem, low, high):
        try:
            facts = problem.facts(point)
        except (LayerError, SpecError) as error:
            wrong = error
            continue
        built = True
        if problem.wanted.holds(facts):
            found.append(point)
            if want == "smallest" or len(found) == MOST_LISTED:
                break
    if wrong and not built:
        raise wrong
    argument = f"tried every value from {low} to {high}"
    if want == "smallest" and found:
        argument = f"tried every smaller value from {low} on"
    elif len(found) == MOST_LISTED:
        argument = f"tried values from {low} on, until {MOST_LISTED} were found"
    ends = found and span is None and high in found[-1].values()
    if span is None and (ends or not found):
        argument += "; larger ones were not: --range LOW:HIGH"
    largest = None
    if found and want != "smallest" and len(problem.unknowns) == 1 and not ends:
        largest = found[-1]
    smallest = found[0] if found else None
    return Found(argument, smallest, largest, values=found, tried=(low, high))


def _candidates(problem: Problem, low: int, high: int) -> Iterator[dict[str, int]]:
    ranges = [
        range(max(low, 1 if name in problem.sizes else 0), high + 1) for name in problem.unknowns
    ]
    for numbers in product(*ranges):
        yield dict(zip(problem.unknowns, numbers))
