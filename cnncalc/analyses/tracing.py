"""Which positions of the input one unit reads, and along how many paths: by walking backwards.

Where :mod:`cnncalc.analyses.receptive_field` describes all units at once by the ends of their
fields, this follows a single unit through every layer: exact on any graph, holes, joins of
branches that advance differently and borders included. Its numbers must be ints.

A path is a choice, at every layer, of one of the positions that the unit there reads (channels do
not count), so the number of paths from a position is what convolving the kernels' supports gives.
Source: Luo, Li, Urtasun & Zemel 2016, "Understanding the effective receptive field in deep
convolutional neural networks", section 2 (all weights equal).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, pairwise
from typing import Any, NamedTuple, TypeAlias

from cnncalc.analyses.receptive_field import AxisField, Fields
from cnncalc.errors import UsageError
from cnncalc.formulas import folded
from cnncalc.graph import Graph, Node
from cnncalc.layers.windows import POINT, Taps, Window
from cnncalc.sizes import Size, is_int

#: Paths by position: ``{first axis: {second axis: … paths}}``, one level for each followed axis.
Cells: TypeAlias = "dict[int, Any]"


#: Kernels with more taps than this are read by what enters and leaves them.
_WIDE = 8


class _Reading(NamedTuple):
    """One input of a node and, per axis, what its units read; None for each by itself.

    ``still``: along which axes all units see the same of it, so that it is context there.
    ``mode``: what its padding repeats.
    """

    name: str
    taps: tuple[Taps | None, ...]
    still: tuple[bool, ...]
    mode: str = "zeros"


class Tracer:
    """Follows units of a graph's tensors back to its inputs.

    Where the units asked for see different parts of the input, only what is local to them is
    followed: what all of them see alike (through global pooling, a gate) is context. Raises :class:`UsageError` where sizes or kernels are symbols.
    """

    def __init__(self, graph: Graph, fields: Mapping[str, Fields]) -> None:
        self._graph = graph
        self._fields = fields
        self._nodes = {node.name: node for node in graph}
        self._readings: dict[str, tuple[_Reading, ...]] = {}

    def paths(self, name: str, unit: Mapping[int, int], clip: bool = False) -> Cells:
        """Paths to a unit of tensor ``name`` from each position along the axes of ``unit``.

        ``unit`` has the unit's index for each axis to follow. The others count by the number of
        positions read along them, which must be the same for every unit: see :meth:`even`.
        ``clip``: only positions that exist, in every tensor on the way; without, the field of a
        unit far from all borders. An empty answer: the unit sees nothing.
        """
        axes = sorted(unit)
        moving = [axis for axis in axes if not _still(self._fields[name][axis])]
        start: Any = 1
        for axis in reversed(axes):
            start = {unit[axis]: start}
        pending: dict[str, Cells] = {name: start}
        found: Cells = {}
        for node in reversed(self._graph.nodes):
            if node.name not in pending:
                continue
            cells = self._within(node.name, pending.pop(node.name), axes, clip)
            for reading in self._reading(node.name):
                if any(reading.still[axis] for axis in moving):
                    continue
                made = cells
                for axis, taps in enumerate(reading.taps):
                    if taps is None:
                        continue
                    if axis in unit:
                        kept = taps if clip else taps._replace(units=None)
                        made = _read(made, kept, axes.index(axis))
                        if clip and reading.mode != "zeros":
                            n = self._graph.shapes[reading.name].spatial[axis]
                            made = _folded(made, n, reading.mode, axes.index(axis))
                    else:
                        made = _times(made, max(run.count for run in taps.runs))
                pending[reading.name] = _sum(pending.get(reading.name, {}), made)
        for tensor, cells in pending.items():  # only inputs are left
            found = _sum(found, self._within(tensor, cells, axes, clip))
        return found

    def even(self, name: str, axes: tuple[int, ...]) -> bool:
        """Do all units on the way to ``name`` read equally many positions along ``axes``?"""
        return all(
            len({run.count for run in taps.runs}) == 1
            for tensor in self._before(name)
            for reading in self._reading(tensor)
            for axis, taps in enumerate(reading.taps)
            if axis in axes and taps is not None
        )

    def _before(self, name: str) -> Iterator[str]:
        """``name`` and the tensors that its local field goes through, inputs left out."""
        wanted = {name}
        for node in reversed(self._graph.nodes):
            if node.name in wanted:
                yield node.name
                wanted.update(reading.name for reading in self._reading(node.name))

    def _reading(self, name: str) -> tuple[_Reading, ...]:
        """What a tensor is made of, as far as it slides over the input; nothing for an input."""
        if name not in self._readings:
            node = self._nodes.get(name)
            self._readings[name] = tuple(self._inputs_of(node)) if node else ()
        return self._readings[name]

    def _inputs_of(self, node: Node) -> Iterator[_Reading]:
        xs = self._graph.inputs_of(node)
        for name, x, windows in zip(node.inputs, xs, node.layer.reads(*xs)):
            fields = self._fields.get(name)
            if not fields or len(windows) != len(fields):
                continue
            taps = tuple(map(_taps, windows, x.spatial))
            still = tuple(
                _still(field) or (one is not None and one.step == 0)
                for field, one in zip(fields, taps)
            )
            yield _Reading(name, taps, still, vars(node.layer).get("mode", "zeros"))

    def _within(self, name: str, cells: Cells, axes: list[int], clip: bool) -> Cells:
        if not clip:
            return cells
        sizes = self._graph.shapes[name].spatial
        inside: Cells = _clipped(cells, [sizes[axis] for axis in axes])
        return inside


def _still(field: AxisField) -> bool:
    """Do all units see the same?"""
    return field.defined and field.sliding is None


def _taps(window: Window, n: Size) -> Taps | None:
    if window is POINT:
        return None
    taps = window.taps(n)
    numbers = taps and all(map(is_int, (taps.step, *chain.from_iterable(taps.runs))))
    if not numbers:
        raise UsageError(
            "which positions a unit reads is counted in numbers only",
            hint="give the symbols values: --at H=224,W=224",
        )
    return taps


def _read(cells: Any, taps: Taps, depth: int) -> Any:
    """The positions that units read along the axis at ``depth``; each passes on its paths."""
    if depth:
        return {index: _read(inner, taps, depth - 1) for index, inner in cells.items()}
    if len(taps.runs) == 1 and taps.runs[0].count > _WIDE and all(map(is_int, cells.values())):
        return _read_wide(cells, taps)
    found: dict[int, Any] = {}
    for unit, paths in cells.items():
        if taps.units is not None and unit >= taps.units:
            continue
        turns, phase = divmod(unit, taps.every)
        first, spacing, count = taps.runs[phase]
        first += turns * taps.step
        for position in range(first, first + spacing * count, spacing):
            found[position] = _sum(found[position], paths) if position in found else paths
    return found


def _read_wide(cells: dict[int, int], taps: Taps) -> dict[int, int]:
    """The same for one wide kernel: what enters and leaves its window, added up along the axis."""
    (run,) = taps.runs
    changes: dict[int, int] = {}
    for unit, paths in cells.items():
        first = run.first + unit * taps.step
        after = first + run.spacing * run.count
        changes[first] = changes.get(first, 0) + paths
        changes[after] = changes.get(after, 0) - paths
    found: dict[int, int] = {}
    for rest in range(run.spacing):
        here = sorted(position for position in changes if position % run.spacing == rest)
        paths = 0
        for position, following in pairwise(here):
            paths += changes[position]
            if paths:
                for one in range(position, following, run.spacing):
                    found[one] = paths
    return found


def _folded(cells: Any, size: int, mode: str, depth: int) -> Any:
    """Paths to positions in the padding are paths to those that they repeat."""
    if depth:
        return {index: _folded(inner, size, mode, depth - 1) for index, inner in cells.items()}
    found: dict[int, Any] = {}
    for position, paths in cells.items():
        at = folded(position, size, mode)
        if at is not None:
            found[at] = _sum(found[at], paths) if at in found else paths
    return found


def _sum(a: Any, b: Any) -> Any:
    """Paths of two sets of cells together."""
    if is_int(a):
        return a + b
    if len(a) < len(b):
        a, b = b, a
    both = dict(a)
    for index, paths in b.items():
        both[index] = _sum(both[index], paths) if index in both else paths
    return both


def _times(cells: Any, factor: int) -> Any:
    if factor == 1:
        return cells
    if is_int(cells):
        return cells * factor
    return {index: _times(inner, factor) for index, inner in cells.items()}


def _clipped(cells: Any, sizes: list[int]) -> Any:
    """The cells that lie in a tensor of ``sizes``; those left without any are dropped."""
    if not sizes:
        return cells
    inside = (
        (index, _clipped(inner, sizes[1:]))
        for index, inner in cells.items()
        if 0 <= index < sizes[0]
    )
    return {index: inner for index, inner in inside if inner}
