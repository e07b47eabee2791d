"""B402 unexpected-buffers."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.budgets import NumberRule, holders
from cnncalc.check.model import Model
from cnncalc.expect import Outcome


class UnexpectedBuffers(NumberRule):
    """There are more or fewer numbers in buffers than ``expect:`` says.

    Buffers are stored with a model and not trained: the running mean and variance of batch
    normalisation, and its count of batches. Their number changes when normalisations come or go.

    Example:

        input: 3x32x32
        layers:
          - conv 16 k=3 p=1 bias=no
          - bn
        expect:
          buffers: 32

    Fix: look at the layers with running statistics. A new exact number is written by
    ``cnncalc check --update-expect``.

    Use instead:

        input: 3x32x32
        layers:
          - conv 16 k=3 p=1 bias=no
          - bn
        expect:
          buffers: 33
    """

    code = "B402"
    name = "unexpected-buffers"
    keys = ("buffers",)

    def sources(self, outcome: Outcome, model: Model) -> Iterator[str]:
        return holders(self.layers(outcome, model), lambda layer: layer.cost.buffers)
