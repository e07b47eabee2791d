"""S103 foreign-yaml."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class ForeignYaml(ErrorRule):
    """YAML that the language does not use: a tag, a merged key, a second document.

    A spec is one document of plain keys, lists and words. Tags such as ``!!python/object`` and merging
    with ``<<`` would make it mean something that is not written in it; anchors and aliases are fine.

    Example:

        input: !!str 3x32x32
        layers:
          - relu

    Fix: remove the tag, write merged keys out, split several documents into files.

    Use instead:

        input: 3x32x32
        layers:
          - relu
    """

    code = "S103"
    name = "foreign-yaml"
    error = problems.ForeignYaml
