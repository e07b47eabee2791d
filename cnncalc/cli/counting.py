"""What counting tools count, as columns and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cnncalc.conventions.counting import Count
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import Analysis, counts_to_dict, plain
from cnncalc.sizes import Number, equal, expand, text
from cnncalc.tables.analysis import counted as grouped

#: The default convention is the column that is always there.
_USUAL = "mac"


def with_counts(table: Table, analysis: Analysis) -> Table:
    """The table of ``analyze`` with a column for each convention, and what is to be said of it."""
    counts = [count for count in analysis.counts if count.convention.key != _USUAL]
    columns = [Column(count.convention.key, count.convention.key, right=True) for count in counts]
    totals = [_cell(count.total) for count in counts]
    return table._replace(
        columns=[*table.columns, *columns],
        rows=_beside(table.rows, counts),
        full=table.full and _beside(table.full, counts),
        total=[*(table.total or ()), *totals],
        facts=[*table.facts, *count_facts(counts)],
    )


def _beside(rows: Sequence[Sequence[Cell]], counts: Sequence[Count]) -> list[Sequence[Cell]]:
    """Each row with its layers' counts: one layer, or as many as ``kind (n)`` says."""
    left = [iter(count.layers.values()) for count in counts]
    found: list[Sequence[Cell]] = []
    for row in rows:
        folded = str(row[1]).rpartition("(")[2].removesuffix(")")
        several = int(folded) if str(row[1]).endswith(")") else 1
        found.append([*row, *(_sum(next(layers).total for _ in range(several)) for layers in left)])
    return found


def _sum(totals: Iterable[Number | None]) -> Cell:
    found: Number = 0
    for total in list(totals):
        if total is None:
            return None
        found += total
    return plain(expand(found))


def _cell(total: Number | None) -> Cell:
    """In the row of totals, where nothing is left empty."""
    return "-" if total is None else plain(total)


def count_facts(counts: Iterable[Count]) -> Iterator[tuple[str, str]]:
    """Each convention's total with its unit and version, and what it leaves out."""
    for count in counts:
        convention = count.convention
        yield convention.key, _described(count)
        if equal(count.images, 1) is not True:
            yield "", f"  {convention.batch}"
        if count.apart:
            listed = ", ".join(
                f"{grouped(v, short=False)} {label}" for label, v in count.apart.items()
            )
            yield "", f"  apart: {listed}"
        if count.uncounted:
            yield "", f"  uncounted: {', '.join(map(str, count.uncounted))}"


def _described(count: Count) -> str:
    convention = count.convention
    of = f"{convention.unit}, {convention.title}"
    if not count.numeric:
        total = count.total
        assert total is not None
        return f"{grouped(total)} {of}"
    name, reason = next(iter(count.numeric.items()))
    why = f"no closed form at {name}: {reason}"
    if count.at is None:
        return f"{of}: {why}; give the sizes with --at"
    values = ", ".join(f"{symbol}={value}" for symbol, value in count.at[0].items())
    total = count.at[1].total
    return f"{of}: {why}; {'?' if total is None else grouped(total)} at {values}"


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
        [one.convention.key, one.convention.version, _cell(one.total), one.convention.unit]
        for one in counts
    ]
    table = Table("", columns, rows, facts=list(count_facts(counts)))
    line = None
    if len(counts) == 1 and counts[0].total is not None:
        line = text(counts[0].total)
    return Report(lambda: data, table, line)
