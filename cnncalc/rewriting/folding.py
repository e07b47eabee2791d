"""Batch normalisation folded into the layer before it: the rule ``fold-bn``, on a graph.

Where the rule fits, and what becomes of the layer, is said in :mod:`cnncalc.rewriting.rules`; a
rewritten spec and a folded graph cost the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cnncalc.errors import UsageError
from cnncalc.graph import Graph, Node
from cnncalc.results import Folding
from cnncalc.rewriting.choosing import Matcher, rule_of
from cnncalc.rewriting.rules import with_bias

#: The function that norms of batches call.
_NORM = "batch_norm"


class Folded(NamedTuple):
    """The graph without the norms that were folded; ``into``: layers by the norm that each took in.

    ``left`` are the norms that stay.
    """

    graph: Graph
    into: Mapping[str, str]
    left: tuple[str, ...]

    @property
    def folding(self) -> Folding:
        """What was done, without the graph."""
        return Folding(self.into, self.left)


def fold(graph: Graph) -> Folded:
    """The graph as it is run at inference; other layers keep their names, and the tensors theirs.

    A norm is left where it does not alone read a layer that multiplies, and where the weights of that
    layer are used again. Raises :class:`UsageError` for norms that are repeated a symbolic number of
    times.
    """
    for node in graph:
        if node.layer.inside is not None and _has_norm(node.layer.inside.first):
            raise UsageError(
                "batch normalisation that is repeated a symbolic number of times cannot be folded",
                node=node.name,
                hint="give the number of repetitions a value with --set",
            )
    into = {norm.name: node.name for node, norm in Matcher(graph, rule_of("fold-bn")).runs()}
    taking = set(into.values())
    nodes = tuple(
        Node(
            node.name,
            with_bias(node.layer) if node.name in taking else node.layer,
            tuple(into.get(name, name) for name in node.inputs),
            node.shape,
            node.at,
            node.scopes,
            node.shares,
        )
        for node in graph
        if node.name not in into
    )
    outputs = {name: into.get(tensor, tensor) for name, tensor in graph.outputs.items()}
    left = tuple(node.name for node in nodes if node.layer.function == _NORM)
    return Folded(Graph(graph.inputs, nodes, outputs, graph.conditions), into, left)


def _has_norm(graph: Graph) -> bool:
    return any(
        node.layer.function == _NORM
        or (node.layer.inside is not None and _has_norm(node.layer.inside.first))
        for node in graph
    )
