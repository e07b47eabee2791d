"""S120 bad-expectation."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BadExpectation(ErrorRule):
    """An expectation that means nothing.

    Nothing is held to it, so it is no protection. It has an unknown name, a list where one number is
    wanted, more values than there are axes, or names an output that there is not.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3
        expect: {prams: 224}

    Fix: write it as the help shows. The expectations are those of docs/expect.md.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3
        expect: {params: 224}
    """

    code = "S120"
    name = "bad-expectation"
    error = problems.BadExpectation
