"""Which positions every unit reads, said by the layers' windows: all units of all tensors at once.

What :class:`cnncalc.analyses.tracing.Tracer` finds for one unit by walking backwards, without the
paths; the fields of ``verify`` are measured for hundreds of units, which takes that minutes.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import NamedTuple

from cnncalc import formulas
from cnncalc.analyses.receptive_field import Fields
from cnncalc.graph import Graph, Node
from cnncalc.layers.windows import POINT, Taps, Window
from cnncalc.sizes import Size


class Reach(NamedTuple):
    """What the units of a tensor read along an axis.

    ``seen``: positions of the inputs, as bits of a number. ``clear``: whether all that is read on
    the way exists, borders and padding untouched. ``open``: whether something is read through
    every branch on the way; on an input that is too narrow, a branch may read padding only.
    """

    seen: list[int]
    clear: list[bool]
    open: list[bool]


class Local(NamedTuple):
    """The part of a graph that moves over the input along an axis.

    What else its layers read, all units see alike along the axis (a gate, the whole map), or not
    at all: it does not belong to the local fields. ``passes``: for each input of a layer, whether
    it does.
    """

    tensors: frozenset[str]
    passes: dict[str, tuple[bool, ...]]


def local_part(graph: Graph, fields: dict[str, Fields], axis: int) -> Local:
    """Tensors whose fields move along an axis or are undefined, and what they are read through."""
    tensors = frozenset(
        name
        for name in graph.shapes
        if name in fields and (fields[name][axis].sliding or not fields[name][axis].defined)
    )
    passes = {}
    for node in graph:
        if node.name in tensors:
            xs = graph.inputs_of(node)
            readings = zip_longest(node.inputs, xs, node.layer.reads(*xs))
            passes[node.name] = tuple(
                name in tensors and (windows is None or _moves(windows[axis], x.spatial[axis]))
                for name, x, windows in readings
            )
    return Local(tensors, passes)


def _moves(window: Window, n: Size) -> bool:
    """Do the units of a window read different positions?"""
    taps = None if window is POINT else window.taps(n)
    return taps is None or taps.step != 0


def reaches(graph: Graph, local: Local, axis: int) -> dict[str, Reach]:
    """What units of the local part read through it; nothing is said where taps are not listed."""
    found: dict[str, Reach] = {}
    for name, shape in graph.inputs.items():
        if name in local.tensors:
            n = shape.spatial[axis]
            found[name] = Reach([1 << position for position in range(n)], [True] * n, [True] * n)
    for node in graph:
        if node.name not in local.tensors:
            continue
        xs = graph.inputs_of(node)
        readings = zip(node.inputs, xs, node.layer.reads(*xs), local.passes[node.name])
        parts = [
            _through(windows[axis], found.get(name), node, x.spatial[axis], axis)
            for name, x, windows, passes in readings
            if passes
        ]
        listed = [part for part in parts if part is not None]
        if listed == parts:
            found[node.name] = listed[0] if len(listed) == 1 else _joined(listed)
    return found


def _through(window: Window, below: Reach | None, node: Node, n: Size, axis: int) -> Reach | None:
    if below is None or window is POINT:
        return below
    taps = window.taps(n)
    mode = vars(node.layer).get("mode", "zeros")
    return _read(below, taps, node.shape.spatial[axis], mode) if taps else None


def _read(below: Reach, taps: Taps, units: int, mode: str) -> Reach:
    n = len(below.seen)
    found = Reach([], [], [])
    for unit in range(units):
        if taps.units is not None and unit >= taps.units:
            found.seen.append(0)
            found.clear.append(False)
            found.open.append(False)
            continue
        turns, phase = divmod(unit, taps.every)
        first, spacing, count = taps.runs[phase]
        first += turns * taps.step
        mask, clear, open_ = 0, True, False
        for position in range(first, first + spacing * count, spacing):
            if 0 <= position < n:
                mask |= below.seen[position]
                clear = clear and below.clear[position]
                open_ = open_ or below.open[position]
            else:
                clear = False
                repeated = formulas.folded(position, n, mode)
                if repeated is not None:
                    mask |= below.seen[repeated]
        found.seen.append(mask)
        found.clear.append(clear)
        found.open.append(open_)
    return found


def _joined(parts: list[Reach]) -> Reach:
    found = parts[0]
    for part in parts[1:]:
        found = Reach(
            [a | b for a, b in zip(found.seen, part.seen)],
            [a and b for a, b in zip(found.clear, part.clear)],
            [a and b for a, b in zip(found.open, part.open)],
        )
    return found


def clear_units(reach: Reach) -> range:
    """The longest stretch of units that are clear of all borders."""
    longest, start = range(0), 0
    for unit, clear in enumerate((*reach.clear, False)):
        if not clear:
            longest = max(longest, range(start, unit), key=len)
            start = unit + 1
    return longest
