"""Kinds and arguments that there are not, with those that are probably meant."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping

from cnncalc.errors import SpecError
from cnncalc.layers import KINDS
from cnncalc.problems import BadLine, UnknownArgument, UnknownKind
from cnncalc.spec.syntax import Call, Join

#: Line form that goes on from an earlier layer.
FROM = "from"
#: Line form that uses an earlier layer or block again, with the same weights.
REUSE = "reuse"
_STRUCTURE = {
    "for": "- for: {i: 3} with layers: below it",
    "repeat": "- repeat: 3 with layers: below it",
    "if": "- if: s != 1 with then: below it",
}
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


def unknown_kind(
    kind: str, statement: Call | Join, blocks: Iterable[str], named: Iterable[str] = ()
) -> SpecError:
    """``named`` are the layers that have names, for one that is used as if it were a kind."""
    names = {*KINDS, *blocks, *_STRUCTURE, FROM, REUSE}
    if kind in named:
        return UnknownKind(
            f"{kind!r} is the name of a layer, not a kind",
            at=statement.at,
            word=kind,
            known=(),
            hint=f"write from {kind} to go on from it; to join layers by name, write add a b",
        )
    if kind in _STRUCTURE:
        return BadLine(
            f"{kind} has layers of its own and is not a layer line",
            at=statement.at,
            hint=f"in a YAML spec, write {_STRUCTURE[kind]}",
        )
    plain = re.sub(r"[0-9_]", "", kind.lower())
    for name, cls in KINDS.items():
        if plain in cls.known_as or plain == name.replace("_", ""):
            return UnknownKind(
                f"unknown kind {kind!r}",
                at=statement.at,
                word=kind,
                known=names,
                meant=name,
                hint=f"it is called {name} here; {cls.usage()}",
            )
    return UnknownKind(
        f"unknown kind {kind!r}", at=statement.at, word=kind, known=names, what="kinds"
    )


def too_many(call: Call, names: list[str], any_arguments: bool) -> SpecError:
    extra = call.values[len(names)]
    takes = ", ".join(names) if names else "nothing"
    return UnknownArgument(
        f"{call.kind} does not take the value {extra.text!r}",
        at=extra.at,
        word=extra.text,
        known=(),
        hint=f"without a name it takes {takes}; write the others as key=value"
        if any_arguments
        else f"{call.kind} takes no arguments",
    )


def unknown_argument(
    call: Call, key: str, aliases: Mapping[str, str], given: Container[str]
) -> SpecError:
    """``given`` are the arguments that the line has beside it."""
    meant = _ELSEWHERE.get(key)
    hint = None
    if not aliases:
        hint = f"{call.kind} takes no arguments"
    elif meant in aliases:
        hint = f"it is called {meant} here"
    error = UnknownArgument(
        f"{call.kind} has no argument {key!r}",
        at=call.places[key],
        word=key,
        known=aliases,
        what=f"arguments of {call.kind}",
        hint=hint,
        meant=meant if meant in aliases else None,
    )
    if error.typo and aliases[error.typo[1]] in given:
        error.typo = None
    return error
