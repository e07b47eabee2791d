"""The picture proper: image, padding, cells, outlines, and numbers along the sides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.render.drawing.field import Flat, Interval
from cnncalc.render.drawing.raster import GRID, Axis, Raster
from cnncalc.render.drawing.scene import Cells, Item, Lines, Rect, Segment, Text, text_width

IMAGE, UNREAD, EDGE = "#ebebeb", "#ffffff", "#8a8a8a"
TINT, HATCH = "#fbf6ef", "#b99c7c"
LINE = "#cfcfcf"
SPAN, EFFECTIVE = "#111111", "#d9480f"
DASH = (6.0, 4.0)
_HALO = "#ffffff"
_NUMBER = 11.0


class Panel(NamedTuple):
    """A field with the rows and columns that are shown of it, laid out."""

    flat: Flat
    raster: Raster
    rows: Axis
    columns: Axis
    cropped: bool

    def box(self, rows: Interval, columns: Interval) -> tuple[float, float, float, float]:
        """Left, top, width and height of positions first to last."""
        left, top = self.columns.at(columns[0]), self.rows.at(rows[0])
        right, bottom = self.columns.at(columns[1] + 1), self.rows.at(rows[1] + 1)
        return left, top, right - left, bottom - top

    @property
    def image(self) -> tuple[Interval, Interval]:
        return (0, self.flat.height - 1), (0, self.flat.width - 1)


def panel(drawn: Panel) -> Iterator[Item]:
    """All within the panel, from back to front."""
    yield Rect(*drawn.box(*drawn.image), fill=IMAGE, role="image")
    span = drawn.flat.span
    padding = list(_padding(drawn))
    if span is not None:
        yield from (Rect(*box, fill=TINT, role="padding") for box in padding)
        common = [
            (max(0, first), min(n - 1, last))
            for (first, last), n in zip(span, (drawn.flat.height, drawn.flat.width))
        ]
        if all(first <= last for first, last in common):
            yield Rect(*drawn.box(common[0], common[1]), fill=UNREAD, role="unread")
    yield from _cells(drawn)
    for box in padding:
        yield Lines(tuple(hatch(*box)), HATCH, 0.75, role="hatch")
    yield from _grid(drawn)
    yield from _edges(drawn)
    if span is not None:
        yield from _outlines(drawn, span)
        rows, columns = span
        x = (drawn.columns.at(columns[0]) + drawn.columns.at(columns[1] + 1)) / 2
        y = (drawn.rows.at(rows[0]) + drawn.rows.at(rows[1] + 1)) / 2
        yield from cross(x, y)


def _outlines(drawn: Panel, span: tuple[Interval, Interval]) -> Iterator[Item]:
    """Of the field and of what holds 95 %; where both meet, dashes lie on the line."""
    yield Rect(*_around(drawn.box(*span)), stroke=SPAN, thickness=2, role="span")
    if drawn.flat.effective is not None:
        box = drawn.box(*drawn.flat.effective)
        if drawn.flat.effective != span:
            yield Rect(*_around(box), stroke=_HALO, thickness=4)
        yield Rect(*_around(box), stroke=EFFECTIVE, thickness=2, dash=DASH, role="effective")


def _around(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """So much larger that a line of two pixels leaves the cells within uncovered."""
    left, top, width, height = box
    return left - 1, top - 1, width + 2, height + 2


def cross(x: float, y: float) -> Iterator[Item]:
    """The mark of the unit's center."""
    for color, thickness, arm in ((_HALO, 5.0, 8.0), (EFFECTIVE, 2.5, 6.5)):
        arms = ((x - arm, y, x + arm, y), (x, y - arm, x, y + arm))
        yield Lines(arms, color, thickness, role="center")


def hatch(
    left: float, top: float, width: float, height: float, gap: float = 9.0
) -> Iterator[Segment]:
    """Diagonals through a rectangle; those of neighbouring rectangles meet."""
    right, bottom = left + width, top + height
    step = int((left + top) / gap) + 1
    while step * gap < right + bottom:
        total = step * gap  # x + y along this diagonal
        x1, x2 = max(left, total - bottom), min(right, total - top)
        yield x1, total - x1, x2, total - x2
        step += 1


def _padding(drawn: Panel) -> Iterator[tuple[float, float, float, float]]:
    """The parts of the span outside the image: above, below, left and right of it."""
    if drawn.flat.span is None:
        return
    (top, bottom), (left, right) = drawn.flat.span
    height, width = drawn.flat.height, drawn.flat.width
    beside = max(top, 0), min(bottom, height - 1)
    parts = (
        ((top, min(bottom, -1)), (left, right)),
        ((max(top, height), bottom), (left, right)),
        (beside, (left, min(right, -1))),
        (beside, (max(left, width), right)),
    )
    for rows, columns in parts:
        if rows[0] <= rows[1] and columns[0] <= columns[1]:
            yield drawn.box(rows, columns)


def _cells(drawn: Panel) -> Iterator[Item]:
    rows, columns = drawn.rows, drawn.columns
    for role, runs in (("read", drawn.raster.inside), ("read padding", drawn.raster.padding)):
        if runs:
            corner = columns.origin, rows.origin
            yield Cells(*corner, columns.cell, rows.cell, runs, role=role)


def _grid(drawn: Panel) -> Iterator[Item]:
    """Lines between positions, in the image and in the span, where cells are large enough."""
    boxes = [drawn.box(*drawn.image)]
    if drawn.flat.span is not None:
        boxes.append(drawn.box(*drawn.flat.span))
    segments: list[Segment] = []
    for left, top, width, height in boxes:
        for axis, start, length, across in (
            (drawn.columns, left, width, (top, top + height)),
            (drawn.rows, top, height, (left, left + width)),
        ):
            if axis.cell < GRID or axis.bin > 1:
                continue
            for position in range(axis.first, axis.last + 2):
                at = axis.at(position)
                if start < at < start + length:
                    segments.append(
                        (at, across[0], at, across[1])
                        if axis is drawn.columns
                        else (across[0], at, across[1], at)
                    )
    if segments:
        yield Lines(tuple(dict.fromkeys(segments)), LINE, 0.5, role="grid")


def _edges(drawn: Panel) -> Iterator[Item]:
    """The image's border, as far as it is shown."""
    (top, bottom), (left, right) = drawn.image
    x, y, width, height = drawn.box(*drawn.image)
    edges = (
        (drawn.rows.shows(top), (x, y, x + width, y)),
        (drawn.rows.shows(bottom), (x, y + height, x + width, y + height)),
        (drawn.columns.shows(left), (x, y, x, y + height)),
        (drawn.columns.shows(right), (x + width, y, x + width, y + height)),
    )
    shown = tuple(segment for visible, segment in edges if visible)
    if shown:
        yield Lines(shown, EDGE, 1.5, role="border")


def numbers(drawn: Panel) -> Iterator[Item]:
    """Indices of positions: columns above the panel, rows to its left."""
    spans = drawn.flat.span or (None, None)
    y = drawn.rows.origin
    for position, place, bold in _ticks(drawn.columns, spans[1], drawn.flat.width, True):
        yield Lines(((place, y - 4, place, y),), EDGE, 1)
        color = SPAN if bold else "#777777"
        yield Text(place, y - 8, str(position), _NUMBER, "middle", color)
    if drawn.flat.height == 1 and drawn.rows.last == drawn.rows.first:
        return
    x = drawn.columns.origin
    for position, place, bold in _ticks(drawn.rows, spans[0], drawn.flat.height, False):
        yield Lines(((x - 4, place, x, place),), EDGE, 1)
        color = SPAN if bold else "#777777"
        yield Text(x - 8, place + 4, str(position), _NUMBER, "end", color)


def _ticks(
    axis: Axis, span: Interval | None, n: int, across: bool
) -> Iterator[tuple[int, float, bool]]:
    """Positions to number, the important ones first, and as many others as there is room for."""
    ends = set(span or ())
    wanted = [*sorted(ends), 0, n - 1, axis.first, axis.last]
    if axis.bin == 1 and axis.cell >= 20:
        wanted += range(axis.first, axis.last + 1)
    taken: list[tuple[float, float]] = []
    for position in dict.fromkeys(wanted):
        if not axis.shows(position):
            continue
        place = (axis.at(position) + axis.at(position + 1)) / 2
        room = (text_width(str(position), _NUMBER) + 6) / 2 if across else 7.0
        if all(abs(place - other) >= room + half for other, half in taken):
            taken.append((place, room))
            yield position, place, position in ends
