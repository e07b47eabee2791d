"""S106 missing-key."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class MissingKey(ErrorRule):
    """A key that must be there is not.

    A spec has ``layers:``, and ``input:`` or ``inputs:``; ``for:`` and ``repeat:`` have ``layers:`` beside
    them, and ``if:`` has ``then:``.

    Example:

        layers:
          - relu

    Fix: add it.

    Use instead:

        input: 3x32x32
        layers:
          - relu
    """

    code = "S106"
    name = "missing-key"
    error = problems.MissingKey
