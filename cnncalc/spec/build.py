"""Expansion: a spec with values for its parameters and symbols becomes a graph.

Sizes are computed on the way, because blocks may ask for them (``if: x.c != 4*mid``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.errors import LayerError, Position, UsageError, suggest
from cnncalc.graph import Graph
from cnncalc.layers import KINDS, Layer
from cnncalc.problems import (
    BadChoice,
    BadSize,
    NoLayers,
    NotALayer,
    WrongNumberOfParts,
)
from cnncalc.sizes import Shape, at_least, is_symbolic, text
from cnncalc.spec.bind import Values, bind
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.layering import layer_of
from cnncalc.spec.limits import Limits, within_stack
from cnncalc.spec.misnamed import FROM, REUSE
from cnncalc.spec.placing import Placing
from cnncalc.spec.reporting import Problems
from cnncalc.spec.scope import Frame, Recipe, Scope
from cnncalc.spec.syntax import Body, Call, If, Join, Loop, Piece, Repeat, Spec, Statement
from cnncalc.spec.using import Uses
from cnncalc.spec.validate import given_names, joins
from cnncalc.spec.values import UNKNOWN, Iterations, Tensor, describe, instead, known


class Expansion(Uses):
    """One expansion of a spec.

    ``root`` holds the parameters and symbols, for expectations to be evaluated in; ``placing``
    decides what layers require. With ``problems`` that keeps them, what a bad line makes is unknown
    and the others are looked at all the same.
    """

    def __init__(
        self,
        spec: Spec,
        values: Values | None = None,
        limits: Limits | None = None,
        placing: Placing | None = None,
        problems: Problems | None = None,
    ) -> None:
        self.spec = spec
        self.limits = limits or Limits()
        self.problems = problems or Problems()
        self.root = Scope(Frame("", (), frozenset()), self.limits)
        if spec.one_line:
            self.root.defining = (
                "give it a value with --set {name}=…, or keep it a symbol with --set {name}={name}"
            )
        values = values or Values()
        self.layers = values.layers
        self.binding = bind(spec, self.root, values, self.problems)
        self.placing = placing or Placing(self.limits)
        #: Symbols of ours, which the spec must not mean by its names.
        self.hidden: list[Any] = []
        self.steps = 0
        self.depth = 0

    @property
    def expansion(self) -> Expansion:
        return self

    @within_stack
    def graph(self) -> Graph:
        """Raises :class:`cnncalc.errors.CnncalcError` for a network that is not well-formed."""
        spec = self.spec
        scope = Scope(Frame("", (), given_names(spec.layers)), self.limits, self.root)
        inputs: dict[str, Shape] = {}
        for name, sizes in spec.inputs.items():
            tensor, at = UNKNOWN, sizes[0].at
            with self.problems:
                inputs[name] = self.input_shape(name, sizes)
                tensor = self.placing.input(name, inputs[name], at)
            scope.define(name, tensor, at)
            scope.current = tensor if len(spec.inputs) == 1 else None
        self.run(spec.layers, scope)
        placed = self.placing
        if not self.problems.any:
            self.check_layers()
            if not placed.nodes:
                raise NoLayers(
                    "the network has no layers",
                    at=Position(spec.origin, 1, 1),
                    hint="list at least one under layers:",
                )
        outputs = self.outputs(scope)
        self.problems.settle()
        return Graph(inputs, tuple(placed.nodes), outputs, tuple(placed.conditions))

    def input_shape(self, name: str, sizes: tuple[Piece, ...]) -> Shape:
        shape = Shape(evaluate(size, self.root) for size in sizes)
        for size, piece in zip(shape, sizes):
            whole = type(size) is int or (is_symbolic(size) and size.is_integer)
            if not whole or at_least(size, 1) is False:
                raise BadSize(
                    f"a size of the {name} must be an integer of at least 1, got {describe(size)}",
                    at=piece.at,
                    node=name,
                    hint="sizes are channels first: 3x224x224",
                )
        return shape

    def outputs(self, scope: Scope) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.spec.outputs is None:
            with self.problems:
                assert scope.current is not None
                found["output"] = known(scope.current).name
        for name, piece in (self.spec.outputs or {}).items():
            with self.problems:
                found[name] = self.tensor(piece, scope).name
        return found

    # Statements.

    def run(self, body: Body, scope: Scope) -> None:
        self.depth += 1
        for statement in body:
            self.step(statement.at)
            with self.problems:
                _RUN[type(statement)](self, statement, scope)
                continue
            self.spoil(statement, scope)
        self.depth -= 1

    def spoil(self, statement: Statement, scope: Scope) -> None:
        """What the statement would have made is unknown, not missing."""
        scope.current = UNKNOWN
        for name in statement.names if isinstance(statement, (Call, Join)) else ():
            if scope.places.get(name) is not statement.at:
                with self.problems:
                    scope.define(name, UNKNOWN, statement.at)
        inner = statement.body if isinstance(statement, (Loop, Repeat)) else ()
        for name in given_names((statement,)) - given_names(inner):
            scope.values.setdefault(name, UNKNOWN)

    def step(self, at: Position, count: int = 1) -> None:
        self.steps += count
        self.limits.check("layers", self.steps, "too many layers", at)
        self.limits.check("depth", self.depth, "blocks, loops and branches nested too deeply", at)

    def call(self, call: Call, scope: Scope) -> None:
        cls = KINDS.get(call.kind)
        if call.kind == FROM:
            scope.current = self.tensor(call.values[0], scope)
        elif call.kind == REUSE:
            self.reuse(call, scope)
        elif cls is None:
            self.use(self.spec.blocks[call.kind], call, scope)
        elif len(call.names) > 1:
            self.split(cls, call, scope)
            return
        else:
            name = self.name(call.names, call.kind, scope)
            if joins(cls):
                sources = [one for piece in call.values for one in self.tensors(piece, scope)]
                self.step(call.at, len(sources))
                if len(sources) < cls.arity[0]:
                    raise WrongNumberOfParts(
                        f"{call.kind} names {len(sources)} layer, and joins at least two",
                        at=call.values[0].at,
                        node=name,
                        hint=f"x is the current tensor: write {call.kind} x {call.values[0].text}",
                    )
            else:
                sources = [scope.here(call.at)]
            layer = self.layer(cls, call, scope, name)
            known(sources[0])
            scope.current = self.placing.add(name, layer, sources, call.at, scope.frame.groups)
            last = len(self.placing.nodes)
            self.remember(call.names, Recipe(None, {}, last - 1, last), scope)
        self.define(call.names, scope, call.at)

    def split(self, cls: type[Layer], call: Call, scope: Scope) -> None:
        """``a, b = split 2``: a node for each name; the last is the current tensor after it."""
        assert cls.numbered
        number, count = cls.numbered
        source = scope.lookup("x", call.at)
        for index, part in enumerate(call.names):
            name = scope.qualified(part)
            layer = layer_of(cls, call, scope, name).replace(**{number: index})
            parts = getattr(layer, count)
            if parts != len(call.names):
                raise WrongNumberOfParts(
                    f"{call.kind} makes {text(parts)} parts, but {len(call.names)} names stand before it",
                    at=call.at,
                    node=name,
                    hint="give each part a name: a, b = split 2",
                )
            scope.current = self.placing.add(name, layer, [source], call.at, scope.frame.groups)
            self.define((part,), scope, call.at)

    def join(self, join: Join, scope: Scope) -> None:
        start, ends = scope.current, []
        name = self.name(join.names, join.kind, scope)
        for branch in join.branches:
            scope.current = start
            self.run(branch, scope)
            ends.append(scope.here(join.at))
        ends = [known(end) for end in ends]
        scope.current = self.placing.add(
            name, KINDS[join.kind](), ends, join.at, scope.frame.groups
        )
        self.define(join.names, scope, join.at)

    def choose(self, statement: If, scope: Scope) -> None:
        answer = evaluate(statement.test, scope)
        if not isinstance(answer, bool):
            raise BadChoice(
                f"if: wants yes or no, got {describe(answer)}",
                at=statement.test.at,
                hint="write a comparison, as s != 1",
            )
        self.run(statement.then if answer else statement.otherwise, scope)

    # Values.

    def tensors(self, piece: Piece, scope: Scope) -> list[Tensor]:
        """One tensor, or all of ``stack[*].skip``."""
        value = evaluate(piece, scope)
        values = value if isinstance(value, list) else [value]
        for item in map(known, values):
            if not isinstance(item, Tensor):
                raise NotALayer(
                    f"{piece.text} is {describe(item)}, not a layer",
                    at=piece.at,
                    hint=instead(item)
                    if isinstance(item, (Iterations, dict))
                    else "name an earlier layer: skip = relu, then from skip",
                )
        return values

    def tensor(self, piece: Piece, scope: Scope) -> Tensor:
        found = self.tensors(piece, scope)
        if len(found) != 1:
            raise NotALayer(
                f"one layer is wanted, {piece.text} is {len(found)}",
                at=piece.at,
                hint="add and concat take several: concat stack[*].skip",
            )
        return found[0]

    # Layers.

    def check_layers(self) -> None:
        """Raises :class:`UsageError` for arguments of a layer that there is not."""
        names = [node.name for node in self.placing.nodes]
        for name in self.layers:
            if name not in names:
                raise UsageError(f"there is no layer {name!r}", hint=suggest(name, names, "layers"))

    def layer(self, cls: type[Layer], call: Call, scope: Scope, name: str) -> Layer:
        """The layer of a line, with the arguments that the caller wants otherwise."""
        layer = layer_of(cls, call, scope, name)
        wanted = self.layers.get(name)
        if not wanted:
            return layer
        for key in wanted:
            if key not in cls.aliases:
                raise UsageError(
                    f"{name}.{key}: {cls.kind} has no argument {key!r}",
                    hint=suggest(key, cls.aliases, f"arguments of {cls.kind}"),
                )
        try:
            return layer.replace(**{cls.aliases[key]: value for key, value in wanted.items()})
        except LayerError as error:
            error.place(call.at, name, error.message, error.hint)
            raise


_RUN: dict[type[Statement], Callable[..., None]] = {
    Call: Expansion.call,
    Join: Expansion.join,
    Loop: Expansion.loop,
    Repeat: Expansion.repeat,
    If: Expansion.choose,
}
