"""What is wrong with a spec whatever its sizes: unknown kinds and keys, cycles of blocks.

Bodies that a given binding would not reach are held to it all the same.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping

from cnncalc.layers import KINDS, Layer
from cnncalc.problems import BlockCycle, GivenTwice, WrongNumberOfParts
from cnncalc.spec.limits import Limits
from cnncalc.spec.misnamed import FROM, REUSE, too_many, unknown_argument, unknown_kind
from cnncalc.spec.parsing import readable
from cnncalc.spec.reporting import Problems
from cnncalc.spec.syntax import Block, Body, Call, If, Join, Loop, Piece, Repeat, Spec, Statement


def validate(
    spec: Spec,
    limits: Limits,
    problems: Problems | None = None,
    doubtful: Container[str] = (),
) -> None:
    """Reports what is wrong; nothing is said of uses of the ``doubtful`` blocks."""
    problems = problems or Problems()
    check = _Check(spec.blocks, doubtful, limits, problems)
    for block in spec.blocks.values():
        check.body(block.body)
    check.body(spec.layers)
    check.cycles()
    for piece in _beside_layers(spec):
        check.expression(piece)


def _beside_layers(spec: Spec) -> Iterator[Piece]:
    """The expressions of a spec that are in no layer."""
    for sizes in spec.inputs.values():
        yield from sizes
    yield from spec.at.values()
    for value in spec.params.values():
        yield from _each(value)
    for block in spec.blocks.values():
        yield from filter(None, block.parameters.values())
    yield from (spec.outputs or {}).values()
    for preset in spec.presets.values():
        yield from preset.at.values()
        for value in preset.settings.values():
            yield from _each(value)


def _each(value: Piece | tuple[Piece, ...]) -> tuple[Piece, ...]:
    return (value,) if isinstance(value, Piece) else value


def statements(body: Body) -> Iterator[Statement]:
    """All statements of a body, inner ones too."""
    for statement in body:
        yield statement
        if isinstance(statement, Join):
            for branch in statement.branches:
                yield from statements(branch)
        elif isinstance(statement, If):
            yield from statements(statement.then)
            yield from statements(statement.otherwise)
        elif isinstance(statement, (Loop, Repeat)):
            yield from statements(statement.body)


def given_names(body: Body) -> frozenset[str]:
    """Names that the spec gives anywhere in a body."""
    names: set[str] = set()
    for statement in statements(body):
        if isinstance(statement, (Call, Join)):
            names.update(statement.names)
        elif isinstance(statement, (Loop, Repeat)) and statement.name:
            names.add(statement.name)
    return frozenset(names)


def joins(cls: type[Layer]) -> bool:
    """Does this kind take several tensors?"""
    return cls.arity[0] > 1


class _Check:
    """What the statements of a spec are held to."""

    def __init__(
        self,
        blocks: Mapping[str, Block],
        doubtful: Container[str],
        limits: Limits,
        problems: Problems,
    ) -> None:
        self.blocks = blocks
        self.doubtful = doubtful
        self.limits = limits
        self.problems = problems

    def body(self, body: Body) -> None:
        for statement in statements(body):
            with self.problems:
                if isinstance(statement, Join):
                    self.join(statement)
                elif isinstance(statement, Call):
                    self.call(statement, body)
                elif isinstance(statement, Loop):
                    for value in statement.variables.values():
                        for piece in _each(value):
                            self.expression(piece)
                else:
                    self.expression(
                        statement.times if isinstance(statement, Repeat) else statement.test
                    )

    def expression(self, piece: Piece) -> None:
        with self.problems:
            readable(piece, self.limits)

    def join(self, join: Join) -> None:
        cls = KINDS.get(join.kind)
        if cls is None:
            if join.kind in self.blocks:
                raise WrongNumberOfParts(
                    f"{join.kind} is a block and takes no branches",
                    at=join.at,
                    hint=f"write - {join.kind} with its parameters",
                )
            if join.kind in self.doubtful:
                return
            raise unknown_kind(join.kind, join, self.blocks)
        if not joins(cls):
            joining = ", ".join(sorted(kind for kind, cls in KINDS.items() if joins(cls)))
            raise WrongNumberOfParts(
                f"{join.kind} takes no branches", at=join.at, hint=f"{joining} join branches"
            )
        if len(join.branches) < cls.arity[0]:
            raise WrongNumberOfParts(
                f"{join.kind} needs at least {cls.arity[0]} branches, got {len(join.branches)}",
                at=join.at,
                hint="a branch is a list of layers; [] is the identity",
            )

    def call(self, call: Call, body: Body) -> None:
        cls = KINDS.get(call.kind)
        if call.kind in (FROM, REUSE):
            if len(call.values) != 1 or call.keys:
                raise WrongNumberOfParts(
                    f"{call.kind} takes the name of one layer",
                    at=call.at,
                    hint=f"write - {call.kind} skip",
                )
        elif call.kind in self.doubtful:
            return
        elif call.kind in self.blocks:
            names = list(self.blocks[call.kind].parameters)
            self.arguments(call, {name: name for name in names}, names)
        elif cls:
            self.kind(call, cls)
        else:
            raise unknown_kind(call.kind, call, self.blocks, {"x", *given_names(body)})
        if len(call.names) > 1 and not (cls and cls.numbered):
            raise WrongNumberOfParts(
                f"{call.kind} has one output, but {len(call.names)} names stand before it",
                at=call.at,
                hint="give it one name",
            )
        words = _words(cls) if cls else {}
        for piece in (*call.values, *call.keys.values()):
            if piece.text not in words:
                self.expression(piece)

    def kind(self, call: Call, cls: type[Layer]) -> None:
        if not joins(cls):
            self.arguments(call, cls.aliases, [cls.value] if cls.value else [])
        elif call.values:
            self.arguments(call, cls.aliases, None)
        else:
            raise WrongNumberOfParts(
                f"{call.kind} names no layers",
                at=call.at,
                hint=f"write {call.kind} a b, or {call.kind}: with a list of branches",
            )

    def arguments(
        self, call: Call, aliases: Mapping[str, str], positional: Iterable[str] | None
    ) -> None:
        """Every key known and given once; no more values than ``positional`` has names."""
        given: dict[str, str] = {}
        if positional is not None:
            names = list(positional)
            if len(call.values) > len(names):
                self.problems.report(too_many(call, names, bool(aliases)))
            given = dict.fromkeys(names[: len(call.values)], "as its value")
        for key in call.keys:
            name = aliases.get(key)
            if name is None:
                others = {*given, *(aliases[other] for other in call.keys if other in aliases)}
                self.problems.report(unknown_argument(call, key, aliases, others))
            elif name in given:
                self.problems.report(
                    GivenTwice(
                        f"{name} is given twice: {given[name]} and as {key}=",
                        at=call.places[key],
                        hint="keep one of them",
                    )
                )
            else:
                given[name] = f"as {key}="

    def cycles(self) -> None:
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            block = self.blocks[name]
            self.limits.check("depth", len(path), "blocks nested too deeply", block.at)
            if name in done:
                return
            if name in path:
                cycle = path[path.index(name) :]
                done.update(cycle)
                raise BlockCycle(
                    f"blocks that use each other in a cycle: {' -> '.join((*cycle, name))}",
                    at=block.at,
                    hint="a block may not contain itself; use repeat: or for:",
                )
            for statement in statements(block.body):
                if isinstance(statement, Call) and statement.kind in self.blocks:
                    visit(statement.kind, (*path, name))
            done.add(name)

        for name in self.blocks:
            with self.problems:
                visit(name, ())


def _words(cls: type[Layer]) -> frozenset[str]:
    """Values of arguments that are no expressions."""
    return frozenset().union(*(argument.words for argument in cls.arguments.values()))
