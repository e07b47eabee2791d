"""Tables as plain text in full width: for pipes, files and terminals without colour."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.render.report import Table, shown


def plain(table: Table) -> str:
    """Aligned columns, nothing truncated; the totals last."""
    header = [column.title for column in table.columns]
    rows = [[shown(cell) for cell in row] for row in table.rows]
    total = [[shown(cell) for cell in table.total]] if table.total else []
    cells = [header, *rows, *total]
    widths = [max(map(len, column)) for column in zip(*cells)]

    def line(row: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if column.right else cell.ljust(width)
            for cell, width, column in zip(row, widths, table.columns)
        )
        return "  ".join(padded).rstrip()

    rule = "  ".join("-" * width for width in widths)
    lines = [table.title, ""] if table.title else []
    if table.columns:
        lines += [line(header), rule, *map(line, rows)]
        if total:
            lines += [rule, *map(line, total)]
    if table.facts:
        width = max(len(name) for name, _ in table.facts)
        lines += [""] if table.columns else []
        lines += [f"{name.ljust(width)}  {value}" for name, value in table.facts]
    return "\n".join(lines) + "\n"
