"""The syntax tree of a spec: what was written and where, before anything is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.errors import Position, Source


class Piece(NamedTuple):
    """A stretch of text to be read as an expression, a word or sizes, and its place."""

    text: str
    at: Position


class Call(NamedTuple):
    """A layer line: ``[name =] kind [value …] [key=value …]``; kind may be a block or ``from``.

    ``places`` says where each key is written.
    """

    names: tuple[str, ...]
    kind: str
    values: tuple[Piece, ...]
    keys: Mapping[str, Piece]
    at: Position
    places: Mapping[str, Position]


class Join(NamedTuple):
    """Branches that start from the current tensor and are joined by a kind."""

    names: tuple[str, ...]
    kind: str
    branches: tuple[Body, ...]
    at: Position


class Loop(NamedTuple):
    """``for``: the body once for each value of the variables, which advance together.

    A variable is given as one expression (a count or a list) or as several.
    """

    name: str | None
    variables: Mapping[str, Piece | tuple[Piece, ...]]
    body: Body
    at: Position


class Repeat(NamedTuple):
    """``repeat``: the body a number of times."""

    name: str | None
    times: Piece
    body: Body
    at: Position


class If(NamedTuple):
    """``if``: one of two bodies."""

    test: Piece
    then: Body
    otherwise: Body
    at: Position


Statement = Call | Join | Loop | Repeat | If
Body = tuple[Statement, ...]


class Block(NamedTuple):
    """A block: its parameters with their defaults (None: must be given) and its body."""

    name: str
    parameters: Mapping[str, Piece | None]
    body: Body
    at: Position


class Entry(NamedTuple):
    """A leaf or a branch of ``expect:``: one value, a list of values, or named values.

    ``key`` is where its name is written, None in a list.
    """

    value: Piece | tuple[Entry, ...] | Mapping[str, Entry]
    at: Position
    key: Position | None = None


#: What is expected, by key.
Expect = Mapping[str, Entry]


class Preset(NamedTuple):
    """A named member of a family: what it sets and expects over the spec's own."""

    title: str
    source: str | None
    notes: str | None
    settings: Mapping[str, Piece | tuple[Piece, ...]]
    at: Mapping[str, Piece]
    expect: Expect
    place: Position
    expect_list: tuple[Expect, ...] = ()


class Spec(NamedTuple):
    """A whole spec.

    ``expect`` is what is expected when ``expect:`` is a mapping, ``expect_list`` when it is a list.
    """

    origin: Source
    #: A one-line network, which has nowhere to declare parameters.
    one_line: bool
    name: str
    source: str | None
    notes: str | None
    inputs: Mapping[str, tuple[Piece, ...]]
    at: Mapping[str, Piece]
    params: Mapping[str, Piece | tuple[Piece, ...]]
    blocks: Mapping[str, Block]
    layers: Body
    outputs: Mapping[str, Piece] | None
    expect: Expect
    presets: Mapping[str, Preset]
    expect_list: tuple[Expect, ...] = ()

    @property
    def expected(self) -> tuple[Expect, ...]:
        """All that is expected: the mapping, then the items of lists."""
        return (*([self.expect] if self.expect else ()), *self.expect_list)

    def bound(self, at: Mapping[str, Any], settings: Mapping[str, Any], symbolic: bool) -> Spec:
        """With values from outside as its own: those of ``at`` for its symbols, without the
        spec's own if ``symbolic``, and ``settings`` for its parameters.
        """
        own = {} if symbolic else self.at
        return self._replace(
            at={**own, **{name: _given(value) for name, value in at.items()}},
            params={**self.params, **{name: _given_all(value) for name, value in settings.items()}},
        )

    def preset(self, name: str) -> Spec:
        """The member ``name`` of the family. Raises KeyError when there is none."""
        chosen = self.presets[name]
        return self._replace(
            name=chosen.title,
            source=chosen.source or self.source,
            notes=chosen.notes or self.notes,
            params={**self.params, **chosen.settings},
            at={**self.at, **chosen.at},
            expect={**self.expect, **chosen.expect},
            expect_list=(*self.expect_list, *chosen.expect_list),
            presets={},
        )


def _given_all(value: Any) -> Piece | tuple[Piece, ...]:
    return tuple(map(_given, value)) if isinstance(value, (list, tuple)) else _given(value)


def _given(value: Any) -> Piece:
    """A value that nobody wrote in the spec."""
    words = {True: "yes", False: "no"}
    written = words[value] if isinstance(value, bool) else str(value)
    return Piece(written, Position(Source("<given>", written), 1, 1))
