"""``cnncalc params``: the number of parameters."""

from __future__ import annotations

from cnncalc.cli.answers import totals
from cnncalc.cli.options import Common, Net, shared
from cnncalc.sizes import text


@shared
def command(net: Net, common: Common) -> None:
    """The number of trainable parameters, in one line; buffers are apart (-f json)."""
    analysis = common.analyze(net)
    common.show(totals(analysis, ("params", "buffers"), text(analysis.total.params)))
