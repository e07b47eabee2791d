"""Tables as plain text in full width: for pipes, files and terminals without colour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnncalc.render.page import Page, Paragraph, Section, written
from cnncalc.render.report import Table, shown

#: Paragraphs are folded at this width; lines of working are not.
WIDTH = 98


def plain(table: Table) -> str:
    """Aligned columns, nothing truncated; the totals last."""
    header = [column.title for column in table.columns]
    rows = [[shown(cell) for cell in row] for row in table.rows]
    total = [[shown(cell) for cell in table.total]] if table.total else []
    cells = [header, *rows, *total]
    widths = [max(map(len, column)) for column in zip(*cells)]
    if widths and not table.columns[-1].right:  # nothing stands behind it
        widths[-1] = min(widths[-1], WIDTH)

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


def page(found: Page) -> str:
    """Sections of working: a line each, the groups' words in a column before them."""
    lines = [found.title] if found.title else []
    for section in found.sections:
        lines += ["", *_section(section)] if lines else _section(section)
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield section.title
    width = max((len(word) for word, _ in section.groups), default=0)
    for word, lines in section.groups:
        for i, line in enumerate(lines):
            yield f"  {(word if i == 0 else '').ljust(width)}  {written(line)}".rstrip()
    for paragraph in section.paragraphs:
        yield from folded(paragraph)


def folded(paragraph: Paragraph) -> list[str]:
    """``about: text. Source: …`` in lines, those after the first indented."""
    from textwrap import wrap

    source = f" Source: {paragraph.source}." if paragraph.source else ""
    about = f"{paragraph.about}: " if paragraph.about else ""
    return wrap(
        f"{about}{paragraph.text}{source}",
        WIDTH,
        initial_indent="  ",
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
