"""D303 join-mismatch."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class JoinMismatch(ErrorRule):
    """Tensors that are to be joined differ in size.

    ``add`` and ``mul`` want equal shapes (``mul`` repeats sizes of 1), ``concat`` equal heights and widths.
    The message names both tensors and their shapes. A usual cause is a size that was rounded down and is
    then doubled: ``cnncalc domain`` says for which inputs a network fits together.

    Example:

        input: 8x33x33
        layers:
          - skip = relu
          - maxpool 2
          - upsample 2
          - concat skip x

    Fix: check stride and padding of both, pad or crop one (``crop like=…``), or choose another
    input.

    Use instead:

        input: 8x32x32
        layers:
          - skip = relu
          - maxpool 2
          - upsample 2
          - concat skip x
    """

    code = "D303"
    name = "join-mismatch"
    error = problems.JoinMismatch
    line = True
