"""One-line answers about the whole network."""

from __future__ import annotations

from cnncalc.render import Column, Report, Table
from cnncalc.results import CONVENTION, Analysis, cost_to_dict


def totals(analysis: Analysis, keys: tuple[str, ...], line: str) -> Report:
    """Some of the totals: all of ``keys`` for programs, ``line`` for people."""
    known = cost_to_dict(analysis.total)
    values = {key: known[key] for key in keys}
    columns = [Column("name", "name"), *(Column(key, key, right=True) for key in keys)]
    table = Table("", columns, [[analysis.name, *values.values()]])
    data = {**analysis.head(), "convention": CONVENTION, **values}
    return Report(lambda: data, table, line)
