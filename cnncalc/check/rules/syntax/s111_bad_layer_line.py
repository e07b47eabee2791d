"""S111 bad-layer-line."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BadLayerLine(ErrorRule):
    """A line that cannot be read as a layer.

    A layer line reads ``[name =] kind [value] [key=value …]``. Keys stick to their values, and what has
    layers of its own (``for``, ``repeat``, ``if``, branches) is a mapping.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k = 3

    Fix: write one layer a line, without spaces around the ``=`` of an argument.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3
    """

    code = "S111"
    name = "bad-layer-line"
    error = problems.BadLine
