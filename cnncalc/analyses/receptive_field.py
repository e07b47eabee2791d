"""Receptive fields: which input positions a unit sees, exactly, on any graph.

Per axis, the units of a tensor see intervals that repeat: unit m sees ``edges[m % period]``
shifted by ``(m // period) * step``. An ordinary sliding window has period 1; a transposed
convolution or an adaptive pooling gives it more phases. What every unit sees alike (through global
pooling, a gate, a flattened map) is kept apart as the ``context``.

Coordinates are 0-based input pixels; negative ones lie in the padding (of whatever mode).

Axes are followed one by one, which is exact unless a join unites tensors that have units without
any taps (transposed convolutions with kernels smaller than their strides) along several axes: then
the field of a unit that misses a branch along one axis is counted along the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import gcd, lcm
from typing import NamedTuple

from cnncalc.formulas import edge
from cnncalc.graph import Graph, Node
from cnncalc.layers.windows import MOST_PHASES, POINT, Run, Taps, Whole, Window
from cnncalc.sizes import (
    Number,
    Shape,
    Size,
    equal,
    expand,
    is_int,
    is_symbolic,
    maximum,
    minimum,
    ratio,
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
        intervals = self._intervals()
        return maximum(last - first + 1 for first, last in intervals) if intervals else None

    @property
    def jump(self) -> Number | None:
        """Input positions between neighbouring units; None when the field does not move."""
        return self.sliding.jump if self.sliding else None

    @property
    def start(self) -> Number | None:
        """First input position that unit 0 (the first that sees any) reads."""
        intervals = self._intervals()
        return intervals[0][0] if intervals else None

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

    def _intervals(self) -> list[Interval]:
        if self.sliding is not None:
            return [found for found in self.sliding.edges if found is not None]
        return [self.context] if self.context is not None else []


#: An input pixel sees itself.
PIXEL = AxisField(Sliding(1, 1, ((0, 0),)))
#: Sees nothing: all that it reads are positions that a transposed convolution leaves empty.
NOTHING = AxisField(None)
UNDEFINED = AxisField(None, defined=False)

Fields = tuple[AxisField, ...]

_ALL = Whole(keep=True)


class ReceptiveFields(NamedTuple):
    """Fields of every tensor that depends on an input with spatial axes, and what was noticed."""

    fields: dict[str, Fields]
    warnings: tuple[str, ...]


def receptive_fields(graph: Graph) -> ReceptiveFields:
    """The receptive field of every tensor, per axis of the input, as the union over all paths.

    Inputs of the highest rank count, laid on one grid. Source of the recurrence: Araujo, Norris &
    Sim 2019; phases and joins are exact (no upper bounds).
    """
    rank = max(shape.rank for shape in graph.inputs.values())
    fields: dict[str, Fields] = {
        name: (PIXEL,) * rank for name, shape in graph.inputs.items() if rank and shape.rank == rank
    }
    warnings: list[str] = []
    for node in graph:
        xs = graph.inputs_of(node)
        found: list[Fields] = []
        names: list[str] = []  # of the tensors that depend on an input
        for name, x, windows in zip(node.inputs, xs, node.layer.reads(*xs)):
            if name in fields:
                through = _through(windows, x, fields[name])
                if node.layer.reaches_all(*xs):
                    through = _everywhere(through, x, fields[name])
                found.append(through)
                names.append(name)
        if not found:
            continue
        fields[node.name] = found[0] if len(found) == 1 else tuple(map(_union, zip(*found)))
        noticed = _misaligned(node.name, names, found)
        if (
            not noticed
            and UNDEFINED in fields[node.name]
            and not any(UNDEFINED in fields[name] for name in names)
        ):
            noticed = [f"{node.name}: its receptive field {_why_undefined(node, xs)}"]
        warnings += noticed
    return ReceptiveFields(fields, tuple(warnings))


def _why_undefined(node: Node, xs: tuple[Shape, ...]) -> str:
    values = [*node.shape, *(size for x in xs for size in x), *_flat(node.layer.given.values())]
    if any(map(is_symbolic, values)):
        return "depends on the values of the symbols"
    return f"differs between more than {MOST_PHASES:,} units, and is not listed"


def _flat(values: Iterable[object]) -> Iterator[object]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def _through(windows: tuple[Window, ...], x: Shape, fields: Fields) -> Fields:
    """Fields after windows on a tensor; a tensor without axes of its own keeps its context."""
    if len(windows) != len(fields):
        return fields
    found = tuple(
        field if window is POINT else _step(window.taps(n), field)
        for window, n, field in zip(windows, x.spatial, fields)
    )
    return (NOTHING,) * len(found) if NOTHING in found else found


def _everywhere(through: Fields, x: Shape, fields: Fields) -> Fields:
    """Fields of units that depend on all positions of ``x`` too, as their context."""
    if x.rank != len(fields):
        return through
    return tuple(
        field._replace(context=_join((field.context, _step(_ALL.taps(n), below).context)))
        for field, n, below in zip(through, x.spatial, fields)
    )


def _step(taps: Taps | None, field: AxisField) -> AxisField:
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
    step = ratio(below.step * taps.step * rounds, below.period)
    if equal(step, 0) or not any(edges):
        return AxisField(None, _join([*edges, field.context]))
    return _numeric(AxisField(Sliding(rounds * taps.every, step, tuple(edges)), field.context))


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
    low, high = _join(firsts), _join(lasts)
    return (low[0], high[1]) if low and high else None


def _join(intervals: Iterable[Interval | None]) -> Interval | None:
    known = [interval for interval in intervals if interval is not None]
    if not known:
        return None
    if len(known) == 1:
        return expand(known[0][0]), expand(known[0][1])
    firsts, lasts = zip(*known)
    return minimum(firsts), maximum(lasts)


def _union(fields: tuple[AxisField, ...]) -> AxisField:
    """The field of a join: moving parts unite phase by phase, contexts unite apart."""
    context = _join(field.context for field in fields)
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
    edges = tuple(_join(one.interval(phase) for one in moving) for phase in range(period))
    return _numeric(
        AxisField(Sliding(period, first.step * (period // first.period), edges), context)
    )


def _misaligned(node: str, names: list[str], found: list[Fields]) -> list[str]:
    """Branches whose jumps differ (no sliding field is left) or whose centres differ."""
    for axis in range(len(found[0])):
        moving = [
            (name, fields[axis]) for name, fields in zip(names, found) if fields[axis].sliding
        ]
        for name, field in moving[1:]:
            first_name, first = moving[0]
            if equal(_known(field.jump), _known(first.jump)) is not True:
                return [
                    f"{node}: its branches advance differently ({first_name} by {first.jump}, "
                    f"{name} by {field.jump} input positions): the receptive field is undefined"
                ]
            if equal(_known(field.center), _known(first.center)) is False and not _both_causal(
                field, first
            ):
                return [
                    f"{node}: its branches are centred differently ({first_name} at "
                    f"{first.center}, {name} at {field.center})"
                ]
    return []


def _both_causal(a: AxisField, b: AxisField) -> bool:
    """Do both see nothing after their own position? Causal branches are centred differently."""
    first = [field.sliding and field.sliding.edges[0] for field in (a, b)]
    return all(interval is not None and equal(interval[1], 0) is True for interval in first)


def _known(value: Number | None) -> Number:
    assert value is not None
    return value


def last_feature_map(graph: Graph, fields: dict[str, Fields]) -> str | None:
    """The last tensor on the way to an output whose units still see different parts of the input.

    What follows it (global pooling, flattening, linear layers) sees the same everywhere. Where its
    field is undefined (adaptive pooling of a symbolic size), the tensor that it is made of is asked
    instead, as far as there is only one.
    """
    for node in reversed(graph.nodes):
        found = fields.get(node.name)
        if not found or node.shape.rank == 0 or node.name not in graph.used:
            continue
        if all(field.sliding is not None or field == UNDEFINED for field in found):
            return _defined_before(graph, fields, node.name) or node.name
    return None


def _defined_before(graph: Graph, fields: dict[str, Fields], name: str) -> str | None:
    inputs = {node.name: node.inputs for node in graph}
    while UNDEFINED in fields[name]:
        if len(inputs[name]) != 1 or inputs[name][0] not in inputs:
            return None
        (name,) = inputs[name]
    return name
