"""Parameters, buffers and multiply–accumulates, from the weights that layers state."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.graph import Graph
from cnncalc.layers import Layer
from cnncalc.sizes import Shape, Size, product


class Cost(NamedTuple):
    """Trainable parameters, buffers (running statistics), and MACs per image."""

    params: Size = 0
    buffers: Size = 0
    macs: Size = 0


def node_cost(layer: Layer, xs: tuple[Shape, ...], y: Shape) -> Cost:
    """The cost of one layer with inputs ``xs`` and output ``y``; biases are not counted as MACs."""
    params: Size = 0
    buffers: Size = 0
    macs: Size = 0
    for weight in layer.weights(xs[0], y):
        elements = product(weight.shape)
        if weight.trainable:
            params += elements
        else:
            buffers += elements
        macs += weight.macs
    for one in layer.products(*xs):
        macs += one.macs
    return Cost(params, buffers, macs)


def graph_costs(graph: Graph) -> dict[str, Cost]:
    """The cost of every node; weights that several share are the first one's."""
    costs: dict[str, Cost] = {}
    for node in graph:
        cost = node_cost(node.layer, graph.inputs_of(node), node.shape)
        costs[node.name] = Cost(0, 0, cost.macs) if node.shares else cost
    return costs
