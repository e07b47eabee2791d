"""``cnncalc analyze``: the table of a network."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli.options import Common, Net, shared
from cnncalc.cli.rows import analysis_table, default_depth
from cnncalc.errors import UsageError
from cnncalc.render import Report

Depth = Annotated[
    int | None,
    typer.Option("--depth", metavar="N", help="Fold blocks nested N deep into one row each."),
]
All = Annotated[bool, typer.Option("--all", help="A row for every layer, however many.")]


@shared
def command(net: Net, common: Common, depth: Depth = None, all: All = False) -> None:
    """Sizes, receptive fields, parameters, MACs and memory, layer by layer; totals last.

    Long networks fold each block into one row: --all shows every layer, --depth N less of it.
    """
    if depth is not None and depth < 1:
        raise UsageError(f"--depth must be at least 1, got {depth}", hint="--all shows every layer")
    analysis = common.analyze(net)
    fold = None if all else depth or default_depth(analysis)
    common.show(Report(analysis.to_dict(), analysis_table(analysis, fold)))
