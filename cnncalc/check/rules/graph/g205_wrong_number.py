"""G205 wrong-number."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class WrongNumber(ErrorRule):
    """A line has more or fewer branches, layers or names than its kind takes.

    Joins take two or more tensors; all other kinds take one, make one, and have no branches. Names before
    a line are as many as the outputs that it has.

    Example:

        input: 3x32x32
        layers:
          - add:
              - - conv 3 k=3 p=1

    Fix: add what is missing, or take away what is too much. The current tensor itself is the branch
    ``[]``, or ``x`` in a line.

    Use instead:

        input: 3x32x32
        layers:
          - add:
              - - conv 3 k=3 p=1
              - []
    """

    code = "G205"
    name = "wrong-number"
    error = problems.WrongNumber
