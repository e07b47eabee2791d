"""G204 not-a-layer."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NotALayer(ErrorRule):
    """Something else stands where a layer is to be named.

    ``from``, ``reuse``, ``add``, ``concat`` and ``outputs:`` name layers: not numbers, not loops, and one
    where one is wanted.

    Example:

        input: 3x32x32
        params: {n: 3}
        layers:
          - relu
          - from n

    Fix: name a layer: ``skip = relu``, then ``from skip``; ``down[0].skip`` for one inside a loop.

    Use instead:

        input: 3x32x32
        layers:
          - skip = relu
          - conv 8 k=3
          - from skip
    """

    code = "G204"
    name = "not-a-layer"
    error = problems.NotALayer
