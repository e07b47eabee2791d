"""D301 too-small."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class TooSmall(ErrorRule):
    """The input of a layer is too small for it.

    The kernel is larger than the padded input, a crop takes everything away, a reflecting padding is wider
    than the map: no output is left, and PyTorch raises an error at run time. Of one network the first
    such layer is reported on each path, because what comes after it has no size.

    Example:

        input: 3x32x32
        layers:
          - maxpool 8
          - conv 8 k=5

    Fix: pad, use a smaller kernel or stride, or a larger input; ``cnncalc domain`` says for which
    inputs a network fits together.

    Use instead:

        input: 3x32x32
        layers:
          - maxpool 4
          - conv 8 k=5
    """

    code = "D301"
    name = "too-small"
    error = problems.TooSmall
    line = True
