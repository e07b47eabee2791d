"""The kinds of layers in the schema: their lines, and their arguments in the mapping form."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import singledispatch
from typing import Any

from cnncalc.layers import KINDS, Argument, Layer
from cnncalc.layers.arguments import REQUIRED, Axes, Choice, Count, Flag, Like, Real, show
from cnncalc.schema import patterns
from cnncalc.schema.values import Schema, ref
from cnncalc.spec.lines import parse_layer_line
from cnncalc.spec.printing import NOWHERE
from cnncalc.spec.validate import joins


def definitions() -> dict[str, Schema]:
    """For each kind its line, what follows its name in the mapping form, and the keys of both."""
    found: dict[str, Schema] = {}
    for kind, cls in KINDS.items():
        start = rf"\s*{patterns.NAMES}{kind}"
        found[f"{kind}.line"] = {**_about(cls), "allOf": [*_text(cls, start), *_line(cls, start)]}
        found[f"{kind}.text"] = {"allOf": list(_text(cls, r"\s*"))}
        if cls.arguments:
            found[f"{kind}.keys"] = {"allOf": list(_keyed(cls))}
        if not joins(cls):
            found[f"{kind}.value"] = _value(cls)
        for one in cls.arguments.values():
            found[_kept(one)] = _allowed(one)
    return found


def begins(kind: str) -> str:
    """How a line of a kind begins, whether it is right or wrong."""
    return rf"^\s*{patterns.NAMES}{kind}(?=\s|$){patterns.NOT_GIVEN}"


def joining(cls: type[Layer], branches: Schema) -> Schema:
    """What follows a kind that joins tensors: branches, or the names of layers."""
    return {
        "description": _short(cls),
        "type": ["array", "string"],
        "if": {"type": "array"},
        "then": branches,
        "else": ref(f"{cls.kind}.text"),
    }


def _line(cls: type[Layer], start: str) -> Iterator[Schema]:
    """What a line is held to beside its arguments, and its value if that is a number."""
    if not cls.numbered:
        yield _pattern(patterns.SEVERAL, f"{cls.kind} has one output, give it one name")
    if cls.value and not joins(cls):
        one = cls.arguments[cls.value]
        bad = patterns.wrong(numbers(one), isinstance(one, Flag), patterns.IN_LINE)
        yield _pattern(rf"^(?!{patterns.first(start)}{bad})", _says(one))


def _value(cls: type[Layer]) -> Schema:
    """What follows a kind in the mapping form: its arguments as a mapping, or as in a line."""
    required = [one for one in cls.arguments.values() if one.default is REQUIRED]
    others = [one for one in required if not one.positional]
    number = cls.value is not None and not others
    types = ["object", "string", *(["number"] if number else []), *([] if required else ["null"])]
    held: list[Schema] = [{"if": {"type": "string"}, "then": ref(f"{cls.kind}.text")}]
    if number and cls.value:
        alone = _argument(cls.arguments[cls.value])
        held.append({"if": {"type": "number"}, "then": alone})
    for one in cls.arguments.values():
        names = (one.name, *one.aliases)
        if one in required:
            there = {"anyOf": [{"required": [name]} for name in names]}
            held.append({"if": {"type": "object"}, "then": there})
        pairs = [[a, b] for i, a in enumerate(names) for b in names[i + 1 :]]
        held += [{"not": {"type": "object", "required": pair}} for pair in pairs]
    return {
        "description": _short(cls),
        "type": types,
        "allOf": held,
        "properties": {
            key: _argument(cls.arguments[name])
            if key == name
            else ref(f"{cls.kind}.value/properties/{name}")
            for key, name in cls.aliases.items()
        },
        "additionalProperties": False,
    }


def _text(cls: type[Layer], start: str) -> Iterator[Schema]:
    """What a text with arguments is held to; ``start`` stands before them."""
    values, value = ("{1}" if joins(cls) else ""), list[str]()
    if cls.value and not joins(cls):
        one = cls.arguments[cls.value]
        values, value = ("{1}" if one.default is REQUIRED else "?"), _all(one)
    yield _pattern(patterns.whole(start, cls.aliases, values, value), cls.usage())
    for one in cls.arguments.values():
        if one.default is REQUIRED and not one.positional:
            yield _pattern(f"^{patterns.having(_all(one))}", f"{one.name} is missing: {one.doc}")
    if cls.arguments:
        yield ref(f"{cls.kind}.keys")


def _keyed(cls: type[Layer]) -> Iterator[Schema]:
    """What the keys of a text are held to."""
    for one in cls.arguments.values():
        bad = patterns.wrong(numbers(one), isinstance(one, Flag), patterns.IN_LINE)
        yield _pattern(patterns.without(_all(one), bad), _says(one))
    every = [_all(one) for one in cls.arguments.values()]
    yield _pattern(patterns.once(every), "an argument is given twice")


def _all(one: Argument[Any]) -> list[str]:
    return [one.name, *one.aliases]


def _says(one: Argument[Any]) -> str:
    return f"{one.name} must be {one.allowed()}"


def _pattern(pattern: str, message: str) -> Schema:
    return {"pattern": pattern, "patternErrorMessage": message}


def _argument(one: Argument[Any]) -> Schema:
    """An argument in the mapping form."""
    found: Schema = {"description": f"{one.doc} ({one.allowed()})", "allOf": [ref(_kept(one))]}
    if one.default is not REQUIRED and one.default is not None:
        found["default"] = _default(one.default)
    return found


def _kept(one: Argument[Any]) -> str:
    """Where the values of such an argument are defined."""
    return re.sub(r"\W+", "-", one.allowed()).strip("-")


def _allowed(one: Argument[Any]) -> Schema:
    """The values of an argument by themselves."""
    bad = patterns.wrong(numbers(one), isinstance(one, Flag), patterns.ALONE)
    return {
        **typed(one),
        "pattern": rf"^(?!\s*{bad})\s*\S",
        "patternErrorMessage": f"it must be {one.allowed()}",
    }


def _default(value: Any) -> Any:
    if isinstance(value, tuple):
        return value[0] if len(value) == 1 else show(value)
    return ("yes" if value else "no") if isinstance(value, bool) else value


@singledispatch
def typed(one: Argument[Any]) -> Schema:
    """Types of an argument in YAML, and the least number."""
    raise TypeError(f"no schema for {type(one).__name__}")


@typed.register(Count)
@typed.register(Axes)
def _(one: Count | Axes) -> Schema:
    suggested = {"examples": sorted(one.words)} if one.words else {}
    return {"type": ["number", "string"], "minimum": one.minimum, "multipleOf": 1, **suggested}


@typed.register
def _(one: Real) -> Schema:
    bounds = {"minimum": one.minimum, "maximum": one.maximum}
    return {
        "type": ["number", "string"],
        **{key: bound for key, bound in bounds.items() if bound is not None},
    }


@typed.register
def _(one: Flag) -> Schema:
    return {"type": ["boolean", "string"], "examples": ["yes", "no"]}


@typed.register
def _(one: Choice) -> Schema:
    return {"type": "string", "examples": list(one.options)}


@typed.register
def _(one: Like) -> Schema:
    return {"type": "string"}


@singledispatch
def numbers(one: Argument[Any]) -> str | None:
    """The numbers that an argument takes, as they are written out."""
    return None


def _integer(minimum: int) -> str:
    return r"0*[1-9]\d*(?:\.0*)?" if minimum >= 1 else r"(?:-?0+|\d+)(?:\.0*)?"


@numbers.register
def _(one: Count) -> str:
    return _integer(one.minimum)


@numbers.register
def _(one: Axes) -> str:
    return rf"{_integer(one.minimum)}(?:x{_integer(one.minimum)})*"


@numbers.register
def _(one: Real) -> str:
    if (one.minimum, one.maximum) == (0, 1):
        return r"(?:0+(?:\.\d*)?|\.\d+|0*1(?:\.0*)?)"
    sign = "" if one.minimum == 0 else "-?"
    return rf"{sign}(?:\d+(?:\.\d*)?|\.\d+)"


# What editors show.


def _about(cls: type[Layer]) -> Schema:
    """Title and documentation of a kind, as plain text and with its arguments as Markdown."""
    doc = (inspect.getdoc(cls) or "").replace("``", "`")
    listed = [_described(one) for one in cls.arguments.values()]
    return {
        "title": cls.kind,
        "description": _short(cls),
        "markdownDescription": "\n".join([doc, "", f"`{_usage(cls)}`", "", *listed]).rstrip(),
    }


def _short(cls: type[Layer]) -> str:
    doc = (inspect.getdoc(cls) or "").splitlines()[0].replace("``", "`")
    return f"{doc} {_usage(cls)}"


def _usage(cls: type[Layer]) -> str:
    return cls.usage().removeprefix("write ")


def _described(one: Argument[Any]) -> str:
    names = ", ".join(f"`{name}`" for name in (one.name, *one.aliases))
    default = (
        "must be given"
        if one.default is REQUIRED
        else f"default `{_default(one.default)}`"
        if one.default is not None
        else "optional"
    )
    return f"- {names}: {one.doc} ({one.allowed()}; {default})"


def snippets() -> list[Schema]:
    """A line of each kind to begin with: what must be given, with the numbers of its example."""
    return [
        {
            "label": cls.kind,
            "description": (inspect.getdoc(cls) or "").splitlines()[0].replace("``", "`"),
            "body": _body(cls),
        }
        for cls in KINDS.values()
    ]


def _body(cls: type[Layer]) -> str:
    call = parse_layer_line(cls.example.rpartition("|")[2].strip(), NOWHERE)
    given = {cls.aliases[key]: piece.text for key, piece in call.keys.items()}
    if joins(cls):
        words = [piece.text for piece in call.values]
        return " ".join([cls.kind, *(f"${{{i}:{word}}}" for i, word in enumerate(words, 1))])
    if cls.value and call.values:
        given[cls.value] = call.values[0].text
    needed = sorted(
        (one for one in cls.arguments.values() if one.default is REQUIRED or one.positional),
        key=lambda one: not one.positional,
    )
    words = [
        f"{'' if one.positional else f'{one.letter}='}${{{i}:{given[one.name]}}}"
        for i, one in enumerate((one for one in needed if one.name in given), 1)
    ]
    return " ".join([cls.kind, *words])
