"""Activation memory at inference: what layers write, and the most that is alive at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from cnncalc.formulas import stored
from cnncalc.graph import Graph
from cnncalc.layers import Layer
from cnncalc.layers.repeated import Inside
from cnncalc.sizes import Shape, Size, at_least, expand, is_symbolic, maximum

#: Bytes of one element.
DTYPES: Mapping[str, int] = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int8": 1}


class Moment(NamedTuple):
    """The tensors that are alive while a node runs, by name."""

    node: str
    alive: tuple[tuple[str, Shape], ...]

    @property
    def shapes(self) -> tuple[Shape, ...]:
        return tuple(shape for _, shape in self.alive)

    @property
    def elements(self) -> Size:
        return sum(shape.numel for _, shape in self.alive)

    def beside(self, others: Iterable[tuple[str, Shape]]) -> Moment:
        """The same moment with other tensors alive too."""
        return self._replace(alive=(*others, *self.alive))


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
    known = is_known(graph)
    return Memory(
        expand(stored(elements_written(graph), bytes_per_element, batch)),
        expand(stored(_largest(fullest(graph)), bytes_per_element, batch)) if known else None,
    )


def elements_written(graph: Graph) -> Size:
    """Elements of the tensors that layers write."""
    written: Size = 0
    for node in graph:
        written += written_by(node.layer, node.shape)
    return written


def written_by(layer: Layer, output: Shape) -> Size:
    """Elements of the tensors that a layer writes: its output, unless that is a view."""
    if layer.inside:
        return layer.inside.written
    return 0 if layer.view else output.numel


def is_known(graph: Graph) -> bool:
    """Is it known for all values of the symbols which repetition of a loop is the fullest?"""
    runs = [node.layer.inside for node in graph if node.layer.inside]
    return all(run.known and is_known(run.first) for run in runs)


def fullest(graph: Graph) -> list[Moment]:
    """The fullest moment; with symbols, all that may be the fullest for some of their values.

    With symbols, a moment goes when another is fuller for every size: when each of its tensors has
    a tensor of the other to itself that is at least as large along every axis.
    """
    kept: list[Moment] = []
    largest, most = None, 0
    for moment in moments(graph):
        total = moment.elements
        if not is_symbolic(total):
            if largest is None or total > most:
                largest, most = moment, total
        elif not any(_covers(other.shapes, moment.shapes) for other in kept):
            kept = [one for one in kept if not _covers(moment.shapes, one.shapes)] + [moment]
    return [*kept, *([largest] if largest else [])]


def storage_of(graph: Graph) -> dict[str, str]:
    """The tensor that holds each tensor's elements: itself, or what it is a view of."""
    storage = {name: name for name in graph.inputs}
    for node in graph:
        storage[node.name] = storage[node.inputs[0]] if node.layer.view else node.name
    return storage


def moments(graph: Graph, held: Shape | None = None, keep: bool = False) -> Iterator[Moment]:
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
            others = tuple(item for item in alive.items() if item[0] != source)
            kept = last[source] > step
            for moment in _during(node.layer.inside, others, (source, alive[source]), kept):
                yield moment._replace(node=node.name)
        alive[holder] = alive.get(holder) or shapes[holder]
        if not node.layer.inside:
            yield Moment(node.name, tuple(alive.items()))
        for name in {holder, *(storage[name] for name in node.inputs)}:
            if last[name] == step:
                del alive[name]


def _during(
    inside: Inside, others: tuple[tuple[str, Shape], ...], source: tuple[str, Shape], kept: bool
) -> Iterator[Moment]:
    """What is alive while networks run inside a layer: the first, and the fullest of the others.

    ``kept``: is their input, which is stored as ``source``, needed afterwards? Then a second run
    has it beside its own, if there is a second run.
    """
    first = list(moments(inside.first, source[1], kept))
    for moment in first:
        yield moment.beside(others)
    if inside.later and (kept or inside.grows):
        for moment in moments(inside.later):
            found = moment.beside([source]) if kept else moment
            if inside.more == 1 or not kept:
                yield found.beside(others)
            elif not any(_covers(one.shapes, found.shapes) for one in first):
                several = found.beside(others)
                yield several._replace(
                    alive=tuple((name, Shape((inside.more, *one))) for name, one in several.alive)
                )


def _largest(moments: list[Moment]) -> Size:
    """Elements alive in the fullest of these moments."""
    sums = {expand(moment.elements) for moment in moments}
    return maximum(sums) if sums else 0


def _covers(larger: tuple[Shape, ...], smaller: tuple[Shape, ...]) -> bool:
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
