"""What a training step keeps from its forward pass until the backward pass has read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.analyses.training import with_gradient
from cnncalc.formulas import stored
from cnncalc.graph import Graph, Node
from cnncalc.layers.keeping import OUTPUT, Kept
from cnncalc.sizes import Size


class Holding(NamedTuple):
    """A tensor that a node keeps.

    ``key`` names what holds its elements: a tensor of the graph, or the node and what it makes for
    itself. ``elements`` are those of one image, or of the batch unless ``per_image``.
    """

    key: str
    elements: Size
    what: Kept

    def bytes(self, element: int, batch: Size) -> Size:
        """Bytes for ``batch`` images, in a network whose elements have ``element``."""
        images = batch if self.what.per_image else 1
        return stored(self.elements, self.what.each(element), images)


def storage_in_training(graph: Graph) -> dict[str, str]:
    """The tensor that holds each tensor's elements: itself, or what it is a view of."""
    storage = {name: name for name in graph.inputs}
    for node in graph:
        view = node.layer.view_in_training
        storage[node.name] = storage[node.inputs[0]] if view else node.name
    return storage


def holdings(graph: Graph) -> dict[str, tuple[Holding, ...]]:
    """What each node keeps, tensors included that another node keeps too.

    A view keeps all of what it looks at. Nothing is kept for gradients that nobody asks for.
    """
    gradients, storage = with_gradient(graph), storage_in_training(graph)
    shapes = graph.shapes

    def of(node: Node) -> Iterator[Holding]:
        if node.name not in gradients:
            return
        for what in node.layer.keeps(graph.inputs_of(node), node.shape):
            asked = [node.inputs[i] for i in what.only_for]
            if asked and gradients.isdisjoint(asked):
                continue
            if what.of is None:
                yield Holding(f"{node.name}: {what.what}", what.elements, what)
            else:
                tensor = node.name if what.of == OUTPUT else node.inputs[what.of]
                yield Holding(storage[tensor], shapes[storage[tensor]].numel, what)

    return {node.name: tuple(of(node)) for node in graph}


def kept_bytes(graph: Graph, element: int, batch: Size = 1) -> dict[str, Size | None]:
    """Bytes that each node is the first to keep; a tensor is counted once, however many keep it.

    None for layers repeated a symbolic number of times, and nothing is said of what follows them.
    """
    found: dict[str, Size | None] = {}
    seen: set[str] = set()
    kept = holdings(graph)
    for node in graph:
        total: Size = 0
        for one in kept[node.name]:
            if one.key not in seen:
                seen.add(one.key)
                total += one.bytes(element, batch)
        found[node.name] = None if node.layer.inside else total
    return found
