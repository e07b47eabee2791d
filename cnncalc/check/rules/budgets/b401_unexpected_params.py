"""B401 unexpected-params."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.budgets import NumberRule, holders
from cnncalc.check.model import Model
from cnncalc.expect import Outcome


class UnexpectedParams(NumberRule):
    """The network, or a layer of it, has more or fewer parameters than ``expect:`` says.

    Parameters decide how large a model is to store and to send. An exact number also notices what
    nobody meant to change: a bias that came or went, a block that is repeated once more.

    Example:

        input: 3x32x32
        layers:
          - conv 16 k=3 p=1
          - conv 32 k=3 p=1
        expect:
          params: {max: 5k}

    Fix: make the layers smaller in which most of them are, or raise the budget where the growth is
    meant. A new exact number is written by ``cnncalc check --update-expect``.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3 p=1
          - conv 32 k=3 p=1
        expect:
          params: {max: 5k}
    """

    code = "B401"
    name = "unexpected-params"
    keys = ("params",)

    def sources(self, outcome: Outcome, model: Model) -> Iterator[str]:
        return holders(self.layers(outcome, model), lambda layer: layer.cost.params)
