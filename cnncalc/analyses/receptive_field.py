"""Receptive fields: which input positions a unit sees, exactly, on any graph.

Axes are followed one by one, which is exact unless a join unites tensors that have units without
any taps (transposed convolutions with kernels smaller than their strides) along several axes: then
the field of a unit that misses a branch along one axis is counted along the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cnncalc.analyses.alignment import misaligned
from cnncalc.analyses.findings import Finding, warning
from cnncalc.analyses.sliding import (
    NOTHING,
    PIXEL,
    UNDEFINED,
    AxisField,
    Fields,
    Sliding,
    hull_of,
    through_taps,
    union,
)
from cnncalc.graph import Graph, Node
from cnncalc.layers.windows import MOST_PHASES, POINT, Whole, Window
from cnncalc.sizes import Shape, Size, is_symbolic

__all__ = [
    "NOTHING",
    "UNDEFINED",
    "AxisField",
    "Branch",
    "Fields",
    "ReceptiveFields",
    "Sliding",
    "branches",
    "input_fields",
    "last_feature_map",
    "last_map",
    "receptive_fields",
    "through",
]

_ALL = Whole(keep=True)


class ReceptiveFields(NamedTuple):
    """Fields of every tensor that depends on an input with spatial axes, and what was noticed."""

    fields: dict[str, Fields]
    findings: tuple[Finding, ...]


class Branch(NamedTuple):
    """One input of a node that depends on the network's: its field, seen through the node."""

    name: str
    fields: Fields


def receptive_fields(graph: Graph) -> ReceptiveFields:
    """The receptive field of every tensor, per axis of the input, as the union over all paths.

    Inputs of the highest rank count, laid on one grid. Source of the recurrence: Araujo, Norris &
    Sim 2019; phases and joins are exact (no upper bounds).
    """
    fields = input_fields(graph)
    findings: list[Finding] = []
    for node in graph:
        found = branches(graph, node, fields)
        if not found:
            continue
        fields[node.name] = tuple(map(union, zip(*(branch.fields for branch in found))))
        if node.layer.inside:
            inner = receptive_fields(node.layer.inside.first).findings
            findings += [
                one._replace(node=node.name, message=f"{node.name}: {one}") for one in inner
            ]
        noticed = misaligned(
            node.name,
            [branch.name for branch in found],
            [branch.fields for branch in found],
            node.shape.spatial,
        )
        if noticed:
            findings.append(noticed)
        elif UNDEFINED in fields[node.name] and not any(
            UNDEFINED in fields[branch.name] for branch in found
        ):
            why = _why_undefined(node, graph.inputs_of(node))
            findings.append(warning(f"{node.name}: its receptive field {why}", node.name))
    return ReceptiveFields(fields, tuple(findings))


def input_fields(graph: Graph) -> dict[str, Fields]:
    """Every pixel of an input sees itself."""
    rank = max(shape.rank for shape in graph.inputs.values())
    return {
        name: (PIXEL,) * rank for name, shape in graph.inputs.items() if rank and shape.rank == rank
    }


def branches(graph: Graph, node: Node, fields: Mapping[str, Fields]) -> list[Branch]:
    """The inputs of ``node`` that have ``fields``, as its units see them."""
    xs = graph.inputs_of(node)
    reaches_all = node.layer.reaches_all(*xs)
    found = []
    for name, x, windows in zip(node.inputs, xs, node.layer.reads(*xs)):
        if name in fields:
            seen = _through(windows, x, fields[name])
            found.append(Branch(name, _everywhere(seen, x, fields[name]) if reaches_all else seen))
    return found


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
    found = tuple(map(through, windows, x.spatial, fields))
    return (NOTHING,) * len(found) if NOTHING in found else found


def through(window: Window, n: Size, field: AxisField) -> AxisField:
    """The field along one axis after a window on ``n`` positions."""
    return field if window is POINT else through_taps(window.taps(n), field)


def _everywhere(through: Fields, x: Shape, fields: Fields) -> Fields:
    """Fields of units that depend on all positions of ``x`` too, as their context."""
    if x.rank != len(fields):
        return through
    return tuple(
        field._replace(context=hull_of((field.context, through_taps(_ALL.taps(n), below).context)))
        for field, n, below in zip(through, x.spatial, fields)
    )


def last_feature_map(graph: Graph, fields: dict[str, Fields]) -> str | None:
    """The last tensor on the way to an output whose units still see different parts of the input.

    What follows it (global pooling, flattening, linear layers) sees the same everywhere. Where its
    field is undefined (adaptive pooling of a symbolic size), the tensor that it is made of is asked
    instead, as far as there is only one.
    """
    last = last_map(graph, fields)
    return last and (_defined_before(graph, fields, last) or last)


def last_map(graph: Graph, fields: dict[str, Fields]) -> str | None:
    """The last feature map, whether its field is defined or not."""
    for node in reversed(graph.nodes):
        found = fields.get(node.name)
        if not found or node.shape.rank == 0 or node.name not in graph.used:
            continue
        if all(field.sliding is not None or field == UNDEFINED for field in found):
            return node.name
    return None


def _defined_before(graph: Graph, fields: dict[str, Fields], name: str) -> str | None:
    inputs = {node.name: node.inputs for node in graph}
    while UNDEFINED in fields[name]:
        if len(inputs[name]) != 1 or inputs[name][0] not in inputs:
            return None
        (name,) = inputs[name]
    return name
