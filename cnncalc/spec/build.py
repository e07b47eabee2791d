"""Expansion: a spec with values for its parameters and symbols becomes a graph.

Sizes are computed on the way, because blocks may ask for them (``if: x.c != 4*mid``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.errors import LayerError, Position, SpecError, UsageError, suggest
from cnncalc.graph import Graph
from cnncalc.graph import Scope as Group
from cnncalc.layers import KINDS, Layer
from cnncalc.sizes import (
    Shape,
    at_least,
    is_symbolic,
    text,
)
from cnncalc.spec.bind import Values, bind
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.layering import layer_of, value_of
from cnncalc.spec.limits import Limits, within_stack
from cnncalc.spec.looping import Loops
from cnncalc.spec.placing import Placing
from cnncalc.spec.scope import Frame, Recipe, Scope
from cnncalc.spec.syntax import Block, Body, Call, If, Join, Loop, Piece, Repeat, Spec, Statement
from cnncalc.spec.validate import FROM, REUSE, given_names, joins
from cnncalc.spec.values import Iterations, Tensor, describe, instead


class Expansion(Loops):
    """One expansion of a spec.

    ``root`` holds the parameters and symbols, for expectations to be evaluated in; ``placing``
    decides what layers require.
    """

    def __init__(
        self,
        spec: Spec,
        values: Values | None = None,
        limits: Limits | None = None,
        placing: Placing | None = None,
    ) -> None:
        self.spec = spec
        self.limits = limits or Limits()
        self.root = Scope(Frame("", (), frozenset()), self.limits)
        if spec.one_line:
            self.root.defining = (
                "give it a value with --set {name}=…, or keep it a symbol with --set {name}={name}"
            )
        values = values or Values()
        self.layers = values.layers
        self.binding = bind(spec, self.root, values)
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
        inputs = {name: self.input_shape(name, sizes) for name, sizes in spec.inputs.items()}
        for name, shape in inputs.items():
            at = spec.inputs[name][0].at
            tensor = self.placing.input(name, shape, at)
            scope.define(name, tensor, at)
            scope.current = tensor if len(inputs) == 1 else None
        self.run(spec.layers, scope)
        placed = self.placing
        self.check_layers()
        if not placed.nodes:
            raise SpecError(
                "the network has no layers",
                at=Position(spec.origin, 1, 1),
                hint="list at least one under layers:",
            )
        return Graph(inputs, tuple(placed.nodes), self.outputs(scope), tuple(placed.conditions))

    def input_shape(self, name: str, sizes: tuple[Piece, ...]) -> Shape:
        shape = Shape(evaluate(size, self.root) for size in sizes)
        for size, piece in zip(shape, sizes):
            whole = type(size) is int or (is_symbolic(size) and size.is_integer)
            if not whole or at_least(size, 1) is False:
                raise SpecError(
                    f"a size of the {name} must be an integer of at least 1, got {describe(size)}",
                    at=piece.at,
                    node=name,
                    hint="sizes are channels first: 3x224x224",
                )
        return shape

    def outputs(self, scope: Scope) -> dict[str, str]:
        if self.spec.outputs is None:
            assert scope.current is not None
            return {"output": scope.current.name}
        return {name: self.tensor(piece, scope).name for name, piece in self.spec.outputs.items()}

    # Statements.

    def run(self, body: Body, scope: Scope) -> None:
        self.depth += 1
        for statement in body:
            self.step(statement.at)
            _RUN[type(statement)](self, statement, scope)
        self.depth -= 1

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
                    raise SpecError(
                        f"{call.kind} names {len(sources)} layer, and joins at least two",
                        at=call.values[0].at,
                        node=name,
                        hint=f"x is the current tensor: write {call.kind} x {call.values[0].text}",
                    )
            else:
                sources = [scope.lookup("x", call.at)]
            layer = self.layer(cls, call, scope, name)
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
                raise SpecError(
                    f"{call.kind} makes {text(parts)} parts, but {len(call.names)} names stand before it",
                    at=call.at,
                    node=name,
                    hint="give each part a name: a, b = split 2",
                )
            scope.current = self.placing.add(name, layer, [source], call.at, scope.frame.groups)
            self.define((part,), scope, call.at)

    def use(self, block: Block, call: Call, scope: Scope) -> None:
        """A block: its own names and parameters, the caller's current tensor."""
        name = self.name(call.names, block.name, scope)
        inner = self.inside(block, name, scope)
        given = dict(zip(block.parameters, call.values))
        given.update(call.keys)
        for parameter, default in block.parameters.items():
            if parameter in given:
                value = value_of(given[parameter], scope)
            elif default is not None:
                value = value_of(default, inner)
            else:
                raise SpecError(
                    f"{block.name} needs {parameter}",
                    at=call.at,
                    node=name,
                    hint=f"its signature is {block.name}({_signature(block)})",
                )
            inner.values[parameter] = value
        values, first = dict(inner.values), len(self.placing.nodes)
        self.run(block.body, inner)
        scope.current = inner.current
        self.remember(call.names, Recipe(block, values, first, len(self.placing.nodes)), scope)

    def inside(self, block: Block, name: str, scope: Scope) -> Scope:
        """The scope of one use of a block."""
        groups = (*scope.frame.groups, Group(name, block.name))
        frame = Frame(f"{name}.", groups, given_names(block.body))
        inner = Scope(frame, self.limits, self.root)
        inner.current = scope.current
        return inner

    def remember(self, names: tuple[str, ...], recipe: Recipe, scope: Scope) -> None:
        for name in names:
            scope.recipes[name] = recipe

    def reuse(self, call: Call, scope: Scope) -> None:
        """A named layer or block on the current tensor, with the weights that it has already."""
        piece = call.values[0]
        named = scope.lookup(piece.text, piece.at)
        recipe = scope.recipe(piece.text)
        if recipe is None:
            raise SpecError(
                f"{piece.text} is neither a layer nor a block, so it cannot be used again",
                at=piece.at,
                hint="name the line that makes it: tower = block …, then reuse tower",
            )
        self.placing.hold(named, piece.at)
        name = self.name(call.names, REUSE, scope)
        originals, first = self.placing.nodes[recipe.first : recipe.last], len(self.placing.nodes)
        if recipe.block is None:
            source = scope.lookup("x", call.at)
            scope.current = self.placing.add(
                name, originals[0].layer, [source], call.at, scope.frame.groups
            )
        else:
            inner = self.inside(recipe.block, name, scope)
            inner.values.update(recipe.values)
            self.run(recipe.block.body, inner)
            scope.current = inner.current
        if len(originals) != len(self.placing.nodes) - first:
            raise LayerError(
                f"{piece.text} has other layers on this input, so its weights cannot be shared",
                at=call.at,
                node=name,
                hint="if: inside the block decides differently here; use an input of equal size",
            )
        for i, original in enumerate(originals):
            self.placing.share(original, first + i, call.at)
        self.remember(call.names, recipe, scope)

    def join(self, join: Join, scope: Scope) -> None:
        start, ends = scope.current, []
        name = self.name(join.names, join.kind, scope)
        for branch in join.branches:
            scope.current = start
            self.run(branch, scope)
            ends.append(scope.lookup("x", join.at))
        scope.current = self.placing.add(
            name, KINDS[join.kind](), ends, join.at, scope.frame.groups
        )
        self.define(join.names, scope, join.at)

    def choose(self, statement: If, scope: Scope) -> None:
        answer = evaluate(statement.test, scope)
        if not isinstance(answer, bool):
            raise SpecError(
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
        for item in values:
            if not isinstance(item, Tensor):
                raise SpecError(
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
            raise SpecError(
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
            raise LayerError(error.message, at=call.at, node=name, hint=error.hint) from None

    def name(self, names: tuple[str, ...], kind: str, scope: Scope) -> str:
        return scope.qualified(names[0]) if names else scope.frame.automatic(kind)

    def define(self, names: tuple[str, ...], scope: Scope, at: Position) -> None:
        for name in names:
            scope.define(name, scope.current, at)


_RUN: dict[type[Statement], Callable[..., None]] = {
    Call: Expansion.call,
    Join: Expansion.join,
    Loop: Expansion.loop,
    Repeat: Expansion.repeat,
    If: Expansion.choose,
}


def _signature(block: Block) -> str:
    return ", ".join(
        name if default is None else f"{name}={default.text}"
        for name, default in block.parameters.items()
    )
