"""G203 block-cycle."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BlockCycle(ErrorRule):
    """Blocks that contain themselves.

    Such a network has no end. The message shows the way around.

    Example:

        input: 3x32x32
        blocks:
          stage:
            - relu
            - stage
        layers:
          - relu

    Fix: say how often with ``repeat:`` or ``for:``.

    Use instead:

        input: 3x32x32
        blocks:
          stage:
            - relu
        layers:
          - repeat: 3
            layers:
              - stage
    """

    code = "G203"
    name = "block-cycle"
    error = problems.BlockCycle
