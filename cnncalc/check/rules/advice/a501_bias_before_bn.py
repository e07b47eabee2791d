"""A501 bias-before-bn."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule


class BiasBeforeBn(AdviceRule):
    """A convolution or linear layer has a bias, and a batch normalisation follows.

    The normalisation subtracts the mean of each channel, and with it the bias, and adds a shift of
    its own: the bias is a parameter that does nothing.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3
          - bn

    Fix: write ``bias=no``.
    """

    code = "A501"
    name = "bias-before-bn"

    def look(self, model: Model) -> Iterator[Diagnostic]:
        yield from ()
