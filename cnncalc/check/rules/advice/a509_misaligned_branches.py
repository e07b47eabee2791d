"""A509 misaligned-branches."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.findings import ALIGNMENT
from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark


class MisalignedBranches(AdviceRule):
    """The branches of a join advance by different numbers of input positions per unit.

    They drift apart: the further a unit is from the corner, the further are the places that it adds
    or stacks. No one receptive field describes the result. Source: Araujo, Norris & Sim 2019,
    "Alignment issues".

    Example:

        input: 3x32x32
        layers:
          - add:
              - - conv 8 k=3 s=2 p=1
              - - conv 8 k=17

    Fix: give both branches the same total stride.

    Use instead:

        input: 3x32x32
        layers:
          - add:
              - - conv 8 k=3 s=2 p=1
              - - conv 8 k=1 s=2
    """

    code = "A509"
    name = "misaligned-branches"

    def remarks(self, model: Model) -> Iterator[Remark]:
        yield from self.noticed(model, ALIGNMENT, "error")
