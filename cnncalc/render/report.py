"""What renderers read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cnncalc.render.page import Page

#: A cell: a number is aligned and grouped by renderers for people, None is undefined.
Cell = int | str | None


class Column(NamedTuple):
    """``key`` names the column to programs, ``title`` to people."""

    key: str
    title: str
    right: bool = False


class Table(NamedTuple):
    """Columns and rows, the totals as the last row, and facts about the whole below it."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    #: A fact without a name says more of the one before it.
    facts: Sequence[tuple[str, str]] = ()
    #: The rows for programs, when those for people are folded.
    full: Sequence[Sequence[Cell]] | None = None


class Report(NamedTuple):
    """JSON and table of one answer; ``line`` is the whole answer for people where one line does.

    ``data`` is made when it is asked for: formulas of every layer can take long to print. ``own``
    are formats that the answer writes itself, because it is no table.

    CSV has the table even where there is a ``page``.
    """

    data: Callable[[], Any]
    table: Table
    line: str | None = None
    own: Mapping[str, Callable[[], str]] = {}
    #: For people, instead of the table: working in sections.
    page: Page | None = None


def shown(cell: Cell) -> str:
    """A cell for people: digits in groups of three, a dash for what is undefined."""
    if cell is None:
        return "-"
    return f"{cell:,}" if isinstance(cell, int) else cell


def raw(cell: Cell) -> str:
    """A cell for programs: plain digits, nothing for what is undefined."""
    return "" if cell is None else str(cell)
