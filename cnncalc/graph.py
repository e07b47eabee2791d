"""The layer graph: immutable, in topological order, every node with its shape and its place.

A tensor is known by its name: the name of an input, or of the node that makes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import NamedTuple

from cnncalc.errors import Position, UsageError, suggest
from cnncalc.layers import Layer, Requirement
from cnncalc.sizes import Shape


class Scope(NamedTuple):
    """A use of a block or an iteration of a named loop that a node belongs to."""

    name: str
    label: str


class Node:
    """One layer in its place: what it reads, what it puts out, where the spec says so.

    ``shares`` is the name of the node whose weights it uses, None when they are its own.
    """

    __slots__ = ("at", "inputs", "layer", "name", "scopes", "shape", "shares")

    def __init__(
        self,
        name: str,
        layer: Layer,
        inputs: tuple[str, ...],
        shape: Shape,
        at: Position | None = None,
        scopes: tuple[Scope, ...] = (),
        shares: str | None = None,
    ) -> None:
        self.name = name
        self.layer = layer
        self.inputs = inputs
        self.shape = shape
        self.at = at
        self.scopes = scopes
        self.shares = shares

    @property
    def kind(self) -> str:
        return self.layer.kind

    def __repr__(self) -> str:
        return f"<{self.name} = {self.kind}({', '.join(self.inputs)}) -> {self.shape}>"


class Condition(NamedTuple):
    """A requirement of a node that only some values of the symbols meet."""

    node: str
    requirement: Requirement


class Graph:
    """A network for one choice of its parameters and symbols.

    ``inputs`` and ``outputs`` map names to shapes and to tensors; ``conditions`` are what must hold
    of the symbols that are left for the network to be well-formed.
    """

    def __init__(
        self,
        inputs: Mapping[str, Shape],
        nodes: tuple[Node, ...],
        outputs: Mapping[str, str],
        conditions: tuple[Condition, ...] = (),
    ) -> None:
        self.inputs = inputs
        self.nodes = nodes
        self.outputs = outputs
        self.conditions = conditions

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Shape of every tensor, inputs included."""
        return {**self.inputs, **{node.name: node.shape for node in self.nodes}}

    def inputs_of(self, node: Node) -> tuple[Shape, ...]:
        """Shapes that ``node`` reads."""
        shapes = self.shapes
        return tuple(shapes[name] for name in node.inputs)

    @cached_property
    def used(self) -> frozenset[str]:
        """Tensors that an output depends on, outputs included."""
        return self.before(*self.outputs.values())

    def before(self, *names: str) -> frozenset[str]:
        """Tensors that those called ``names`` depend on, and these themselves."""
        needed = {*names}
        for node in reversed(self.nodes):
            if node.name in needed:
                needed.update(node.inputs)
        return frozenset(needed)

    def chosen(self, patterns: Iterable[str], of: str = "") -> frozenset[str]:
        """Names of the layers that ``patterns`` name: layers, blocks with all inside, * for any text.

        Raises :class:`UsageError`, which calls the network ``of``, for one that names nothing.
        """
        found: set[str] = set()
        for pattern in patterns:
            # Iterations of loops have brackets in their names, which a pattern means as they are.
            literal = pattern.replace("[", "[[]")
            names = {
                node.name
                for node in self
                if any(fnmatchcase(name, literal) for name in _names(node))
            }
            if not names:
                known = {name for node in self for name in _names(node)}
                hint = f"{pattern} is an input" if pattern in self.inputs else None
                what = f"{of} has no layer {pattern!r}" if of else f"no layer is called {pattern!r}"
                raise UsageError(what, hint=hint or suggest(pattern, known, "layers"))
            found |= names
        return frozenset(found)

    def tensor(self, name: str, of: str) -> str:
        """The tensor that a layer, an input, a block or an iteration puts out.

        Raises :class:`UsageError`, which calls the network ``of``, for a name that nothing has.
        """
        if name in self.shapes:
            return name
        inside = [node.name for node in self if node.name.startswith(f"{name}.")]
        if inside:
            return inside[-1]
        hint = suggest(name, self.shapes, "layers")
        raise UsageError(f"{of} has no layer {name!r}", hint=hint)


def _names(node: Node) -> Iterator[str]:
    """What a node is called, and the blocks and iterations that it belongs to."""
    yield node.name
    yield from (scope.name for scope in node.scopes)
