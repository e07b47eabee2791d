"""The syntax tree as text again: layer lines, and whole specs in YAML.

What is read back means the same; comments and layout are not kept, since the tree has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from cnncalc.errors import Position, Source
from cnncalc.layers import KINDS, Layer
from cnncalc.sizes import Shape, is_fraction, is_int, is_symbolic, text
from cnncalc.spec.lines import split_axes
from cnncalc.spec.syntax import (
    Block,
    Body,
    Call,
    Entry,
    If,
    Join,
    Loop,
    Piece,
    Preset,
    Spec,
    Statement,
)

#: Where statements are that nobody wrote.
NOWHERE = Position(Source("<nowhere>", ""), 1, 1)

#: Longer lines of text are folded.
WIDTH = 100


class Line(NamedTuple):
    """A layer line to be: its kind, and its arguments by name as the language writes them."""

    kind: str
    arguments: Mapping[str, str] = {}

    @classmethod
    def of(cls, layer: Layer) -> Line:
        """The shortest line that makes this layer: arguments that are not their defaults."""
        return cls(layer.kind, {name: value_text(value) for name, value in changed(layer).items()})

    def call(self, at: Position, names: tuple[str, ...] = ()) -> Call:
        """The line as a statement, which errors place at ``at``."""
        cls = KINDS[self.kind]
        pieces = {name: Piece(value, at) for name, value in self.arguments.items()}
        values = tuple(pieces.pop(name) for name in (cls.value,) if name and name in pieces)
        short = {_short(cls, name): piece for name, piece in pieces.items()}
        return Call(names, self.kind, values, short, at, dict.fromkeys(short, at))

    def __str__(self) -> str:
        return call_text(self.call(NOWHERE))


def changed(layer: Layer) -> dict[str, Any]:
    """The arguments of a layer that are not their defaults, equal values of all axes as one."""
    found = {}
    for name, argument in layer.arguments.items():
        value = _as_one(getattr(layer, name))
        if name in layer.given and value != _as_one(argument.default):
            found[name] = value
    return found


def _as_one(value: Any) -> Any:
    several = isinstance(value, tuple) and not isinstance(value, Shape)
    return value[:1] if several and len({*value}) == 1 else value


def _short(cls: type[Layer], name: str) -> str:
    return min((name, *cls.arguments[name].aliases), key=len)


def value_text(value: Any) -> str:
    """A value as a layer line has it: ``3``, ``1x7``, ``no``, ``0.5``, ``(H + 1)``."""
    if isinstance(value, tuple):
        several = len(value) > 1
        return "x".join(_axis_text(item) if several else value_text(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if is_fraction(value):
        return _decimal(value)
    if is_symbolic(value):
        return in_line(text(value))
    return str(value)


def _axis_text(value: Any) -> str:
    """One of several sizes: only integers need no brackets."""
    return str(value) if is_int(value) else f"({text(value)})"


def _decimal(value: Any) -> str:
    """``0.5`` where decimals are exact, otherwise ``(1/3)``."""
    digits = next((n for n in range(1, 13) if 10**n % value.denominator == 0), None)
    if digits is None:
        return f"({value})"
    sign, number = "-" if value < 0 else "", abs(value.numerator) * 10**digits // value.denominator
    whole, rest = divmod(number, 10**digits)
    return f"{sign}{whole}.{rest:0{digits}d}"


def in_line(written: str) -> str:
    """An expression as one word of a layer line: in brackets if it has spaces outside of any."""
    axes = split_axes(Piece(written, NOWHERE))
    if axes:
        return "x".join(axis.text.strip() for axis in axes)
    words = " ".join(written.split())
    depth = 0
    for character in words:
        depth += (character in "([{") - (character in ")]}")
        if character == " " and depth == 0:
            return f"({words})"
    return words


def call_text(call: Call) -> str:
    """``skip = conv 64 k=3 p=1``."""
    named = [", ".join(call.names), "="] if call.names else []
    values = [in_line(piece.text) for piece in call.values]
    keys = [f"{key}={in_line(piece.text)}" for key, piece in call.keys.items()]
    return " ".join([*named, call.kind, *values, *keys])


def yaml_text(spec: Spec) -> str:
    """The spec in YAML."""
    return "\n".join([*_top(spec), ""])


def _top(spec: Spec) -> Iterator[str]:
    yield "cnncalc: 1"
    for key in ("name", "source", "notes"):
        value = getattr(spec, key)
        if value is not None:
            yield from _keyed(key, value, "")
    sizes = {name: sizes_text(pieces) for name, pieces in spec.inputs.items()}
    if [*sizes] == ["input"]:
        yield f"input: {_scalar(sizes['input'])}"
    else:
        yield f"inputs: {_flow(sizes)}"
    if spec.at:
        yield f"at: {_flow(spec.at)}"
    if spec.params:
        yield "params:"
        for key, value in spec.params.items():
            yield from _keyed(key, value, "  ")
    if spec.presets:
        yield "presets:"
        for name, preset in spec.presets.items():
            yield f"  {name}: {_flow(_preset(preset))}"
    if spec.blocks:
        yield "blocks:"
        for block in spec.blocks.values():
            yield from _titled(_scalar(_signature(block)), block.body, "  ")
    yield from _titled("layers", spec.layers, "")
    if spec.outputs is not None:
        yield f"outputs: {_flow(spec.outputs)}"
    if spec.expect_list:
        yield "expect:"
        yield from (f"  - {_flow(expected)}" for expected in spec.expected)
    elif spec.expect:
        yield "expect:"
        yield from (f"  {key}: {_flow(entry)}" for key, entry in spec.expect.items())


def _keyed(key: str, value: Any, indent: str) -> Iterator[str]:
    """A key with its value, a long text folded into several lines."""
    written = value.text if isinstance(value, Piece) else value
    line = f"{indent}{key}: {_flow(value)}"
    if len(line) <= WIDTH or not isinstance(written, str) or written != " ".join(written.split()):
        yield line
        return
    from textwrap import wrap

    inner = f"{indent}  "
    yield f"{indent}{key}: >-"
    yield from (
        f"{inner}{part}"
        for part in wrap(
            written, WIDTH - len(inner), break_long_words=False, break_on_hyphens=False
        )
    )


def sizes_text(sizes: Iterable[Piece]) -> str:
    """Sizes of an input: ``3xHx(2*W)``."""
    return "x".join(size.text.strip() for size in sizes)


def _signature(block: Block) -> str:
    parameters = (
        name if default is None else f"{name}={' '.join(default.text.split())}"
        for name, default in block.parameters.items()
    )
    listed = ", ".join(parameters)
    return f"{block.name}({listed})" if listed else block.name


def _preset(preset: Preset) -> dict[str, Any]:
    known = {
        "title": preset.title,
        "source": preset.source,
        "notes": preset.notes,
        "set": preset.settings,
        "at": preset.at,
        "expect": preset.expect or preset.expect_list,
    }
    return {key: value for key, value in known.items() if value}


def _titled(key: str, body: Body, indent: str) -> Iterator[str]:
    """``key:`` with a list of statements below it."""
    if not body:
        yield f"{indent}{key}: []"
        return
    yield f"{indent}{key}:"
    for statement in body:
        yield from _item(_statement(statement), f"{indent}  ")


def _item(lines: Iterable[str], indent: str) -> Iterator[str]:
    """Lines as one item of a list."""
    for i, line in enumerate(lines):
        yield f"{indent}{'  ' if i else '- '}{line}"


def _statement(statement: Statement) -> Iterator[str]:
    """The lines of a statement, without the dash of its list."""
    if isinstance(statement, Call):
        yield _scalar(call_text(statement))
    elif isinstance(statement, Join):
        yield f"{statement.kind}:"
        for branch in statement.branches:
            lines = [line for inner in branch for line in _item(_statement(inner), "")]
            yield from _item(lines or ["[]"], "  ")
        yield from (f"name: {name}" for name in statement.names)
    elif isinstance(statement, If):
        yield f"if: {_scalar(statement.test.text)}"
        yield from _titled("then", statement.then, "")
        if statement.otherwise:
            yield from _titled("else", statement.otherwise, "")
    else:
        if isinstance(statement, Loop):
            yield f"for: {_flow(statement.variables)}"
        else:
            yield f"repeat: {_scalar(statement.times.text)}"
        if statement.name:
            yield f"name: {statement.name}"
        yield from _titled("layers", statement.body, "")


def _flow(value: Any, inside: bool = False) -> str:
    """Values on one line: ``{mid: [64, 128], n: counts}``."""
    if isinstance(value, Entry):
        return _flow(value.value, inside)
    if isinstance(value, Mapping):
        pairs = (f"{_scalar(key, True)}: {_flow(item, True)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, Piece):
        return _scalar(value.text, inside)
    if isinstance(value, tuple):
        return f"[{', '.join(_flow(item, True) for item in value)}]"
    return _scalar(value, inside)


_PLAIN = re.compile(r"[\w(.]|-[\d.(]")
_FORBIDDEN = re.compile(r":(\s|$)|\s#|^\s|\s$")


def _scalar(value: str, inside: bool = False) -> str:
    """Text as one YAML value, in quotes where it needs some; ``inside`` brackets, more does."""
    if not value.isprintable():
        return f'"{"".join(map(_escaped, value))}"'
    plain = _PLAIN.match(value) and not _FORBIDDEN.search(value)
    if plain and not (inside and re.search(r"[][{},]", value)):
        return value
    return "'" + value.replace("'", "''") + "'"


def _escaped(character: str) -> str:
    """A character between double quotes."""
    if character.isprintable() and character not in '"\\':
        return character
    return f"\\U{ord(character):08x}"
