"""What a spec expects of itself, in the schema."""

from __future__ import annotations

from cnncalc.results import FIELD_KEYS, TOTALS
from cnncalc.schema.values import NAMED, SCALAR, SIZE, Schema, named, ref

#: A condition on sizes, also as cnncalc domain prints it.
_CONDITION: Schema = {"type": ["string", "boolean"], "pattern": r"\S"}


def definitions() -> dict[str, Schema]:
    return {
        "expectations": expectations(),
        "number": _number(),
        "sizes": {
            "description": "Sizes, channels first: [10] for features, [2, 388, 388] for a map.",
            "type": "array",
            "minItems": 1,
            "items": SCALAR,
        },
        "field": _field(),
    }


def _number() -> Schema:
    """An expected number."""
    bound = {"type": ["string", "number"], "pattern": r"\S"}
    return {
        "type": ["string", "number", "object"],
        "pattern": r"\S",
        "properties": {
            "min": {**bound, "description": "At least this."},
            "max": {**bound, "description": "At most this, such as 4.1G."},
            "max_increase": {
                **bound,
                "description": "At most this more than the base of --against, such as 2%.",
            },
        },
        "additionalProperties": False,
    }


def _field() -> Schema:
    each = {
        "type": ["string", "number", "object", "array"],
        "allOf": [
            {"if": {"type": "array"}, "then": {"items": ref("number"), "minItems": 1}},
            {"if": {"not": {"type": "array"}}, "then": ref("number")},
        ],
    }
    return {
        "description": "One value for all axes, or a list of one for each.",
        "type": "object",
        "properties": dict.fromkeys(FIELD_KEYS, each),
        "additionalProperties": False,
    }


def expectations() -> Schema:
    totals = {
        name: {
            "description": f"{name}: the number, or {{min: …, max: …}}",
            "allOf": [ref("number")],
        }
        for name in TOTALS
    }
    of_layers = {
        **{name: totals[name] for name in ("params", "buffers", "macs", "flops")},
        "output": ref("sizes"),
        "receptive_field": ref("field"),
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            **totals,
            "output": ref("sizes"),
            "outputs": _named_anything(ref("sizes"), "Sizes of the outputs, by name."),
            "shapes": _named_anything(ref("sizes"), "Sizes of layers, by name; _ is any size."),
            "receptive_field": ref("field"),
            "layers": _named_anything(
                {"type": "object", "properties": of_layers, "additionalProperties": False},
                "What layers, blocks and loops come to, by name.",
            ),
            "domain": {
                "description": "The sizes that fit, such as H % 32 == 0, or what they include.",
                "type": ["string", "boolean", "object"],
                "pattern": r"\S",
                "properties": dict.fromkeys(("includes", "within"), _CONDITION),
                "additionalProperties": False,
            },
            "at": {
                "description": "Sizes at which this holds, or a list of them.",
                "type": ["object", "array"],
                "propertyNames": NAMED,
                "additionalProperties": SIZE,
                "items": named(SIZE),
            },
        },
    }


def _named_anything(values: Schema, description: str) -> Schema:
    """Values by names that may be of layers, such as ``down[0].skip``."""
    return {"description": description, "type": "object", "additionalProperties": values}


def expect() -> Schema:
    return {
        "description": "What cnncalc check holds it to; a list where it is about several sizes.",
        "type": ["object", "array"],
        "allOf": [
            {"if": {"type": "object"}, "then": ref("expectations")},
            {"if": {"type": "array"}, "then": {"items": ref("expectations")}},
        ],
    }
