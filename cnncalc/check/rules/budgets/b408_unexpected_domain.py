"""B408 unexpected-domain."""

from __future__ import annotations

from cnncalc.check.budgets import place
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt
from cnncalc.check.rule import BudgetRule
from cnncalc.expect import Outcome
from cnncalc.expect.domain import INCLUDES, WITHIN


class UnexpectedDomain(BudgetRule):
    """The network fits other input sizes than ``expect:`` says.

    ``domain`` is a condition on the sizes of the input: for which of them every layer fits. A
    condition alone has to be exactly that; ``includes`` names sizes that all have to fit, ``within``
    sizes that all that fit are among. It is decided for all sizes at once, and where it is not so the
    smallest size is named that shows it.

    Example:

        input: 3xHx64
        at: {H: 64}
        layers:
          - skip = conv 8 k=3 p=1
          - maxpool 2
          - deconv 8 k=2 s=2
          - add x skip
        expect:
          domain: "H >= 2"

    Fix: write the condition as it is, or change the layer that the note names.

    Use instead:

        input: 3xHx64
        at: {H: 64}
        layers:
          - skip = conv 8 k=3 p=1
          - maxpool 2
          - deconv 8 k=2 s=2
          - add x skip
        expect:
          domain: "H % 2 == 0"
    """

    code = "B408"
    name = "unexpected-domain"
    keys = ("domain",)

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        words = {
            INCLUDES: "expected to include",
            WITHIN: "expected to be within",
        }.get(outcome.relation, "expected")
        written = outcome.wanted.removeprefix(f"{outcome.relation} ")
        return self.found(
            f"{_fits(outcome.got)}, {words} {written}",
            place(outcome),
            excerpt=excerpt(outcome.at),
            label=outcome.why,
            notes=outcome.notes,
            help=f"`cnncalc domain {model.path}` says more about it",
            model=model.label,
        )


def _fits(condition: str) -> str:
    if condition in ("always", "never"):
        return f"the network is {condition} well-formed"
    where = "" if condition.startswith("undecided") else "where "
    return f"the network is well-formed {where}{condition}"
