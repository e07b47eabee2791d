"""What rules look at: one network of a file for one choice of its sizes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from cnncalc.analyses.receptive_field import Fields
from cnncalc.check.diagnostics import Place
from cnncalc.check.places import whole
from cnncalc.errors import Position
from cnncalc.expect import Expect, Parts
from cnncalc.graph import Graph, Node
from cnncalc.network import Network
from cnncalc.results import Analysis
from cnncalc.spec.build import Expansion
from cnncalc.spec.reporting import AllProblems


class Model:
    """A network at one binding; ``label`` names preset and binding where a file has several.

    Everything is computed when a rule first asks for it. Asking raises
    :class:`cnncalc.CnncalcError` for a network that is not well-formed.
    """

    def __init__(
        self,
        network: Network,
        at: Mapping[str, Any],
        settings: Mapping[str, Any],
        label: str | None = None,
    ) -> None:
        self.network = network
        self.at = at
        self.settings = settings
        self.label = label
        #: What is expected at these sizes.
        self.expected: list[Expect] = []
        #: Are the sizes the spec's own?
        self.own = False
        #: Where ``expect:`` names them, and what they are: ``H=224, W=224``.
        self.asked: list[Position] = []
        self.sizes = ""
        #: What is wrong, when asking for anything has raised the first of it.
        self.problems = AllProblems()

    @property
    def path(self) -> str:
        return self.network.spec.origin.name

    @property
    def place(self) -> Place:
        """The whole file."""
        return whole(self.path)

    @cached_property
    def expansion(self) -> Expansion:
        return self.network.expansion(self.at, self.settings, problems=self.problems)

    @cached_property
    def graph(self) -> Graph:
        return self.expansion.graph()

    @cached_property
    def analysis(self) -> Analysis:
        return self.network.analyzed(self.graph, self.expansion.binding)

    @cached_property
    def fields(self) -> Mapping[str, Fields]:
        """The receptive field of every tensor that has one."""
        return {row.name: row.fields for row in self.analysis.layers if row.fields}

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        return {node.name: node for node in self.graph}

    @cached_property
    def readers(self) -> Mapping[str, list[Node]]:
        """The layers that read each tensor."""
        found: dict[str, list[Node]] = {name: [] for name in self.graph.shapes}
        for node in self.graph:
            for name in node.inputs:
                found[name].append(node)
        return found

    def only_reader(self, node: Node) -> Node | None:
        """The one layer that reads what ``node`` puts out; None when it is read more than once."""
        readers = self.readers[node.name]
        kept = node.name in self.graph.outputs.values()
        return readers[0] if len(readers) == 1 and not kept else None

    @cached_property
    def parts(self) -> Parts:
        """Its layers and blocks by name."""
        return Parts(self.analysis)
