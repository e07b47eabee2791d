"""Everything of a spec but its kinds: lists of layers, loops, conditions, blocks, presets."""

from __future__ import annotations

from cnncalc.layers import KINDS
from cnncalc.schema import expectations, kinds, patterns
from cnncalc.schema.expectations import expect
from cnncalc.schema.values import (
    COUNT,
    NAME,
    NAMED,
    SCALAR,
    SCALARS,
    SIZE,
    TEXT,
    Schema,
    named,
    ref,
)
from cnncalc.spec.misnamed import FROM, REUSE
from cnncalc.spec.validate import joins


def definitions() -> dict[str, Schema]:
    """All parts; those of layers twice, in specs with blocks of their own and in others."""
    return {
        **kinds.definitions(),
        **_layers("", False),
        **_layers(".blocks", True),
        **expectations.definitions(),
        "preset": _preset(),
    }


# Layers.


def _layers(suffix: str, blocks: bool) -> dict[str, Schema]:
    """``suffix`` tells definitions of specs with ``blocks`` from those of others."""
    body, layer = ref(f"layers{suffix}"), ref(f"layer{suffix}")
    branches = {
        "type": "array",
        "minItems": 2,
        "items": {
            "description": "A branch: a list of layers, or one; [] is the identity.",
            "type": ["array", "string", "object"],
            "allOf": [
                {"if": {"type": "array"}, "then": body, "else": layer},
            ],
        },
    }
    return {
        f"layers{suffix}": {"type": "array", "items": layer},
        f"layer{suffix}": {
            "type": ["string", "object"],
            "defaultSnippets": kinds.snippets(),
            "allOf": [
                {"if": {"type": "string"}, "then": ref(f"line{suffix}")},
                {"if": {"type": "object"}, "then": ref(f"mapping{suffix}")},
            ],
        },
        f"line{suffix}": _line(blocks),
        f"mapping{suffix}": {
            "if": {"required": ["for"]},
            "then": ref(f"for{suffix}"),
            "else": {
                "if": {"required": ["repeat"]},
                "then": ref(f"repeat{suffix}"),
                "else": {
                    "if": {"required": ["if"]},
                    "then": ref(f"if{suffix}"),
                    "else": ref(f"kind{suffix}"),
                },
            },
        },
        **_structures(suffix, body),
        f"kind{suffix}": _kind(branches, blocks),
    }


def _line(blocks: bool) -> Schema:
    """A layer line: each kind is held to what it takes, anything else is a block."""
    start = rf"^\s*{patterns.NAMES}"
    known = patterns.one_of([*KINDS, FROM, REUSE])
    kind = rf"(?:{known}|{patterns.GIVEN}(?!\w))" if blocks else known
    return {
        "description": "A layer: [name =] kind [value] [key=value …]",
        "allOf": [
            {
                "pattern": rf"{start}{kind}{patterns.NOT_GIVEN}",
                "patternErrorMessage": "this is no kind of layer",
            },
            {
                "pattern": patterns.read(
                    rf"\s*{patterns.NAMES}{patterns.NAME}(?:\s+{patterns.ITEM})*"
                ),
                "patternErrorMessage": "a layer is [name =] kind [value] [key=value …]",
            },
            {"pattern": patterns.NO_EXPRESSION, "patternErrorMessage": "this is no expression"},
            {"pattern": patterns.BAD_NAMES, "patternErrorMessage": "a word of the language"},
            *(
                {"if": {"pattern": kinds.begins(kind)}, "then": ref(f"{kind}.line")}
                for kind in KINDS
            ),
            *(
                {
                    "if": {"pattern": kinds.begins(word)},
                    "then": {
                        "pattern": patterns.read(
                            rf"\s*(?:{patterns.NAME}\s*=\s*)?{word}\s+{patterns.VALUE}"
                        ),
                        "patternErrorMessage": f"{word} takes the name of one layer",
                    },
                }
                for word in (FROM, REUSE)
            ),
        ],
    }


def _structures(suffix: str, body: Schema) -> dict[str, Schema]:
    """Loops and conditions."""
    return {
        f"for{suffix}": {
            "type": "object",
            "required": ["for", "layers"],
            "additionalProperties": False,
            "properties": {
                "for": named(
                    {**COUNT, "type": ["string", "number", "array"], "items": SCALAR},
                    minProperties=1,
                    description="Variables that advance together: {i: 4}, {mid: [64, 128], s: [1, 2]}",
                ),
                "layers": body,
                "name": NAME,
            },
        },
        f"repeat{suffix}": {
            "type": "object",
            "required": ["repeat", "layers"],
            "additionalProperties": False,
            "properties": {
                "repeat": {**COUNT, "description": "How often; a number or an expression."},
                "layers": body,
                "name": NAME,
            },
        },
        f"if{suffix}": {
            "type": "object",
            "required": ["if", "then"],
            "additionalProperties": False,
            "properties": {
                "if": {
                    **SCALAR,
                    "type": ["string", "boolean"],
                    "description": "A condition, such as s != 1 or x.c != out.",
                },
                "then": body,
                "else": body,
            },
        },
    }


def _kind(branches: Schema, blocks: bool) -> Schema:
    """The mapping form of one layer."""
    word = {"type": "string", "pattern": patterns.read(rf"\s*{patterns.VALUE}")}
    block = {
        "type": ["string", "number", "boolean", "object", "null"],
        "pattern": patterns.read(rf"\s*(?:{patterns.ITEM}(?:\s+{patterns.ITEM})*)?"),
        "propertyNames": {"pattern": f"^{patterns.NAME}$"},
        "additionalProperties": SCALAR,
    }
    return {
        "type": "object",
        "minProperties": 1,
        "if": {"required": ["name"]},
        "then": {"minProperties": 2, "maxProperties": 2},
        "else": {"maxProperties": 1},
        "properties": {
            "name": NAME,
            FROM: {**word, "description": "Goes on from an earlier layer."},
            REUSE: {**word, "description": "An earlier layer or block with the same weights."},
            **{
                kind: kinds.joining(cls, branches) if joins(cls) else ref(f"{kind}.value")
                for kind, cls in KINDS.items()
            },
        },
        **({"propertyNames": {"pattern": rf"^(?:{FROM}|{patterns.GIVEN})$"}} if blocks else {}),
        "additionalProperties": block if blocks else False,
    }


def _preset() -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "title": TEXT,
            "source": TEXT,
            "notes": TEXT,
            "set": named(SCALARS, description="Values for parameters."),
            "at": named(SIZE, description="Values for the symbols of the inputs."),
            "expect": expect(),
        },
    }


def properties() -> dict[str, Schema]:
    """The keys of a spec."""
    size = {
        "type": ["string", "integer"],
        "pattern": patterns.SIZES,
        "patternErrorMessage": "sizes are channels first, joined by x: 3x224x224, 3xHxW, 3x(32*h)x(32*w)",
        "minimum": 1,
    }
    return {
        "cnncalc": {"description": "Version of the language.", "enum": [1, "1"]},
        "name": {**TEXT, "description": "What the network is called."},
        "source": {**TEXT, "description": "Where the architecture is published."},
        "notes": {**TEXT, "description": "What to know about it."},
        "input": {**size, "description": "Size of the input, channels first: 3xHxW"},
        "inputs": named(size, minProperties=1, description="Several inputs, by name."),
        "at": named(SIZE, description="Values of the symbols, such as {H: 224, W: 224}."),
        "params": named(SCALARS, description="Named numbers, yes/no or lists, changed by --set."),
        "blocks": {
            "description": "Parts that are used like kinds: name(a, b=1): with a list of layers.",
            "type": "object",
            "propertyNames": {
                "pattern": patterns.SIGNATURE,
                "not": {"pattern": rf"^{patterns.one_of(KINDS)}"},
            },
            "additionalProperties": ref("layers.blocks"),
        },
        "layers": {"description": "The network.", "type": "array", "minItems": 1},
        "outputs": {
            "description": "Names of the outputs, when it is not just the last layer.",
            "type": ["array", "object"],
            "minItems": 1,
            "uniqueItems": True,
            "items": SCALAR,
            "propertyNames": NAMED,
            "additionalProperties": SCALAR,
        },
        "expect": expect(),
        "presets": named(ref("preset"), description="Named members of a family."),
    }
