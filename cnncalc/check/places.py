"""From the position of something written to the stretch of text that it takes."""

from __future__ import annotations

import re

from cnncalc.check.diagnostics import Edit, Fix, Place
from cnncalc.errors import CnncalcError, Position

#: A word, a value in brackets, or a number with its suffix.
_WORD = re.compile(r"\[[^\]]*\]|\{[^}]*\}|[^\s,\[\]{}:#|]+")
#: A layer line: up to a comment, the next layer of a one-line network or the end.
_LINE = re.compile(r"(?:(?!\s+#|\s*\||\s*$).)+")


def word(at: Position) -> Place:
    """The word or the value that begins at ``at``."""
    return _stretch(at, _WORD)


def written(at: Position, text: str) -> Place:
    """The text that begins at ``at``; a word, when it is written otherwise than it reads."""
    if not text or not excerpt(at).startswith(text, at.column - 1):
        return word(at)
    return Place(at.source.name, at.line, at.column, at.line, at.column + len(text))


def statement(at: Position) -> Place:
    """The layer line that begins at ``at``."""
    return _stretch(at, _LINE)


def renaming(error: CnncalcError) -> Fix | None:
    """What is certainly meant in the place of a misspelt word, if that is how it is written."""
    if error.at is None or error.typo is None:
        return None
    (wrong, meant), at = error.typo, error.at
    start = at.column - 1
    if at.source.line(at.line)[start : start + len(wrong)] != wrong:
        return None
    place = Place(at.source.name, at.line, at.column, at.line, at.column + len(wrong))
    return Fix(f"write {meant!r} for {wrong!r}", (Edit(place, meant),))


def whole(path: str) -> Place:
    """The file itself, where nothing in it can be pointed at."""
    return Place(path, 1, 1, 1, 1)


def excerpt(at: Position) -> str:
    return at.source.line(at.line)


def _stretch(at: Position, pattern: re.Pattern[str]) -> Place:
    found = pattern.match(at.source.line(at.line), at.column - 1)
    length = len(found.group()) if found else 1
    return Place(at.source.name, at.line, at.column, at.line, at.column + length)
