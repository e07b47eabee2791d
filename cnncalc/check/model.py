"""What rules look at: one network of a file for one choice of its sizes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from cnncalc.check.diagnostics import Place
from cnncalc.check.places import whole
from cnncalc.graph import Graph
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
