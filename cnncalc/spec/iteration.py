"""One repetition of the body of a ``repeat`` whose count is a symbol, as a network of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn

from cnncalc import symbolic
from cnncalc.errors import LayerError, Position, SpecError
from cnncalc.graph import Graph
from cnncalc.layers import Requirement
from cnncalc.problems import NoClosedForm
from cnncalc.sizes import Shape, Size, is_symbolic, text
from cnncalc.spec.placing import Placing
from cnncalc.spec.reporting import Problems
from cnncalc.spec.scope import Frame, Scope
from cnncalc.spec.syntax import Repeat
from cnncalc.spec.validate import given_names
from cnncalc.spec.values import Tensor

if TYPE_CHECKING:
    from cnncalc.spec.build import Expansion


class OtherChannels(NoClosedForm):
    """A body that puts out other channels than it reads."""


class Iteration:
    """The body of ``statement``, to be expanded on inputs of several shapes.

    ``hint`` says how to have a number instead of ``count``.
    """

    def __init__(
        self, expansion: Expansion, statement: Repeat, count: Size, scope: Scope, hint: str
    ) -> None:
        self.expansion = expansion
        self.statement = statement
        self.count = count
        self.scope = scope
        self.hint = hint
        self.source: Tensor = scope.lookup("x", statement.at)
        if statement.name:
            self.name = scope.qualified(statement.name)
        else:
            self.name = scope.frame.automatic("repeat")
        values = _flat([*expansion.root.values.values(), *self.source.shape, count])
        known = [*filter(is_symbolic, values), *expansion.hidden]
        rank = self.source.shape.rank
        #: Symbols for the spatial sizes that a repetition finds, whichever it is.
        self.positions = symbolic.fresh(
            [f"x_{axis}" for axis in ("dhw"[-rank:] if rank <= 3 else "abcdefg")[:rank]], known
        )
        #: Which repetition: 1, 2, …
        self.index = symbolic.fresh("i", [*known, *self.positions])[0]

    def refuse(
        self,
        why: str,
        at: Position | None = None,
        node: str | None = None,
        error: type[NoClosedForm] = NoClosedForm,
    ) -> NoReturn:
        raise error(
            f"{self.worded(why)}, so it cannot be repeated {text(self.count)} times in closed form",
            at=at or self.statement.at,
            node=node,
            hint=self.hint,
        )

    def on(self, shape: Shape) -> Graph:
        """The repetition that reads a tensor of this shape."""
        expansion, at = self.expansion, self.statement.at
        placing = _Inside(self)
        x = placing.input(f"{self.name}.x", shape, at)
        frame = Frame(f"{self.name}.", self.scope.frame.groups, given_names(self.statement.body))
        inner = self.scope.inner(frame)
        inner.current = x
        outer = expansion.hidden, expansion.placing, expansion.problems, expansion.depth
        expansion.hidden = [*expansion.hidden, *self.positions, self.index]
        expansion.placing, expansion.problems = placing, Problems()
        try:
            expansion.run(self.statement.body, inner)
        finally:
            expansion.hidden, expansion.placing, expansion.problems, expansion.depth = outer
        end = inner.lookup("x", at)
        placing.hold(end, at)
        return Graph(
            {x.name: shape}, tuple(placing.nodes), {"output": end.name}, tuple(placing.conditions)
        )

    @cached_property
    def generic(self) -> Graph:
        """Any repetition: what it finds are symbols, so that nothing in it is for one size alone."""
        x = self.source.shape
        try:
            return self.on(x.like(x.channels, self.positions))
        except (SpecError, LayerError) as error:
            self.refuse(error.message, error.at, error.node)

    def peeled(self) -> Iteration:
        """The repetitions after the first, whose layers are expanded by themselves."""
        need = Requirement(self.count, ">=", 1, "{left} repetitions", "repeat it at least once")
        self.expansion.placing.require(need, self.name)
        inner = self.scope.inner(suffix="[0]")
        self.expansion.run(self.statement.body, inner)
        self.scope.current = inner.current
        return Iteration(self.expansion, self.statement, self.count - 1, self.scope, self.hint)

    def varies(self, *values: Size) -> bool:
        """Does any of the values depend on the sizes that a repetition finds?"""
        return any(is_symbolic(v) and v.free_symbols & {*self.positions} for v in values)

    def worded(self, message: str) -> str:
        """With these sizes as the language calls them: x.h and x.w."""
        for size in self.positions:
            message = re.sub(rf"\b{size.name}\b", size.name.replace("_", ".", 1), message)
        return message


class _Inside(Placing):
    """The graph of a body, which reads nothing from outside."""

    def __init__(self, one: Iteration) -> None:
        super().__init__(one.expansion.limits)
        self.one = one

    def channels_last(self) -> None:
        return None

    def hold(self, tensor: Tensor, at: Position) -> None:
        if tensor.name not in self.names:
            self.one.refuse(f"the body reads {tensor.name}, which is outside of it", at)


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield from value if isinstance(value, list) else (value,)
