"""B403 unexpected-compute."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.budgets import NumberRule, holders
from cnncalc.check.model import Model
from cnncalc.expect import Outcome
from cnncalc.formulas import flops
from cnncalc.results import LayerResult
from cnncalc.sizes import Number


class UnexpectedCompute(NumberRule):
    """The network, or a layer of it, does more or less arithmetic than ``expect:`` says.

    ``macs`` are the multiply-accumulates of convolutions, linear layers and matrix products for one
    image, without biases; ``flops`` are two for each. They grow with the area of the input, so a
    budget is for one size: the spec's own, or those that ``at:`` names beside it.

    Example:

        input: 3x32x32
        layers:
          - conv 16 k=3 p=1
          - conv 32 k=3 p=1
        expect:
          macs: {max: 2M}

    Fix: reduce the size earlier, with a stride or pooling, or make the layers narrower in which most
    of them are done. A new exact number is written by ``cnncalc check --update-expect``.

    Use instead:

        input: 3x32x32
        layers:
          - conv 16 k=3 p=1 s=2
          - conv 32 k=3 p=1
        expect:
          macs: {max: 2M}
    """

    code = "B403"
    name = "unexpected-compute"
    keys = ("macs", "flops")

    def sources(self, outcome: Outcome, model: Model) -> Iterator[str]:
        def count(layer: LayerResult) -> Number:
            return flops(layer.cost.macs) if outcome.key == "flops" else layer.cost.macs

        return holders(self.layers(outcome, model), count, "does")
