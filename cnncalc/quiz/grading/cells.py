"""Cells of a file of rows (CSV), each with its place.

Cells stand between commas, semicolons or tabs, whichever the first line has most of; in quotes they
may contain these and line breaks, and a quote is written twice (RFC 4180).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.errors import Position, Source, SpecError

DELIMITERS = ",;\t"


class Cell(NamedTuple):
    """A text without the spaces around it, and where it begins."""

    text: str
    at: Position


def rows(name: str, text: str) -> Iterator[list[Cell]]:
    """The rows that are not empty; raises :class:`SpecError` for quotes that do not fit.

    >>> [[cell.text for cell in row] for row in rows("x", 'a;"b;c"\\n\\n 1 ;"say ""so"" 2"')]
    [['a', 'b;c'], ['1', 'say "so" 2']]
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    reader = _Reader(Source(name, text), _delimiter(text))
    while reader.place < len(text):
        row = reader.row()
        if any(cell.text for cell in row) or len(row) > 1:
            yield row


def _delimiter(text: str) -> str:
    first = next((line for line in text.split("\n") if line.strip()), "")
    bare = "".join(first.split('"')[::2])
    return max(DELIMITERS, key=bare.count)


class _Reader:
    """Goes through a text, and counts lines and columns."""

    def __init__(self, source: Source, delimiter: str) -> None:
        self.source = source
        self.text = source.text
        self.delimiter = delimiter
        self.place = 0
        self.line, self.start = 1, 0

    @property
    def at(self) -> Position:
        return Position(self.source, self.line, self.place - self.start + 1)

    def peek(self) -> str:
        return self.text[self.place : self.place + 1]

    def step(self) -> str:
        found = self.peek()
        self.place += 1
        if found == "\n":
            self.line, self.start = self.line + 1, self.place
        return found

    def row(self) -> list[Cell]:
        found = [self.cell()]
        while self.peek() == self.delimiter:
            self.step()
            found.append(self.cell())
        self.step()
        return found

    def cell(self) -> Cell:
        while self.peek() == " ":
            self.step()
        if self.peek() == '"':
            return self.quoted()
        at, start = self.at, self.place
        while self.peek() not in (self.delimiter, "\n", ""):
            self.step()
        return Cell(self.text[start : self.place].strip(), at)

    def quoted(self) -> Cell:
        at = self.at
        self.step()
        parts = []
        while True:
            start = self.place
            while self.peek() not in ('"', ""):
                self.step()
            parts.append(self.text[start : self.place])
            if not self.peek():
                raise SpecError("this quote is not closed", at=at, hint='write a " in a cell as ""')
            self.step()
            if self.peek() != '"':
                break
            parts.append(self.step())
        while self.peek() == " ":
            self.step()
        if self.peek() not in (self.delimiter, "\n", ""):
            raise SpecError(
                "text after a closed quote", at=self.at, hint='write a " in a cell as ""'
            )
        return Cell("".join(parts).strip(), at)
