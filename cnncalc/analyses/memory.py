"""Activation memory at inference: what layers write, and the most that is alive at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cnncalc.graph import Graph
from cnncalc.sizes import Shape, Size, at_least, expand, is_symbolic, maximum

#: Bytes of one element.
DTYPES: Mapping[str, int] = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int8": 1}

#: Shapes of the tensors that are alive at one moment.
Moment = tuple[Shape, ...]


class Memory(NamedTuple):
    """Bytes of the tensors that layers write, and of those alive in the fullest moment."""

    written: Size
    peak: Size


def activation_memory(graph: Graph, bytes_per_element: int, batch: Size = 1) -> Memory:
    """Activation bytes of one run in the order of the graph.

    A tensor lives from when it is written until its last reader is done; inputs live from the
    start, outputs to the end. Views (flatten, identity, crop) write nothing and keep what they
    look at alive. Work space inside an operation is not counted, nor the copy that PyTorch makes of a
    view to flatten or reshape it when its elements do not lie in order (after crop, tokens, permute).
    """
    storage = _storage(graph)
    shapes = graph.shapes
    written = (shapes[node.name] for node in graph if storage[node.name] == node.name)
    scale = bytes_per_element * batch
    return Memory(
        expand(sum(shape.numel for shape in written) * scale),
        expand(_largest(_moments(graph, storage)) * scale),
    )


def _storage(graph: Graph) -> dict[str, str]:
    """The tensor that holds each tensor's elements: itself, or what it is a view of."""
    storage = {name: name for name in graph.inputs}
    for node in graph:
        storage[node.name] = storage[node.inputs[0]] if node.layer.view else node.name
    return storage


def _moments(graph: Graph, storage: Mapping[str, str]) -> Iterable[Moment]:
    """What is alive while each node runs."""
    last: dict[str, int] = {}
    for step, node in enumerate(graph):
        for name in (node.name, *node.inputs):
            last[storage[name]] = step
    for name in graph.outputs.values():
        last[storage[name]] = len(graph)
    shapes = graph.shapes
    alive = {name: shapes[name] for name in graph.inputs}
    for step, node in enumerate(graph):
        holder = storage[node.name]
        alive[holder] = shapes[holder]
        yield tuple(alive.values())
        for name in {holder, *(storage[name] for name in node.inputs)}:
            if last[name] == step:
                del alive[name]


def _largest(moments: Iterable[Moment]) -> Size:
    """Elements alive in the fullest moment.

    With symbols, a moment goes when another is fuller for every size: when each of its tensors has
    a tensor of the other to itself that is at least as large along every axis.
    """
    kept: list[Moment] = []
    largest: Size = 0
    for moment in moments:
        total = sum(shape.numel for shape in moment)
        if not is_symbolic(total):
            largest = max(largest, total)
        elif not any(_covers(other, moment) for other in kept):
            kept = [other for other in kept if not _covers(moment, other)] + [moment]
    if not kept:
        return largest
    sums = {expand(sum(shape.numel for shape in moment)) for moment in kept}
    return maximum(sums if largest == 0 else {*sums, largest})


def _covers(larger: Moment, smaller: Moment) -> bool:
    """Is there a tensor of ``larger`` for each of ``smaller``? No may only mean: not found."""
    free = list(larger)
    for shape in smaller:
        match = next((other for other in free if _contains(other, shape)), None)
        if match is None:
            return False
        free.remove(match)
    return True


def _contains(larger: Shape, smaller: Shape) -> bool:
    """Larger along every axis, where sizes are at least 1; a vector compares with the channels."""
    if larger == smaller:
        return True
    if len(smaller) > len(larger):
        return False
    return all(at_least(a, b) is True for a, b in zip(larger, smaller))
