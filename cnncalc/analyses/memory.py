"""Activation memory at inference: what layers write, and the most that is alive at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cnncalc.graph import Graph
from cnncalc.layers.repeated import Inside
from cnncalc.sizes import Shape, Size, at_least, expand, is_symbolic, maximum

#: Bytes of one element.
DTYPES: Mapping[str, int] = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int8": 1}

#: Shapes of the tensors that are alive at one moment.
Moment = tuple[Shape, ...]


class Memory(NamedTuple):
    """Bytes of the tensors that layers write, and of those alive in the fullest moment.

    The peak is None where values of symbols decide which of the repetitions of a loop is fullest.
    """

    written: Size
    peak: Size | None


def activation_memory(graph: Graph, bytes_per_element: int, batch: Size = 1) -> Memory:
    """Activation bytes of one run in the order of the graph.

    A tensor lives from when it is written until its last reader is done; inputs live from the
    start, outputs to the end. Views (flatten, identity, crop) write nothing and keep what they
    look at alive. Work space inside an operation is not counted, nor the copy that PyTorch makes of a
    view to flatten or reshape it when its elements do not lie in order (after crop, tokens, permute).
    """
    scale = bytes_per_element * batch
    return Memory(
        expand(elements_written(graph) * scale),
        expand(_largest(_moments(graph)) * scale) if _is_known(graph) else None,
    )


def elements_written(graph: Graph) -> Size:
    """Elements of the tensors that layers write."""
    written: Size = 0
    for node in graph:
        if node.layer.inside:
            written += node.layer.inside.written
        elif not node.layer.view:
            written += node.shape.numel
    return written


def _is_known(graph: Graph) -> bool:
    runs = [node.layer.inside for node in graph if node.layer.inside]
    return all(run.known and _is_known(run.first) for run in runs)


def storage_of(graph: Graph) -> dict[str, str]:
    """The tensor that holds each tensor's elements: itself, or what it is a view of."""
    storage = {name: name for name in graph.inputs}
    for node in graph:
        storage[node.name] = storage[node.inputs[0]] if node.layer.view else node.name
    return storage


def _moments(graph: Graph, held: Shape | None = None, keep: bool = False) -> Iterator[Moment]:
    """What is alive while each node runs.

    ``held``: what the graph's input is a view of, if not its own. ``keep``: inputs live to the end.
    """
    storage = storage_of(graph)
    last: dict[str, int] = {}
    for step, node in enumerate(graph):
        for name in (node.name, *node.inputs):
            last[storage[name]] = step
    for name in (*graph.outputs.values(), *(graph.inputs if keep else ())):
        last[storage[name]] = len(graph)
    shapes = graph.shapes
    alive = {name: held or shape for name, shape in graph.inputs.items()}
    for step, node in enumerate(graph):
        holder, source = storage[node.name], storage[node.inputs[0]]
        if node.layer.inside:
            others = (shape for name, shape in alive.items() if name != source)
            kept = last[source] > step
            yield from _during(node.layer.inside, tuple(others), alive[source], kept)
        alive[holder] = alive.get(holder) or shapes[holder]
        if not node.layer.inside:
            yield tuple(alive.values())
        for name in {holder, *(storage[name] for name in node.inputs)}:
            if last[name] == step:
                del alive[name]


def _during(inside: Inside, others: Moment, source: Shape, kept: bool) -> Iterator[Moment]:
    """What is alive while networks run inside a layer: the first, and the fullest of the others.

    ``kept``: is their input, which is stored as ``source``, needed afterwards? Then a second run
    has it beside its own, if there is a second run.
    """
    first = list(_moments(inside.first, source, kept))
    for moment in first:
        yield (*others, *moment)
    if inside.later and (kept or inside.grows):
        for moment in _moments(inside.later):
            found = (source, *moment) if kept else moment
            if inside.more == 1 or not kept:
                yield (*others, *found)
            elif not any(_covers(one, found) for one in first):
                yield tuple(Shape((inside.more, *shape)) for shape in (*others, *found))


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
