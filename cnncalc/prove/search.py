"""Points of a statement in the order of their sums, and counterexamples among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple


class Free(NamedTuple):
    """A free integer: its bounds, and how much of it the name that it stands for takes."""

    low: int | None
    high: int | None
    weight: int = 1


def points(free: Mapping[str, Free]) -> Iterator[tuple[int, dict[str, int]]]:
    """All values of the free integers with their sums: the smallest sums first, then in order.

    Each counts its weight times; one that may be negative counts as its distance from 0.
    """
    names = list(free)
    ranges = list(free.values())
    if any(r.low is not None and r.high is not None and r.low > r.high for r in ranges):
        return
    total = sum(_smallest(r) for r in ranges)
    largest = _largest(ranges)
    while largest is None or total <= largest:
        for values in _split(ranges, total):
            yield total, dict(zip(names, values))
        total += 1


def _smallest(one: Free) -> int:
    low, high = one.low, one.high
    if low is not None and low > 0:
        return one.weight * low
    return one.weight * -high if high is not None and high < 0 else 0


def _largest(ranges: Sequence[Free]) -> int | None:
    total = 0
    for one in ranges:
        if one.low is None or one.high is None:
            return None
        total += one.weight * max(abs(one.low), abs(one.high))
    return total


def _split(ranges: Sequence[Free], total: int) -> Iterator[tuple[int, ...]]:
    """Values of which the weighted distances from 0 add up to ``total``."""
    if not ranges:
        if total == 0:
            yield ()
        return
    first, *others = ranges
    rest_least = sum(map(_smallest, others))
    rest_most = _largest(others)
    candidates = []
    lowest = 0 if rest_most is None else max(0, -((rest_most - total) // first.weight))
    for distance in range(lowest, (total - rest_least) // first.weight + 1):
        candidates += [-distance, distance] if distance else [0]
    for value in sorted(candidates):
        if (first.low is None or value >= first.low) and (
            first.high is None or value <= first.high
        ):
            for inner in _split(others, total - first.weight * abs(value)):
                yield (value, *inner)


def first_failure(
    free: Mapping[str, Free], fails: Callable[[dict[str, int]], bool], most: int
) -> tuple[dict[str, int] | None, int, bool]:
    """The first of ``most`` points that fails; the sum up to which all were tried; were that all?"""
    complete, last = 0, None
    for tried, (total, point) in enumerate(points(free)):
        if last is not None and total > last:
            complete = last
        last = total
        if tried >= most:
            return None, complete, False
        if fails(point):
            return point, complete, False
    return None, complete if last is None else last, True
