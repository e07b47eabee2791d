"""What stands beside the panel: where it lies in the image, the scale of shades, and the key."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cnncalc.render.drawing import panel as looks
from cnncalc.render.drawing.field import Interval
from cnncalc.render.drawing.panel import Panel
from cnncalc.render.drawing.scene import Item, Lines, Rect, Text
from cnncalc.render.drawing.shades import LEVELS, Scale, ramp
from cnncalc.render.drawing.words import Names, count

WIDTH = 230.0
_OVERVIEW = 130.0
_SWATCH = 18.0
_ROW = 24.0
_SHADE = 7.0


def side(drawn: Panel, x: float, y: float, names: Names) -> tuple[list[Item], float]:
    """The column from x, y down, and where it ends."""
    items: list[Item] = []
    if drawn.cropped:
        y = _append(items, _overview(drawn, names, x, y)) + 30
    if drawn.raster.scale is not None:
        y = _append(items, _scale(drawn, drawn.raster.scale, x, y)) + 26
    for swatch, text in _keys(drawn, names):
        items += swatch(x, y)
        items.append(Text(x + _SWATCH + 10, y + 13, text))
        y += _ROW
    return items, y


def _append(items: list[Item], made: tuple[list[Item], float]) -> float:
    items += made[0]
    return made[1]


def _overview(drawn: Panel, names: Names, x: float, y: float) -> tuple[list[Item], float]:
    """The whole image, small, with what the panel shows of it."""
    height, width = drawn.flat.height, drawn.flat.width
    shown = (drawn.rows.first, drawn.rows.last), (drawn.columns.first, drawn.columns.last)
    top, left = min(0, shown[0][0]), min(0, shown[1][0])
    bottom, right = max(height - 1, shown[0][1]), max(width - 1, shown[1][1])
    unit = _OVERVIEW / max(bottom - top + 1, right - left + 1)

    def box(rows: Interval, columns: Interval, least: float) -> tuple[float, float, float, float]:
        """Left, top, width, height; around its middle where it would be too small to see."""
        along = max(least, unit * (columns[1] - columns[0] + 1))
        down = max(least, unit * (rows[1] - rows[0] + 1), 10.0 if height == 1 else 0.0)
        middle = unit * ((columns[0] + columns[1] + 1) / 2 - left)
        center = max(unit * ((rows[0] + rows[1] + 1) / 2 - top), 5.0 if height == 1 else 0.0)
        return x + middle - along / 2, y + 8 + center - down / 2, along, down

    items: list[Item] = [Text(x, y, f"In the whole {names.noun}", bold=True)]
    items.append(Rect(*box(*drawn.image, 1), looks.IMAGE, looks.EDGE, 1.5))
    items.append(Rect(*box(*shown, 4), looks.UNREAD, looks.EDGE, 1))
    if drawn.flat.span is not None:
        items.append(Rect(*box(*drawn.flat.span, 3), looks.SPAN))
    return items, y + 8 + max(10.0, unit * (bottom - top + 1))


def _scale(drawn: Panel, scale: Scale, x: float, y: float) -> tuple[list[Item], float]:
    """The shades from many paths, at the top, to few; a second column for the padding."""
    items: list[Item] = [Text(x, y, "Paths from a position to the unit", bold=True)]
    ramps = [ramp(False)] if drawn.raster.inside else []
    ramps += [ramp(True)] if drawn.raster.padding else []
    if scale.low == scale.high:
        for i, shades in enumerate(ramps):
            items.append(Rect(x + i * 24, y + 10, 22, _SWATCH, shades[LEVELS // 2]))
            if shades == ramp(True):
                items.append(_diagonals(x + i * 24, y + 10, 22, _SWATCH))
        items.append(Text(x + len(ramps) * 24 + 8, y + 23, f"{count(scale.low)} each"))
        return items, y + 10 + _SWATCH
    items.append(Text(x, y + 16, "square-root scale", 11, color="#666666"))
    top, length = y + 28, LEVELS * _SHADE
    right = x + len(ramps) * 24
    for i, shades in enumerate(ramps):
        for level, color in enumerate(shades):
            at = top + length - (level + 1) * _SHADE
            items.append(Rect(x + i * 24, at, 22, _SHADE, color))
        if shades == ramp(True):
            items.append(_diagonals(x + i * 24, top, 22, length))
    for paths in scale.ticks(5):
        at = top + length * (1 - scale.place(paths))
        items.append(Lines(((right - 2, at, right + 4, at),), looks.EDGE))
        items.append(Text(right + 9, at + 4, count(paths), 11))
    return items, top + length


_Swatch = Callable[[float, float], Iterator[Item]]


def _keys(drawn: Panel, names: Names) -> Iterator[tuple[_Swatch, str]]:
    """Each sign of the panel with what it means."""
    flat = drawn.flat
    if flat.span is not None:
        yield _outline(looks.SPAN, None), f"field {names.field}"
        if flat.effective is not None:
            text = f"95 % of the paths: {names.effective}"
            yield _outline(looks.EFFECTIVE, looks.DASH), text
        yield _mark, "center of the field"
        if _holes(drawn):
            yield _outline(looks.LINE, None, looks.UNREAD), "in the field, but not read"
        if any(first < 0 or last >= n for (first, last), n in zip(flat.span, _sizes(drawn))):
            yield _hatched, f"padding, outside the {names.noun}"
    yield _outline(looks.EDGE, None, looks.IMAGE), f"{names.noun} {names.image}"


def _sizes(drawn: Panel) -> tuple[int, int]:
    return drawn.flat.height, drawn.flat.width


def _holes(drawn: Panel) -> bool:
    """Does the span have positions without paths?"""
    assert drawn.flat.span is not None
    (top, bottom), (left, right) = drawn.flat.span
    read = sum(len(row) for row in drawn.flat.rows.values())
    return read < (bottom - top + 1) * (right - left + 1)


def _outline(color: str, dash: tuple[float, float] | None, fill: str | None = None) -> _Swatch:
    def swatch(x: float, y: float) -> Iterator[Item]:
        yield Rect(x + 1, y + 1, _SWATCH - 2, _SWATCH - 2, fill, color, 1.5 if fill else 2, dash)

    return swatch


def _mark(x: float, y: float) -> Iterator[Item]:
    yield from looks.cross(x + _SWATCH / 2, y + _SWATCH / 2)


def _hatched(x: float, y: float) -> Iterator[Item]:
    yield Rect(x, y, _SWATCH, _SWATCH, looks.TINT)
    yield _diagonals(x, y, _SWATCH, _SWATCH)


def _diagonals(x: float, y: float, width: float, height: float) -> Lines:
    return Lines(tuple(looks.hatch(x, y, width, height)), looks.HATCH, 0.75)
