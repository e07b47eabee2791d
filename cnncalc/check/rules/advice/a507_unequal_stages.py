"""A507 unequal-stages."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.graph import Node
from cnncalc.shares import percent
from cnncalc.sizes import by, equal, is_int, product

#: A stage that costs so many times the median, and most of all, is named.
MOST = 10


class UnequalStages(AdviceRule):
    """One stage costs more than ten times as many MACs as the usual one, and most of all.

    A stage is what runs at one spatial size. Networks are commonly balanced so that stages cost
    about the same: halving the map and doubling the channels keeps the MACs of a layer. A stage
    that takes nearly all of the time is where a change pays, or a mistake.
    Source: He et al. 2016, section 3.3 ("so as to preserve the time complexity per layer").

    Example:

        input: 64x64x64
        layers:
          - conv 512 k=7 p=3
          - maxpool 2
          - conv 64 k=3 p=1
          - maxpool 2
          - conv 64 k=3 p=1

    Fix: downsample earlier, or use fewer channels or a smaller kernel in that stage.

    Use instead:

        input: 64x64x64
        layers:
          - conv 64 k=3 p=1
          - maxpool 2
          - conv 128 k=3 p=1
          - maxpool 2
          - conv 256 k=3 p=1
    """

    code = "A507"
    name = "unequal-stages"
    severity = "note"

    def remarks(self, model: Model) -> Iterator[Remark]:
        stages: dict[str, tuple[Node, int]] = {}
        for node, row in zip(model.graph, model.analysis.layers):
            macs, spatial = row.cost.macs, node.shape.spatial
            if is_int(macs) and macs and equal(product(spatial), 1) is False:
                first, total = stages.get(by(spatial), (node, 0))
                stages[by(spatial)] = first, total + macs
        totals = sorted(total for _, total in stages.values())
        if len(totals) < 3:
            return
        usual, everything = totals[len(totals) // 2], sum(totals)
        size, (node, total) = max(stages.items(), key=lambda stage: stage[1][1])
        if total > MOST * usual and 2 * total > everything:
            yield Remark(
                f"the stage at {size} takes {total:,} MACs, {total / usual:.1f} times the usual "
                f"stage and {percent(total, everything)} of all",
                node,
            )
