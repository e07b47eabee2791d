"""S112 unbalanced."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class Unbalanced(ErrorRule):
    """A bracket or a quote has no partner.

    Spaces part the words of a layer line except inside brackets, so an open bracket would swallow the
    arguments behind it.

    Example:

        input: 3x32x32
        layers:
          - conv (8+4 k=3

    Fix: close it where it ends, or remove it.

    Use instead:

        input: 3x32x32
        layers:
          - conv (8+4) k=3
    """

    code = "S112"
    name = "unbalanced"
    error = problems.Unbalanced
