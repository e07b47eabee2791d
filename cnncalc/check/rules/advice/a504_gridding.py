"""A504 gridding."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.findings import HOLES
from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark


class Gridding(AdviceRule):
    """Dilations leave holes in the receptive field of the last feature map.

    Stacked dilations with a common divisor read a grid of positions and none between its lines.
    Source: Wang et al. 2018, "Understanding convolution for semantic segmentation", section 3.2.

    Example:

        input: 1x64x64
        layers:
          - conv 8 k=3 d=2 p=2
          - conv 8 k=3 d=2 p=2
          - conv 8 k=3 d=2 p=2

    Fix: dilations without a common divisor, as 1, 2, 3.

    Use instead:

        input: 1x64x64
        layers:
          - conv 8 k=3 d=1 p=1
          - conv 8 k=3 d=2 p=2
          - conv 8 k=3 d=3 p=3
    """

    code = "A504"
    name = "gridding"

    def remarks(self, model: Model) -> Iterator[Remark]:
        yield from self.noticed(model, HOLES)
