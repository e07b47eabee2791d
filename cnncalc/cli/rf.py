"""``cnncalc rf``: the receptive field of the last feature map."""

from __future__ import annotations

from typing import Any

import click

from cnncalc.cli.options import Common, shared
from cnncalc.cli.rows import field_line
from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table
from cnncalc.results import FIELD_KEYS, fields_to_dict, head
from cnncalc.sizes import axis_names


@click.command()
@click.argument("net")
@shared
def command(net: str, common: Common) -> None:
    """The receptive field of the last feature map.

    One line: size, jump, start and centre, in pixels of the input.

    The last feature map is the last tensor whose units see different parts of the input.
    """
    analysis = common.analyze(net)
    fields = analysis.fields
    if not fields:
        raise UsageError(
            f"{analysis.name} has no feature map",
            hint="the input needs spatial axes, as 3x32x32, and a layer before flatten or gap",
        )
    found = fields_to_dict(fields) or {}
    rows = [
        [axis, *(found[key][i] for key in FIELD_KEYS)]
        for i, axis in enumerate(axis_names(len(fields)))
    ]
    columns = [Column("axis", "axis"), *(Column(key, key, right=True) for key in FIELD_KEYS)]

    def data() -> dict[str, Any]:
        return {
            **head(analysis),
            "layer": analysis.last_feature_map,
            "receptive_field": found,
        }

    common.show(Report(data, Table("", columns, rows), field_line(fields)))
