"""A spec rewritten: line by line where the rule treats all layers of a line alike, else flat."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from cnncalc.errors import CnncalcError, Position, UsageError
from cnncalc.graph import Graph, Node
from cnncalc.layers import KINDS
from cnncalc.rewriting.choosing import Asked, Matcher
from cnncalc.spec import Limits, Spec
from cnncalc.spec.bind import Values
from cnncalc.spec.build import Expansion
from cnncalc.spec.flattening import flat
from cnncalc.spec.lines import split_axes, strip
from cnncalc.spec.parsing import parse_expression
from cnncalc.spec.printing import Line, in_line
from cnncalc.spec.syntax import Body, Call, If, Join, Loop, Piece, Repeat, Statement
from cnncalc.spec.validate import statements

#: The statement that a node comes from: its line and column.
Place = tuple[int, int]
#: Lines for each node, by name.
Lines = Mapping[str, list[Line]]


class Rewriting(NamedTuple):
    """The new spec, the layers of the old one that changed, and why its structure is gone, if so."""

    spec: Spec
    changed: tuple[str, ...]
    flattened: str | None


def rewrite(spec: Spec, asked: Asked, layers: Iterable[str], limits: Limits) -> Rewriting:
    """``spec`` rewritten by a rule where it fits, in the layers that are named (none: in all).

    Raises :class:`UsageError` when the rule fits nowhere.
    """
    graph = Expansion(spec, limits=limits).graph()
    patterns = tuple(layers)
    matcher = Matcher(graph, asked)
    runs = _selected(matcher, patterns, spec)
    changed = tuple(run[0].name for run in runs)
    edit = _Edit(spec, graph, limits)
    edits = edit.lines(matcher, runs)
    if isinstance(edits, dict):
        return Rewriting(_titled(edit.apply(edits), asked, None), changed, None)
    written = _written_out(spec, asked, patterns, changed, limits) or _flat(
        spec, graph, matcher, runs
    )
    return Rewriting(_titled(written, asked, edits), changed, edits)


def _selected(matcher: Matcher, patterns: tuple[str, ...], spec: Spec) -> list[tuple[Node, ...]]:
    """Where the rule applies among what was chosen; a layer brings those with its weights."""
    rule = matcher.asked.rule
    graph = matcher.graph
    names = graph.chosen(patterns, spec.name) if patterns else {node.name for node in graph}
    roots = {node.shares or node.name for node in graph if node.name in names}
    runs = [
        run
        for run in matcher.runs()
        if any(node.name in names or (node.shares or node.name) in roots for node in run)
    ]
    if not runs:
        where = f"{' and '.join(patterns)} of {spec.name}" if patterns else spec.name
        hint = f"it looks for {rule.wants}"
        if any(node.kind not in KINDS for node in graph):
            hint += "; to have it look into a symbolic number of repetitions, give that a value"
        elif matcher.shared:
            hint += "; a layer whose weights are used again stays a single layer"
        raise UsageError(f"{matcher.asked} applies nowhere in {where}", hint=hint)
    return runs


def _titled(spec: Spec, asked: Asked, flattened: str | None) -> Spec:
    """With a name and a note of its own, and without numbers that no longer hold."""
    note = f"Rewritten by cnncalc: {asked}: {asked.rule.does} ({asked.rule.source})."
    if flattened:
        note += f" {flattened[0].upper()}{flattened[1:]}."
    kept = {"output", "outputs"} if "output" in asked.rule.keeps else set()
    return spec._replace(
        one_line=False,
        name=f"{spec.name}, {asked}",
        notes=f"{spec.notes} {note}" if spec.notes else note,
        expect={key: entry for key, entry in spec.expect.items() if key in kept},
        presets={},
        expect_list=(),
    )


# Layers written out one by one.


def _flat(spec: Spec, graph: Graph, matcher: Matcher, runs: list[tuple[Node, ...]]) -> Spec:
    lines: dict[str, list[Line]] = {}
    for run in runs:
        made = matcher.lines(run, lambda node: Line.of(node.layer).arguments)
        assert made is not None
        lines.update((node.name, new) for node, new in zip(run, made))
    return flat(spec, graph, lines)


def _written_out(
    spec: Spec, asked: Asked, patterns: tuple[str, ...], changed: tuple[str, ...], limits: Limits
) -> Spec | None:
    """The layers for all sizes of the input at once; None where they depend on the sizes."""
    try:
        graph = Expansion(spec, Values(symbolic=True), limits).graph()
        matcher = Matcher(graph, asked)
        runs = _selected(matcher, patterns, spec)
        if tuple(run[0].name for run in runs) == changed:
            return _flat(spec, graph, matcher, runs)
    except CnncalcError:
        pass
    return None


# Lines changed in their places.


class _Edit:
    """Changes of a spec's statements, each of which may make many layers."""

    def __init__(self, spec: Spec, graph: Graph, limits: Limits) -> None:
        self.spec = spec
        self.limits = limits
        self.calls: dict[Place, Call] = {}
        for body in (spec.layers, *(block.body for block in spec.blocks.values())):
            for statement in statements(body):
                if isinstance(statement, Call) and statement.kind in KINDS:
                    self.calls[_place(statement.at)] = statement
        self.made_by: dict[Place, list[Node]] = {}
        for node in graph:
            if node.at and _place(node.at) in self.calls:
                self.made_by.setdefault(_place(node.at), []).append(node)

    def lines(
        self, matcher: Matcher, runs: list[tuple[Node, ...]]
    ) -> dict[Place, list[Line]] | str:
        """New lines for statements, or why a line cannot be changed in its place."""
        found: dict[str, list[Line]] = {}
        for run in runs:
            made = matcher.lines(run, self.written) or []
            several = any(len(lines) > 1 for lines in made)
            if several and any(map(self._asks_for_sizes, run)):
                made = matcher.lines(run, self._in_numbers) or []
            for node, new in zip(run, made):
                found[node.name] = new
        edits: dict[Place, list[Line]] = {}
        for place, nodes in self.made_by.items():
            lines = [found.get(node.name) for node in nodes]
            if all(one is None for one in lines):
                continue
            for node, one in zip(nodes, lines):
                if one is None or one != lines[0]:
                    first = next(other for other, two in zip(nodes, lines) if two is not None)
                    if one is None:
                        how = f"{node.name}, which stays as it is, and {first.name}, which does not"
                    else:
                        how = f"{nodes[0].name} and {node.name}, which become different lines"
                    return (
                        "the layers are written out one by one, since one line of the spec makes "
                        f"both {how}"
                    )
            assert lines[0] is not None
            edits[place] = lines[0]
        return edits

    def written(self, node: Node) -> dict[str, str] | None:
        """The arguments of a node as its statement has them."""
        call = self.calls.get(_place(node.at)) if node.at else None
        if call is None or call.kind != node.kind:
            return None
        cls = KINDS[call.kind]
        pieces = {cls.aliases[key]: piece for key, piece in call.keys.items()}
        if call.values and cls.value:
            pieces = {cls.value: call.values[0], **pieces}
        return {name: in_line(piece.text) for name, piece in pieces.items()}

    def _in_numbers(self, node: Node) -> dict[str, str] | None:
        """The same, those that ask for sizes of the current tensor as what they come to."""
        written = self.written(node)
        values = Line.of(node.layer).arguments
        return written and {
            name: values.get(name, text) if self._asks(Piece(text, _at(node))) else text
            for name, text in written.items()
        }

    def _asks_for_sizes(self, node: Node) -> bool:
        return any(
            self._asks(Piece(text, _at(node))) for text in (self.written(node) or {}).values()
        )

    def _asks(self, piece: Piece) -> bool:
        """Does an expression read the current tensor, which another line would not find?"""
        return any(
            isinstance(inner, ast.Name) and inner.id == "x"
            for part in split_axes(piece) or (piece,)
            for inner in ast.walk(parse_expression(strip(part), self.limits))
        )

    def apply(self, edits: Mapping[Place, list[Line]]) -> Spec:
        """The spec with the new lines."""

        def edited(statement: Statement) -> Body:
            if isinstance(statement, Call):
                lines = edits.get(_place(statement.at))
                return (statement,) if lines is None else _instead(statement, lines)
            new = _INSIDE[type(statement)](statement, body)
            empty = isinstance(new, If) and not new.then and not new.otherwise
            return () if empty else (new,)

        def body(statements: Body) -> Body:
            return tuple(new for statement in statements for new in edited(statement))

        blocks = {
            name: block._replace(body=body(block.body)) for name, block in self.spec.blocks.items()
        }
        return self.spec._replace(blocks=blocks, layers=body(self.spec.layers))


def _instead(call: Call, lines: list[Line]) -> Body:
    """Statements in the place of one; the last has its name, which may be read elsewhere."""
    if not lines and call.names:
        lines = [Line("identity")]
    calls = [line.call(call.at) for line in lines]
    return (*calls[:-1], calls[-1]._replace(names=call.names)) if calls else ()


_Bodies = Callable[[Body], Body]
#: Statements with bodies, these changed.
_INSIDE: Mapping[type[Statement], Callable[[Any, _Bodies], Statement]] = {
    Join: lambda join, body: join._replace(branches=tuple(map(body, join.branches))),
    Loop: lambda loop, body: loop._replace(body=body(loop.body)),
    Repeat: lambda repeat, body: repeat._replace(body=body(repeat.body)),
    If: lambda choice, body: choice._replace(
        then=body(choice.then), otherwise=body(choice.otherwise)
    ),
}


def _place(at: Position) -> Place:
    return at.line, at.column


def _at(node: Node) -> Position:
    assert node.at is not None
    return node.at
