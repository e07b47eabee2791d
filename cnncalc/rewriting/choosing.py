"""Which rule is asked for, and where it applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from cnncalc.analyses.cost import node_cost
from cnncalc.errors import UsageError, suggest
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.rewriting.rules import RULES, Rule, Run, Site
from cnncalc.spec.printing import Line

#: How the arguments of a node are written; None for nodes that a line does not make.
Written = Callable[[Node], Mapping[str, str] | None]


class Asked(NamedTuple):
    """A rule and its number (0 for a rule that takes none)."""

    rule: Rule
    number: int

    def __str__(self) -> str:
        return f"{self.rule.name}={self.number}" if self.rule.number else self.rule.name


def rule_of(asked: str) -> Asked:
    """The rule in ``separable`` or ``grouped=4``; raises :class:`UsageError` for anything else."""
    name, equals, value = asked.partition("=")
    rule = RULES.get(name)
    if rule is None:
        raise UsageError(f"unknown rule {name!r}", hint=suggest(name, RULES, "rules"))
    if rule.number is None:
        if equals:
            raise UsageError(f"the rule {name} takes no number", hint=f"write {name}")
        return Asked(rule, 0)
    example = f"write {name}={rule.number.default or 4}"
    if not equals:
        if rule.number.default is None:
            raise UsageError(f"the rule {name} needs a number", hint=example)
        return Asked(rule, rule.number.default)
    if not (value.isascii() and value.isdigit() and len(value) < 10 and int(value) >= 2):
        raise UsageError(
            f"{rule.usage} takes an integer of at least 2, got {value!r}", hint=example
        )
    return Asked(rule, int(value))


class Match(NamedTuple):
    """Layers in a row that a rule fits."""

    nodes: tuple[Node, ...]
    layers: tuple[Layer, ...]


class Matcher:
    """Finds where a rule applies in a graph."""

    def __init__(self, graph: Graph, asked: Asked) -> None:
        self.graph = graph
        self.asked = asked
        self.nodes = {node.name: node for node in graph}
        self.readers: dict[str, list[Node]] = {}
        for node in graph:
            for name in dict.fromkeys(node.inputs):
                self.readers.setdefault(name, []).append(node)
        self.ends = {*graph.outputs.values()}
        #: Nodes whose weights others use too.
        self.shared = {node.shares for node in graph if node.shares}

    def runs(self) -> Iterator[tuple[Node, ...]]:
        """The nodes of each place where the rule applies, whatever was chosen."""
        for node in self.graph:
            run = self._run(node)
            if run and self._may_change(run):
                yield run

    def lines(self, run: tuple[Node, ...], written: Written) -> list[list[Line]] | None:
        """What stands for each node of a run; None where a line does not make it."""
        sites = []
        for node in run:
            arguments = written(node)
            if arguments is None:
                return None
            sites.append(self._site(node, arguments))
        rule, number = self.asked
        return [list(lines) for lines in rule.makes(tuple(sites), number)]

    def _run(self, node: Node) -> tuple[Node, ...] | None:
        rule, number = self.asked
        run: list[Node] = []
        for fits in rule.fits:
            following = self._only_reader(run[-1]) if run else node
            if following is None or following.layer.arity[0] > 1 or following.kind == "repeat":
                return None
            if not fits(self._site(following, {}), number):
                return None
            run.append(following)
        return tuple(run)

    def _may_change(self, run: tuple[Node, ...]) -> bool:
        """Layers with shared weights change only one for one: ``reuse`` names a single layer."""
        if not any(node.shares or node.name in self.shared for node in run):
            return True
        made = self.lines(run, lambda node: Line.of(node.layer).arguments)
        return made is not None and all(len(lines) == 1 for lines in made)

    def _only_reader(self, node: Node) -> Node | None:
        readers = self.readers.get(node.name, [])
        return readers[0] if len(readers) == 1 and node.name not in self.ends else None

    def _site(self, node: Node, written: Mapping[str, str]) -> Site:
        (x,) = self.graph.inputs_of(node)
        return Site(node.layer, x, node.shape, written, self._weighted_reader(node))

    def _weighted_reader(self, node: Node) -> Layer | None:
        following = self._only_reader(node)
        while following is not None:
            xs = self.graph.inputs_of(following)
            if node_cost(following.layer, xs, following.shape) != (0, 0, 0):
                return following.layer
            following = self._only_reader(following)
        return None


__all__ = ["Asked", "Matcher", "Run", "rule_of"]
