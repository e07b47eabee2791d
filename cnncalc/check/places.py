"""From the position of something written to the stretch of text that it takes."""

from __future__ import annotations

import re

from cnncalc.check.diagnostics import Edit, Fix, Place
from cnncalc.errors import CnncalcError, Position

#: A word, a value in brackets, or a number with its suffix.
_WORD = re.compile(r"\[[^\]]*\]|\{[^}]*\}|[^\s,\[\]{}:#|]+")
#: A layer line: up to a comment, the next layer of a one-line network or the end.
_LINE = re.compile(r"(?:(?!\s+#|\s*\||\s*$).)+")
_BRACKETS = {"[": "]", "{": "}"}
_QUOTES = "\"'"


def word(at: Position) -> Place:
    """The word or the value that begins at ``at``."""
    return _stretch(at, _WORD)


def written(at: Position, text: str) -> Place:
    """The text that begins at ``at``; a word, when it is written otherwise than it reads."""
    if not text or not excerpt(at).startswith(text, at.column - 1):
        return word(at)
    return Place(at.source.name, at.line, at.column, at.line, at.column + len(text))


def statement(at: Position) -> Place:
    """The layer line that begins at ``at``; in ``[conv 8 k=3, relu]`` it ends before the comma."""
    line, start = excerpt(at), at.column - 1
    place = _stretch(at, _LINE)
    text = line[start : place.end_column - 1]
    before = line[start - 1 : start]
    if before and before in _QUOTES:
        text = text.partition(before)[0]
    else:
        text = text[: _flow_end(text, _innermost(line[:start]))].rstrip(", ")
    return place._replace(end_column=at.column + max(1, len(text)))


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
    text = found.group() if found else " "
    length = len(text) - _closes(text)
    return Place(at.source.name, at.line, at.column, at.line, at.column + length)


def _innermost(text: str) -> str:
    """The last bracket in ``text`` that is still open; nothing where all are closed."""
    opened: list[str] = []
    for sign in text:
        if sign in _BRACKETS:
            opened.append(sign)
        elif opened and sign == _BRACKETS[opened[-1]]:
            opened.pop()
    return opened[-1] if opened else ""


def _flow_end(text: str, around: str) -> int:
    """Where an entry of a list or mapping ends that may have begun before ``text``."""
    for index, sign in enumerate(text):
        inside = _innermost(text[:index])
        if not inside and (sign in _BRACKETS.values() or (sign == "," and around == "[")):
            return index
    return len(text)


def _closes(text: str) -> bool:
    """Is the last character a quote that was opened before ``text``?"""
    return len(text) > 1 and text[-1] in _QUOTES and text.count(text[-1]) % 2 == 1
