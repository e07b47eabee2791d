"""B411 size-does-not-fit."""

from __future__ import annotations

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt, word
from cnncalc.check.rule import BudgetRule
from cnncalc.expect import Outcome


class SizeDoesNotFit(BudgetRule):
    """A size that ``expect:`` names is one at which the network is not well-formed.

    ``at:`` lists the sizes that a network is meant for. At this one a layer does not fit its input:
    a map becomes smaller than a kernel, or a skip connection meets a map of another size.

    Example:

        input: 3xHx64
        at: {H: 64}
        layers:
          - skip = conv 8 k=3 p=1
          - maxpool 2
          - deconv 8 k=2 s=2
          - add x skip
        expect:
          at: [{H: 32}, {H: 33}]

    Fix: take a size that fits, or change the layer that is named, so that this one does.

    Use instead:

        input: 3xHx64
        at: {H: 64}
        layers:
          - skip = conv 8 k=3 p=1
          - maxpool 2
          - deconv 8 k=2 s=2
          - add x skip
        expect:
          at: [{H: 32}, {H: 34}]
    """

    code = "B411"
    name = "size-does-not-fit"
    keys = ("at",)

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        return self.found(
            f"the network is not well-formed at {model.sizes}",
            word(outcome.at),
            excerpt=excerpt(outcome.at),
            notes=(outcome.why,),
            help=model.network.good_sizes(model.at, model.settings),
            model=model.label,
        )
