"""``cnncalc shape``: the output size."""

from __future__ import annotations

import click

from cnncalc.cli.options import Common, shared
from cnncalc.render import Column, Report, Table
from cnncalc.results import outputs_to_dict


@click.command()
@click.argument("net")
@shared
def command(net: str, common: Common) -> None:
    """The output size, in one line.

    NAME SIZE, one a line, for a network with several outputs.
    """
    analysis = common.analyze(net)
    named = [(name, str(shape)) for name, shape in analysis.outputs.items()]
    line = named[0][1] if len(named) == 1 else "\n".join(" ".join(pair) for pair in named)
    table = Table("", (Column("output", "output"), Column("shape", "shape")), named)
    common.show(Report(lambda: {**analysis.head(), **outputs_to_dict(analysis)}, table, line))
