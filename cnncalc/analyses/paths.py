"""The smallest and the largest path behind a receptive field.

A path takes one branch at every join. Its field is a chain's: the recurrence without unions. The
paths of a network are too many to list (2 to the number of its joins), so only those are kept, join
by join, that may still become the smallest or the largest: one whose field lies within another's in
every phase stays within it through any window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from math import lcm
from typing import NamedTuple

from cnncalc.analyses.receptive_field import input_fields, through
from cnncalc.analyses.sliding import AxisField
from cnncalc.graph import Graph, Node
from cnncalc.sizes import at_least, equal

#: More candidates than this are not kept; the answer then says that it is not certain.
MOST_CANDIDATES = 64


class Stop(NamedTuple):
    """A tensor on a path, the field along the path there, and the stop before."""

    name: str
    field: AxisField
    before: Stop | None = None


class Path(NamedTuple):
    """A path from an input, along one axis. ``certain``: no path is smaller (or larger)."""

    stops: tuple[Stop, ...]
    certain: bool

    @property
    def field(self) -> AxisField:
        return self.stops[-1].field


class Extremes(NamedTuple):
    """The smallest and the largest path to a tensor, along one axis."""

    smallest: Path
    largest: Path


def extreme_paths(graph: Graph, name: str, axis: int) -> Extremes | None:
    """The paths to tensor ``name`` with the smallest and the largest field along ``axis``.

    Compared by their largest phase. None where symbols leave open which is which (repetitions of
    branches, how often being a symbol, too), or where no path has a field of its own.
    """
    before = graph.before(name)
    if any(node.name in before and _branches_inside(node) for node in graph):
        return None
    smallest = _best(graph, name, axis, _within, _no_larger)
    largest = _best(graph, name, axis, _contains, _no_smaller)
    return Extremes(smallest, largest) if smallest and largest else None


def _branches_inside(node: Node) -> bool:
    """Do paths part inside a node that stands for repetitions? They are not followed there."""
    inside = node.layer.inside
    return inside is not None and any(
        len(one.inputs) > 1 or _branches_inside(one) for one in inside.first
    )


_Test = Callable[[AxisField, AxisField], bool]


def _best(graph: Graph, name: str, axis: int, surely: _Test, ranks: _Test) -> Path | None:
    """``surely``: is one field, whatever follows, as good as another? ``ranks``: is it now?"""
    kept = {tensor: [Stop(tensor, found[axis])] for tensor, found in input_fields(graph).items()}
    certain = True
    for node in graph:
        best: list[Stop] = []
        for one in _candidates(graph, node, axis, kept):
            if not any(surely(other.field, one.field) for other in best):
                best = [other for other in best if not surely(one.field, other.field)]
                best.append(one)
        if len(best) > MOST_CANDIDATES:
            best, certain = best[:MOST_CANDIDATES], False
        if best:
            kept[node.name] = best
        if node.name == name:
            break
    ends = kept.get(name, [])
    for one in ends:
        if all(ranks(one.field, other.field) for other in ends):
            return Path(_stops(one), certain)
    return None


def _candidates(
    graph: Graph, node: Node, axis: int, kept: Mapping[str, list[Stop]]
) -> Iterator[Stop]:
    xs = graph.inputs_of(node)
    rank = max(shape.rank for shape in graph.inputs.values())
    for name, x, windows in zip(node.inputs, xs, node.layer.reads(*xs)):
        if len(windows) == rank:
            for stop in kept.get(name, ()):
                seen = through(windows[axis], x.spatial[axis], stop.field)
                if seen.sliding is not None:
                    yield Stop(node.name, seen._replace(context=None), stop)


def _stops(stop: Stop | None) -> tuple[Stop, ...]:
    found = []
    while stop is not None:
        found.append(stop)
        stop = stop.before
    return tuple(reversed(found))


def _within(a: AxisField, b: AxisField) -> bool:
    """Does ``a`` see less than ``b`` through whatever follows? With one phase its size says so."""
    one, other = a.sliding, b.sliding
    if one is None or other is None or equal(one.jump, other.jump) is not True:
        return False
    if one.period == other.period == 1:
        return _no_larger(a, b)
    for phase in range(lcm(one.period, other.period)):
        inner, outer = one.interval(phase), other.interval(phase)
        if inner and not (
            outer and at_least(inner[0], outer[0]) is True and at_least(outer[1], inner[1]) is True
        ):
            return False
    return True


def _contains(a: AxisField, b: AxisField) -> bool:
    return _within(b, a)


def _no_larger(a: AxisField, b: AxisField) -> bool:
    if a.size is None or b.size is None:
        return a.size is None
    return at_least(b.size, a.size) is True


def _no_smaller(a: AxisField, b: AxisField) -> bool:
    return _no_larger(b, a)
