"""A field to be drawn, and what is found in its picture."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from cnncalc.render.drawing import FieldDrawing, picture
from cnncalc.render.drawing.compose import compose
from cnncalc.render.drawing.scene import Rect

SVG = "{http://www.w3.org/2000/svg}"

#: Two 3x3 convolutions with dilation 2: every other position, one row and column in the padding.
WEIGHTS = {-1: 1, 1: 2, 3: 3, 5: 2, 7: 1}
HOLES = FieldDrawing(
    network="small",
    layer="conv2",
    unit=(3, 3),
    image=(9, 9),
    paths={y: {x: a * b for x, b in WEIGHTS.items()} for y, a in WEIGHTS.items()},
    span=((-1, 7), (-1, 7)),
    effective=((1, 7), (1, 7)),
    jump=(1, 1),
)


def parsed(drawing: FieldDrawing) -> ElementTree.Element:
    return ElementTree.fromstring(picture(drawing, "field.svg"))


def texts(drawing: FieldDrawing) -> list[str]:
    return [element.text or "" for element in parsed(drawing).iter(f"{SVG}text")]


def caption(drawing: FieldDrawing) -> str:
    """All texts, lines joined."""
    return " ".join(texts(drawing))


def cells(drawing: FieldDrawing, role: str) -> dict[tuple[int, int], str]:
    """Colour by row and column of the panel, read back from the strokes of the SVG."""
    found: dict[tuple[int, int], str] = {}
    for group in parsed(drawing).iter(f"{SVG}g"):
        if group.get("class") != role:
            continue
        for path in group:
            y, x = 0.0, 0
            steps = re.findall(r"([Mm])(-?\d+) (-?[\d.]+)h(\d+)", path.get("d", ""))
            assert "".join("{}{} {}h{}".format(*step) for step in steps) == path.get("d")
            for move, right, down, length in steps:
                x, y = (0, 0.0) if move == "M" else (x, y)
                x, y = x + int(right), y + float(down)
                for column in range(x, x + int(length)):
                    assert (int(y), column) not in found
                    found[int(y), column] = path.get("stroke", "")
                x += int(length)
    return found


def boxes(drawing: FieldDrawing, role: str) -> list[tuple[float, ...]]:
    return [
        item[:4] for item in compose(drawing).items if isinstance(item, Rect) and item.role == role
    ]


def lightness(color: str) -> float:
    """CIELAB's L*, by a formula of its own."""
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear))
    return 116 * luminance ** (1 / 3) - 16 if luminance > 0.008856 else 903.3 * luminance
