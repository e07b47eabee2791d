"""One-line answers about the whole network."""

from __future__ import annotations

from cnncalc.render import Column, Report, Table
from cnncalc.results import Analysis, head


def totals(analysis: Analysis, keys: tuple[str, ...], line: str) -> Report:
    """Some of the totals: all of ``keys`` for programs, ``line`` for people."""
    data = analysis.to_dict()
    values = {key: data["totals"][key] for key in keys}
    columns = [Column("name", "name"), *(Column(key, key, right=True) for key in keys)]
    table = Table("", columns, [[analysis.name, *values.values()]])
    return Report({**head(analysis), "convention": data["convention"], **values}, table, line)
