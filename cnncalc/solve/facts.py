"""What a condition can say of a network: its totals, its sizes, its receptive field.

``macs <= 4G and output.h >= 7`` is an expression of the language over these names.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cnncalc.analyses.cost import Cost, graph_costs
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.analyses.receptive_field import AxisField, last_feature_map, receptive_fields
from cnncalc.errors import Position, Source, SpecError, UsageError, suggest
from cnncalc.formulas import flops
from cnncalc.graph import Graph
from cnncalc.sizes import Shape, is_quasi
from cnncalc.spec import Limits
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.parsing import parse_expression
from cnncalc.spec.quantities import spelled_out
from cnncalc.spec.scope import Scope
from cnncalc.spec.syntax import Piece
from cnncalc.spec.values import Tensor

#: Names of what a network costs.
COSTS: Mapping[str, Callable[[Cost], Any]] = {
    "params": lambda cost: cost.params,
    "buffers": lambda cost: cost.buffers,
    "macs": lambda cost: cost.macs,
    "flops": lambda cost: flops(cost.macs),
}
_BYTES = ("activation_bytes", "peak_activation_bytes")
_FIELDS = {"rf": "size", "jump": "jump"}
_AXES = {"d": -3, "h": -2, "w": -1, "l": -1}


class Beyond(Exception):
    """Something that is not told for a whole region of sizes at once."""


class Facts:
    """Names for expressions about one graph; each is computed when it is asked for."""

    def __init__(self, graph: Graph, root: Scope, dtype: str = "float32") -> None:
        self.limits = root.limits
        self.graph = graph
        self.root = root
        self.dtype = dtype

    def lookup(self, name: str, at: Position) -> Any:
        if name in COSTS:
            costs = graph_costs(self.graph).values()
            return COSTS[name](Cost(*map(sum, zip(*costs))))
        if name in _BYTES:
            self._in_numbers()
            memory = activation_memory(self.graph, DTYPES[self.dtype])
            return memory[_BYTES.index(name)]
        if name in _FIELDS:
            return self._field(name, at)
        if name in self.graph.outputs:
            name = self.graph.outputs[name]
        shape = self.graph.shapes.get(name)
        if shape is not None:
            return Tensor(name, shape)
        value = self.root.find(name)
        if value is None:
            known = {*COSTS, *_BYTES, *_FIELDS, *self.graph.outputs, *self.graph.shapes}
            known |= self.root.visible()
            raise SpecError(
                f"{name!r} is nothing that can be asked of the network",
                at=at,
                hint=suggest(name, known if len(known) < 40 else [*COSTS, *_BYTES], "names"),
            )
        return value

    def _field(self, name: str, at: Position) -> Any:
        """The receptive field (or jump) of the last feature map; a list per axis where they differ."""
        self._in_numbers()
        fields = receptive_fields(self.graph).fields
        last = last_feature_map(self.graph, fields)
        values = [getattr(axis, _FIELDS[name]) for axis in _axes(fields, last)]
        if not values or None in values:
            raise SpecError(
                f"the network has no {name}", at=at, hint="it needs a layer with spatial axes"
            )
        if any(value != values[0] for value in values):
            return Tensor(name, Shape((0, *values)))
        return values[0]

    def _in_numbers(self) -> None:
        sizes = (size for shape in self.graph.inputs.values() for size in shape)
        if any(map(is_quasi, sizes)):
            raise Beyond


def _axes(fields: Mapping[str, tuple[AxisField, ...]], last: str | None) -> tuple[AxisField, ...]:
    return fields[last] if last else ()


class Comparison(NamedTuple):
    """One of the comparisons that a condition joins with ``and``."""

    left: Piece
    relation: str
    right: Piece

    def __str__(self) -> str:
        return f"{self.left.text} {self.relation} {self.right.text}"


_RELATIONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.LtE: "<=",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.Gt: ">",
}


class Wanted:
    """A condition, and the comparisons that it consists of (none when it is of another form)."""

    def __init__(self, text: str, limits: Limits) -> None:
        self.text = text
        spelled = spelled_out(text)
        self.piece = Piece(spelled, Position(Source("<such-that>", spelled), 1, 1))
        tree = parse_expression(self.piece, limits)
        joined = isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And)
        parts = tree.values if isinstance(tree, ast.BoolOp) and joined else [tree]
        found = [self._comparison(part) for part in parts]
        self.comparisons = [one for one in found if one is not None]
        if len(self.comparisons) < len(found):
            self.comparisons = []

    def _comparison(self, part: ast.expr) -> Comparison | None:
        if not isinstance(part, ast.Compare) or len(part.ops) != 1:
            return None
        relation = _RELATIONS.get(type(part.ops[0]))
        if relation is None:
            return None
        return Comparison(self._piece(part.left), relation, self._piece(part.comparators[0]))

    def _piece(self, node: ast.expr) -> Piece:
        text = self.piece.text[node.col_offset : node.end_col_offset]
        return Piece(text or "", self.piece.at.shifted(node.col_offset))

    def holds(self, facts: Facts) -> bool:
        answer = evaluate(self.piece, facts)
        if not isinstance(answer, bool):
            raise UsageError(
                f"--such-that {self.text}: not a condition", hint='write --such-that "macs <= 4G"'
            )
        return answer
