"""S100 not-a-spec."""

from __future__ import annotations

from cnncalc.check.rule import ErrorRule
from cnncalc.errors import CnncalcError


class NotASpec(ErrorRule):
    """The text is not a network in the language.

    Everything that has no code of its own is reported under this one.

    Example:

        input: 3x32x32
        layers:
          - conv 8+ k=1

    Fix: what the help below the finding says.
    """

    code = "S100"
    name = "not-a-spec"
    error = CnncalcError
