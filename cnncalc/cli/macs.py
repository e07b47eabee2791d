"""``cnncalc macs``: the number of multiply–accumulates."""

from __future__ import annotations

import click

from cnncalc.cli.answers import totals
from cnncalc.cli.options import Common, shared
from cnncalc.sizes import text


@click.command()
@click.argument("net")
@shared
def command(net: str, common: Common) -> None:
    """The number of multiply-accumulates.

    One line; of convolutions and linear layers, biases not counted.
    """
    analysis = common.analyze(net)
    common.show(totals(analysis, ("macs", "flops"), text(analysis.total.macs)))
