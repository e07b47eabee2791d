"""G209 not-shareable."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NotShareable(ErrorRule):
    """Weights are to be used again where they do not fit.

    ``reuse`` applies a layer or a block with the weights that it has already. They are made for the
    channels that it read first.

    Example:

        input: 3x32x32
        layers:
          - tower = conv 8 k=3
          - reuse tower

    Fix: bring the tensor to the same channels first, or use a layer of its own.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3
          - tower = conv 8 k=3
          - reuse tower
    """

    code = "G209"
    name = "not-shareable"
    error = problems.NotShareable
    line = True
