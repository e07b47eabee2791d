"""B406 unexpected-shape."""

from __future__ import annotations

from cnncalc.check.budgets import ShapeRule


class UnexpectedShape(ShapeRule):
    """A layer or a block puts out another shape than ``expect:`` says.

    ``shapes`` holds tensors inside the network to what others take from them: a skip connection, a
    feature pyramid, a backbone that is used without its head. The name may be that of a layer, a
    block or an iteration of a loop.

    Example:

        input: 3x224x224
        layers:
          - stem = conv 64 k=7 s=2 p=2
          - relu
        expect:
          shapes: {stem: [64, 112, 112]}

    Fix: look at the stride, the padding and the kernel of the layers up to it.

    Use instead:

        input: 3x224x224
        layers:
          - stem = conv 64 k=7 s=2 p=3
          - relu
        expect:
          shapes: {stem: [64, 112, 112]}
    """

    code = "B406"
    name = "unexpected-shape"
    keys = ("shapes",)
