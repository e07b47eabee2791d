"""Tables in colour for a terminal, with rich."""

from __future__ import annotations

from io import StringIO
from shutil import get_terminal_size

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from cnncalc.render.page import Page, written
from cnncalc.render.plain import folded
from cnncalc.render.report import Cell, Table, shown


def terminal(table: Table) -> str:
    """The table with colours, folded to the width of the terminal."""
    console = Console(
        file=StringIO(), force_terminal=True, width=get_terminal_size().columns, highlight=False
    )
    if table.title:
        console.print(Text(table.title, style="bold"))
    if table.columns:
        console.print(_grid(table))
    if table.facts:
        facts = RichTable.grid(padding=(0, 2))
        facts.add_column(overflow="fold")
        facts.add_column(overflow="fold")
        for name, value in table.facts:
            facts.add_row(Text(name, style="cyan"), Text(value))
        console.print(facts)
    output = console.file
    assert isinstance(output, StringIO)
    return output.getvalue()


def page(found: Page) -> str:
    """The page with colours: what lines are of in one, their values in another."""
    console = Console(
        file=StringIO(), force_terminal=True, width=get_terminal_size().columns, highlight=False
    )
    if found.title:
        console.print(Text(found.title, style="bold"))
    for section in found.sections:
        console.print()
        console.print(Text(section.title, style="bold"))
        grid = RichTable.grid(padding=(0, 2))
        for _ in range(2):
            grid.add_column(overflow="fold")
        for word, lines in section.groups:
            for i, line in enumerate(lines):
                shown_word = Text(f"  {word}" if i == 0 else "", style="cyan")
                grid.add_row(shown_word, Text(written(line), style="" if line.forms else "dim"))
        if section.groups:
            console.print(grid)
        for paragraph in section.paragraphs:
            console.print(Text("\n".join(folded(paragraph)), style="dim"))
    output = console.file
    assert isinstance(output, StringIO)
    return output.getvalue()


def _grid(table: Table) -> RichTable:
    grid = RichTable(
        box=SIMPLE_HEAD, header_style="bold", padding=0, pad_edge=False, show_edge=False
    )
    for column in table.columns:
        grid.add_column(column.title, justify="right" if column.right else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*map(_cell, row))
    if table.total:
        grid.add_section()
        grid.add_row(*map(_cell, table.total), style="bold")
    return grid


def _cell(cell: Cell) -> Text:
    return Text(shown(cell), style="dim" if cell in (0, None) else "")
