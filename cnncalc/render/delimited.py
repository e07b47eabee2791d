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
        lines += ["", *(f"- {name}: {escape(value)}" for name, value in table.facts)]
    return "\n".join(lines) + "\n"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def escape(text: str) -> str:
    """Text that Markdown leaves as it is."""
    for character in "\\|*_<`":
        text = text.replace(character, "\\" + character)
    return text


def latex(table: Table) -> str:
    """A tabular in LaTeX's own commands; the totals are its last row, facts a list below it."""
    lines = [rf"\textbf{{{_latex_escape(table.title)}}}", ""] if table.title else []
    if table.columns:
        sides = "".join("r" if column.right else "l" for column in table.columns)
        lines += [rf"\begin{{tabular}}{{{sides}}}", r"\hline"]
        lines += [_latex_row([column.title for column in table.columns]), r"\hline"]
        lines += [_latex_row([shown(cell) for cell in row]) for row in table.rows]
        if table.total:
            lines += [r"\hline", _latex_row([shown(cell) for cell in table.total])]
        lines += [r"\hline", r"\end{tabular}"]
    if table.facts:
        items = [rf"  \item {name}: {_latex_escape(value)}" for name, value in table.facts]
        lines += ["", r"\begin{itemize}", *items, r"\end{itemize}"]
    return "\n".join(lines) + "\n"


def _latex_row(cells: list[str]) -> str:
    return f"{' & '.join(map(_latex_escape, cells))} \\\\"


_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
}  # fmt: skip


def _latex_escape(text: str) -> str:
    return "".join(_LATEX.get(character, character) for character in text)
