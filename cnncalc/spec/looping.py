"""Loops and repetitions of a spec: how often their layers come, and under what names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.errors import Position
from cnncalc.graph import Scope as Group
from cnncalc.problems import BadChoice, NeedsNumber, UnequalLoop
from cnncalc.sizes import at_least, is_symbolic, undecided
from cnncalc.spec.bind import how_to_bind
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.layering import value_of
from cnncalc.spec.limits import Limits
from cnncalc.spec.placing import Placing
from cnncalc.spec.reporting import Problems
from cnncalc.spec.scope import Frame, Scope
from cnncalc.spec.syntax import Body, Loop, Piece, Repeat, Spec
from cnncalc.spec.validate import given_names
from cnncalc.spec.values import Iterations, describe

if TYPE_CHECKING:
    from cnncalc.spec.build import Expansion


class Loops:
    """The part of an expansion that goes around."""

    spec: Spec
    root: Scope
    limits: Limits
    placing: Placing
    problems: Problems

    def run(self, body: Body, scope: Scope) -> None:
        """Expands the statements of a body."""
        raise NotImplementedError

    @property
    def expansion(self) -> Expansion:
        """The whole that this is a part of."""
        raise NotImplementedError

    def step(self, at: Position, count: int = 1) -> None:
        """Counts what is expanded, up to the limits."""
        raise NotImplementedError

    def loop(self, loop: Loop, scope: Scope) -> None:
        columns = {name: self.column(value, scope) for name, value in loop.variables.items()}
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            counts = ", ".join(f"{name} has {length}" for name, length in lengths.items())
            raise UnequalLoop(
                f"the variables of for: advance together, but {counts}",
                at=loop.at,
                hint="give them equally many values",
            )
        rows = (dict(zip(columns, row)) for row in zip(*columns.values()))
        self.iterate(loop.name, loop.body, rows, loop.at, scope)

    def repeat(self, repeat: Repeat, scope: Scope) -> None:
        times = evaluate(repeat.times, scope)
        undecided(times)
        if is_symbolic(times) and times.is_integer and at_least(times, 0) is not False:
            from cnncalc.spec.iteration import Iteration
            from cnncalc.spec.repeating import place

            hint = how_to_bind(times, self.spec, self.root)
            place(Iteration(self.expansion, repeat, times, scope, hint))
            return
        count = self.count(times, repeat.times)
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

    def column(self, value: Piece | tuple[Piece, ...], scope: Scope) -> list[Any]:
        if not isinstance(value, Piece):
            return [value_of(item, scope) for item in value]
        result = evaluate(value, scope)
        return result if isinstance(result, list) else list(range(self.count(result, value)))

    def count(self, value: Any, piece: Piece) -> int:
        undecided(value)
        if type(value) is not int or value < 0:
            message = (
                f"a number of repetitions must be an integer of at least 0, got {describe(value)}"
            )
            if is_symbolic(value):
                hint = how_to_bind(value, self.spec, self.root)
                raise NeedsNumber(message, at=piece.at, hint=hint)
            raise BadChoice(message, at=piece.at, hint="write a count, as 3")
        self.limits.check("layers", value, "too many repetitions", piece.at)
        return value
