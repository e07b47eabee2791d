"""Layers put into the graph, one after the other, each held to what it requires."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnncalc.errors import LayerError, Position
from cnncalc.graph import Condition, Node, Scope
from cnncalc.layers import Layer, Requirement
from cnncalc.layers.windows import POINT
from cnncalc.problems import NameTaken, NotShareable
from cnncalc.sizes import (
    Shape,
    Size,
    at_least,
    axis_names,
    divides,
    equal,
    is_int,
    is_symbolic,
    text,
)
from cnncalc.spec.limits import Limits
from cnncalc.spec.values import Tensor

_RELATIONS: dict[str, Callable[[Size, Size], bool | None]] = {
    "==": equal,
    ">=": at_least,
    "% ==": lambda a, b: divides(b, a),
}


class Placing:
    """The graph as far as it is made: its inputs, nodes, and conditions on the symbols."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.inputs: dict[str, Shape] = {}
        self.nodes: list[Node] = []
        self.names: dict[str, Position] = {}
        self.conditions: list[Condition] = []

    def input(self, name: str, shape: Shape, at: Position) -> Tensor:
        self.inputs[name] = shape
        self.names[name] = at
        return Tensor(name, shape)

    def add(
        self,
        name: str,
        layer: Layer,
        sources: list[Tensor],
        at: Position,
        groups: tuple[Scope, ...],
    ) -> Tensor:
        """A node, held to what its layer requires; raises :class:`LayerError`."""
        taken = self.names.get(name)
        if taken is not None:
            raise NameTaken(
                f"the name {name!r} is given twice",
                at=at,
                hint=f"the first is in line {taken.line}, column {taken.column}; rename one",
            )
        self.names[name] = at
        for source in sources:
            self.hold(source, at)
        xs = tuple(source.shape for source in sources)
        try:
            shape = layer.output(*xs)
            for need in self.needs(layer, xs):
                self.require(need, name)
        except Unmet as unmet:
            raise unmet.need.error(
                _sentence(unmet.need, sources),
                at=at,
                node=name,
                hint=self.channels_last() or _fill(unmet.need.hint, unmet.need),
            ) from None
        except LayerError as error:
            message = error.message + _involved(error.inputs, sources)
            error.place(at, name, message, error.hint)
            raise
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
                groups,
            )
        )
        return Tensor(name, shape)

    def hold(self, tensor: Tensor, at: Position) -> None:
        """Raises :class:`SpecError` for a tensor that layers placed here must not read."""

    def channels_last(self) -> str | None:
        """A hint where an input looks as if its channels came last: 224x224x3."""
        for name, shape in self.inputs.items():
            first, last = shape[0], shape[-1]
            if (
                shape.rank > 1
                and is_int(first)
                and first >= 8
                and is_int(last)
                and last in (1, 3, 4)
            ):
                meant = Shape((last, *shape[:-1]))
                return f"sizes are channels first: is the {name} meant to be {meant}?"
        return None

    def needs(self, layer: Layer, xs: tuple[Shape, ...]) -> Iterator[Requirement]:
        """What the layer requires, and that every window leaves at least one unit."""
        yield from layer.requirements(*xs)
        if layer.inside:
            return  # its windows are those inside, which have been held to it
        names = axis_names(xs[0].rank)
        for windows, x in zip(layer.reads(*xs), xs):
            for axis, window, n in zip(names, windows, x.spatial):
                if window is POINT:
                    continue
                size = window.size(n)
                if size is None or (type(size) is int and size >= 1):
                    continue
                if is_symbolic(size) and self.holds(">=", size, 1):
                    continue  # before it is put in words, which takes longest
                message, hint = window.misfit(n)
                yield Requirement(size, ">=", 1, f"{axis}: {message}".replace("{", "{{"), hint)

    def holds(self, relation: str, left: Size, right: Size) -> bool | None:
        """Is it so for all values of the symbols, for none, or (None) for some or unknown?"""
        return _RELATIONS[relation](left, right)

    def require(self, need: Requirement, name: str) -> None:
        """Keeps what depends on the symbols; raises for what never is so."""
        met = self.holds(need.relation, need.left, need.right)
        if met is None:
            self.conditions.append(Condition(name, need))
        elif not met:
            raise Unmet(need)

    def share(self, original: Node, index: int, at: Position) -> None:
        """Gives node number ``index`` the weights of the original; :class:`NotShareable` if they differ."""
        copy = self.nodes[index]
        shapes = {**self.inputs, **{node.name: node.shape for node in self.nodes}}
        theirs, ours = (
            [
                (weight.name, weight.shape)
                for weight in node.layer.weights(shapes[node.inputs[0]], node.shape)
            ]
            for node in (original, copy)
        )
        if type(original.layer) is not type(copy.layer) or theirs != ours:
            raise NotShareable(
                f"the weights of {original.name} do not fit here: it was made for "
                f"{shapes[original.inputs[0]]}, this input is {shapes[copy.inputs[0]]}",
                at=at,
                node=copy.name,
                hint="weights can be shared where channels and kernels are the same",
            )
        root = original.shares or original.name
        self.nodes[index] = Node(
            copy.name, copy.layer, copy.inputs, copy.shape, copy.at, copy.scopes, root
        )


class Unmet(Exception):
    """A requirement that is not met."""

    def __init__(self, need: Requirement) -> None:
        self.need = need


def _fill(template: str, need: Requirement) -> str:
    return template.format(left=text(need.left), right=text(need.right))


def _sentence(need: Requirement, sources: list[Tensor]) -> str:
    return _fill(need.message, need) + _involved(need.inputs, sources)


def _involved(inputs: tuple[int, ...], sources: list[Tensor]) -> str:
    """The inputs that disagree, with their shapes."""
    if not inputs:
        return ""
    return f" ({', '.join(f'{sources[i].name} is {sources[i].shape}' for i in inputs)})"
