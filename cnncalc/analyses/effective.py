"""How much of its receptive field a unit really uses: its support, and where its paths come from.

The size of a field is a span: dilation and strides larger than kernels leave positions inside it
unread. And of those that are read, few near the middle hold most of the paths to the unit: the
effective receptive field. Source: Luo, Li, Urtasun & Zemel 2016, "Understanding the effective
receptive field in deep convolutional neural networks".
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc.analyses.sliding import AxisField
from cnncalc.analyses.tracing import Tracer

#: The share of all paths that the effective width holds.
SHARE = Fraction(95, 100)


class Support(NamedTuple):
    """The positions along one axis that a unit (of its phase) reads, in order."""

    unit: int
    positions: tuple[int, ...]

    @property
    def read(self) -> int:
        """How many positions are read."""
        return len(self.positions)

    @property
    def size(self) -> int:
        """Positions from the first to the last, read or not; 0 when the unit sees nothing."""
        return self.positions[-1] - self.positions[0] + 1 if self.positions else 0

    @property
    def fraction(self) -> Fraction:
        """Share of the span that is read."""
        return Fraction(self.read, self.size) if self.positions else Fraction(0)


class Effective(NamedTuple):
    """Where the paths to a unit come from, along one axis.

    ``paths``: their number. ``center`` and ``variance``: of the positions that they start from.
    ``interval``: the narrowest one, first and last position, that at least 95 % start from.
    """

    paths: int
    center: Fraction
    variance: Fraction
    interval: tuple[int, int]

    @property
    def deviation(self) -> float:
        """Standard deviation in input positions, rounded: the variance is exact."""
        return math.sqrt(self.variance)

    @property
    def width(self) -> int:
        """Input positions that hold 95 % of the paths."""
        return self.interval[1] - self.interval[0] + 1


def supports(tracer: Tracer, name: str, axis: int, field: AxisField) -> tuple[Support, ...]:
    """The support of every phase of a tensor along ``axis``; none when its field does not slide."""
    phases = range(field.sliding.period) if field.sliding else range(0)
    return tuple(Support(unit, tuple(sorted(tracer.paths(name, {axis: unit})))) for unit in phases)


def largest(found: tuple[Support, ...]) -> Support | None:
    """The first of the phases with the largest span."""
    return max(found, key=lambda support: support.size, default=None)


def effective(tracer: Tracer, name: str, unit: Mapping[int, int], axis: int) -> Effective | None:
    """The effective field of a unit along ``axis``; None when the unit sees nothing.

    ``unit`` has its index along every axis. Joins weigh their branches by the paths through them
    along all axes, so the others are followed too, unless all units read equally much along them.
    """
    others = tuple(sorted({*unit} - {axis}))
    if tracer.even(name, others):
        counts = tracer.paths(name, {axis: unit[axis]})
    else:
        place = sorted(unit).index(axis)
        counts = marginal(tracer.paths(name, unit), place)
    return _effective(counts) if counts else None


def marginal(cells: Mapping[int, Any], depth: int) -> dict[int, int]:
    """Paths by position along the axis at ``depth``, of all positions along the others."""
    if depth == 0:
        return {index: _total(inner) for index, inner in cells.items()}
    found: dict[int, int] = {}
    for inner in cells.values():
        for index, paths in marginal(inner, depth - 1).items():
            found[index] = found.get(index, 0) + paths
    return found


def _total(cells: Any) -> int:
    return sum(map(_total, cells.values())) if isinstance(cells, dict) else cells


def _effective(counts: Mapping[int, int]) -> Effective:
    paths = sum(counts.values())
    center = Fraction(sum(position * count for position, count in counts.items()), paths)
    squares = Fraction(sum(position**2 * count for position, count in counts.items()), paths)
    return Effective(paths, center, squares - center**2, _narrowest(counts, paths, center))


def _narrowest(counts: Mapping[int, int], paths: int, center: Fraction) -> tuple[int, int]:
    """The narrowest interval with the share of paths; of several, the most central one."""
    positions = sorted(counts)
    found = []
    held, start = 0, 0
    for last in positions:
        held += counts[last]
        while held - counts[positions[start]] >= SHARE * paths:
            held -= counts[positions[start]]
            start += 1
        if held >= SHARE * paths:
            found.append((positions[start], last))
    width = min(last - first for first, last in found)
    return min(
        (one for one in found if one[1] - one[0] == width),
        key=lambda one: abs(one[0] + one[1] - 2 * center),
    )
