"""What a picture is made of: a few primitives in one system of coordinates.

The origin is at the top left, one unit is a pixel of a screen. Writers turn the items, in order,
into a file; they know nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

#: A run of cells: row, first column, number of cells.
Run = tuple[int, int, int]
#: From x, y to x, y.
Segment = tuple[float, float, float, float]


class Rect(NamedTuple):
    """A rectangle; ``role`` says what it stands for (the class of its SVG element)."""

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    thickness: float = 1
    dash: tuple[float, float] | None = None
    role: str = ""


class Lines(NamedTuple):
    """Separate straight lines of one kind."""

    segments: Sequence[Segment]
    stroke: str
    thickness: float = 1
    role: str = ""


class Text(NamedTuple):
    """One line of text; ``y`` is its baseline. ``turned``: it reads upwards, around its anchor."""

    x: float
    y: float
    text: str
    size: float = 12
    anchor: Literal["start", "middle", "end"] = "start"
    color: str = "#222222"
    bold: bool = False
    turned: bool = False


class Cells(NamedTuple):
    """Cells of one size on a grid whose cell (0, 0) has its corner at x, y; runs per colour."""

    x: float
    y: float
    width: float
    height: float
    runs: Mapping[str, Sequence[Run]]
    role: str = ""


Item = Rect | Lines | Text | Cells


class Scene(NamedTuple):
    """A picture on white; ``title`` and ``description`` are for those who cannot see it."""

    width: float
    height: float
    title: str
    description: str
    items: Sequence[Item]


def text_width(text: str, size: float) -> float:
    """About how wide a text is, rather too wide: fonts differ between viewers."""
    return 0.6 * size * len(text)
