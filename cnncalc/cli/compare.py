"""``cnncalc compare``: networks side by side."""

from __future__ import annotations

import click

from cnncalc.cli.options import Common, pairs, shared
from cnncalc.cli.streams import say
from cnncalc.comparison import compare
from cnncalc.tables.comparison import comparison_report, layers_report, noticed


@click.command()
@click.argument("nets", metavar="NET NET...", nargs=-1)
@click.option(
    "--input", metavar="64x56x56", help="The input of those that begin with a layer: conv 64 k=3."
)
@click.option("--layers", is_flag=True, help="The layers that differ, equal ones aligned.")
@shared
def command(nets: tuple[str, ...], common: Common, input: str | None, layers: bool) -> None:
    """Networks, fragments or single layers side by side.

    Output, receptive field, jump, parameters, MACs and memory, with differences and exact ratios
    against the first; symbolic where the networks are.

    --at and --set go to those networks that have a symbol or a parameter of the name. Names that
    nothing defines stay symbols: compare "CxHxW | conv D k=K p=same" "CxHxW | sepconv D k=K p=same".
    """
    comparison = compare(
        *nets,
        at=pairs("--at", common.at),
        settings=pairs("--set", common.set),
        input=input,
        symbolic=common.symbolic,
        batch=common.batch,
        dtype=common.dtype,
        limits=common.limits,
    )
    if not common.quiet:
        for level, words in noticed(comparison):
            say(f"{level}: {words}")
    common.show(layers_report(comparison) if layers else comparison_report(comparison))
