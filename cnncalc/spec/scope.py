"""Names while a spec is expanded: what is visible where, and what layers are called.

Two things nest differently, so they are two classes. A :class:`Scope` is what an expression can
see: each block use and each iteration of a loop has its own. A :class:`Frame` is the prefix and
the counters of names: each block use and each iteration of a *named* loop has its own, while an
unnamed loop goes on counting (``bottleneck1`` to ``bottleneck16``).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc.errors import Position, nearest, slip
from cnncalc.graph import Scope as Group
from cnncalc.problems import NameTaken, NoCurrentTensor, UnknownName
from cnncalc.spec.limits import Limits
from cnncalc.spec.syntax import Block
from cnncalc.spec.values import UNKNOWN, Iterations, Tensor, known


class Recipe(NamedTuple):
    """How a named line was made, for ``reuse``: a layer, or a block with its parameters.

    ``first`` and ``last`` bound the nodes that it made.
    """

    block: Block | None
    values: dict[str, Any]
    first: int
    last: int


class Frame:
    """Where names of layers are made: ``down[0].conv1``."""

    __slots__ = ("counters", "given", "groups", "prefix", "reserved")

    def __init__(self, prefix: str, groups: tuple[Group, ...], reserved: frozenset[str]) -> None:
        self.prefix = prefix
        self.groups = groups
        #: Names given in the spec, which the counters pass over.
        self.reserved = reserved
        #: Names given so far, those inside unnamed loops too.
        self.given: set[str] = set()
        self.counters: dict[str, int] = {}

    def automatic(self, kind: str) -> str:
        """The next name for an unnamed layer: conv1, conv2, …"""
        while True:
            count = self.counters[kind] = self.counters.get(kind, 0) + 1
            if f"{kind}{count}" not in self.reserved:
                return f"{self.prefix}{kind}{count}"


class Scope:
    """What expressions see; lookups go on to ``parent`` (a block's is only the parameters)."""

    __slots__ = (
        "current",
        "defining",
        "frame",
        "limits",
        "parent",
        "places",
        "recipes",
        "suffix",
        "values",
    )

    def __init__(
        self, frame: Frame, limits: Limits, parent: Scope | None = None, suffix: str = ""
    ) -> None:
        self.frame = frame
        self.limits = limits
        self.parent = parent
        #: Iteration of the unnamed loops around, for names given inside them: up[2].
        self.suffix = suffix
        self.values: dict[str, Any] = {}
        self.places: dict[str, Position] = {}
        self.recipes: dict[str, Recipe] = {}
        #: The current tensor, ``x``; None before the first of several inputs is chosen.
        self.current: Tensor | None = None
        #: How a name gets a value from outside.
        self.defining: str = parent.defining if parent else "define it in params:"

    def inner(self, frame: Frame | None = None, suffix: str = "") -> Scope:
        """A scope that sees this one: an iteration of a loop."""
        scope = Scope(frame or self.frame, self.limits, self, "" if frame else self.suffix + suffix)
        scope.current = self.current
        return scope

    def find(self, name: str) -> Any:
        """The value of ``name``, or None."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.parent
        return None

    def recipe(self, name: str) -> Recipe | None:
        """How ``name`` was made, if by a layer line."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.recipes.get(name)
            scope = scope.parent
        return None

    def here(self, at: Position) -> Any:
        """The current tensor, which may be unknown."""
        if self.current is None:
            raise NoCurrentTensor(
                "there is no current tensor yet",
                at=at,
                hint="the network has several inputs: begin with one of them, as "
                f"- from {next(iter(self.tensors()), 'left')}",
            )
        return self.current

    def lookup(self, name: str, at: Position) -> Any:
        if name == "x":
            return known(self.here(at))
        value = self.find(name)
        if value is None:
            raise self._undefined(name, at)
        return known(value)

    def _undefined(self, name: str, at: Position) -> UnknownName:
        visible = self.visible()
        near, meant = nearest(name, visible), None
        loop = self._loop_with(name)
        if loop:
            hint = f"it is a layer of the loop {loop}: write {loop}[0].{name}"
        elif name in self.frame.given:
            hint = (
                f"it is a layer of a loop: name the loop, as name: down, and write down[0].{name}"
            )
        elif name in self.frame.reserved:
            hint = "a layer reads only what is above it, and not what an if: leaves out"
        elif near:
            hint, meant = f"did you mean {near!r}?", slip(name, visible)
        elif name.rstrip("0123456789") in self.frame.counters:
            kind = name.rstrip("0123456789")
            hint = (
                f"names like {name!r} are automatic and move when layers are added; "
                f"name the layer: {name} = {kind} …"
            )
        else:
            seen = f" (visible here: {', '.join(sorted(visible))})" if visible else ""
            hint = f"{self._advice(name)}{seen}"
        message = f"{name!r} is not defined here"
        return UnknownName(message, at=at, word=name, known=(), meant=meant, hint=hint)

    def _loop_with(self, name: str) -> str | None:
        """The loop that shows a layer of this name."""
        for loop in map(self.find, sorted(self.visible())):
            if isinstance(loop, Iterations) and any(name in names for names in loop.done):
                return loop.name
        return None

    def _advice(self, name: str) -> str:
        defining = self.defining.format(name=name)
        if self.parent is None:
            return f"{defining}; a parameter reads only those above it"
        scope = self
        while scope.parent is not None and scope.parent.parent is not None:
            scope = scope.parent
        if scope.frame.groups:
            return f"{defining}, or give it to the block as a parameter"
        return f"name an earlier layer {name} = …, or {defining}"

    def visible(self) -> set[str]:
        names: set[str] = set()
        scope: Scope | None = self
        while scope is not None:
            names.update(scope.values)
            scope = scope.parent
        return names

    def define(self, name: str, value: Any, at: Position) -> None:
        """Gives a name to a value; raises :class:`NameTaken` when it is taken."""
        taken = self.places.get(name)
        if taken is not None:
            raise NameTaken(
                f"the name {name!r} is given twice",
                at=at,
                hint=f"the first is in line {taken.line}, column {taken.column}; rename one",
            )
        if isinstance(value, (Tensor, Iterations)):
            known = self.find(name)
            if known is not None and not isinstance(known, (Tensor, Iterations)):
                raise NameTaken(
                    f"{name!r} is a parameter already", at=at, hint="give the layer another name"
                )
        self.values[name] = value
        self.places[name] = at
        self.frame.given.add(name)

    def qualified(self, name: str) -> str:
        """The full name of something named here: down[0].skip, up[2]."""
        return f"{self.frame.prefix}{name}{self.suffix}"

    def tensors(self) -> dict[str, Any]:
        """What was named in this scope, for ``down[0].skip``."""
        return {
            name: value
            for name, value in self.values.items()
            if value is UNKNOWN or isinstance(value, (Tensor, Iterations))
        }
