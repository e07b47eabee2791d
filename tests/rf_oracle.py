"""What units see, measured, held against what fields state: for graphs whose inputs have room.

The measuring is the PyTorch backend's own (:mod:`cnncalc.backends.torch.measuring`), of all that
a unit depends on: gates and global pooling are followed too.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from cnncalc.analyses.receptive_field import NOTHING, AxisField, Fields, receptive_fields
from cnncalc.backends.torch.measuring import Instrument, Unit
from cnncalc.backends.torch.reach import clear_units, local_part, reaches
from cnncalc.graph import Graph

torch.set_num_threads(1)


def seen(
    graph: Graph, axis: int, units: list[int] | None = None, node: str | None = None
) -> list[list[int]]:
    """For each unit along an axis, the input positions along it that any such unit sees.

    Of the other axes all units and all positions are taken together. ``node``: the tensor, if not
    the output.
    """
    name = node or next(iter(graph.outputs.values()))
    units = list(range(graph.shapes[name].spatial[axis])) if units is None else units
    masks = Instrument(graph).seen([Unit(name, unit) for unit in units], axis)
    return [[at for at in range(mask.bit_length()) if mask >> at & 1] for mask in masks]


class Measured(NamedTuple):
    """One unit and the first and last position that it sees; None when it sees nothing."""

    unit: int
    interval: tuple[int, int] | None


def measure(graph: Graph, axis: int, units: list[int], node: str | None = None) -> list[Measured]:
    rows = seen(graph, axis, units, node)
    return [
        Measured(unit, (row[0], row[-1]) if row else None)
        for unit, row in zip(units, rows, strict=True)
    ]


def inner_units(graph: Graph, fields: dict[str, Fields], axis: int, name: str) -> range:
    """Units of a tensor whose fields are clear of the borders of every map on the way."""
    return clear_units(reaches(graph, local_part(graph, fields, axis), axis)[name])


def check_fields(
    graph: Graph,
    node: str | None = None,
    folds: bool = False,
    fields: dict[str, Fields] | None = None,
    axes: tuple[int, ...] = (),
) -> None:
    """Hold the analysis of one tensor, along every axis (or ``axes``), to what is measured.

    Inner units to the position, those at the borders to no more than is said; ``folds``: borders
    are padded with positions from within, and not looked at. Needs two rounds of the phases.
    """
    name = node or next(iter(graph.outputs.values()))
    fields = fields or receptive_fields(graph).fields
    for axis in axes or range(len(fields[name])):
        field = fields[name][axis]
        if field == NOTHING:
            assert not any(seen(graph, axis, node=name)), f"{name} sees something"
            continue
        assert field.sliding is not None, f"{name}: no field"
        period = field.sliding.period
        inner = inner_units(graph, fields, axis, name)
        assert len(inner) >= 2 * period, f"{name}: too few inner units, the input is too small"
        inner = inner[: 2 * period]
        count = graph.shapes[name].spatial[axis]
        border = {*range(min(3, count)), *range(max(0, count - 3), count)} - {*inner}
        found = measure(graph, axis, [*inner, *sorted(border)], name)
        last = min(shape.spatial[axis] for shape in graph.inputs.values()) - 1
        for unit, interval in found:
            stated = field.sliding.interval(unit)
            if unit in inner:
                assert interval == stated, (
                    f"{name}, unit {unit} of axis {axis}: sees {interval}, stated {stated}"
                )
            elif interval is not None and not folds:
                assert stated is not None, f"{name}, unit {unit} of axis {axis}: sees {interval}"
                ends = max(stated[0], 0), min(stated[1], last)
                assert ends[0] <= interval[0] <= interval[1] <= ends[1], (name, unit, axis)
        check_numbers(field, period, found[: 2 * period])


def check_numbers(field: AxisField, period: int, found: list[Measured]) -> None:
    """Hold the numbers that users see to two rounds of measured units."""
    seeing = [(unit, interval) for unit, interval in found if interval is not None]
    assert field.size == max(last - first + 1 for _, (first, last) in seeing)
    intervals = dict(seeing)
    steps = {
        intervals[unit + period][end] - intervals[unit][end]
        for unit in intervals
        if unit + period in intervals
        for end in (0, 1)
    }
    assert steps == {field.jump * period}
    once = seeing[: len(seeing) // 2]
    unit, (first, _) = min(once, key=lambda one: one[0] % period)
    assert field.start == first - (unit // period) * period * field.jump
    middles = [first + last - 2 * unit * field.jump for unit, (first, last) in once]
    assert 2 * len(middles) * field.center == sum(middles)
