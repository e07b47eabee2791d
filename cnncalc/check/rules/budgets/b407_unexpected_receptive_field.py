"""B407 unexpected-receptive-field."""

from __future__ import annotations

from cnncalc.check.budgets import UPDATE, difference, place
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt
from cnncalc.check.rule import BudgetRule
from cnncalc.expect import Outcome
from cnncalc.expect.outcome import EXACT, shown
from cnncalc.results import per_axis


class UnexpectedReceptiveField(BudgetRule):
    """The receptive field of the last feature map, or of a layer, is not what ``expect:`` says.

    A network cannot answer what does not fit into its receptive field: it should be at least as large
    as what is looked for. ``size``, ``jump``, ``start``, ``end``, ``center`` and ``padding`` are in
    pixels of the input, the same for all axes or a list of one for each.

    Example:

        input: 3x64x64
        layers:
          - conv 16 k=3 p=1
          - conv 16 k=3 p=1
        expect:
          receptive_field: {size: {min: 9}}

    Fix: a larger kernel, a dilation, or a stride in an early layer makes the field larger.

    Use instead:

        input: 3x64x64
        layers:
          - conv 16 k=3 p=1 s=2
          - conv 16 k=3 p=1 d=2
        expect:
          receptive_field: {size: {min: 9}}
    """

    code = "B407"
    name = "unexpected-receptive-field"
    keys = ("receptive_field",)

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        limit = shown(outcome.bound)
        wanted = f"{outcome.relation} {limit}" if outcome.relation != EXACT else limit
        return self.found(
            f"{_said(outcome, model)}, expected {wanted}",
            place(outcome),
            excerpt=excerpt(outcome.at),
            label=outcome.why or difference(outcome),
            notes=tuple(_of(outcome, model)),
            help=UPDATE if outcome.relation == EXACT and outcome.value is not None else None,
            node=outcome.part,
            model=model.label,
        )


def _said(outcome: Outcome, model: Model) -> str:
    """What it is, for one axis only where the axes differ."""
    _, _, property_ = outcome.name.rpartition(": ")
    key, _, axis = property_.partition(" ")
    if outcome.value is None and outcome.why:
        return f"there is no receptive field whose {key} could be compared"
    layers = model.parts.layers(outcome.part) if outcome.part else ()
    fields = layers[-1].fields if layers else model.analysis.fields
    values = per_axis(fields, key) if fields else []
    alike = all(value == values[0] for value in values)
    where = "" if alike or not axis else f" {axis}"
    return f"the {key} of the receptive field is {outcome.got}{where}"


def _of(outcome: Outcome, model: Model) -> list[str]:
    last = model.analysis.last_feature_map
    return [f"it is that of {last}, the last feature map"] if last and not outcome.part else []
