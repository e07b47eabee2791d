"""Which part of the input is shown, how large, and which cell gets which shade."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cnncalc.render.drawing.field import Flat, Interval
from cnncalc.render.drawing.scene import Run
from cnncalc.render.drawing.shades import Scale, ramp

#: The panel's longest side, and so the most cells along an axis.
PANEL = 760
#: The largest cell, and the shortest side of a panel.
MOST, LEAST = 56.0, 48.0
#: From this size on, cells have grid lines.
GRID = 8.0
#: Height of the strip that shows a signal.
STRIP = 40.0
#: A field that takes less than this part of the picture is shown alone.
_SMALL = 4


class Axis(NamedTuple):
    """Positions ``first`` to ``last`` along one side of the panel, ``bin`` of them per cell."""

    first: int
    last: int
    bin: int
    cell: float
    origin: float = 0.0

    @property
    def cells(self) -> int:
        return self.last // self.bin - self.first // self.bin + 1

    @property
    def length(self) -> float:
        return self.cells * self.cell

    def at(self, position: float) -> float:
        """Where a position begins, to half a pixel; at the panel's ends for those not shown."""
        found = (position / self.bin - self.first // self.bin) * self.cell
        return self.origin + round(2 * min(max(found, 0.0), self.length)) / 2

    def shows(self, position: int) -> bool:
        return self.first <= position <= self.last


class Raster(NamedTuple):
    """Runs of cells per colour, in the image and in its padding; ``scale`` None without any."""

    inside: Mapping[str, list[Run]]
    padding: Mapping[str, list[Run]]
    scale: Scale | None


def window(flat: Flat) -> tuple[Axis, Axis, bool]:
    """Rows and columns that are shown, and whether they are a part of the picture only.

    All of the image and of the field, unless the field would be too small to be seen in it.
    """
    sizes = (flat.height, flat.width)
    spans = flat.span or ((0, flat.height - 1), (0, flat.width - 1))
    whole = [(min(0, first), max(n - 1, last)) for n, (first, last) in zip(sizes, spans)]
    rows, columns = _fit(whole[0], whole[1])
    small = all(
        _SMALL * _extent(span) < _extent(all_) or _extent(all_) == 1
        for span, all_ in zip(spans, whole)
    )
    if columns.cell / columns.bin >= GRID or not small:
        return rows, columns, False
    part = [_around(span, all_) for span, all_ in zip(spans, whole)]
    return (*_fit(part[0], part[1]), True)


def _extent(interval: Interval) -> int:
    return interval[1] - interval[0] + 1


def _around(span: Interval, whole: Interval) -> Interval:
    """The span with half of itself on each side, as far as there is any."""
    margin = max(3, _extent(span) // 2)
    return max(whole[0], span[0] - margin), min(whole[1], span[1] + margin)


def _fit(rows: Interval, columns: Interval) -> tuple[Axis, Axis]:
    """Square cells of half pixels that fill the panel; a short side is stretched to be seen."""
    longest = max(_extent(rows), _extent(columns))
    bin = -(-longest // PANEL)
    cell = min(MOST, _half(PANEL / -(-longest // bin)))
    fitted = []
    for first, last in (rows, columns):
        axis = Axis(first, last, bin, cell)
        if axis.length < LEAST and cell < MOST:
            axis = Axis(first, last, 1, _half(LEAST / (last - first + 1)))
        fitted.append(axis)
    if rows == (0, 0) and _extent(columns) > 1:
        fitted[0] = Axis(0, 0, 1, STRIP)
    return fitted[0], fitted[1]


def _half(size: float) -> float:
    return int(2 * size) / 2


def rasterise(flat: Flat, rows: Axis, columns: Axis) -> Raster:
    """The cells; those of a bin show the mean of the positions that are read."""
    cells = binned(flat, rows, columns)
    values = [paths for row in cells.values() for paths in row.values()]
    if not values:
        return Raster({}, {}, None)
    scale = Scale(min(values), max(values))
    inside: dict[str, list[Run]] = {}
    padding: dict[str, list[Run]] = {}
    levels: dict[int, int] = {}
    for row in sorted(cells):
        run: Run | None = None
        runs: list[Run] = []
        within = in_image(row, rows, flat.height)
        for column in sorted(cells[row]):
            paths = cells[row][column]
            level = levels.get(paths)
            if level is None:
                level = levels[paths] = scale.level(paths)
            here = within and in_image(column, columns, flat.width)
            color = ramp(not here)[level]
            found = (inside if here else padding).setdefault(color, [])
            if run and found is runs and run[1] + run[2] == column:
                run = runs[-1] = (row, run[1], run[2] + 1)
            else:
                run = (row, column, 1)
                runs = found
                runs.append(run)
    return Raster(inside, padding, scale)


def in_image(index: int, axis: Axis, n: int) -> bool:
    """Is the middle of a cell in the image?"""
    middle = (2 * (index + axis.first // axis.bin) + 1) * axis.bin
    return 0 < middle < 2 * n


def binned(flat: Flat, rows: Axis, columns: Axis) -> dict[int, dict[int, int]]:
    """Paths by cell of the panel, counted from its corner."""
    top, left = rows.first // rows.bin, columns.first // columns.bin
    if rows.bin == columns.bin == 1:
        return {
            row - top: {column - left: paths for column, paths in inner.items()}
            for row, inner in flat.rows.items()
        }
    sums: dict[int, dict[int, int]] = {}
    reads: dict[int, dict[int, int]] = {}
    for row, inner in flat.rows.items():
        key = row // rows.bin - top
        total, read = sums.setdefault(key, {}), reads.setdefault(key, {})
        for position, paths in inner.items():
            column = position // columns.bin - left
            total[column] = total.get(column, 0) + paths
            read[column] = read.get(column, 0) + 1
    return {
        row: {column: paths // reads[row][column] for column, paths in total.items()}
        for row, total in sums.items()
    }
