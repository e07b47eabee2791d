"""Answers with what counting tools count."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cnncalc.cli.closed import Closed
from cnncalc.cli.options import Common
from cnncalc.cli.streams import say
from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table
from cnncalc.results import Analysis, counts_to_dict
from cnncalc.sizes import text
from cnncalc.tables.counting import count_facts, remarks, total_cell

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Count


def counted(analysis: Analysis) -> Report:
    """The totals alone: one number, or a line for each convention."""
    counts = analysis.counts
    data = {**analysis.head(), **counts_to_dict(counts)}
    columns = (
        Column("convention", "convention"),
        Column("version", "version"),
        Column("total", "total", right=True),
        Column("unit", "unit"),
    )
    rows = [
        [one.convention.key, one.convention.version, total_cell(one), one.convention.unit]
        for one in counts
    ]
    table = Table("", columns, rows, facts=list(count_facts(counts)))
    line = None
    if len(counts) == 1 and counts[0].total is not None:
        line = text(counts[0].total)
    return Report(lambda: data, table, line)


def answer(common: Common, report: Report, counts: Iterable[Count]) -> None:
    """The report; on standard error what it has no room for, so that nothing is silently 0."""
    common.show(report)
    bare = report.line is not None and common.format == "table"
    if (bare or common.format == "csv") and not (common.json or common.quiet):
        for count in counts:
            for remark in remarks(count):
                say(f"note: {count.convention.key}: {remark}")


def only_mac(form: Closed, conventions: tuple[str, ...]) -> None:
    """Raises :class:`UsageError` for closed forms of what other tools count."""
    if form.wanted and conventions:
        raise UsageError(
            "--by, --leading, --derivative and --emit are of MACs, not of what other tools count",
            hint="leave out --convention, or take its formula as it is: --symbolic --json",
        )
