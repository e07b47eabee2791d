"""Fields that slide: the intervals of input positions that the units along one axis see.

The units of a tensor see intervals that repeat: unit m sees ``edges[m % period]`` shifted by
``(m // period) * step``. An ordinary sliding window has period 1; a transposed convolution or an
adaptive pooling gives it more phases. What every unit sees alike (through global pooling, a gate, a
flattened map) is kept apart as the ``context``.

Coordinates are 0-based input pixels; negative ones lie in the padding (of whatever mode).
"""

from __future__ import annotations

from collections.abc import Iterable
from math import gcd, lcm
from typing import NamedTuple

from cnncalc.formulas import advance, edge, extent
from cnncalc.layers.windows import MOST_PHASES, Run, Taps
from cnncalc.sizes import (
    Number,
    Size,
    equal,
    expand,
    is_int,
    is_symbolic,
    maximum,
    minimum,
    ratio,
    whole,
)

#: First and last input position.
Interval = tuple[Number, Number]


class Sliding(NamedTuple):
    """Fields that move with the unit: unit q·period + t sees ``edges[t]`` shifted by q·step."""

    period: int
    step: Size
    edges: tuple[Interval | None, ...]

    @property
    def jump(self) -> Number:
        """Input positions from one unit to the next, on average over the phases."""
        return ratio(self.step, self.period)

    def interval(self, unit: Size) -> Interval | None:
        """What one unit sees. ``unit`` may be symbolic when there is a single phase."""
        turns, phase = (unit, 0) if self.period == 1 else divmod(unit, self.period)
        found = self.edges[phase]
        if found is None:
            return None
        first, last = found
        return edge(first, turns, self.step), edge(last, turns, self.step)


class AxisField(NamedTuple):
    """The field along one axis of the input.

    ``sliding`` is the part that moves with the unit, ``context`` the interval that all units see;
    with neither, they see nothing. ``defined``: no when the field does not slide evenly, or depends
    on the values of symbols (see the analysis's warnings).
    """

    sliding: Sliding | None
    context: Interval | None = None
    defined: bool = True

    @property
    def size(self) -> Number | None:
        """Largest number of input positions from the first to the last that a unit sees."""
        intervals = self.intervals
        return maximum(extent(*one) for one in intervals) if intervals else None

    @property
    def jump(self) -> Number | None:
        """Input positions between neighbouring units; None when the field does not move."""
        return self.sliding.jump if self.sliding else None

    @property
    def start(self) -> Number | None:
        """First input position that unit 0 (the first that sees any) reads."""
        intervals = self.intervals
        return intervals[0][0] if intervals else None

    @property
    def end(self) -> Number | None:
        """Last input position that unit 0 (the first that sees any) reads."""
        intervals = self.intervals
        return intervals[0][1] if intervals else None

    @property
    def padding(self) -> Number | None:
        """Effective padding: positions before the input that unit 0's field begins with.

        Negative where it begins inside the input. Source: Araujo, Norris & Sim 2019, equation 3.
        """
        return None if self.start is None else -self.start

    @property
    def center(self) -> Number | None:
        """Middle of unit 0's field; of several phases, the mean of their centre lines."""
        if self.sliding is None:
            return ratio(self.context[0] + self.context[1], 2) if self.context else None
        jump = self.sliding.jump
        doubled = [
            found[0] + found[1] - 2 * phase * jump
            for phase, found in enumerate(self.sliding.edges)
            if found is not None
        ]
        return ratio(sum(doubled), 2 * len(doubled))

    @property
    def intervals(self) -> list[Interval]:
        """What units see: of each phase that sees anything, from unit 0's on; or the context."""
        if self.sliding is not None:
            return [found for found in self.sliding.edges if found is not None]
        return [self.context] if self.context is not None else []


#: An input pixel sees itself.
PIXEL = AxisField(Sliding(1, 1, ((0, 0),)))
#: Sees nothing: all that it reads are positions that a transposed convolution leaves empty.
NOTHING = AxisField(None)
UNDEFINED = AxisField(None, defined=False)

Fields = tuple[AxisField, ...]


def through_taps(taps: Taps | None, field: AxisField) -> AxisField:
    """The field of a window's units, from the field of what it reads."""
    if field.sliding is None:
        return field
    below = field.sliding
    if taps is None or not (below.period == 1 or is_int(taps.step)):
        return UNDEFINED
    rounds = below.period // gcd(below.period, taps.step) if below.period > 1 else 1
    if rounds * taps.every > MOST_PHASES:
        return UNDEFINED
    edges: list[Interval | None] = []
    for unit in range(rounds * taps.every):
        turns, phase = divmod(unit, taps.every)
        run = taps.runs[phase]
        shifted = run._replace(first=edge(run.first, turns, taps.step))
        if below.period > 1 and not (is_int(run.count) and is_int(run.first)):
            return UNDEFINED
        edges.append(_hull(shifted, below))
    period = rounds * taps.every
    step = whole(advance(below.jump, taps.step, taps.every) * period)
    if equal(step, 0) or not any(edges):
        return AxisField(None, hull_of([*edges, field.context]))
    return _numeric(AxisField(Sliding(period, step, tuple(edges)), field.context))


def _numeric(field: AxisField) -> AxisField:
    """Several phases are told apart in numbers only; with symbols in them, undefined."""
    sliding = field.sliding
    if sliding is None or sliding.period == 1:
        return field
    symbolic = any(is_symbolic(end) for found in sliding.edges if found for end in found)
    return UNDEFINED if symbolic else field


def _hull(run: Run, below: Sliding) -> Interval | None:
    """The interval that a run of units of ``below`` sees together.

    Units ``period`` apart see the same, shifted forward: so the first ``period`` of the run hold
    the smallest start and the last ``period`` the largest end.
    """
    few = below.period if below.period == 1 else min(below.period, run.count)
    firsts = [below.interval(edge(run.first, i, run.spacing)) for i in range(few)]
    lasts = [below.interval(edge(run.first, run.count - 1 - i, run.spacing)) for i in range(few)]
    if below.period == 1 and is_int(run.count) and run.count == 0:
        return None
    low, high = hull_of(firsts), hull_of(lasts)
    return (low[0], high[1]) if low and high else None


def hull_of(intervals: Iterable[Interval | None]) -> Interval | None:
    known = [interval for interval in intervals if interval is not None]
    if not known:
        return None
    if len(known) == 1:
        return expand(known[0][0]), expand(known[0][1])
    firsts, lasts = zip(*known)
    return minimum(firsts), maximum(lasts)


def union(fields: tuple[AxisField, ...]) -> AxisField:
    """The field of a join: moving parts unite phase by phase, contexts unite apart."""
    if len(fields) == 1:
        return fields[0]
    context = hull_of(field.context for field in fields)
    moving = [field.sliding for field in fields if field.sliding is not None]
    if UNDEFINED in fields:
        return UNDEFINED
    if not moving:
        return AxisField(None, context)
    first, *others = moving
    if any(equal(other.jump, first.jump) is not True for other in others):
        return UNDEFINED
    period = lcm(*(one.period for one in moving))
    if period > MOST_PHASES:
        return UNDEFINED
    edges = tuple(hull_of(one.interval(phase) for one in moving) for phase in range(period))
    return _numeric(
        AxisField(Sliding(period, first.step * (period // first.period), edges), context)
    )
