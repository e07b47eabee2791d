"""B401 total."""

from __future__ import annotations

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt, word
from cnncalc.check.rule import BudgetRule
from cnncalc.expect import Outcome
from cnncalc.results import TOTALS


class Total(BudgetRule):
    """A number of the whole network is not what ``expect:`` says.

    Example:

        input: 3x32x32
        layers:
          - conv 10 k=5 p=2
        expect: {params: {max: 500}}

    Fix: make the network smaller, or raise the budget where the growth is meant.
    """

    code = "B401"
    name = "total"
    keys = tuple(TOTALS)

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        return self.found(
            f"{outcome.name}: expected {outcome.wanted}, got {outcome.got}",
            word(outcome.at),
            excerpt=excerpt(outcome.at),
            model=model.label,
        )
