"""G210 no-closed-form."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NoClosedForm(ErrorRule):
    """A body is repeated a symbolic number of times and has no closed form.

    With a symbol for its count, ``repeat:`` stands for any number of repetitions at once. That needs a
    body that reads nothing from outside, keeps its channels, and does the same whatever the size is.

    Example:

        input: 8x32x32
        params: {n: N}
        layers:
          - skip = relu
          - repeat: n
            layers:
              - conv 8 k=3 p=1
              - add x skip

    Fix: give the count a number, with ``--set`` or as the default of the parameter.

    Use instead:

        input: 8x32x32
        params: {n: 3}
        layers:
          - skip = relu
          - repeat: n
            layers:
              - conv 8 k=3 p=1
              - add x skip
    """

    code = "G210"
    name = "no-closed-form"
    error = problems.NoClosedForm
