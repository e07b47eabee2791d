"""Multiply–accumulates of a training step: forward, gradients of the inputs, of the weights.

Every product w·x of the forward pass with a weight w and an element x comes back twice: x times the
gradient of the output is a term of the gradient of w, and w times it is one of the gradient of x.
So each of the three passes of a layer has the same number of multiply–accumulates, groups, strides
and padding included. Two things leave some out: nobody asks for the gradient of an input that no
weight has a part in (the image, and with it the first layer), nor for gradients of what leads to no
output. Source: Baydin et al. 2018, "Automatic differentiation in machine learning: a survey",
section 3.2; PyTorch, ``torch/utils/flop_counter.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.analyses.cost import node_cost
from cnncalc.graph import Graph
from cnncalc.layers import Layer, Weight
from cnncalc.layers.base import Product
from cnncalc.sizes import Shape, Size


class Passes(NamedTuple):
    """Multiply–accumulates of each pass for one image.

    >>> sum([Passes(1, 2, 3), Passes(4, 0, 6)], Passes())
    Passes(forward=5, grad_input=2, grad_weight=9)
    """

    forward: Size = 0
    grad_input: Size = 0
    grad_weight: Size = 0

    @property
    def backward(self) -> Size:
        return self.grad_input + self.grad_weight

    @property
    def total(self) -> Size:
        return self.forward + self.backward

    def times(self, images: Size) -> Passes:
        """For so many images."""
        return Passes(*(macs * images for macs in self))

    def __add__(self, other: tuple[Size, ...]) -> Passes:
        return Passes(*(a + b for a, b in zip(self, other, strict=True)))


def weighted(macs: Size, asked: bool = True) -> Passes:
    """The passes of ``macs`` products with weights; ``asked``: for the gradient of the input too?"""
    return Passes(macs, macs if asked else 0, macs)


def with_gradient(graph: Graph, inputs: bool = False) -> frozenset[str]:
    """The tensors whose gradient a training step asks for.

    Those that a trained weight has a part in and that an output depends on. ``inputs``: do the
    graph's inputs have a gradient too?
    """
    found = {*graph.inputs} if inputs else set()
    for node in graph:
        trains = any(w.trainable for w in node.layer.weights(graph.inputs_of(node)[0], node.shape))
        if trains or not found.isdisjoint(node.inputs):
            found.add(node.name)
    return frozenset(found & graph.used)


def term_passes(
    layer: Layer, xs: tuple[Shape, ...], y: Shape, asked: bool = True
) -> Iterator[tuple[Weight | Product, Passes]]:
    """The passes of each weight that multiplies, and of each product of tensors.

    ``asked``: is the gradient of the layer's input asked for? A product of two tensors has two
    gradients, each as many multiply–accumulates as the product, and no weights.
    """
    trains = False
    for weight in layer.weights(xs[0], y):
        trains = trains or weight.trainable
        if weight.uses != 0:
            yield weight, weighted(weight.macs, asked or weight.inner)
    for one in layer.products(*xs):
        if one.weighted:
            yield one, weighted(one.macs)
        else:
            yield one, Passes(one.macs, 2 * one.macs if asked or trains else 0)


def node_passes(
    layer: Layer, xs: tuple[Shape, ...], y: Shape, asked: bool = True, used: bool = True
) -> Passes:
    """The passes of one layer, per image; all it has is forward where no output depends on it."""
    if not used:
        return Passes(node_cost(layer, xs, y).macs)
    if layer.inside and not asked:  # what the first repetition alone does not do
        whole = node_passes(layer, xs, y)
        first = layer.inside.first
        spared = sum_of(graph_passes(first, True)).grad_input
        spared -= sum_of(graph_passes(first)).grad_input
        return whole._replace(grad_input=whole.grad_input - spared)
    return sum((passes for _, passes in term_passes(layer, xs, y, asked)), Passes())


def graph_passes(graph: Graph, inputs: bool = False) -> dict[str, Passes]:
    """The passes of every node, per image. ``inputs``: is the gradient of the inputs asked for?"""
    gradients = with_gradient(graph, inputs)
    return {
        node.name: node_passes(
            node.layer,
            graph.inputs_of(node),
            node.shape,
            not gradients.isdisjoint(node.inputs),
            node.name in graph.used,
        )
        for node in graph
    }


def sum_of(passes: dict[str, Passes]) -> Passes:
    """All nodes together."""
    return sum(passes.values(), Passes())
