"""``cnncalc analyze``: the table of a network."""

from __future__ import annotations

import click

from cnncalc.cli.closed import Closed, closed, show
from cnncalc.cli.counting import answer, only_mac
from cnncalc.cli.options import Common, convention, fold_bn, shared
from cnncalc.render import Report
from cnncalc.tables.analysis import analysis_table


@click.command()
@click.argument("net")
@click.option(
    "--depth", type=click.IntRange(min=1), help="Fold blocks nested this deep into one row each."
)
@click.option("--all", is_flag=True, help="A row for every layer, however many.")
@fold_bn
@convention
@closed
@shared
def command(
    net: str,
    common: Common,
    form: Closed,
    depth: int | None,
    all: bool,
    convention: tuple[str, ...],
    fold_bn: bool,
) -> None:
    """The whole table, layer by layer; totals last.

    Output sizes, receptive fields and jumps, parameters, MACs and activation memory.

    Long networks fold each use of a block into one row, with the number of its layers in brackets:
    --all shows every layer, --depth N folds deeper ones. --convention adds what other tools count.
    """
    only_mac(form, convention)
    analysis = common.analyze(net, fold_bn, convention)
    if form.wanted:
        from cnncalc.forms import TOTALS

        show(common, analysis, form, tuple(TOTALS))
        return
    table = analysis_table(analysis, depth, all)
    answer(common, Report(analysis.to_dict, table), analysis.counts)
