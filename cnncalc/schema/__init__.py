"""A JSON Schema of the language, for editors: completion, hover, and the mistakes one can see.

Made from the kinds of layers, whose arguments and documentation it has. It is of draft-07, which is
what editors support, with three words of theirs that validators pass over: ``markdownDescription``,
``patternErrorMessage`` and ``defaultSnippets``.

It refuses nothing that the language takes, as far as layers are reached; what only all of a spec
can tell (names, sizes, blocks, cycles) is for ``cnncalc check``.
"""

from __future__ import annotations

from typing import Any


def json_schema() -> dict[str, Any]:
    """The schema of specs in YAML, as JSON has it."""
    from cnncalc.schema import structure
    from cnncalc.schema.values import ref

    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "cnncalc",
        "description": "A convolutional network: its input, its layers, what is expected of it.",
        "type": "object",
        "required": ["layers"],
        "oneOf": [{"required": ["input"]}, {"required": ["inputs"]}],
        "additionalProperties": False,
        "properties": structure.properties(),
        "if": {"required": ["blocks"]},
        "then": {"properties": {"layers": ref("layers.blocks")}},
        "else": {"properties": {"layers": ref("layers")}},
        "definitions": structure.definitions(),
    }
