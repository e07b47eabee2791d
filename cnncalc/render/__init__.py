"""Reports for people and programs: renderers are peers over one plain structure.

A report is its JSON and its table; a renderer turns one of the two into text and knows nothing of
networks.
"""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.errors import UsageError, suggest
from cnncalc.render.report import Column, Report, Table


def render(report: Report, format: str, color: bool = False) -> str:
    """The report as text in ``format``; raises :class:`UsageError` for an unknown one."""
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=suggest(format, FORMATS, "formats"))
    if format in report.own:
        return report.own[format]()
    return FORMATS[format](report, color)


def _json(report: Report, color: bool) -> str:
    import json

    return json.dumps(report.data(), indent=2, ensure_ascii=False) + "\n"


def _csv(report: Report, color: bool) -> str:
    from cnncalc.render.delimited import csv

    return csv(report.table)


def _markdown(report: Report, color: bool) -> str:
    if report.page:
        from cnncalc.render.markdown import page

        return page(report.page)
    from cnncalc.render.delimited import markdown

    return markdown(report.table)


def _latex(report: Report, color: bool) -> str:
    from cnncalc.render import latex

    return latex.page(report.page) if report.page else latex.table(report.table)


def _table(report: Report, color: bool) -> str:
    if report.line is not None:
        return f"{report.line}\n"
    if color:
        from cnncalc.render import terminal

        return terminal.page(report.page) if report.page else terminal.terminal(report.table)
    from cnncalc.render import plain

    return plain.page(report.page) if report.page else plain.plain(report.table)


#: Name to renderer.
FORMATS: dict[str, Callable[[Report, bool], str]] = {
    "table": _table,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
    "latex": _latex,
}

__all__ = ["FORMATS", "Column", "Report", "Table", "render"]
