"""B410 no-base."""

from __future__ import annotations

from cnncalc.check.budgets import place
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt
from cnncalc.check.rule import BudgetRule
from cnncalc.expect import Outcome


class NoBase(BudgetRule):
    """There is nothing to compare a ``max_increase`` with, so it was not checked.

    A limit on growth is held against an earlier version, which ``cnncalc check --against`` names. A
    run without it, and a spec that is new, leave the limit unchecked: this note says so, and fails
    nothing.

    Example:

        input: 3x32x32
        layers:
          - conv 10 k=5 p=2
        expect:
          params: {max_increase: 2%}

    Fix: name what to compare with: ``cnncalc check --against origin/main``.

    Use instead:

        input: 3x32x32
        layers:
          - conv 10 k=5 p=2
        expect:
          params: {max: 1k}
    """

    code = "B410"
    name = "no-base"
    severity = "note"
    keys = ("base",)

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        key = outcome.name.partition(":")[0]
        return self.found(
            f"the increase of {key} was not checked: {outcome.why}",
            place(outcome),
            excerpt=excerpt(outcome.at),
            help="name what to compare with: cnncalc check --against origin/main",
            model=model.label,
        )
