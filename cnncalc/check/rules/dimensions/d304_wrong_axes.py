"""D304 wrong-axes."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class WrongAxes(ErrorRule):
    """A layer reads a tensor with other axes than it takes.

    ``linear`` reads features, convolutions and pooling read maps of 1 to 3 axes, attention reads tokens;
    an argument with a value for each axis has as many as the map. The network would not run.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3
          - linear 10

    Fix: put what changes the axes before it: ``flatten``, ``gap``, ``reshape``, ``tokens``.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3
          - flatten
          - linear 10
    """

    code = "D304"
    name = "wrong-axes"
    error = problems.WrongAxes
    line = True
