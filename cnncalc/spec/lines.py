"""Layer lines: the same in YAML and in one-line networks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import kwlist

from cnncalc.errors import Position
from cnncalc.problems import BadLine, BadName, GivenTwice, Unbalanced
from cnncalc.spec.syntax import Call, Piece

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_NAMED = re.compile(rf"\s*({_NAME}(?:\s*,\s*{_NAME})*)\s*=(?!=)")
_KEYED = re.compile(rf"({_NAME})=(?!=)")
_IDENTIFIER = re.compile(_NAME)
_AXIS = re.compile(rf"-?\d+(?:\.\d+)?|{_NAME}|\(.*\)", re.DOTALL)
_OPENING = {"(": ")", "[": "]", "{": "}"}

#: Words that are not names of layers, blocks or parameters: ours, and those of Python's syntax,
#: with which expressions are parsed.
RESERVED = frozenset(kwlist) | frozenset(
    "x and or not if else for from repeat then yes no true false min max ceil floor abs".split()  # noqa: SIM905
)


def is_name(text: str) -> bool:
    return _IDENTIFIER.fullmatch(text) is not None


def check_name(name: str, at: Position, what: str = "a layer") -> None:
    """Raises :class:`BadName` when ``name`` cannot be the name of a thing in the language."""
    if not is_name(name):
        raise BadName(
            f"{name!r} cannot be the name of {what}",
            at=at,
            hint="names are letters, digits and underscores, and start with a letter",
        )
    if name in RESERVED:
        raise BadName(f"{name!r} is a word of the language", at=at, hint="choose another name")


def parse_layer_line(text: str, at: Position) -> Call:
    """``[name =] kind [value …] [key=value …]``; raises :class:`SpecError`."""
    names: tuple[str, ...] = ()
    offset = 0
    named = _NAMED.match(text)
    if named:
        names = tuple(name.strip() for name in named.group(1).split(","))
        for name in names:
            check_name(name, at)
        offset = named.end()
    tokens = list(_tokens(text, offset, at))
    if not tokens:
        raise BadLine(
            "a layer is missing here",
            at=at.shifted(offset),
            hint="write a kind and its value, as in skip = conv 64 k=3",
        )
    kind = tokens[0]
    if not is_name(kind.text):
        if len(tokens) > 1 and tokens[1].text.startswith("="):
            check_name(kind.text, kind.at)
        raise BadLine(
            f"{kind.text!r} is not the name of a kind or a block",
            at=kind.at,
            hint="a layer line has no colon; layers are joined by name, as add a b"
            if kind.text.endswith(":")
            else "a layer line reads [name =] kind [value] [key=value …]",
        )
    values: list[Piece] = []
    keys: dict[str, Piece] = {}
    places: dict[str, Position] = {}
    for token in tokens[1:]:
        keyed = _KEYED.match(token.text)
        if not keyed:
            values.append(_value(token))
            continue
        key, rest = keyed.group(1), token.text[keyed.end() :]
        if key in keys:
            raise GivenTwice(f"{key} is given twice", at=token.at, hint="keep one of them")
        if not rest:
            raise BadLine(
                f"{key}= has no value", at=token.at, hint=f"write {key}=3, without spaces around ="
            )
        keys[key] = Piece(rest, token.at.shifted(keyed.end()))
        places[key] = token.at
    return Call(names, kind.text, tuple(values), keys, kind.at, places)


def _value(token: Piece) -> Piece:
    if token.text.startswith("=") and not token.text.startswith("=="):
        raise BadLine(
            "spaces around = part the key from its value",
            at=token.at,
            hint="write key=value without spaces, as k=3",
        )
    return token


def _tokens(text: str, offset: int, at: Position) -> Iterator[Piece]:
    """Words between spaces; spaces inside brackets do not part."""
    start = offset
    for end in (*_tops(text, offset, at, str.isspace), len(text)):
        if end > start and text[start:end].strip():
            yield Piece(text[start:end], at.shifted(start))
        start = end + 1


def _tops(text: str, offset: int, at: Position, parts: object) -> Iterator[int]:
    """Places outside brackets and quotes where ``parts(character)`` holds."""
    closing: list[tuple[str, int]] = []
    quote, opened = "", 0
    for i in range(offset, len(text)):
        character = text[i]
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote, opened = character, i
        elif character in _OPENING:
            closing.append((_OPENING[character], i))
        elif closing and character == closing[-1][0]:
            closing.pop()
        elif character in ")]}":
            raise Unbalanced(f"{character!r} closes nothing", at=at.shifted(i), hint="remove it")
        elif not closing and parts(character):  # type: ignore[operator]
            yield i
    if quote:
        raise Unbalanced(
            f"the quote {quote} is not closed", at=at.shifted(opened), hint=f"add another {quote}"
        )
    if closing:
        wanted, place = closing[-1]
        raise Unbalanced("a bracket is not closed", at=at.shifted(place), hint=f"add {wanted!r}")


def split_line(piece: Piece) -> list[Piece]:
    """The parts of a one-line network, between ``|``."""
    return _split(piece, "|".__eq__)


def split_list(piece: Piece) -> list[Piece]:
    """The parts of a list, between commas outside brackets."""
    return [strip(part) for part in _split(piece, ",".__eq__)]


def split_sizes(piece: Piece) -> list[Piece] | None:
    """``3xHx(2*W)`` as its sizes, or None when it is not sizes joined by ``x``."""
    parts = _split(piece, "x".__eq__)
    return parts if all(_AXIS.fullmatch(part.text.strip()) for part in parts) else None


def split_axes(piece: Piece) -> list[Piece] | None:
    """``1x7`` as its values, or None for an expression.

    The first value is an integer or in brackets, which no expression can be when followed by an x:
    so ``x.c`` and ``max(a, b)`` stay expressions.
    """
    if "x" not in piece.text or not (piece.text[0].isdigit() or piece.text[0] == "("):
        return None
    parts = split_sizes(piece)
    return parts if parts and len(parts) > 1 else None


def _split(piece: Piece, parts: object) -> list[Piece]:
    text, at = piece
    pieces, start = [], 0
    for end in (*_tops(text, 0, at, parts), len(text)):
        pieces.append(Piece(text[start:end], at.shifted(start)))
        start = end + 1
    return pieces


def strip(piece: Piece) -> Piece:
    """The piece without the spaces around it."""
    stripped = piece.text.lstrip()
    return Piece(stripped.rstrip(), piece.at.shifted(len(piece.text) - len(stripped)))
