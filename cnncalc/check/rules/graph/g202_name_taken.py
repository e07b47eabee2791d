"""G202 name-taken."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NameTaken(ErrorRule):
    """Two things have the same name.

    Which of them a reference means would depend on where it stands. Names of layers, blocks, inputs and
    parameters must differ where both can be seen; a block cannot be called like a kind.

    Example:

        input: 3x32x32
        layers:
          - skip = relu
          - skip = conv 8 k=3

    Fix: rename one.

    Use instead:

        input: 3x32x32
        layers:
          - skip = relu
          - deep = conv 8 k=3
    """

    code = "G202"
    name = "name-taken"
    error = problems.NameTaken
