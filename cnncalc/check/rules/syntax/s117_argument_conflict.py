"""S117 argument-conflict."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class ArgumentConflict(ErrorRule):
    """Arguments of a layer that do not go with each other.

    Each is allowed by itself, and PyTorch refuses them together: ``p=same`` with a stride, pooling padded
    by more than half of its kernel, an output padding that the stride does not leave room for, two ways
    to say how large an upsampled map is.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3 s=2 p=same

    Fix: change one of the two.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3 s=2 p=1
    """

    code = "S117"
    name = "argument-conflict"
    error = problems.ArgumentConflict
    line = True
