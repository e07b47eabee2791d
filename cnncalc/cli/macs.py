"""``cnncalc macs``: the number of multiply–accumulates."""

from __future__ import annotations

from cnncalc.cli.answers import totals
from cnncalc.cli.options import Common, Net, shared
from cnncalc.sizes import text


@shared
def command(net: Net, common: Common) -> None:
    """The number of multiply-accumulates, in one line; biases are not counted."""
    analysis = common.analyze(net)
    common.show(totals(analysis, ("macs", "flops"), text(analysis.total.macs)))
