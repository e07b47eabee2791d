"""S114 unknown-argument."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class UnknownArgument(ErrorRule):
    """An argument that this kind or block does not have.

    Were it passed over, the layer would be another one than is written: ``strid=2`` would leave a stride
    of 1, and every size after it wrong.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3 strid=2

    Fix: write the argument that is meant; the help names the nearest, ``cnncalc check --fix``
    renames it.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3 stride=2
    """

    code = "S114"
    name = "unknown-argument"
    error = problems.UnknownArgument
