"""S110 bad-size."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BadSize(ErrorRule):
    """The size of an input, or of a symbol of it, cannot be read or is not a whole number.

    Sizes are channels first and joined by a small ``x``; the batch is implicit. Each is an integer of at
    least 1, a symbol, or an expression in brackets.

    Example:

        input: 3, 32, 32
        layers:
          - relu

    Fix: write it as ``3x224x224``, ``3xHxW`` or ``3x(32*h)x(32*w)``.

    Use instead:

        input: 3x32x32
        layers:
          - relu
    """

    code = "S110"
    name = "bad-size"
    error = problems.BadSize
