"""``cnncalc params``: the number of parameters."""

from __future__ import annotations

import click

from cnncalc.cli.answers import totals
from cnncalc.cli.closed import Closed, closed, show
from cnncalc.cli.options import Common, fold_bn, shared
from cnncalc.sizes import text


@click.command()
@click.argument("net")
@fold_bn
@closed
@shared
def command(net: str, common: Common, form: Closed, fold_bn: bool) -> None:
    """The number of trainable parameters.

    One line; -f json has the buffers (running statistics) too.
    """
    analysis = common.analyze(net, fold_bn)
    if form.wanted:
        show(common, analysis, form, ("params",))
        return
    common.show(totals(analysis, ("params", "buffers"), text(analysis.total.params)))
