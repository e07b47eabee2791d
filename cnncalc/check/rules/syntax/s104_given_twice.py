"""S104 given-twice."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class GivenTwice(ErrorRule):
    """A key or an argument is given twice.

    Many YAML readers keep the last one and say nothing, so that the first reads as if it counted. An
    argument may also be there under two of its names, or both as the value and by name.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3 kernel=5

    Fix: keep the one that is meant.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=5
    """

    code = "S104"
    name = "given-twice"
    error = problems.GivenTwice
