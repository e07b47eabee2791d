"""The working behind the numbers: every formula in letters, then in numbers, then its value.

Nothing here states a formula. A layer's own facts and the project's formulas are evaluated twice, on
letters and on numbers that remember how they were made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnncalc import formulas
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.analyses.receptive_field import Fields, input_fields
from cnncalc.errors import UsageError, suggest
from cnncalc.explain.facts import (
    mac_steps,
    memory_steps,
    param_steps,
    reasons_of_shape,
    shape_steps,
)
from cnncalc.explain.fields import field_steps
from cnncalc.explain.letters import Pair, meanings, symbols_of
from cnncalc.explain.reasons import name_of, reason
from cnncalc.explain.steps import QUANTITIES, Explanation, LayerSteps, Reason, Step
from cnncalc.explain.totals import total_steps
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.notation import names_in
from cnncalc.render.page import Meaning
from cnncalc.results import Analysis, LayerResult
from cnncalc.sizes import text
from cnncalc.spec.printing import Line, changed


def explain(
    graph: Graph,
    analysis: Analysis,
    layers: Iterable[str] | None = None,
    of: Iterable[str] | None = None,
) -> Explanation:
    """The steps of every layer of ``graph`` and of the totals; or of those that ``layers`` names.

    Raises :class:`UsageError` for a layer or a quantity that does not exist.
    """
    asked = _quantities(of)
    names = None if layers is None else graph.chosen(layers, analysis.name)
    explainer = _Explainer(graph, analysis, asked)
    nodes = [node for node in graph if names is None or node.name in names]
    explained = tuple(map(explainer.layer, nodes))
    totals = tuple(total_steps(graph, analysis, asked)) if names is None else ()
    every = [*(one for found in explained for one in found.steps), *totals]
    return Explanation(
        head=analysis.head(),
        title=analysis.name,
        of=asked,
        layers=explained,
        totals=totals,
        meanings=_meanings(every, [node.layer for node in nodes]),
        reasons=explainer.reasons(every),
        findings=analysis.findings,
    )


def _quantities(of: Iterable[str] | None) -> tuple[str, ...]:
    asked = list(QUANTITIES) if of is None else list(of)
    for one in asked:
        if one not in QUANTITIES:
            hint = suggest(one, QUANTITIES, "quantities")
            raise UsageError(f"nothing that can be explained is called {one!r}", hint=hint)
    if not asked:
        raise UsageError("nothing is asked for", hint=f"choose among {', '.join(QUANTITIES)}")
    return tuple(one for one in QUANTITIES if one in asked)


class _Explainer:
    """Makes the steps of layers; equal layers on equal inputs share them."""

    def __init__(self, graph: Graph, analysis: Analysis, asked: tuple[str, ...]) -> None:
        self.graph = graph
        self.analysis = analysis
        self.asked = asked
        self.results = {row.name: row for row in analysis.layers}
        self.fields: dict[str, Fields] = {
            **input_fields(graph),
            **{row.name: row.fields for row in analysis.layers if row.fields},
        }
        sizes = [size for shape in graph.shapes.values() for size in shape]
        values = [value for node in graph for value in _flat(node.layer.given.values())]
        self.taken = symbols_of([*sizes, *values, analysis.batch])
        self._known: dict[Any, tuple[Pair | None, list[Step]]] = {}
        self._things: dict[str, Any] = {name: getattr(formulas, name) for name in _RULES}
        self._things["activation memory"] = activation_memory

    def layer(self, node: Node) -> LayerSteps:
        xs = self.graph.inputs_of(node)
        pair, steps = self._facts(node)
        row = self.results[node.name]
        if node.shares:
            steps = [_shared(one, node.shares) if one.of == "params" else one for one in steps]
        if "rf" in self.asked:
            steps = [*steps, *field_steps(self.graph, node, self.fields, pair, self.taken)]
        order = {quantity: i for i, quantity in enumerate(QUANTITIES)}
        return LayerSteps(
            name=node.name,
            kind=node.kind,
            line=line_of(node.layer),
            inputs=dict(zip(node.inputs, xs)),
            output=row.output,
            steps=tuple(sorted(steps, key=lambda one: order[one.of])),
        )

    def _facts(self, node: Node) -> tuple[Pair | None, list[Step]]:
        """What follows from the layer and its inputs alone."""
        xs = self.graph.inputs_of(node)
        key = (type(node.layer), tuple(changed(node.layer).items()), tuple(map(_key, xs)))
        if node.layer.inside:
            return None, list(self._values(self.results[node.name], node.layer))
        if key not in self._known:
            pair = Pair.of(node.layer, xs, node.shape, self.taken)
            self._things[node.kind] = type(node.layer)
            self._things.update((name_of(thing), thing) for thing in reasons_of_shape(pair))
            found = [
                *shape_steps(pair, node.shape),
                *param_steps(pair),
                *mac_steps(pair, self.analysis.batch, self.taken),
                *memory_steps(pair, DTYPES[self.analysis.dtype], self.analysis.batch),
            ]
            self._known[key] = pair, [one for one in found if one.of in self.asked]
        return self._known[key]

    def _values(self, row: LayerResult, layer: Layer) -> Iterator[Step]:
        """A layer that stands for networks inside it: what they come to together."""
        note = "of all repetitions together"
        assert layer.inside is not None
        each = DTYPES[self.analysis.dtype]
        written = formulas.stored(layer.inside.written, each, self.analysis.batch)
        found = [
            *(Step("shape", (axis,), size) for axis, size in zip(row.output.axes, row.output)),
            Step("params", ("parameters",), row.cost.params, note=note),
            Step("params", ("buffers",), row.cost.buffers, note=note),
            Step("macs", ("MACs",), row.cost.macs, note=note),
            Step("memory", ("written",), written, unit="B", note=note),
        ]
        return (one for one in found if one.of in self.asked)

    def reasons(self, steps: list[Step]) -> dict[str, Reason]:
        """Those that the steps name, in the order in which they are first needed."""
        names = dict.fromkeys(one.why for one in steps if one.why and one.value is not None)
        return {name: reason(self._things[name]) for name in names if name in self._things}


#: Formulas that steps name as their reason.
_RULES = ("macs", "flops", "stored", "grown", "advance", "edge", "extent")


def _shared(one: Step, owner: str) -> Step:
    return Step("params", one.names, 0, note=f"the weights of {owner}, counted there")


def _key(shape: Any) -> Any:
    return type(shape), tuple(shape)


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, tuple) else (value,)


def line_of(layer: Layer) -> str:
    """The layer as a line of the language."""
    if layer.inside:
        return f"repeat {', '.join(text(value) for value in layer.given.values())}"
    return str(Line.of(layer))


def _meanings(steps: list[Step], layers: list[Layer]) -> tuple[Meaning, ...]:
    """What the letters of the steps stand for, in the order in which they come."""
    names = dict.fromkeys(
        name for one in steps if one.derived and one.letters for name in names_in(one.letters.form)
    )
    if any("′" in name for name in names):
        names["′"] = None
    told = (name for name in names if name == "′" or "′" not in name)
    return tuple(one for name in told for one in meanings(name, layers))


__all__ = [
    "QUANTITIES",
    "Explanation",
    "LayerSteps",
    "Reason",
    "Step",
    "explain",
]
