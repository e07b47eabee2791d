"""``cnncalc expand``: the flat spec."""

from __future__ import annotations

import click

from cnncalc.cli.options import Common, bound, pairs
from cnncalc.render import Column, Report, Table
from cnncalc.results import opening
from cnncalc.spec.printing import call_text
from cnncalc.spec.syntax import Call

_COLUMNS = (Column("number", "", right=True), Column("line", "line"))


@click.command()
@click.argument("net")
@click.option("--symbolic", is_flag=True, help="Leave the spec's own values for symbols out.")
@bound
def command(net: str, common: Common) -> None:
    """The flat spec, with a line for each layer.

    Loops, blocks, conditions and parameters are worked out. Sizes of the input stay symbols, with the values of --at under at:, unless the layers depend on
    them. What the spec expects is kept, shared weights stay shared; comments are not kept. -o FILE
    writes the spec.
    """
    network = common.network(net)
    flat = network.expanded(pairs("--at", common.at), pairs("--set", common.set), common.symbolic)
    lines = [call_text(one) for one in flat.spec.layers if isinstance(one, Call)]
    text = flat.to_yaml()
    common.show(
        Report(
            lambda: {**opening(flat.name), "layers": lines, "spec": text},
            Table("", _COLUMNS, list(enumerate(lines, start=1))),
            text.rstrip("\n"),
        )
    )
