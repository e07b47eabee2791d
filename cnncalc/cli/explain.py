"""``cnncalc explain``: the working behind the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cnncalc.cli.options import Common, shared
from cnncalc.render import Column, Report, Table

if TYPE_CHECKING:
    from cnncalc.explain import Explanation

_COLUMNS = ("layer", "of", "name", "letters", "numbers", "value", "unit")


@click.command()
@click.argument("net")
@click.option(
    "--layer",
    "layers",
    multiple=True,
    metavar="NAME",
    help="Only of this layer or block; * stands for any text. May be given several times.",
)
@click.option(
    "--of", multiple=True, metavar="shape,rf,params,macs,memory", help="Of these quantities alone."
)
@click.option("--why", is_flag=True, help="Say why the formulas are as they are, with sources.")
@click.option("--all", is_flag=True, help="Every layer, also those that are equal.")
@shared
def command(
    net: str, common: Common, layers: tuple[str, ...], of: tuple[str, ...], why: bool, all: bool
) -> None:
    """The working behind every number, step by step.

    Each formula in letters, then in numbers, then what it comes to. Output sizes, receptive fields,
    parameters, MACs and bytes of every layer, and the totals.

    Of networks with more than 40 layers equal layers are shown once, with how often they occur:
    --all shows every layer, --layer NAME some of them.

    -f markdown and -f latex are for handouts (LaTeX: a whole document), -f json for programs.
    """
    asked = [part.strip() for one in of for part in one.split(",") if part.strip()]
    network = common.network(net)
    with common.nearest(network):
        found = network.explain(
            layers or None,
            asked if of else None,
            **common.values(),
            symbolic=common.leaves_open,
            batch=common.batch,
            dtype=common.dtype,
        )
    common.notice(found.findings)
    common.show(report(found, why, False if all else None))


def report(found: Explanation, why: bool, fold: bool | None) -> Report:
    """The page for people, the steps as rows for CSV, and JSON."""
    from cnncalc.explain.page import page_of

    rows = []
    named = [*((layer.name, layer.steps) for layer in found.layers), ("total", found.totals)]
    for name, steps in named:
        for row in (one.to_dict() for one in steps):
            label = ", ".join(row["names"])
            rows.append([name, row["of"], label, *(row[key] for key in _COLUMNS[3:])])
    table = Table("", [Column(key, key) for key in _COLUMNS], rows)
    return Report(lambda: found.to_dict(why), table, page=page_of(found, why, fold))
