"""A509 misaligned-branches."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.findings import ALIGNMENT
from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark


class MisalignedBranches(AdviceRule):
    """A join adds or stacks features of different places.

    Its branches advance by different numbers of input positions per unit, or are centred on
    different positions. Source: Araujo, Norris & Sim 2019, "Alignment issues".

    Example:

        input: 3x32x32
        layers:
          - add:
              - - conv 8 k=3 p=1
              - - pad left=2 top=2
                - conv 8 k=3

    Fix: pad both branches alike, and give them the same total stride.

    Use instead:

        input: 3x32x32
        layers:
          - add:
              - - conv 8 k=3 p=1
              - - conv 8 k=5 p=2
    """

    code = "A509"
    name = "misaligned-branches"

    def remarks(self, model: Model) -> Iterator[Remark]:
        yield from self.noticed(model, ALIGNMENT)
