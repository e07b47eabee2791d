"""Expansion: a spec with values for its parameters and symbols becomes a graph.

Sizes are computed on the way, because blocks may ask for them (``if: x.c != 4*mid``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from cnncalc.errors import LayerError, Position, SpecError, suggest
from cnncalc.graph import Condition, Graph, Node
from cnncalc.graph import Scope as Group
from cnncalc.layers import KINDS, Argument, ArgumentError, Layer, Requirement
from cnncalc.layers.arguments import Axes, Flag, Like, Real
from cnncalc.layers.windows import POINT
from cnncalc.sizes import (
    Shape,
    Size,
    at_least,
    axis_names,
    divides,
    equal,
    is_fraction,
    is_symbolic,
    text,
)
from cnncalc.spec.bind import bind
from cnncalc.spec.expressions import Iterations, Tensor, describe, evaluate, instead
from cnncalc.spec.limits import Limits, within_stack
from cnncalc.spec.lines import RESERVED, is_name, split_axes
from cnncalc.spec.scope import Frame, Scope
from cnncalc.spec.syntax import Block, Body, Call, If, Join, Loop, Piece, Repeat, Spec, Statement
from cnncalc.spec.validate import FROM, given_names, joins

_RELATIONS: dict[str, Callable[[Size, Size], bool | None]] = {
    "==": equal,
    ">=": at_least,
    "% ==": lambda a, b: divides(b, a),
}


class Expansion:
    """One expansion of a spec.

    ``root`` holds the parameters and symbols, for expectations to be evaluated in.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        at: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        symbolic: bool = False,
        limits: Limits | None = None,
    ) -> None:
        self.spec = spec
        self.limits = limits or Limits()
        self.root = Scope(Frame("", (), frozenset()), self.limits)
        if spec.one_line:
            self.root.defining = "give it a value with --set NAME=…"
        self.binding = bind(spec, self.root, at or {}, settings or {}, symbolic)
        self.nodes: list[Node] = []
        self.names: dict[str, Position] = {}
        self.conditions: list[Condition] = []
        self.steps = 0
        self.depth = 0

    @within_stack
    def graph(self) -> Graph:
        """Raises :class:`cnncalc.errors.CnncalcError` for a network that is not well-formed."""
        spec = self.spec
        scope = Scope(Frame("", (), given_names(spec.layers)), self.limits, self.root)
        inputs = {name: self.input_shape(name, sizes) for name, sizes in spec.inputs.items()}
        for name, shape in inputs.items():
            scope.define(name, Tensor(name, shape), spec.inputs[name][0].at)
            self.names[name] = spec.inputs[name][0].at
        if len(inputs) == 1:
            (name,) = inputs
            scope.current = Tensor(name, inputs[name])
        self.run(spec.layers, scope)
        if not self.nodes:
            raise SpecError(
                "the network has no layers",
                at=Position(spec.origin, 1, 1),
                hint="list at least one under layers:",
            )
        return Graph(inputs, tuple(self.nodes), self.outputs(scope), tuple(self.conditions))

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
        elif cls is None:
            self.use(self.spec.blocks[call.kind], call, scope)
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
            scope.current = self.add(name, layer, sources, call.at, scope)
        self.define(call.names, scope, call.at)

    def use(self, block: Block, call: Call, scope: Scope) -> None:
        """A block: its own names and parameters, the caller's current tensor."""
        name = self.name(call.names, block.name, scope)
        group = Group(name, block.name)
        frame = Frame(f"{name}.", (*scope.frame.groups, group), given_names(block.body))
        inner = Scope(frame, self.limits, self.root)
        inner.current = scope.current
        given = dict(zip(block.parameters, call.values))
        given.update(call.keys)
        for parameter, default in block.parameters.items():
            if parameter in given:
                value = self.value(given[parameter], scope)
            elif default is not None:
                value = self.value(default, inner)
            else:
                raise SpecError(
                    f"{block.name} needs {parameter}",
                    at=call.at,
                    node=name,
                    hint=f"its signature is {block.name}({_signature(block)})",
                )
            inner.values[parameter] = value
        self.run(block.body, inner)
        scope.current = inner.current

    def join(self, join: Join, scope: Scope) -> None:
        start, ends = scope.current, []
        name = self.name(join.names, join.kind, scope)
        for branch in join.branches:
            scope.current = start
            self.run(branch, scope)
            ends.append(scope.lookup("x", join.at))
        scope.current = self.add(name, KINDS[join.kind](), ends, join.at, scope)
        self.define(join.names, scope, join.at)

    def loop(self, loop: Loop, scope: Scope) -> None:
        columns = {name: self.column(value, scope) for name, value in loop.variables.items()}
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            counts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            raise SpecError(
                f"the variables of for: advance together, but {counts}",
                at=loop.at,
                hint="give them equally many values",
            )
        rows = (dict(zip(columns, row)) for row in zip(*columns.values()))
        self.iterate(loop.name, loop.body, rows, loop.at, scope)

    def repeat(self, repeat: Repeat, scope: Scope) -> None:
        count = self.count(repeat.times, scope)
        self.iterate(repeat.name, repeat.body, ({} for _ in range(count)), repeat.at, scope)

    def iterate(
        self,
        name: str | None,
        body: Body,
        rows: Iterable[Mapping[str, Any]],
        at: Position,
        scope: Scope,
    ) -> None:
        iterations = Iterations(name or "")
        full = scope.qualified(name) if name else ""
        if name:
            scope.define(name, iterations, at)
        reserved = given_names(body)
        for index, row in enumerate(rows):
            self.step(at)
            if name:
                groups = (*scope.frame.groups, Group(f"{full}[{index}]", name))
                inner = scope.inner(Frame(f"{full}[{index}].", groups, reserved))
            else:
                inner = scope.inner(suffix=f"[{index}]")
            inner.values.update(row)
            self.run(body, inner)
            scope.current = inner.current
            iterations.done.append(inner.tensors())

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

    def value(self, piece: Piece, scope: Scope) -> Any:
        axes = split_axes(piece)
        if axes:
            return tuple(evaluate(axis, scope) for axis in axes)
        return evaluate(piece, scope)

    def column(self, value: Piece | tuple[Piece, ...], scope: Scope) -> list[Any]:
        if not isinstance(value, Piece):
            return [self.value(item, scope) for item in value]
        result = evaluate(value, scope)
        return result if isinstance(result, list) else list(range(self.count(value, scope)))

    def count(self, piece: Piece, scope: Scope) -> int:
        value = evaluate(piece, scope)
        if type(value) is not int or value < 0:
            hint = (
                "give the symbols values with --at" if is_symbolic(value) else "write a count, as 3"
            )
            raise SpecError(
                f"a number of repetitions must be an integer of at least 0, got {describe(value)}",
                at=piece.at,
                hint=hint,
            )
        self.limits.check("layers", value, "too many repetitions", piece.at)
        return value

    def tensors(self, piece: Piece, scope: Scope) -> list[Tensor]:
        """One tensor, or all of ``stack[*].skip``."""
        value = evaluate(piece, scope)
        values = value if isinstance(value, list) else [value]
        for item in values:
            if not isinstance(item, Tensor):
                raise SpecError(
                    f"{piece.text} is {describe(item)}, not a layer",
                    at=piece.at,
                    hint="name an earlier layer: skip = relu, then from skip",
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

    def name(self, names: tuple[str, ...], kind: str, scope: Scope) -> str:
        return scope.qualified(names[0]) if names else scope.frame.automatic(kind)

    def define(self, names: tuple[str, ...], scope: Scope, at: Position) -> None:
        for name in names:
            scope.define(name, scope.current, at)

    def layer(self, cls: type[Layer], call: Call, scope: Scope, name: str) -> Layer:
        pieces = {cls.aliases[key]: piece for key, piece in call.keys.items()}
        if call.values and cls.value:
            pieces[cls.value] = call.values[0]
        values: dict[str, Any] = {}
        try:
            for key, piece in pieces.items():
                values[key] = self.argument(cls.arguments[key], piece, scope)
            return cls(**values)
        except ArgumentError as error:
            given, argument = pieces.get(error.argument), cls.arguments[error.argument]
            raise LayerError(
                error.message,
                at=given.at if given else call.at,
                node=name,
                hint=error.hint or _argument_hint(argument, values.get(error.argument)),
            ) from None

    def argument(self, argument: Argument[Any], piece: Piece, scope: Scope) -> Any:
        if piece.text in argument.words:
            return piece.text
        if _is_unknown_word(piece.text, argument, scope):
            hint = suggest(
                piece.text, argument.words or ("yes", "no"), f"words for {argument.name}"
            )
            raise ArgumentError(argument.name, argument.refuse(piece.text).message, hint)
        value = self.value(piece, scope)
        if isinstance(value, Tensor) and isinstance(argument, Like):
            return value.shape
        if isinstance(value, (Tensor, Iterations, dict, list)):
            several = isinstance(value, list) and isinstance(argument, Axes)
            raise ArgumentError(
                argument.name,
                f"{argument.name} must be {argument.allowed()}, got {describe(value)}",
                "one value per axis is written 3x1" if several else instead(value),
            )
        return value

    def add(
        self, name: str, layer: Layer, sources: list[Tensor], at: Position, scope: Scope
    ) -> Tensor:
        """A node, held to what its layer requires; raises :class:`LayerError`."""
        taken = self.names.get(name)
        if taken is not None:
            raise SpecError(
                f"the name {name!r} is given twice",
                at=at,
                hint=f"the first is in line {taken.line}, column {taken.column}; rename one",
            )
        self.names[name] = at
        xs = tuple(source.shape for source in sources)
        try:
            shape = layer.output(*xs)
            for need in _needs(layer, xs):
                self.require(need, name)
        except _Unmet as unmet:
            raise LayerError(
                _sentence(unmet.need, sources),
                at=at,
                node=name,
                hint=_fill(unmet.need.hint, unmet.need),
            ) from None
        except LayerError as error:
            message = error.message + _involved(error.inputs, sources)
            raise LayerError(message, at=at, node=name, hint=error.hint) from None
        for size in shape:
            if type(size) is int:
                self.limits.check("bits", size.bit_length(), f"{name}: a size too large", at)
        self.nodes.append(
            Node(
                name,
                layer,
                tuple(source.name for source in sources),
                shape,
                at,
                scope.frame.groups,
            )
        )
        return Tensor(name, shape)

    def require(self, need: Requirement, name: str) -> None:
        met = _RELATIONS[need.relation](need.left, need.right)
        if met is None:
            self.conditions.append(Condition(name, need))
        elif not met:
            raise _Unmet(need)


_RUN: dict[type[Statement], Callable[..., None]] = {
    Call: Expansion.call,
    Join: Expansion.join,
    Loop: Expansion.loop,
    Repeat: Expansion.repeat,
    If: Expansion.choose,
}


class _Unmet(Exception):
    def __init__(self, need: Requirement) -> None:
        self.need = need


def _needs(layer: Layer, xs: tuple[Shape, ...]) -> Iterator[Requirement]:
    """What the layer requires, and that every window leaves at least one unit."""
    yield from layer.requirements(*xs)
    names = axis_names(xs[0].rank)
    for windows, x in zip(layer.reads(*xs), xs):
        for axis, window, n in zip(names, windows, x.spatial):
            if window is POINT:
                continue
            size = window.size(n)
            if size is None or (type(size) is int and size >= 1):
                continue
            message, hint = window.misfit(n)
            yield Requirement(size, ">=", 1, f"{axis}: {message}".replace("{", "{{"), hint)


def _fill(template: str, need: Requirement) -> str:
    return template.format(left=text(need.left), right=text(need.right))


def _sentence(need: Requirement, sources: list[Tensor]) -> str:
    return _fill(need.message, need) + _involved(need.inputs, sources)


def _involved(inputs: tuple[int, ...], sources: list[Tensor]) -> str:
    """The inputs that disagree, with their shapes."""
    if not inputs:
        return ""
    return f" ({', '.join(f'{sources[i].name} is {sources[i].shape}' for i in inputs)})"


def _is_unknown_word(word: str, argument: Argument[Any], scope: Scope) -> bool:
    """A word that no expression can be, where the argument takes words."""
    takes_words = bool(argument.words) or isinstance(argument, Flag)
    return takes_words and is_name(word) and word not in RESERVED and scope.find(word) is None


def _argument_hint(argument: Argument[Any], value: Any) -> str:
    fraction = is_fraction(value) or (is_symbolic(value) and value.is_integer is not True)
    if fraction and not isinstance(argument, Real):
        return "// divides and rounds down, ceil(…) rounds up"
    return f"{argument.name}: {argument.doc}"


def _signature(block: Block) -> str:
    return ", ".join(
        name if default is None else f"{name}={default.text}"
        for name, default in block.parameters.items()
    )
