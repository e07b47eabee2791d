"""``cnncalc macs``: the number of multiply–accumulates."""

from __future__ import annotations

import click

from cnncalc.cli.answers import totals
from cnncalc.cli.closed import Closed, closed, show
from cnncalc.cli.options import Common, convention, shared
from cnncalc.sizes import text


@click.command()
@click.argument("net")
@convention
@closed
@shared
def command(net: str, common: Common, form: Closed, convention: tuple[str, ...]) -> None:
    """The number of multiply-accumulates.

    One line; of convolutions and linear layers, biases not counted. With --convention what that tool
    counts, a line for each.
    """
    analysis = common.analyze(net, conventions=convention)
    if convention:
        from cnncalc.cli.counting import counted

        common.show(counted(analysis))
        return
    if form.wanted:
        show(common, analysis, form, ("macs",))
        return
    common.show(totals(analysis, ("macs", "flops"), text(analysis.total.macs)))
