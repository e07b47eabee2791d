"""What the picture says in words: its title, its caption, and numbers short enough for both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.render.drawing.field import Counts, FieldDrawing, Interval, counted, spans
from cnncalc.render.drawing.raster import Axis
from cnncalc.render.drawing.scene import text_width
from cnncalc.shares import percent, tenths
from cnncalc.sizes import axis_names

#: Where a line may end: not within ``13 x 13``.
_BREAK = re.compile("(?<! x) (?!x )")
_NOUNS = {1: "signal", 2: "image", 3: "volume"}
#: Before and after the image along an axis, by name of the axis.
_SIDES = {"height": ("above", "below"), "width": ("left", "right")}
_INDICES = {"height": "rows", "width": "columns"}


def by(sizes: Sequence[object]) -> str:
    """``13 x 13``."""
    return " x ".join(map(str, sizes))


def extent(intervals: Sequence[Interval]) -> str:
    return by([last - first + 1 for first, last in intervals])


def count(n: int) -> str:
    """A number of paths: digits in groups of three, in powers of ten from ten million on."""
    if n < 10**7:
        return f"{n:,}"
    digits = str(n)
    return f"{digits[0]}.{digits[1]}e{len(digits) - 1}"


class Names(NamedTuple):
    """What the key says: the input's name and size, the field's and the effective field's size."""

    noun: str
    image: str
    field: str
    effective: str


def names(drawing: FieldDrawing) -> Names:
    return Names(
        _noun(drawing),
        by(drawing.image),
        extent([span for span in spans(drawing) if span]),
        extent([interval for interval in drawing.effective if interval]),
    )


def _noun(drawing: FieldDrawing) -> str:
    return _NOUNS.get(len(drawing.image), "input")


def printable(text: str) -> str:
    """The text with a mark for each character that has no shape: XML and fonts refuse many."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def title(drawing: FieldDrawing) -> str:
    unit = ", ".join(map(str, drawing.unit))
    where = f"({unit})" if len(drawing.unit) > 1 else unit
    return printable(f"What unit {where} of {drawing.layer} sees")


def subtitle(drawing: FieldDrawing) -> str:
    size = by(drawing.image) + (" positions" if len(drawing.image) == 1 else "")
    return printable(f"Receptive field in the input of {size}; network: {drawing.network}")


def caption(drawing: FieldDrawing, rows: Axis, columns: Axis) -> list[str]:
    """Sentences with the numbers, for those who want to check them."""
    return list(_sentences(drawing, rows, columns))


def _sentences(drawing: FieldDrawing, rows: Axis, columns: Axis) -> Iterator[str]:
    numbers = counted(drawing)
    if numbers.read == 0:
        yield "This unit reads no position of the input by itself."
    else:
        yield from _about_field(drawing, numbers)
    if drawing.context:
        yield printable(f"Not drawn: {drawing.context}.")
    if len(drawing.image) > 2:
        names = " and ".join(axis_names(len(drawing.image))[:-2])
        yield f"A volume, seen along its {names}: shades are sums."
    if rows.bin > 1 or columns.bin > 1:
        yield (
            f"A cell stands for {rows.bin} x {columns.bin} positions and shows the mean of those "
            "that are read."
        )


def _about_field(drawing: FieldDrawing, numbers: Counts) -> Iterator[str]:
    known = [span for span in spans(drawing) if span is not None]
    jump = ""
    if all(one is not None for one in drawing.jump):
        jump = f" Jump: {by(drawing.jump)} from unit to unit."
    yield f"Field: {extent(known)}, {_where(drawing, known)}.{jump}"
    part = _percent(numbers.read, numbers.spanned)
    holes = "" if numbers.read == numbers.spanned else "; the others are holes"
    yield f"Read: {numbers.read:,} of its {numbers.spanned:,} positions ({part}){holes}."
    beyond = ", ".join(_beyond(drawing, known))
    if beyond:
        outside = _percent(numbers.outside, numbers.read)
        yield (
            f"Padding: the field reaches out of the {_noun(drawing)} by {beyond}; {numbers.outside:,} of the "
            f"positions read ({outside}) lie there."
        )
    effective = [interval for interval in drawing.effective if interval is not None]
    if len(effective) == len(drawing.image):
        along = " along each axis" if len(effective) > 1 else ""
        yield (
            f"Effective: 95 % of the paths{along} start within {extent(effective)}, "
            f"{_where(drawing, effective)}."
        )


def _where(drawing: FieldDrawing, intervals: Sequence[Interval]) -> str:
    names = axis_names(len(drawing.image))
    if len(names) == 1:
        return f"positions {intervals[0][0]} to {intervals[0][1]}"
    return ", ".join(
        f"{_INDICES.get(name, name)} {first} to {last}"
        for name, (first, last) in zip(names, intervals)
    )


def _beyond(drawing: FieldDrawing, known: Sequence[Interval]) -> Iterator[str]:
    for name, n, (first, last) in zip(axis_names(len(drawing.image)), drawing.image, known):
        before, after = _SIDES.get(name, (f"before along the {name}", f"after along the {name}"))
        if first < 0:
            yield f"{-first} {before}"
        if last >= n:
            yield f"{last - n + 1} {after}"


def _percent(part: int, whole: int) -> str:
    return percent(part, whole) if part in (0, whole) else tenths(part, whole)


def wrapped(sentences: Sequence[str], size: float, width: float) -> list[str]:
    """The sentences as lines, each from a new line, by the estimated width of their words."""
    lines = []
    for sentence in sentences:
        line = ""
        for word in _BREAK.split(sentence):
            longer = f"{line} {word}" if line else word
            if line and text_width(longer, size) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


def shortened(text: str, size: float, width: float) -> str:
    """The text, its middle left out where it is too long."""
    most = max(8, int(width / text_width("n", size)))
    if len(text) <= most:
        return text
    kept = most - 3
    return f"{text[: kept - kept // 2]}...{text[len(text) - kept // 2 :]}"
