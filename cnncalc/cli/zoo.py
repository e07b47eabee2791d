"""``cnncalc zoo``: the bundled specs."""

from __future__ import annotations

from typing import Any

import click

from cnncalc.cli.options import Common, answering
from cnncalc.network import load
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import opening, plain
from cnncalc.zoo import named, names

_COLUMNS = (
    Column("name", "name"),
    Column("input", "input", right=True),
    Column("output", "output", right=True),
    Column("params", "params", right=True),
    Column("macs", "MACs", right=True),
    Column("source", "source"),
)


@click.command()
@click.argument("name", required=False)
@click.option(
    "--symbolic", is_flag=True, help="List them with symbols for the sizes of their inputs."
)
@answering
def command(name: str | None, common: Common) -> None:
    """Lists the bundled specs, or shows one.

    With NAME the spec itself, in YAML, to read and to begin one's own with: -o FILE writes it.
    """
    common.show(_list(common.symbolic) if name is None else _spec(name))


def _spec(name: str) -> Report:
    found = named(name)
    # One of a family is written out as a spec of its own, which stands in a file by itself.
    text = found.text if found.preset is None else load(name).to_yaml()
    lines: list[list[Cell]] = [[line] for line in text.splitlines()]
    return Report(
        lambda: {**opening(name), "spec": text},
        Table("", (Column("line", "line"),), lines),
        text.rstrip("\n"),
        {"markdown": lambda: f"```yaml\n{text}```\n"},
    )


def _list(symbolic: bool) -> Report:
    rows: list[list[Cell]] = []
    data: list[dict[str, Any]] = []
    for name in names():
        analysis = load(name).analyze(symbolic=symbolic)
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
    return Report(lambda: data, Table("", _COLUMNS, rows))
