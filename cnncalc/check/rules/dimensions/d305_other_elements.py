"""D305 other-elements."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class OtherElements(ErrorRule):
    """A reshape to a shape with another number of elements.

    The elements stay the same ones, so their number must, whatever the axes are.

    Example:

        input: 8192
        layers:
          - reshape 512x4x5

    Fix: the product of the sizes must be that of the input; the message has both.

    Use instead:

        input: 8192
        layers:
          - reshape 512x4x4
    """

    code = "D305"
    name = "other-elements"
    error = problems.OtherElements
    line = True
