"""B409 grown."""

from __future__ import annotations

from cnncalc.check.budgets import difference, place, ratio
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt
from cnncalc.check.rule import BudgetRule
from cnncalc.expect import Outcome
from cnncalc.expect.outcome import shown


class Grown(BudgetRule):
    """A number has grown more than ``max_increase`` allows since the version compared with.

    A budget that is relative to the main branch lets a model grow slowly and on purpose, and notices
    what makes it grow by accident. ``max_increase`` is a part of what it was, as 2%, or a number, as
    100k; ``cnncalc check --against`` says what to compare with. What falls is never reported.

    Example:

        $ cnncalc check --against before.cnn.yaml net.cnn.yaml
        input: 3x32x32
        layers:
          - conv 11 k=5 p=2
        expect:
          params: {max_increase: 5%}

    Before:

        input: 3x32x32
        layers:
          - conv 10 k=5 p=2

    Fix: make the change smaller, or raise the limit where the growth is meant.

    Use instead:

        $ cnncalc check --against before.cnn.yaml net.cnn.yaml
        input: 3x32x32
        layers:
          - conv 10 k=5 p=2
        expect:
          params: {max_increase: 5%}
    """

    code = "B409"
    name = "grown"
    keys = ("increase",)

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        key = outcome.name.partition(":")[0]
        return self.found(
            f"{key} grew from {shown(outcome.base)} to {outcome.got}"
            f"{ratio(outcome.value, outcome.base)}, at most {shown(outcome.bound)} allowed",
            place(outcome),
            excerpt=excerpt(outcome.at),
            label=outcome.why or difference(outcome),
            help="`cnncalc diff` shows which layers changed",
            model=model.label,
        )
