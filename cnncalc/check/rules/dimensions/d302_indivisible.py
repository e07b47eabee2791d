"""D302 indivisible."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class Indivisible(ErrorRule):
    """Channels or positions do not divide into equal parts.

    Groups, heads and parts of a split have the same number of channels each; ``pixel_unshuffle`` needs
    whole blocks of positions. Frameworks refuse anything else, and nothing is rounded here either.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3 g=2

    Fix: choose a number that divides both the channels read and those made.

    Use instead:

        input: 4x32x32
        layers:
          - conv 8 k=3 g=2
    """

    code = "D302"
    name = "indivisible"
    error = problems.Indivisible
    line = True
