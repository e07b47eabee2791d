"""A spec as its flat self: loops, blocks, conditions and parameters worked out, sizes left open."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.errors import CnncalcError, SpecError
from cnncalc.graph import Graph
from cnncalc.sizes import is_fraction, is_int, is_symbolic
from cnncalc.spec.bind import Values, free_symbols
from cnncalc.spec.build import Expansion
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.flattening import Names, flat
from cnncalc.spec.limits import Limits
from cnncalc.spec.lines import strip
from cnncalc.spec.parsing import parse_expression
from cnncalc.spec.printing import NOWHERE, value_text
from cnncalc.spec.scope import Scope
from cnncalc.spec.syntax import Entry, Piece, Spec
from cnncalc.spec.validate import given_names

#: Keys of ``expect:`` whose own keys are names of layers and blocks.
_OF_LAYERS = frozenset({"shapes", "layers"})
#: What is expected of a block that its last layer has, too.
_OF_LAST = frozenset({"output", "receptive_field"})


def expanded(spec: Spec, values: Values, limits: Limits) -> Spec:
    """``spec`` with a line for each layer, for any sizes of the input where that can be.

    Its symbols stay symbols, with their values under ``at:``; where the layers depend on the
    sizes, these are numbers instead. Names that the spec gives outside of blocks and loops are
    kept. Raises :class:`cnncalc.CnncalcError` for a network that is not well-formed.
    """
    made = Expansion(spec, values, limits)
    graph, binding = made.graph(), made.binding
    if binding:
        made, graph = _open(spec, values, limits) or (made, graph)
    named = Names(graph)
    for name in graph.shapes:
        if name in given_names(spec.layers):
            named.of(name)
    told = _Expected(made.root, graph, named)
    expect, expect_list = told.entries(spec.expect), tuple(map(told.entries, spec.expect_list))
    found = flat(spec, graph, {}, named)
    free = {symbol for value in _values(made.root) for symbol in _symbols(value)}
    sizes = free_symbols(found, limits)
    return found._replace(
        at={name: Piece(str(binding[name]), NOWHERE) for name in sizes if name in binding},
        params={name: Piece(name, NOWHERE) for name in sorted(free.difference(sizes))},
        expect=expect,
        expect_list=expect_list,
    )


def _open(spec: Spec, values: Values, limits: Limits) -> tuple[Expansion, Graph] | None:
    """The expansion for all sizes at once; None where the layers depend on the sizes."""
    made = Expansion(spec, values._replace(at={}, symbolic=True), limits)
    try:
        return made, made.graph()
    except CnncalcError:
        return None


def _values(root: Scope) -> Iterator[Any]:
    for value in root.values.values():
        yield from value if isinstance(value, list) else (value,)


def _symbols(value: Any) -> Iterator[str]:
    yield from (symbol.name for symbol in value.free_symbols) if is_symbolic(value) else ()


class _Expected:
    """What a spec expects, in the words of the flat one: no parameters, names of its layers."""

    def __init__(self, root: Scope, graph: Graph, named: Names) -> None:
        self.root = root
        self.graph = graph
        self.named = named

    def entries(self, entries: Mapping[str, Entry]) -> dict[str, Entry]:
        return {
            key: self.of_layers(entry) if key in _OF_LAYERS else self.entry(entry)
            for key, entry in entries.items()
        }

    def entry(self, entry: Entry) -> Entry:
        value = entry.value
        if isinstance(value, Piece):
            return entry._replace(value=self.piece(value))
        if isinstance(value, tuple):
            return entry._replace(value=tuple(map(self.entry, value)))
        return entry._replace(value={key: self.entry(item) for key, item in value.items()})

    def of_layers(self, entry: Entry) -> Entry:
        """By the names that layers have now; of a block, what its last layer has, too."""
        if isinstance(entry.value, Piece | tuple):
            return self.entry(entry)
        found: dict[str, Entry] = {}
        for name, item in entry.value.items():
            if isinstance(item.value, Mapping) and name not in self.graph.shapes:
                kept = {key: one for key, one in item.value.items() if key in _OF_LAST}
                if not kept:
                    continue
                item = item._replace(value=kept)
            found[self.layer(name)] = self.entry(item)
        return entry._replace(value=found)

    def layer(self, name: str) -> str:
        """What the flat spec calls a layer, or the last one of a block or a loop."""
        inside = re.compile(rf"{re.escape(name)}(?:\[\d+\])?\.")
        last = [node.name for node in self.graph if inside.match(node.name)]
        tensor = name if name in self.graph.shapes else last[-1] if last else None
        return self.named.of(tensor) if tensor else name

    def piece(self, piece: Piece) -> Piece:
        """The same without parameters: its value, or (a condition) their values in it."""
        known = self.known(piece)
        if not known:
            return piece
        try:
            value = evaluate(piece, self.root)
        except SpecError:
            value = None
        if is_int(value) or is_fraction(value) or is_symbolic(value):
            return piece._replace(text=value_text(value))
        written = piece.text
        for name in known:
            written = re.sub(rf"(?<![\w.]){name}\b", value_text(self.root.values[name]), written)
        return piece._replace(text=written)

    def known(self, piece: Piece) -> list[str]:
        """Names in an expression that the flat spec does not have; none where it is no expression."""
        try:
            tree = parse_expression(strip(piece), self.root.limits)
        except SpecError:
            return []
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        values = self.root.values
        return sorted(name for name in names & values.keys() if str(values[name]) != name)
