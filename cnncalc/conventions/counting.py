"""Counts a graph by a convention: every layer in its place, with what the tool leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.conventions.base import (
    ACTIVATION,
    ELEMENTWISE,
    LABELS,
    ROUNDING,
    Convention,
    NoClosedForm,
    Term,
    tabled,
)
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.layers.calls import Call
from cnncalc.sizes import Number, Shape, Size, equal, expand, is_fraction, product, rounded, text

if TYPE_CHECKING:
    from cnncalc.analyses.training import Passes

#: Why there is no number for layers that stand for a symbolic number of repetitions.
_REPEATS = "it is repeated a symbolic number of times, of which only MACs are known"


class Surroundings:
    """What a tool may know of the graph around a layer."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    @cached_property
    def passes(self) -> Mapping[str, Passes]:
        """Multiply–accumulates of a training step, for one image."""
        from cnncalc.analyses.training import graph_passes  # most conventions count no training

        return graph_passes(self.graph)

    @cached_property
    def readers(self) -> Mapping[str, list[Node]]:
        """Who reads each tensor on the way to an output."""
        found: dict[str, list[Node]] = {name: [] for name in self.graph.shapes}
        for node in self.graph:
            for name in node.inputs if node.name in self.graph.used else ():
                found[name].append(node)
        return found

    def in_order(self, tensor: str) -> bool:
        """Do its elements lie in memory as they are numbered? PyTorch treats others differently.

        Operations element by element write their results side by side, in their input's order.
        """
        node, written = self.nodes.get(tensor), False
        while node is not None:
            layer, shape = node.layer, node.shape
            if layer.reorders:
                return equal(shape.channels, 1) is True or equal(product(shape.spatial), 1) is True
            if layer.gaps and not written:
                return False
            if not layer.view:
                if LABELS.get(layer.function or "") not in (ACTIVATION, ELEMENTWISE):
                    return True
                written = True
            node = self.nodes.get(node.inputs[0])
        return True

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.graph}


class Place:
    """A layer with its inputs, for a number of images, in the graph."""

    def __init__(self, node: Node, images: Size, around: Surroundings) -> None:
        self.node = node
        self.images = images
        self.around = around
        self.xs: tuple[Shape, ...] = around.graph.inputs_of(node)

    @property
    def layer(self) -> Layer:
        return self.node.layer

    @property
    def y(self) -> Shape:
        return self.node.shape

    @property
    def used(self) -> bool:
        """Does an output of the graph depend on it?"""
        return self.node.name in self.around.graph.used

    @property
    def passes(self) -> Passes:
        """Its multiply–accumulates in a training step, of all images."""
        return self.around.passes[self.node.name].times(self.images)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """What PyTorch runs for it; raises :class:`NoClosedForm` where that is not one layer."""
        if self.layer.inside is not None:
            raise NoClosedForm(_REPEATS)
        calls = self.layer.calls(self.xs, self.y)
        return tuple(call._replace(images=self.images) for call in calls)


class LayerCount(NamedTuple):
    """What a convention counts for one layer; no total where ``reason`` says why there is none."""

    kind: str
    terms: tuple[Term, ...]
    missing: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def unknown(self) -> bool:
        """Does the tool know nothing of it?"""
        return bool(self.missing) and not self.terms

    @property
    def total(self) -> Number | None:
        if self.reason:
            return None
        return expand(sum(term.amount for term in self.terms if not term.apart))


class Uncounted(NamedTuple):
    """A kind of layers of which a tool leaves operations out."""

    kind: str
    operations: tuple[str, ...]
    layers: tuple[str, ...]

    def __str__(self) -> str:
        parts = "" if len(self.operations) < 2 else f" ({', '.join(self.operations)})"
        return f"{self.kind}{parts} x{len(self.layers)}"


class Count(NamedTuple):
    """A graph counted by a convention, for ``images`` images."""

    convention: Convention
    layers: Mapping[str, LayerCount]
    images: Size
    #: For a network with symbols: values of theirs, and the count for these.
    at: tuple[Mapping[str, int], Count] | None = None

    def __str__(self) -> str:
        """The total with its unit, as in ``4111512576 flop, fvcore@0.1.5.post20221221``."""
        total = "?" if self.total is None else text(self.total)
        return f"{total} {self.convention.unit}, {self.convention.title}"

    @property
    def total(self) -> Number | None:
        """The tool's total; None where a layer has no closed form (see ``numeric``)."""
        if self.numeric:
            return None
        return expand(sum(self._ledger(apart=False).values()))

    @property
    def terms(self) -> dict[str, Number]:
        """The entries of the ledger, which sum to the total."""
        return self._ledger(apart=False)

    @property
    def apart(self) -> dict[str, Number]:
        """What the tool reports beside its total."""
        return self._ledger(apart=True)

    def _ledger(self, apart: bool) -> dict[str, Number]:
        found: dict[str, Number] = {}
        for layer in self.layers.values():
            for term in layer.terms:
                if term.apart is apart:
                    found[term.label] = found.get(term.label, 0) + term.amount
        if self.convention.floors and not apart:
            exact = sum(found.values())
            if is_fraction(exact):
                found[ROUNDING] = rounded("floor", exact) - exact
        entries = {label: expand(count) for label, count in found.items()}
        return {label: count for label, count in entries.items() if equal(count, 0) is not True}

    @property
    def rules(self) -> dict[str, dict[str, list[str]]]:
        """What the rules behind each entry of the ledger say, and of which operations they say it."""
        found: dict[str, dict[str, dict[str, None]]] = {}
        for layer in self.layers.values():
            for term in layer.terms:
                if term.rule is not None:
                    said = found.setdefault(term.label, {}).setdefault(term.rule.text, {})
                    said.update({term.what: None} if term.what else {})
        return {
            label: {text: list(whats) for text, whats in texts.items()}
            for label, texts in found.items()
        }

    @property
    def uncounted(self) -> tuple[Uncounted, ...]:
        """Kinds with operations for which the tool has no rule."""
        found: dict[str, tuple[dict[str, None], list[str]]] = {}
        for name, layer in self.layers.items():
            if layer.missing:
                operations, names = found.setdefault(layer.kind, ({}, []))
                operations.update(dict.fromkeys(layer.missing))
                names.append(name)
        return tuple(
            Uncounted(kind, tuple(operations), tuple(names))
            for kind, (operations, names) in found.items()
        )

    @property
    def numeric(self) -> dict[str, str]:
        """Layers without a closed form, and why."""
        return {name: layer.reason for name, layer in self.layers.items() if layer.reason}


def count(graph: Graph, convention: Convention, images: Size = 1) -> Count:
    """Every layer of ``graph`` by ``convention``, for ``images`` images.

    Unit: that of the convention. Numbers are exact: ints, or formulas where sizes are symbols.
    """
    around = Surroundings(graph)
    layers = {node.name: _layer(convention, Place(node, images, around)) for node in graph}
    return Count(convention, layers, images)


def _layer(convention: Convention, place: Place) -> LayerCount:
    dropped = convention.traced and place.node.name not in place.around.graph.used
    try:
        found = tabled(place.calls, {}, lambda call: None) if dropped else convention.counter(place)
    except NoClosedForm as why:
        return LayerCount(place.node.kind, (), reason=str(why))
    missing = () if convention.complete else found.missing
    return LayerCount(place.node.kind, found.terms, missing)
