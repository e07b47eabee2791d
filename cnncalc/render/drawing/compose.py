"""The whole picture: title, panel with its measures, what stands beside it, and the caption."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from cnncalc.render.drawing import words
from cnncalc.render.drawing.field import FieldDrawing, Interval, flat
from cnncalc.render.drawing.panel import EDGE, SPAN, Panel, numbers, panel
from cnncalc.render.drawing.raster import Axis, binned, in_image, rasterise, window
from cnncalc.render.drawing.scene import Item, Lines, Rect, Scene, Text, text_width
from cnncalc.render.drawing.shades import Scale, ramp
from cnncalc.render.drawing.side import WIDTH, side

_MARGIN = 28.0
#: From the panel to the first and to the second measure beside it.
_MEASURES = (16.0, 46.0)
#: Height of the bars above the strip of a signal.
_BARS = 130.0
_NARROWEST = 440.0
_CAPTION = 12.5


def compose(drawing: FieldDrawing) -> Scene:
    """The field as a scene."""
    field = flat(drawing)
    rows, columns, cropped = window(field)
    signal = len(drawing.image) == 1
    numbered = max(text_width(str(n), 11) for n in (rows.first, rows.last))
    columns = columns._replace(origin=ceil(_MARGIN + 10 + numbered))
    rows = rows._replace(origin=124.0 + (_BARS if signal else 0))
    drawn = Panel(field, rasterise(field, rows, columns), rows, columns, cropped)
    names = words.names(drawing)
    items: list[Item] = [*panel(drawn), *numbers(drawn), *_measures(drawn, names.noun, signal)]
    if signal and drawn.raster.scale is not None:
        items += _bars(drawn, drawn.raster.scale)
    middle = max(columns.origin + columns.length + 84, _MARGIN + _NARROWEST + 28)
    beside, end = side(drawn, middle, 100, names)
    items += beside

    width = ceil(middle + WIDTH + _MARGIN)
    y = rows.origin + rows.length + (88 if not cropped else 60)
    caption = words.caption(drawing, rows, columns)
    for line in words.wrapped(caption, _CAPTION, middle - 28 - _MARGIN):
        items.append(Text(_MARGIN, y, line, _CAPTION, color="#333333"))
        y += 18
    room = width - 2 * _MARGIN
    title, subtitle = words.title(drawing), words.subtitle(drawing)
    items[:0] = [
        Text(_MARGIN, 42, words.shortened(title, 20, room), 20, bold=True),
        Text(_MARGIN, 64, words.shortened(subtitle, 13, room), 13, color="#555555"),
    ]
    height = ceil(max(y, end) + _MARGIN - 14)
    return Scene(width, height, title, " ".join([f"{subtitle}.", *caption]), items)


def _measures(drawn: Panel, noun: str, signal: bool) -> Iterator[Item]:
    """Lengths of the field and of the image, below the panel and to its right."""
    below = drawn.rows.origin + drawn.rows.length
    right = drawn.columns.origin + drawn.columns.length
    spans = drawn.flat.span or (None, None)
    known = [("field", spans, SPAN)] if drawn.flat.span else []
    if not drawn.cropped:
        known.append((noun, drawn.image, EDGE))
    for (name, intervals, color), away in zip(known, _MEASURES):
        if intervals[1] is not None:
            yield from _measure(drawn.columns, intervals[1], below + away, name, color, False)
        if intervals[0] is not None and not signal:
            yield from _measure(drawn.rows, intervals[0], right + away, name, color, True)


def _measure(
    axis: Axis, interval: Interval, away: float, name: str, color: str, upright: bool
) -> Iterator[Item]:
    start, end = axis.at(interval[0]), axis.at(interval[1] + 1)
    text = f"{name} {interval[1] - interval[0] + 1}"
    middle = (start + end) / 2
    if upright:
        segments = [(away, start, away, end)]
        segments += [(away - 4, at, away + 4, at) for at in (start, end)]
        yield Lines(tuple(segments), color, 1)
        yield Text(away + 16, middle, text, 12, "middle", color, turned=True)
    else:
        segments = [(start, away, end, away)]
        segments += [(at, away - 4, at, away + 4) for at in (start, end)]
        yield Lines(tuple(segments), color, 1)
        yield Text(middle, away + 16, text, 12, "middle", color)


def _bars(drawn: Panel, scale: Scale) -> Iterator[Item]:
    """The paths of a signal as heights, in proportion, above its numbers."""
    base = drawn.rows.origin - 26
    axis = drawn.columns
    for column, paths in sorted(binned(drawn.flat, drawn.rows, axis)[0].items()):
        padding = not in_image(column, axis, drawn.flat.width)
        height = max(1.0, (_BARS - 26) * (paths / scale.high))
        x = axis.origin + column * axis.cell
        color = ramp(padding)[scale.level(paths)]
        yield Rect(x, base - height, axis.cell, height, color, role="bar")
