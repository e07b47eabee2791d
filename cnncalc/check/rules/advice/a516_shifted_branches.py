"""A516 shifted-branches."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.findings import ALIGNMENT
from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark


class ShiftedBranches(AdviceRule):
    """The branches of a join are centred on different positions of the input.

    Each unit adds or stacks features of places that lie beside each other, by the same distance
    everywhere. Upsampling by repetition shifts by half a step, which networks live with; padding on
    one side only shifts by as much as it adds. Source: Araujo, Norris & Sim 2019, "Alignment issues".

    Example:

        input: 3x32x32
        layers:
          - add:
              - - conv 8 k=3 p=1
              - - pad left=2 top=2
                - conv 8 k=3

    Fix: pad both branches alike, on both sides.

    Use instead:

        input: 3x32x32
        layers:
          - add:
              - - conv 8 k=3 p=1
              - - conv 8 k=5 p=2
    """

    code = "A516"
    name = "shifted-branches"
    severity = "note"

    def remarks(self, model: Model) -> Iterator[Remark]:
        yield from self.noticed(model, ALIGNMENT)
