"""How many paths are which colour: two ramps of equal lightness, and the scale between.

Lightness falls in equal steps of the perceptually uniform space OKLab, so the ramps read the same
in grey and to colour-blind eyes; hue and chroma only add contrast. Source: Ottosson 2020, "A
perceptual color space for image processing".
"""

from __future__ import annotations

from functools import cache
from math import cos, radians, sin, sqrt
from typing import NamedTuple

#: Shades of a ramp.
LEVELS = 24
#: Lightness of the shades for the fewest and for the most paths; white has 1.
_LIGHT, _DARK = 0.90, 0.27
#: Hue (degrees) and chroma at the light end, in the middle and at the dark end.
_VIVID = ((112.0, 0.11), (195.0, 0.095), (278.0, 0.12))
_DULL = ((70.0, 0.03), (60.0, 0.03), (50.0, 0.025))


class Scale(NamedTuple):
    """Square roots between the fewest and the most paths: thin edges stay apart from nothing."""

    low: int
    high: int

    def place(self, paths: int) -> float:
        """From 0, the fewest paths, to 1, the most; 1 where all are equal."""
        if self.low == self.high:
            return 1.0
        lowest = sqrt(self.low / self.high)
        return (sqrt(paths / self.high) - lowest) / (1 - lowest)

    def level(self, paths: int) -> int:
        """The shade, from 0 to ``LEVELS - 1``; one from the middle where all are equal."""
        if self.low == self.high:
            return LEVELS // 2
        return min(LEVELS - 1, int(LEVELS * self.place(paths)))

    def ticks(self, count: int) -> list[int]:
        """At most ``count`` numbers of paths, spread evenly over the scale, ends included."""
        if self.low == self.high:
            return [self.low]
        lowest = sqrt(self.low / self.high)
        found = {self.low, self.high}
        for i in range(1, count - 1):
            root = lowest + (1 - lowest) * i / (count - 1)
            found.add(_times(self.high, root * root))
        return sorted(found)


def _times(n: int, fraction: float) -> int:
    """``n * fraction`` rounded, however large ``n`` is."""
    return (n * round(fraction * 2**40) + 2**39) >> 40


@cache
def ramp(padding: bool) -> tuple[str, ...]:
    """The shades from few paths to many: vivid in the image, dull in its padding."""
    low, middle, high = _DULL if padding else _VIVID
    colors = []
    for i in range(LEVELS):
        part = i / (LEVELS - 1)
        start, end, along = (low, middle, 2 * part) if part < 0.5 else (middle, high, 2 * part - 1)
        hue, chroma = (a + (b - a) * along for a, b in zip(start, end))
        colors.append(_hex(_LIGHT + (_DARK - _LIGHT) * part, chroma, hue))
    return tuple(colors)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """An OKLCH colour in sRGB; values beyond its gamut are cut off."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(channel)):02x}" for channel in linear)


def _encoded(channel: float) -> float:
    channel = min(1.0, max(0.0, channel))
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055
