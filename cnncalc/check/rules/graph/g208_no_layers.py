"""G208 no-layers."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NoLayers(ErrorRule):
    """The network has no layers.

    There may be none under ``layers:``, or none that is reached: a ``repeat: 0``, an ``if:`` that leaves
    everything out.

    Example:

        input: 3x32x32
        layers: []

    Fix: list at least one; ``identity`` does nothing.

    Use instead:

        input: 3x32x32
        layers:
          - identity
    """

    code = "G208"
    name = "no-layers"
    error = problems.NoLayers
