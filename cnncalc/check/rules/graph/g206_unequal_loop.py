"""G206 unequal-loop."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class UnequalLoop(ErrorRule):
    """The variables of a loop have different numbers of values.

    The variables of one ``for:`` advance together, a value of each in every iteration. None is dropped or
    used again to make them fit.

    Example:

        input: 3x32x32
        layers:
          - for: {width: [8, 16, 32], stride: [1, 2]}
            layers:
              - conv width k=3 s=stride

    Fix: give them equally many values, or nest two loops for every combination.

    Use instead:

        input: 3x32x32
        layers:
          - for: {width: [8, 16, 32], stride: [1, 2, 2]}
            layers:
              - conv width k=3 s=stride
    """

    code = "G206"
    name = "unequal-loop"
    error = problems.UnequalLoop
