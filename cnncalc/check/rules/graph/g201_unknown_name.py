"""G201 unknown-name."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class UnknownName(ErrorRule):
    """A name that nothing here has.

    A layer reads what is above it by name, an expression the parameters, symbols and loop variables
    around it. Names are local to a block, and those inside a loop are reached through its name. ``at:``
    and presets give values only to what there is.

    Example:

        input: 3x32x32
        layers:
          - skip = conv 8 k=3 p=1
          - relu
          - add x skp

    Fix: write the name that is meant (``cnncalc check --fix`` renames what is only misspelt), or
    define it.

    Use instead:

        input: 3x32x32
        layers:
          - skip = conv 8 k=3 p=1
          - relu
          - add x skip
    """

    code = "G201"
    name = "unknown-name"
    error = problems.UnknownName
