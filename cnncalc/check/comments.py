"""The comments of a text in YAML, which no reader of YAML hands out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

#: A comment begins the line or follows a blank.
_HASH = re.compile(r"(?:^|(?<=\s))#")


class Comment(NamedTuple):
    """``line`` and ``column`` of the ``#``, 1-based; ``alone``: nothing stands before it."""

    line: int
    column: int
    text: str
    alone: bool


def comments(text: str) -> Iterator[Comment]:
    """From the top to the bottom; none of a text that is not YAML.

    >>> [one.text for one in comments('a: "b # c"  # d')]
    ['# d']
    """
    quoted = _quoted(text)
    for number, line in enumerate(text.splitlines() if quoted is not None else (), start=1):
        stretches = (quoted or {}).get(number, ())
        for found in _HASH.finditer(line):
            column = found.start() + 1
            if not any(start <= (number, column) < end for start, end in stretches):
                alone = not line[: found.start()].strip()
                yield Comment(number, column, line[found.start() :].rstrip(), alone)
                break


_Point = tuple[int, int]


def _quoted(text: str) -> dict[int, list[tuple[_Point, _Point]]] | None:
    """Stretches of text in quotes and of block scalars, by line; None for what is not YAML."""
    import yaml

    found: dict[int, list[tuple[_Point, _Point]]] = {}
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if getattr(event, "style", None):
                start, end = _stretch(event)
                for line in range(start[0], end[0] + 1):
                    found.setdefault(line, []).append((start, end))
    except yaml.YAMLError:
        return None
    return found


def _stretch(event: Any) -> tuple[_Point, _Point]:
    start, end = event.start_mark, event.end_mark
    if event.style in ("|", ">"):  # what stands beside the sign may be a comment
        return (start.line + 2, 1), (end.line + 1, end.column + 1)
    return (start.line + 1, start.column + 1), (end.line + 1, end.column + 1)
