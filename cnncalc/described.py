"""A network as it is described: a spec, and the layer graph that it is for chosen sizes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc import given
from cnncalc.graph import Graph
from cnncalc.results import Sized
from cnncalc.spec import Limits, Spec, reread
from cnncalc.spec.bind import Values
from cnncalc.spec.build import Expansion
from cnncalc.spec.reporting import Problems

if TYPE_CHECKING:
    from typing import Self

    from cnncalc.domain import Domain


class Described:
    """A parsed spec, and what it says; what is computed from it is asked of :class:`Network`."""

    def __init__(self, spec: Spec, limits: Limits | None = None) -> None:
        self.spec = spec
        self.limits = limits or Limits()

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def source(self) -> str | None:
        """Where the architecture is published."""
        return self.spec.source

    def __repr__(self) -> str:
        return f"<Network {self.name}>"

    def to_yaml(self) -> str:
        """The spec in YAML, without comments.

        >>> from cnncalc import load
        >>> print(load("3x32x32 | conv 10 k=5 p=2 | relu").to_yaml())
        cnncalc: 1
        name: 3x32x32 | conv 10 k=5 p=2 | relu
        input: 3x32x32
        layers:
          - conv 10 k=5 p=2
          - relu
        <BLANKLINE>
        """
        from cnncalc.spec.printing import yaml_text

        return yaml_text(self.spec)

    def expansion(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        problems: Problems | None = None,
    ) -> Expansion:
        """The spec with values for its symbols (``at``) and parameters (``settings``).

        ``problems`` may keep all that is wrong, of which the first is raised.
        """
        values = Values(
            given.values(at, "at", '{"H": 224}'),
            given.values(settings, "settings", '{"classes": 10}'),
            symbolic,
            given.values(assume, "assume", '{"W": "H"}'),
        )
        return Expansion(self.spec, values, self.limits, problems=problems)

    def bound(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
    ) -> Self:
        """The same network with these values as its own, as :meth:`analyze` takes them.

        Raises :class:`cnncalc.CnncalcError` for a name that the network does not have.
        """
        self.expansion(at, settings, symbolic)
        return self._of(self.spec.bound(at or {}, settings or {}, symbolic))

    def expanded(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
    ) -> Self:
        """The same network with a line for each layer: no loops, blocks, conditions, parameters.

        Sizes stay symbols, with their values under ``at:``, unless the layers depend on them.
        What the spec expects is kept, shared weights stay shared.

        >>> from cnncalc import load
        >>> print(load("3xHxW | conv 2*n k=3 | relu").expanded(settings={"n": 4}).to_yaml())
        cnncalc: 1
        name: 3xHxW | conv 2*n k=3 | relu
        input: 3xHxW
        layers:
          - conv 8 k=3
          - relu
        <BLANKLINE>

        Raises :class:`cnncalc.CnncalcError` for a network that is not well-formed, and for one
        with a symbolic number of layers.
        """
        from cnncalc.spec.expanding import expanded

        values = Values(at or {}, settings or {}, symbolic)
        made = expanded(self.spec, values, self.limits)
        return self._of(reread(made, "<expanded>", self.limits))

    def _of(self, spec: Spec) -> Self:
        """The same with another spec."""
        from copy import copy

        found = copy(self)
        found.spec = spec
        return found

    def graph(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
    ) -> Graph:
        """The layer graph. Raises :class:`cnncalc.CnncalcError` when it is not well-formed."""
        return self.expansion(at, settings, symbolic, assume).graph()

    def sized(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
        assume: Mapping[str, Any] | None = None,
        fold_bn: bool = False,
    ) -> Sized:
        """The graph, with its norms folded or not, and the sizes that it is for.

        Raises as :meth:`graph` does.
        """
        expansion = self.expansion(at, settings, symbolic, assume)
        graph, folding = expansion.graph(), None
        if fold_bn:
            from cnncalc.rewriting.folding import fold

            folded = fold(graph)
            graph, folding = folded.graph, folded.folding
        words = given.worded(assume)
        return Sized(self.name, self.source, graph, expansion.binding, words, folding)

    def good_sizes(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        assume: Mapping[str, Any] | None = None,
    ) -> str | None:
        """The nearest sizes at which the network is well-formed, in words, where these are not.

        None when there is no symbol to give another value, or no value is good.
        """
        point = self.expansion(at, settings, assume=assume).binding
        if not point:
            return None
        from cnncalc.domain import good_sizes

        return good_sizes(lambda: self.domain(None, settings, assume), point)

    def domain(
        self,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        assume: Mapping[str, Any] | None = None,
    ) -> Domain:
        """The sizes for which the network is well-formed, as a set that isl decides exactly.

        ``at`` gives some symbols values, ``settings`` and ``assume`` are those of :meth:`analyze`.
        Raises :class:`cnncalc.CnncalcError` for a spec that is wrong whatever the sizes.
        """
        from cnncalc.domain import Domain

        values = Values(at or {}, settings or {}, symbolic=True, assume=assume or {})
        return Domain(self.spec, values, self.limits)
