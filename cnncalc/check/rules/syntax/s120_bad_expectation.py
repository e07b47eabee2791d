"""S120 bad-expectation."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BadExpectation(ErrorRule):
    """An expectation that means nothing.

    Nothing is held to it, so it is no protection. It has an unknown name, a list where one number is
    wanted, more values than there are axes, names an output that there is not, or wants a number that
    nothing can be: one below 0, or a min above its max.

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
