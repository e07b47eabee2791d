"""G207 no-current-tensor."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NoCurrentTensor(ErrorRule):
    """A layer goes on from the current tensor before there is one.

    A network with several inputs starts from none of them until it says which.

    Example:

        inputs: {left: 3x32x32, right: 3x32x32}
        layers:
          - conv 8 k=3

    Fix: begin with ``from`` and the name of an input.

    Use instead:

        inputs: {left: 3x32x32, right: 3x32x32}
        layers:
          - from left
          - a = conv 8 k=3
          - from right
          - b = conv 8 k=3
          - add a b
    """

    code = "G207"
    name = "no-current-tensor"
    error = problems.NoCurrentTensor
