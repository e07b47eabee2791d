"""A scene as PNG: the only file that imports Pillow.

Raises :class:`MissingDependencyError` on import when Pillow is not installed.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO

from cnncalc.errors import MissingDependencyError
from cnncalc.render.drawing.scene import Cells, Item, Lines, Rect, Scene, Text

try:
    from PIL import Image, ImageDraw, ImageFont
except ImportError as _error:
    raise MissingDependencyError(
        f"pictures in PNG need Pillow, which cannot be imported: {_error}",
        hint="pip install 'cnncalc[png]', or name a file that ends in .svg",
    ) from _error

#: Pixels of the picture for one of the scene's, sharp enough for a slide.
SCALE = 2
#: Drawn so many times larger, then averaged: slanted lines and letters get smooth edges.
_FINER = 2
_ZOOM = SCALE * _FINER
#: For the letters that the font in Pillow lacks.
_OTHER_FONT = "DejaVuSans.ttf"


def png(scene: Scene) -> bytes:
    """The scene; the same bytes for the same scene and the same Pillow."""
    size = round(scene.width * _ZOOM), round(scene.height * _ZOOM)
    image = Image.new("RGB", size, "#ffffff")
    draw = ImageDraw.Draw(image)
    texts = (item.text for item in scene.items if isinstance(item, Text))
    plain = all(text.isascii() for text in texts)  # one font for a picture
    for item in scene.items:
        _item(image, draw, item, plain)
    file = BytesIO()
    image.reduce(_FINER).save(file, "PNG", optimize=True, dpi=(192, 192))
    return file.getvalue()


def _item(image: Image.Image, draw: ImageDraw.ImageDraw, item: Item, plain: bool) -> None:
    if isinstance(item, Rect):
        _rect(draw, item)
    elif isinstance(item, Lines):
        for segment in item.segments:
            _line(draw, segment, item.stroke, item.thickness)
    elif isinstance(item, Text):
        _text(image, draw, item, plain)
    else:
        _cells(draw, item)


def _fill(
    draw: ImageDraw.ImageDraw, left: float, top: float, right: float, bottom: float, color: str
) -> None:
    """Fills exactly the pixels from ``left`` and ``top`` up to ``right`` and ``bottom``."""
    x1, y1, x2, y2 = (round(_ZOOM * value) for value in (left, top, right, bottom))
    if x1 < x2 and y1 < y2:
        draw.rectangle((x1, y1, x2 - 1, y2 - 1), fill=color)


def _rect(draw: ImageDraw.ImageDraw, item: Rect) -> None:
    left, top, right, bottom = item.x, item.y, item.x + item.width, item.y + item.height
    if item.fill:
        _fill(draw, left, top, right, bottom, item.fill)
    if not item.stroke:
        return
    half = item.thickness / 2
    outline = (
        (left - half, top, right + half, top),
        (right, top, right, bottom),
        (left - half, bottom, right + half, bottom),
        (left, top, left, bottom),
    )
    for x1, y1, x2, y2 in outline:
        on, off = item.dash or (max(x2 - x1, y2 - y1, 1.0), 0.0)
        start, length = 0.0, x2 - x1 + y2 - y1
        while start < length:
            end = min(start + on, length)
            part = (x1 + start, y1, x1 + end, y2) if y1 == y2 else (x1, y1 + start, x2, y1 + end)
            _line(draw, part, item.stroke, item.thickness)
            start += on + off


def _line(
    draw: ImageDraw.ImageDraw,
    segment: tuple[float, float, float, float],
    color: str,
    thickness: float,
) -> None:
    x1, y1, x2, y2 = segment
    half = thickness / 2
    if y1 == y2:
        _fill(draw, min(x1, x2), y1 - half, max(x1, x2), y1 + half, color)
    elif x1 == x2:
        _fill(draw, x1 - half, min(y1, y2), x1 + half, max(y1, y2), color)
    else:
        ends = [round(_ZOOM * value) for value in segment]
        draw.line(ends, fill=color, width=max(1, round(_ZOOM * thickness)))


def _cells(draw: ImageDraw.ImageDraw, item: Cells) -> None:
    for color, runs in sorted(item.runs.items()):
        for row, column, length in runs:
            left, top = item.x + column * item.width, item.y + row * item.height
            _fill(draw, left, top, left + length * item.width, top + item.height, color)


_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def _text(image: Image.Image, draw: ImageDraw.ImageDraw, item: Text, plain: bool) -> None:
    font = _font(item.size, plain)
    heavy = round(_ZOOM * item.size / 60) if item.bold else 0
    x, y = round(_ZOOM * item.x), round(_ZOOM * item.y)
    if not item.turned:
        draw.text((x, y), item.text, item.color, font, _ANCHORS[item.anchor], stroke_width=heavy)
        return
    width = round(font.getlength(item.text))
    size = round(_ZOOM * item.size)
    layer = Image.new("L", (width, 2 * size))
    ImageDraw.Draw(layer).text((0, size), item.text, 255, font, "ls", stroke_width=heavy)
    back = {"start": 0, "middle": width // 2, "end": width}[item.anchor]
    mask = layer.transpose(Image.Transpose.ROTATE_90)
    image.paste(item.color, (x - size, y - width + back), mask)


@cache
def _font(size: float, plain: bool) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Pillow's own font, so that pictures are the same everywhere, as far as it has the letters."""
    if not plain:
        try:
            return ImageFont.truetype(_OTHER_FONT, round(_ZOOM * size))
        except OSError:
            pass
    return ImageFont.load_default(round(_ZOOM * size))
