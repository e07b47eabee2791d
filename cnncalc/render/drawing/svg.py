"""A scene as SVG: plain text, a few classes, one path per colour of cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from cnncalc.render.drawing.scene import Cells, Item, Lines, Rect, Run, Scene, Text

_FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"


def svg(scene: Scene) -> str:
    """The scene; the same text for the same scene."""
    size = f"{_number(scene.width)} {_number(scene.height)}"
    width, height = size.split()
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size}" width="{width}" '
            f'height="{height}" role="img" aria-labelledby="title description" '
            f'font-family="{_FONT}" shape-rendering="crispEdges">',
            f'<title id="title">{escape(scene.title)}</title>',
            f'<desc id="description">{escape(scene.description)}</desc>',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *(line for item in scene.items for line in _item(item)),
            "</svg>\n",
        ]
    )


def _item(item: Item) -> Iterator[str]:
    if isinstance(item, Rect):
        box = (item.x, item.y, item.width, item.height)
        x, y, width, height = map(_number, box)
        dash = f' stroke-dasharray="{" ".join(map(_number, item.dash))}"' if item.dash else ""
        stroke = (
            f' stroke="{item.stroke}" stroke-width="{_number(item.thickness)}"{dash}'
            if item.stroke
            else ""
        )
        yield (
            f'<rect{_class(item.role)} x="{x}" y="{y}" width="{width}" height="{height}" '
            f'fill="{item.fill or "none"}"{stroke}/>'
        )
    elif isinstance(item, Lines):
        path = "".join(
            f"M{_number(x1)} {_number(y1)}L{_number(x2)} {_number(y2)}"
            for x1, y1, x2, y2 in item.segments
        )
        smooth = ' shape-rendering="auto"' if any(map(_slanted, item.segments)) else ""
        yield (
            f'<path{_class(item.role)} d="{path}" fill="none" stroke="{item.stroke}" '
            f'stroke-width="{_number(item.thickness)}"{smooth}/>'
        )
    elif isinstance(item, Text):
        x, y = _number(item.x), _number(item.y)
        bold = ' font-weight="bold"' if item.bold else ""
        anchor = f' text-anchor="{item.anchor}"' if item.anchor != "start" else ""
        turn = f' transform="rotate(-90 {x} {y})"' if item.turned else ""
        yield (
            f'<text x="{x}" y="{y}" font-size="{_number(item.size)}" fill="{item.color}"'
            f"{bold}{anchor}{turn}>{escape(item.text)}</text>"
        )
    else:
        yield from _cells(item)


def _cells(item: Cells) -> Iterator[str]:
    """Runs as strokes one cell wide, in units of cells: the shortest way to write them."""
    place = f"translate({_number(item.x)} {_number(item.y)})"
    scale = f"scale({_number(item.width)} {_number(item.height)})"
    yield f'<g{_class(item.role)} transform="{place} {scale}" fill="none" stroke-width="1">'
    for color, runs in sorted(item.runs.items()):
        yield f'<path stroke="{color}" d="{_strokes(runs)}"/>'
    yield "</g>"


def _strokes(runs: Sequence[Run]) -> str:
    """The first run from the corner, each of the others from the end of the one before."""
    parts = []
    at_row, at_column = None, 0
    for row, column, length in runs:
        if at_row is None:
            parts.append(f"M{column} {row}.5h{length}")
        else:
            parts.append(f"m{column - at_column} {row - at_row}h{length}")
        at_row, at_column = row, column + length
    return "".join(parts)


def _slanted(segment: tuple[float, float, float, float]) -> bool:
    return segment[0] != segment[2] and segment[1] != segment[3]


def _class(role: str) -> str:
    return f' class="{role}"' if role else ""


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
