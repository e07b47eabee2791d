"""B405 unexpected-output."""

from __future__ import annotations

from cnncalc.check.budgets import ShapeRule


class UnexpectedOutput(ShapeRule):
    """What the network puts out has another shape than ``expect:`` says.

    Whatever reads the output relies on its shape: the loss, the labels, the next network. Sizes are
    channels first; they may be expressions over the parameters and the sizes of the input, and ``_``
    stands for any size.

    Example:

        input: 3x31x31
        params: {classes: 10}
        layers:
          - conv 8 k=3 s=2
          - conv classes k=1
        expect:
          output: [classes, 16, 16]

    Fix: look at the layers that change the size: a convolution without padding is smaller by k - 1,
    and a size that a stride does not divide is rounded down.

    Use instead:

        input: 3x31x31
        params: {classes: 10}
        layers:
          - conv 8 k=3 s=2 p=1
          - conv classes k=1
        expect:
          output: [classes, 16, 16]
    """

    code = "B405"
    name = "unexpected-output"
    keys = ("output", "outputs")
