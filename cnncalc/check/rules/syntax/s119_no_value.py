"""S119 no-value."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NoValue(ErrorRule):
    """An expression that has no value.

    It can be read, and comes to nothing that can be used: a division by zero, an index past the end of
    a list, a negative exponent, the height of a signal, a number where yes or no is wanted.

    Example:

        input: 3x32x32
        params: {widths: [8, 16]}
        layers:
          - conv widths[2] k=3

    Fix: the message says which part it is, and the help what is possible.

    Use instead:

        input: 3x32x32
        params: {widths: [8, 16]}
        layers:
          - conv widths[1] k=3
    """

    code = "S119"
    name = "no-value"
    error = problems.NoValue
