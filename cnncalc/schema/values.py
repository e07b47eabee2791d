"""Values that specs have in many places."""

from __future__ import annotations

from typing import Any

from cnncalc.schema import patterns

Schema = dict[str, Any]

#: Any single value: expressions are read as numbers and truth values by YAML where they look so.
SCALAR: Schema = {
    "type": ["string", "number", "boolean"],
    "pattern": patterns.EXPRESSION,
    "patternErrorMessage": "this is no expression",
}
#: Any words, or none.
TEXT: Schema = {"type": ["string", "number", "boolean", "null"]}
#: One value, or a list of them.
SCALARS: Schema = {**SCALAR, "type": [*SCALAR["type"], "array"], "items": SCALAR}
#: A number of repetitions, and a size.
COUNT: Schema = {**SCALAR, "type": ["string", "number"], "minimum": 0, "multipleOf": 1}
SIZE: Schema = {**COUNT, "minimum": 1}
#: Any name that may be given.
NAMED: Schema = {"pattern": f"^{patterns.GIVEN}$"}
#: The name of a layer.
NAME: Schema = {
    "description": "A name for what comes out, for from, add, concat and sizes as NAME.c.",
    "type": ["string", "boolean"],
    **NAMED,
}


def named(values: Schema, **more: Any) -> Schema:
    """A mapping of names to values."""
    return {"type": "object", "propertyNames": NAMED, "additionalProperties": values, **more}


def ref(name: str) -> Schema:
    """What is defined under a name."""
    return {"$ref": f"#/definitions/{name}"}
