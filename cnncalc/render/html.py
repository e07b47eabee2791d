"""HTML for notebooks: a table, or a page of working, as a fragment without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from cnncalc.render.page import GROUPED, Line, Page, Section
from cnncalc.render.report import Table, shown

_LEFT, _RIGHT = ' style="text-align: left"', ' style="text-align: right"'


def table(found: Table) -> str:
    """The table with its totals as footer, facts in a table below it."""
    sides = [_RIGHT if column.right else _LEFT for column in found.columns]
    parts = ["<div>"]
    if found.title:
        parts.append(f"<p><strong>{escape(found.title)}</strong></p>")
    if found.columns:
        parts.append("<table>")
        titles = [column.title for column in found.columns]
        parts.append(f"<thead>{_row(titles, sides, 'th')}</thead>")
        body = "".join(_row(map(shown, row), sides) for row in found.rows)
        parts.append(f"<tbody>{body}</tbody>")
        if found.total:
            parts.append(f"<tfoot>{_row(map(shown, found.total), sides, 'th')}</tfoot>")
        parts.append("</table>")
    if found.facts:
        rows = (_row(pair, [_LEFT, _LEFT]) for pair in found.facts)
        parts.append(f"<table><tbody>{''.join(rows)}</tbody></table>")
    return "\n".join([*parts, "</div>"]) + "\n"


def _row(cells: Iterable[str], sides: Iterable[str], tag: str = "td") -> str:
    filled = (f"<{tag}{side}>{escape(cell)}</{tag}>" for cell, side in zip(cells, sides))
    return f"<tr>{''.join(filled)}</tr>"


def page(found: Page) -> str:
    """Headings, a table of equations for each section, and paragraphs."""
    parts = [f"<p><strong>{escape(found.title)}</strong></p>"] if found.title else []
    for section in found.sections:
        parts += _section(section)
    return "\n".join(["<div>", *parts, "</div>"]) + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"<h4>{escape(section.title)}</h4>"
    rows = [
        _row([word if i == 0 else "", line.label, _equation(line)], [_LEFT] * 3)
        for word, lines in section.groups
        for i, line in enumerate(lines)
    ]
    if rows:
        yield f"<table><tbody>{''.join(rows)}</tbody></table>"
    for paragraph in section.paragraphs:
        source = f" Source: {paragraph.source}." if paragraph.source else ""
        about = f"<em>{escape(paragraph.about)}</em>: " if paragraph.about else ""
        yield f"<p>{about}{escape(paragraph.text + source)}</p>"


def _equation(line: Line) -> str:
    unit = f" {line.unit}" if line.unit else ""
    note = f" ({line.note})" if line.note else ""
    return " = ".join(form.write(GROUPED) for form in line.forms) + unit + note
