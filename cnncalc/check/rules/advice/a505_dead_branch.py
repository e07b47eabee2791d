"""A505 dead-branch."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.findings import UNUSED
from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark


class DeadBranch(AdviceRule):
    """No output depends on a layer or an input.

    It costs parameters and time and changes nothing.

    Example:

        input: 3x32x32
        layers:
          - a = conv 8 k=3
          - b = conv 8 k=5
          - from a
          - relu

    Fix: join it, name it under ``outputs:``, or remove it.

    Use instead:

        input: 3x32x32
        layers:
          - a = conv 8 k=3 p=1
          - conv 8 k=5 p=2
          - add x a
    """

    code = "A505"
    name = "dead-branch"

    def remarks(self, model: Model) -> Iterator[Remark]:
        yield from self.noticed(model, UNUSED)
