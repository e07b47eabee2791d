"""Bytes that layers move between memory and the processor, each layer run by itself."""

from __future__ import annotations

from cnncalc.analyses.memory import written_by
from cnncalc.formulas import stored
from cnncalc.graph import Graph, Node
from cnncalc.sizes import Size, product


def moved(graph: Graph, node: Node, element: int, batch: Size = 1) -> Size:
    """Bytes that a layer moves at inference: its inputs and weights read, its output written, once.

    The least there is without fusing layers: everything comes from memory once and no cache holds
    anything for the next layer. Weights are read once for the whole batch; a view moves nothing.
    """
    if node.layer.view:
        return 0
    reads = dict.fromkeys(node.inputs)
    inputs: Size = sum(graph.shapes[name].numel for name in reads)
    weights: Size = 0
    for weight in node.layer.weights(graph.inputs_of(node)[0], node.shape):
        if weight.shape:  # a counter of batches is not read
            weights += stored(product(weight.shape), element)
    return stored(inputs + written_by(node.layer, node.shape), element, batch) + weights
