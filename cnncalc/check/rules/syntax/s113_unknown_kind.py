"""S113 unknown-kind."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class UnknownKind(ErrorRule):
    """A word that is neither a kind of layer nor a block of this spec.

    Bodies that are never reached, as those of an unused block, are held to it too. The kinds are those of
    docs/kinds.md; names that other tools have for them are recognised and translated in the help.

    Example:

        input: 3x32x32
        layers:
          - Conv2d 8 k=3

    Fix: write the kind that is meant, or define a block of this name. ``cnncalc check --fix``
    renames what is only misspelt.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3
    """

    code = "S113"
    name = "unknown-kind"
    error = problems.UnknownKind
