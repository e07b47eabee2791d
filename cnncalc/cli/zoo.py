"""``cnncalc zoo``: the bundled specs."""

from __future__ import annotations

from typing import Any

import click

from cnncalc.cli.options import Common, shared
from cnncalc.network import load
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import plain
from cnncalc.zoo import names

_COLUMNS = (
    Column("name", "name"),
    Column("input", "input", right=True),
    Column("output", "output", right=True),
    Column("params", "params", right=True),
    Column("macs", "MACs", right=True),
    Column("source", "source"),
)


@click.command()
@shared
def command(common: Common) -> None:
    """Lists the bundled specs, with their sources."""
    rows: list[list[Cell]] = []
    data: list[dict[str, Any]] = []
    for name in names():
        analysis = load(name).analyze(symbolic=common.symbolic)
        found = {
            "name": name,
            "title": analysis.name,
            "source": analysis.source,
            "inputs": {key: list(map(plain, shape)) for key, shape in analysis.inputs.items()},
            "outputs": {key: list(map(plain, shape)) for key, shape in analysis.outputs.items()},
            "params": plain(analysis.total.params),
            "macs": plain(analysis.total.macs),
        }
        data.append(found)
        sizes = ", ".join(map(str, analysis.inputs.values()))
        outputs = ", ".join(map(str, analysis.outputs.values()))
        total = analysis.total
        rows.append(
            [name, sizes, outputs, plain(total.params), plain(total.macs), analysis.source or ""]
        )
    common.show(Report(lambda: data, Table("", _COLUMNS, rows)))
