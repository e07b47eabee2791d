"""The answers of ``cnncalc rf``, each as a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from math import prod
from typing import TYPE_CHECKING, Any, TypeVar

from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import FIELD_KEYS, Analysis, fields_to_dict, per_axis, plain
from cnncalc.shares import percent, tenths
from cnncalc.sizes import Size, at_least, text
from cnncalc.tables.analysis import field_line, same, sizes

if TYPE_CHECKING:
    from cnncalc.analyses.effective import Support
    from cnncalc.analyses.paths import Path
    from cnncalc.analyses.receptive_field import Fields
    from cnncalc.fields import LayerField

_T = TypeVar("_T")
_NUMBERS = tuple(Column(key, key, right=True) for key in FIELD_KEYS)
_AXIS = Column("axis", "axis")


def one_line(field: LayerField) -> Report:
    """Size, jump, start and center."""
    found = fields_to_dict(field.fields) or {}
    rows = [[axis, *(found[key][i] for key in FIELD_KEYS)] for i, axis in enumerate(field.axes)]
    line = "; ".join(
        filter(None, (field_line(field.fields), _told_apart(field), whole_image(field)))
    )
    return Report(field.to_dict, Table("", (_AXIS, *_NUMBERS), rows), line)


def _told_apart(field: LayerField) -> str | None:
    """That units see fields of different sizes, where they do."""
    periods = [one.sliding.period if one.sliding else 1 for one in field.fields]
    if set(periods) == {1}:
        return None
    return f"the largest of {'x'.join(map(str, periods))} phases (--phases)"


def whole_image(field: LayerField) -> str | None:
    """What all units see beside their own field, in words; None when there is nothing."""
    if field.context_from is None or not any(one.sliding for one in field.fields):
        return None
    seen = _extent(field.fields, field.image)
    return f"every unit also sees {seen} through {field.context_from}"


def _extent(fields: Fields, image: Sequence[Size]) -> str:
    """The whole image, or the positions of it that all units see."""
    parts = []
    for one, size in zip(fields, image):
        if one.context is None:
            continue
        first, last = one.context
        covers = at_least(0, first) is True and at_least(last, size - 1) is True
        parts.append("" if covers else f"{text(first)} to {text(last)}")
    return " x ".join(parts) if any(parts) else "the whole image"


def every_layer(analysis: Analysis) -> Report:
    """A row for each layer that has a field."""
    columns = (Column("layer", "layer"), Column("kind", "kind"), Column("output", "output", True))
    rows: list[list[Cell]] = []
    from cnncalc.fields import grid

    image = grid(analysis.inputs.values())
    if not any(layer.fields for layer in analysis.layers):
        raise UsageError(
            f"{analysis.name} has no feature map",
            hint="the input needs spatial axes, as 3x32x32, and a layer before flatten or gap",
        )
    for layer in analysis.layers:
        if layer.fields:
            row = [_per_axis(layer.fields, key) for key in FIELD_KEYS]
            alike = any(one.context is not None for one in layer.fields)
            reach = _extent(layer.fields, image) if alike else None
            rows.append([layer.name, layer.kind, str(layer.output), *row, reach])
    table = Table("", (*columns, *_NUMBERS, Column("context", "all units see")), rows)
    keys = ("name", "kind", "output", "receptive_field")

    def data() -> dict[str, Any]:
        layers = [layer.to_dict() for layer in analysis.layers]
        return {**analysis.head(), "layers": [{key: row[key] for key in keys} for row in layers]}

    return Report(data, table)


def _per_axis(fields: Fields, key: str) -> Cell:
    values = per_axis(fields, key)
    return sizes(values) if key == "size" else same(values)


def details(field: LayerField) -> Report:
    """The theoretical and the effective field side by side, and what lies between them."""
    numbers = fields_to_dict(field.fields) or {}
    rows: list[list[Cell]] = [[key, *numbers[key]] for key in FIELD_KEYS]
    rows[-1][0] = "effective padding"
    rows.append(["phases", *(one.sliding and one.sliding.period for one in field.fields)])
    if any(field.supports):
        rows.append(["positions read", *(_read(one) for one in field.supports)])
    if any(field.paths):
        ends = [one and (one.smallest.field.size, one.largest.field.size) for one in field.paths]
        rows.append(["smallest path", *(one and plain(one[0]) for one in ends)])
        rows.append(["largest path", *(one and plain(one[1]) for one in ends)])
    if any(field.effective):
        found = field.effective
        rows.append(["paths", *(one and _approximate(one.paths) for one in found)])
        rows.append(["effective size (95 % of paths)", *(one and one.width for one in found)])
        rows.append(["effective from", *(one and one.interval[0] for one in found)])
        rows.append(["effective to", *(one and one.interval[1] for one in found)])
        rows.append(["standard deviation", *(one and f"{one.deviation:.4g}" for one in found)])
    reach = whole_image(field)
    facts = (("reach", reach),) if reach else ()
    if _told_apart(field):
        largest = ",".join(str(one.unit if one else 0) for one in field.supports)
        facts = (
            ("units", f"start to padding: of unit 0; the rows after: of unit {largest}"),
            *facts,
        )
    columns = (Column("quantity", ""), *(Column(axis, axis, right=True) for axis in field.axes))
    title = f"{field.name}: {field.output}"
    return Report(field.to_dict, Table(title, columns, rows, facts=facts))


def _read(support: Support | None) -> str | None:
    if support is None or not support.size:
        return None
    share = 100 * support.fraction
    return f"{support.read} of {support.size} ({_percent(share)})"


def _percent(share: Any) -> str:
    return percent(share, 100) if share == int(share) else tenths(share, 100)


def _approximate(count: int) -> Cell:
    return count if count < 10**12 else f"{float(count):.3g}"


def phase_table(field: LayerField) -> Report:
    """A row for each run of phases with fields of the same size; axes alike share them."""
    columns = (
        _AXIS,
        Column("units", "units"),
        *(Column(key, key, right=True) for key in ("count", "size", "read", "first", "last")),
    )
    rows: list[list[Cell]] = []
    undefined = [axis for axis, found in zip(field.axes, field.phases) if not found]
    if undefined:
        raise UsageError(
            f"{field.name} has no phases along {undefined[0]}",
            hint="they are told for fields that slide, of kernels and strides that are numbers",
        )
    for axes, phases in _alike(field.axes, field.phases):
        for _, group in groupby(phases, key=lambda one: (one.size, one.read)):
            run = list(group)
            units = f"{run[0].unit}" if len(run) == 1 else f"{run[0].unit} to {run[-1].unit}"
            ends = run[0].positions or (None,)
            rows.append([axes, units, len(run), run[0].size, run[0].read, ends[0], ends[-1]])
    period = "x".join(str(len(phases)) for phases in field.phases)
    facts = (
        ("period", f"{period} units; first and last are those of the first unit of a row"),
        *(("sizes", _tally(axes, phases)) for axes, phases in _alike(field.axes, field.phases)),
    )
    keys = ("layer", "receptive_field", "phases")

    def data() -> dict[str, Any]:
        found = field.to_dict()
        return {**field.head, **{key: found[key] for key in keys}}

    return Report(data, Table(f"{field.name}: {field.output}", columns, rows, facts=facts))


def _alike(axes: Sequence[str], found: Sequence[_T]) -> Iterable[tuple[str, _T]]:
    """Axes with the same answer as one."""
    if all(one == found[0] for one in found):
        return [(", ".join(axes), found[0])]
    return zip(axes, found)


def _tally(axes: str, phases: tuple[Support, ...]) -> str:
    """``188 in 4 of 16 phases, 204 in 12``."""
    found: dict[int, int] = {}
    for one in phases:
        found[one.size] = found.get(one.size, 0) + 1
    parts = [f"{size} in {count}" for size, count in sorted(found.items())]
    parts[0] += f" of {len(phases)} phases"
    return f"{', '.join(parts)} ({axes})"


#: What ``--path`` asks for, and the result that it is.
ENDS = {"min": "smallest", "max": "largest"}


def one_path(field: LayerField, which: str) -> Report:
    """Size, jump, start and center along the smallest or the largest path."""
    ends = tuple(path.field for path in _paths(field, which))
    found = fields_to_dict(ends) or {}
    rows = [[axis, *(found[key][i] for key in FIELD_KEYS)] for i, axis in enumerate(field.axes)]

    def data() -> dict[str, Any]:
        return {**field.head, "layer": field.name, "path": which, "receptive_field": found}

    return Report(data, Table("", (_AXIS, *_NUMBERS), rows), field_line(ends))


def path_lists(field: LayerField) -> Report:
    """The layers on both paths that change the field, and the branch taken at every join."""
    keys = ("path", "axis", "layer", "from", "size", "jump", "start")
    columns = [Column(key, key, right=key in FIELD_KEYS) for key in keys]
    rows: list[list[Cell]] = []
    facts = []
    for which, word in ENDS.items():
        for axes, path in _alike(field.axes, _paths(field, which)):
            for before, stop in zip(path.stops, path.stops[1:]):
                if stop.field != before.field or field.is_join(stop.name):
                    numbers = [plain(getattr(stop.field, key)) for key in ("size", "jump", "start")]
                    rows.append([which, axes, stop.name, before.name, *numbers])
            sure = "" if path.certain else ", of those that were compared"
            facts.append((f"{word} ({axes})", f"{plain(path.field.size)}{sure}"))

    def data() -> dict[str, Any]:
        found = field.to_dict()
        return {**field.head, **{key: found[key] for key in ("layer", "receptive_field", "paths")}}

    return Report(data, Table(f"{field.name}: {field.output}", columns, rows, facts=tuple(facts)))


def _paths(field: LayerField, which: str) -> tuple[Path, ...]:
    found = [getattr(one, ENDS[which]) for one in field.paths if one is not None]
    if len(found) < len(field.axes):
        raise UsageError(
            f"which path to {field.name} is the {ENDS[which]} is not known",
            hint="it depends on symbols, which a number would settle, or all units of the layer see "
            "the same",
        )
    return tuple(found)


def one_unit(field: LayerField, asked: str) -> Report:
    """The pixels that one unit sees, clipped to the image."""
    sight = field.seen_by(unit_indices(asked))
    columns = (
        _AXIS,
        *(Column(key, key, right=True) for key in ("unit", "first", "last", "size")),
        Column("unclipped", "with padding", right=True),
    )
    rows: list[list[Cell]] = []
    for i, (axis, stated) in enumerate(zip(field.axes, sight.stated)):
        first, last = sight.span[i] if sight.span else (None, None)
        size = None if first is None or last is None else last - first + 1
        around = stated and f"{stated[0]} to {stated[1]}"
        rows.append([axis, sight.unit[i], first, last, size, around])
    extent = "x".join(str(last - first + 1) for first, last in sight.span)
    read = f"{sight.read:,} of {_pixels(sight.span):,} pixels read"
    where = ", ".join(f"{row[0]} {row[2]} to {row[3]}" for row in rows)
    line = f"{extent}: {where}; {read}" if sight.span else "sees no pixel of the image"
    line = "; ".join(filter(None, (line, whole_image(field))))

    def data() -> dict[str, Any]:
        return {**field.head, "layer": field.name, **sight.to_dict()}

    return Report(data, Table("", columns, rows), line)


def _pixels(span: Sequence[tuple[int, int]]) -> int:
    return prod(last - first + 1 for first, last in span)


def unit_indices(asked: str) -> tuple[int, ...]:
    """The indices in ``3,4``."""
    try:
        return tuple(int(part) for part in asked.split(","))
    except ValueError:
        raise UsageError(
            f"--unit {asked}: not an index for each axis", hint="write --unit 3,4 (row, column)"
        ) from None
