"""S116 bad-value."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BadValue(ErrorRule):
    """A value that is not among those allowed.

    Each argument says what it takes: an integer of at least 1, yes or no, one of a few words. The number
    of a ``repeat:`` is an integer of at least 0, and ``if:`` takes yes or no.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3 bias=maybe

    Fix: write one of the values that the message names.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3 bias=no
    """

    code = "S116"
    name = "bad-value"
    error = problems.BadValue
