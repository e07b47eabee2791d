"""``cnncalc macs``: the number of multiply–accumulates."""

from __future__ import annotations

import click

from cnncalc.cli.answers import totals
from cnncalc.cli.closed import Closed, closed, show
from cnncalc.cli.counting import answer, counted, only_mac
from cnncalc.cli.options import Common, convention, fold_bn, shared
from cnncalc.sizes import text


@click.command()
@click.argument("net")
@fold_bn
@convention
@closed
@shared
def command(
    net: str, common: Common, form: Closed, convention: tuple[str, ...], fold_bn: bool
) -> None:
    """The number of multiply-accumulates.

    One line; of convolutions and linear layers, biases not counted. With --convention what that tool
    counts, a line for each.
    """
    only_mac(form, convention)
    analysis = common.analyze(net, fold_bn, convention)
    if convention:
        answer(common, counted(analysis), analysis.counts)
        return
    if form.wanted:
        show(common, analysis, form, ("macs",))
        return
    common.show(totals(analysis, ("macs", "flops"), text(analysis.total.macs)))
