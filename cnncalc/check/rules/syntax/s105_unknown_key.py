"""S105 unknown-key."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class UnknownKey(ErrorRule):
    """A key that means nothing at this place.

    Were it passed over, what it says would silently not hold: a budget under ``expct:`` is no budget.
    The content of a misspelt key is checked as if the key were right.

    Example:

        input: 3x32x32
        layer:
          - relu

    Fix: write the key that is meant, or make the line a comment. ``cnncalc check --fix`` renames
    it.

    Use instead:

        input: 3x32x32
        layers:
          - relu
    """

    code = "S105"
    name = "unknown-key"
    error = problems.UnknownKey
