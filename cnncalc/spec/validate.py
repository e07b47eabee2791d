"""What is wrong with a spec whatever its sizes: unknown kinds and keys, cycles of blocks.

Bodies that a given binding would not reach are held to it all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from cnncalc.errors import SpecError, suggest
from cnncalc.layers import KINDS, Layer
from cnncalc.spec.limits import Limits
from cnncalc.spec.syntax import Block, Body, Call, If, Join, Loop, Repeat, Spec, Statement

#: Line form that goes on from an earlier layer.
FROM = "from"
#: Line form that uses an earlier layer or block again, with the same weights.
REUSE = "reuse"
_STRUCTURE = {
    "for": "- for: {i: 3} with layers: below it",
    "repeat": "- repeat: 3 with layers: below it",
    "if": "- if: s != 1 with then: below it",
}


def validate(spec: Spec, limits: Limits) -> None:
    """Raises :class:`SpecError` for the first thing that is wrong."""
    for block in spec.blocks.values():
        _check(block.body, spec.blocks)
    _check(spec.layers, spec.blocks)
    _check_cycles(spec.blocks, limits)


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


def _check(body: Body, blocks: Mapping[str, Block]) -> None:
    for statement in statements(body):
        if isinstance(statement, Join):
            _check_join(statement, blocks)
        elif isinstance(statement, Call):
            if statement.kind not in KINDS and statement.kind not in (*blocks, FROM, REUSE):
                raise _unknown(statement.kind, statement, blocks, {"x", *given_names(body)})
            _check_call(statement, blocks)


def _unknown(
    kind: str, statement: Call | Join, blocks: Mapping[str, Block], named: Iterable[str] = ()
) -> SpecError:
    if kind in named:
        return SpecError(
            f"{kind!r} is the name of a layer, not a kind",
            at=statement.at,
            hint=f"write from {kind} to go on from it; to join layers by name, write add a b",
        )
    if kind in _STRUCTURE:
        return SpecError(
            f"{kind} has layers of its own and is not a layer line",
            at=statement.at,
            hint=f"in a YAML spec, write {_STRUCTURE[kind]}",
        )
    plain = re.sub(r"[0-9_]", "", kind.lower())
    for name, cls in KINDS.items():
        if plain in cls.known_as or plain == name.replace("_", ""):
            return SpecError(
                f"unknown kind {kind!r}",
                at=statement.at,
                hint=f"it is called {name} here; {cls.usage()}",
            )
    names = {*KINDS, *blocks, *_STRUCTURE, FROM, REUSE}
    return SpecError(f"unknown kind {kind!r}", at=statement.at, hint=suggest(kind, names, "kinds"))


def _check_join(statement: Join, blocks: Mapping[str, Block]) -> None:
    cls = KINDS.get(statement.kind)
    if cls is None:
        if statement.kind in blocks:
            raise SpecError(
                f"{statement.kind} is a block and takes no branches",
                at=statement.at,
                hint=f"write - {statement.kind} with its parameters",
            )
        raise _unknown(statement.kind, statement, blocks)
    if not joins(cls):
        joining = ", ".join(sorted(kind for kind, cls in KINDS.items() if joins(cls)))
        raise SpecError(
            f"{statement.kind} takes no branches", at=statement.at, hint=f"{joining} join branches"
        )
    if len(statement.branches) < cls.arity[0]:
        raise SpecError(
            f"{statement.kind} needs at least {cls.arity[0]} branches, got {len(statement.branches)}",
            at=statement.at,
            hint="a branch is a list of layers; [] is the identity",
        )


def joins(cls: type[Layer]) -> bool:
    """Does this kind take several tensors?"""
    return cls.arity[0] > 1


def _check_call(call: Call, blocks: Mapping[str, Block]) -> None:
    if call.kind in (FROM, REUSE):
        if len(call.values) != 1 or call.keys:
            raise SpecError(
                f"{call.kind} takes the name of one layer",
                at=call.at,
                hint=f"write - {call.kind} skip",
            )
    elif call.kind in blocks:
        names = list(blocks[call.kind].parameters)
        _check_arguments(call, {name: name for name in names}, names)
    else:
        _check_kind(call, KINDS[call.kind])
    cls = KINDS.get(call.kind)
    if len(call.names) > 1 and not (cls and cls.numbered):
        raise SpecError(
            f"{call.kind} has one output, but {len(call.names)} names stand before it",
            at=call.at,
            hint="give it one name",
        )


def _check_kind(call: Call, cls: type[Layer]) -> None:
    if joins(cls):
        if len(call.values) == 0:
            raise SpecError(
                f"{call.kind} names no layers",
                at=call.at,
                hint=f"write {call.kind} a b, or {call.kind}: with a list of branches",
            )
        _check_arguments(call, cls.aliases, None)
    else:
        _check_arguments(call, cls.aliases, [cls.value] if cls.value else [])


def _check_arguments(
    call: Call, aliases: Mapping[str, str], positional: Iterable[str] | None
) -> None:
    """Every key known and given once; no more values than ``positional`` has names."""
    given: dict[str, str] = {}
    if positional is not None:
        names = list(positional)
        if len(call.values) > len(names):
            extra = call.values[len(names)]
            takes = ", ".join(names) if names else "nothing"
            raise SpecError(
                f"{call.kind} does not take the value {extra.text!r}",
                at=extra.at,
                hint=f"without a name it takes {takes}; write the others as key=value"
                if aliases
                else f"{call.kind} takes no arguments",
            )
        given = dict.fromkeys(names[: len(call.values)], "as its value")
    for key in call.keys:
        name = aliases.get(key)
        if name is None:
            raise SpecError(
                f"{call.kind} has no argument {key!r}",
                at=call.places[key],
                hint=_argument_hint(call.kind, key, aliases),
            )
        if name in given:
            raise SpecError(
                f"{name} is given twice: {given[name]} and as {key}=",
                at=call.places[key],
                hint="keep one of them",
            )
        given[name] = f"as {key}="


#: Names that other tools give to arguments.
_ELSEWHERE = {
    "filters": "out",
    "out_channels": "out",
    "out_features": "out",
    "units": "out",
    "kernel_size": "kernel",
    "pool_size": "kernel",
    "strides": "stride",
    "dilation_rate": "dilation",
    "padding_mode": "mode",
    "use_bias": "bias",
}


def _argument_hint(kind: str, key: str, aliases: Mapping[str, str]) -> str:
    if not aliases:
        return f"{kind} takes no arguments"
    meant = _ELSEWHERE.get(key)
    if meant in aliases:
        return f"it is called {meant} here"
    return suggest(key, aliases, f"arguments of {kind}")


def _check_cycles(blocks: Mapping[str, Block], limits: Limits) -> None:
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        limits.check("depth", len(path), "blocks nested too deeply", blocks[name].at)
        if name in path:
            cycle = " -> ".join((*path[path.index(name) :], name))
            raise SpecError(
                f"blocks that use each other in a cycle: {cycle}",
                at=blocks[name].at,
                hint="a block may not contain itself; use repeat: or for:",
            )
        if name in done:
            return
        for statement in statements(blocks[name].body):
            if isinstance(statement, Call) and statement.kind in blocks:
                visit(statement.kind, (*path, name))
        done.add(name)

    for name in blocks:
        visit(name, ())
