"""CSV, Markdown and LaTeX."""

from __future__ import annotations

import csv as csv_module
from io import StringIO

from cnncalc.render.report import Table, raw, shown


def csv(table: Table) -> str:
    """RFC 4180 with keys as header and plain numbers; the totals are the last row."""
    output = StringIO()
    writer = csv_module.writer(output, lineterminator="\n")
    writer.writerow([column.key for column in table.columns])
    rows = list(table.full or table.rows)
    for row in [*rows, *([table.total] if table.total else [])]:
        writer.writerow([raw(cell) for cell in row])
    return output.getvalue()


def markdown(table: Table) -> str:
    """A GitHub table; the totals are its last row, facts a list below it."""
    lines = [f"**{escape(table.title)}**", ""] if table.title else []
    if table.columns:
        lines.append(_row([column.title for column in table.columns]))
        lines.append(_row(["---:" if column.right else "---" for column in table.columns]))
        lines += [_row([escape(shown(cell)) for cell in row]) for row in table.rows]
        if table.total:
            bold = (f"**{escape(shown(cell))}**" if cell != "" else "" for cell in table.total)
            lines.append(_row(list(bold)))
    if table.facts:
        lines += ["", *(_item(name, escape(value.strip())) for name, value in table.facts)]
    return "\n".join(lines) + "\n"


def _item(name: str, value: str) -> str:
    return f"- {name}: {value}" if name else f"  - {value}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def escape(text: str) -> str:
    """Text that Markdown leaves as it is."""
    for character in "\\|*_<`":
        text = text.replace(character, "\\" + character)
    return text
