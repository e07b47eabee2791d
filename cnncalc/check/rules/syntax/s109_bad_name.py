"""S109 bad-name."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BadName(ErrorRule):
    """What is to be a name cannot be one.

    Names of layers, blocks, parameters, symbols and inputs are letters, digits and underscores, and do
    not start with a digit. Words of the language (``x``, ``from``, ``if`` …) are taken.

    Example:

        input: 3x32x32
        layers:
          - skip-1 = relu

    Fix: choose another name; ``skip_1`` for skip-1.

    Use instead:

        input: 3x32x32
        layers:
          - skip_1 = relu
    """

    code = "S109"
    name = "bad-name"
    error = problems.BadName
