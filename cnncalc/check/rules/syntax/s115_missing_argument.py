"""S115 missing-argument."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class MissingArgument(ErrorRule):
    """An argument that must be given is not.

    There is no kernel size that everyone means, so none is assumed. The same holds for parameters of a
    block that have no default.

    Example:

        input: 3x32x32
        layers:
          - conv 8

    Fix: give it; for a parameter of a block, a default in the signature will do.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3
    """

    code = "S115"
    name = "missing-argument"
    error = problems.MissingArgument
    line = True
