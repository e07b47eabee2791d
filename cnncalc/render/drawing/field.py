"""What is to be drawn: the field of one unit over its input, as plain numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

#: First and last position.
Interval = tuple[int, int]


class FieldDrawing(NamedTuple):
    """The field of a unit; axes of the input in order, positions 0-based, negative in padding.

    ``paths`` holds the number of paths by position, one level of mappings per axis. ``span`` is the
    interval stated for each axis (None: undefined, that of the paths is drawn), ``effective`` the
    one that holds 95 % of the paths. ``context``: what all units see besides, in words.
    """

    network: str
    layer: str
    unit: tuple[int, ...]
    image: tuple[int, ...]
    paths: Mapping[int, Any]
    span: tuple[Interval | None, ...]
    effective: tuple[Interval | None, ...]
    jump: tuple[int | Fraction | None, ...]
    context: str | None = None


class Flat(NamedTuple):
    """A field as rows and columns: signals are one row, volumes are summed over their depth."""

    rows: Mapping[int, Mapping[int, int]]
    height: int
    width: int
    #: Rows and columns of the span and of what holds 95 %; None without any.
    span: tuple[Interval, Interval] | None
    effective: tuple[Interval, Interval] | None


def flat(drawing: FieldDrawing) -> Flat:
    """The field as it is drawn."""
    rank = len(drawing.image)
    paths: Mapping[int, Any] = drawing.paths
    for _ in range(rank - 2):
        paths = _summed(paths)
    rows: Mapping[int, Mapping[int, int]] = {0: paths} if rank == 1 else paths
    height, width = (1, *drawing.image)[-2:]
    return Flat(rows, height, width, _box(spans(drawing)), _box(drawing.effective))


def spans(drawing: FieldDrawing) -> tuple[Interval | None, ...]:
    """The span per axis; from the paths where none is stated."""
    return tuple(stated or _hull(drawing.paths, axis) for axis, stated in enumerate(drawing.span))


class Counts(NamedTuple):
    """Positions that are read, those of them outside the image, and those in the span."""

    read: int
    outside: int
    spanned: int


def counted(drawing: FieldDrawing) -> Counts:
    spanned = 1
    for span in spans(drawing):
        spanned *= span[1] - span[0] + 1 if span else 0
    return Counts(
        _count(drawing.paths, len(drawing.image)),
        _count(drawing.paths, len(drawing.image)) - _within(drawing.paths, drawing.image),
        spanned,
    )


def _count(paths: Mapping[int, Any], rank: int) -> int:
    return len(paths) if rank == 1 else sum(_count(inner, rank - 1) for inner in paths.values())


def _within(paths: Mapping[int, Any], image: tuple[int, ...]) -> int:
    n, *others = image
    if not others:
        return sum(0 <= position < n for position in paths)
    inner = (paths[position] for position in paths if 0 <= position < n)
    return sum(_within(one, tuple(others)) for one in inner)


def _summed(paths: Mapping[int, Any]) -> Mapping[int, Any]:
    """One axis less: the sum along the first."""
    found: dict[int, Any] = {}
    for inner in paths.values():
        _add(found, inner)
    return found


def _add(found: dict[int, Any], more: Mapping[int, Any]) -> None:
    for position, value in more.items():
        if isinstance(value, Mapping):
            _add(found.setdefault(position, {}), value)
        else:
            found[position] = found.get(position, 0) + value


def _box(intervals: tuple[Interval | None, ...]) -> tuple[Interval, Interval] | None:
    rows, columns = ((0, 0), *intervals)[-2:]
    return (rows, columns) if rows is not None and columns is not None else None


def _hull(paths: Mapping[int, Any], axis: int) -> Interval | None:
    positions = set(_positions(paths, axis))
    return (min(positions), max(positions)) if positions else None


def _positions(paths: Mapping[int, Any], axis: int) -> Iterator[int]:
    if axis == 0:
        yield from paths
        return
    for inner in paths.values():
        yield from _positions(inner, axis - 1)
