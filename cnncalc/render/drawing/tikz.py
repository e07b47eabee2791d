"""A scene as a TikZ picture, to stand in a LaTeX document."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.render.drawing.scene import Cells, Item, Lines, Rect, Scene, Text
from cnncalc.render.latex import escape

#: Points of the page for one unit of the scene.
_SCALE = 0.6


def tikz(scene: Scene) -> str:
    """The picture; ``y`` grows downwards as in the scene."""
    size = f"(0,0) rectangle ({_number(scene.width)},{_number(scene.height)})"
    return "\n".join(
        [
            rf"\begin{{tikzpicture}}[x={_SCALE}pt,y=-{_SCALE}pt]",
            rf"\useasboundingbox {size};",
            *(line for item in scene.items for line in _item(item)),
            r"\end{tikzpicture}",
        ]
    )


def _item(item: Item) -> Iterator[str]:
    if isinstance(item, Rect):
        options = [
            *([f"fill={_color(item.fill)}"] if item.fill else []),
            *([_pen(item.stroke, item.thickness)] if item.stroke else []),
            *([_dash(*item.dash)] if item.dash else []),
        ]
        box = _box(item.x, item.y, item.width, item.height)
        yield rf"\path[{','.join(options)}] {box};"
    elif isinstance(item, Lines):
        path = " ".join(
            f"({_number(x1)},{_number(y1)}) -- ({_number(x2)},{_number(y2)})"
            for x1, y1, x2, y2 in item.segments
        )
        yield rf"\path[{_pen(item.stroke, item.thickness)}] {path};"
    elif isinstance(item, Text):
        side = {"start": "base west", "middle": "base", "end": "base east"}[item.anchor]
        turned = ",rotate=90" if item.turned else ""
        size = _number(item.size * _SCALE)
        font = rf"\fontsize{{{size}pt}}{{{size}pt}}\selectfont\sffamily"
        text = escape(item.text)
        text = rf"\textbf{{{text}}}" if item.bold else text
        yield (
            rf"\node[anchor={side}{turned},inner sep=0pt,text={_color(item.color)},font={{{font}}}] "
            rf"at ({_number(item.x)},{_number(item.y)}) {{{text}}};"
        )
    else:
        yield from _cells(item)


def _cells(item: Cells) -> Iterator[str]:
    for color, runs in item.runs.items():
        boxes = (
            _box(
                item.x + column * item.width,
                item.y + row * item.height,
                length * item.width,
                item.height,
            )
            for row, column, length in runs
        )
        yield rf"\path[fill={_color(color)}] {' '.join(boxes)};"


def _box(x: float, y: float, width: float, height: float) -> str:
    return f"({_number(x)},{_number(y)}) rectangle ({_number(x + width)},{_number(y + height)})"


def _pen(color: str, thickness: float) -> str:
    return f"draw={_color(color)},line width={_number(thickness * _SCALE)}pt"


def _dash(on: float, off: float) -> str:
    return f"dash pattern=on {_number(on * _SCALE)}pt off {_number(off * _SCALE)}pt"


def _color(color: str) -> str:
    """``#9aa5b1`` in xcolor's terms."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"{{rgb,255:red,{red};green,{green};blue,{blue}}}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
