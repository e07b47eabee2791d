"""Steps of the receptive field: what a layer makes of the field of its input.

One window on one tensor is the recurrence of the textbook. Where branches join, their fields are
united; where units differ (after a transposed convolution), the phase with the largest is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cnncalc import formulas
from cnncalc.analyses.receptive_field import Branch, Fields, branches
from cnncalc.analyses.sliding import AxisField, hull_of
from cnncalc.explain.letters import Case, Pair, apart
from cnncalc.explain.steps import Step, merged, step
from cnncalc.graph import Graph, Node
from cnncalc.layers.windows import Taps
from cnncalc.sizes import Number, axis_names
from cnncalc.worked import Worked, named, plain

_Names = Mapping[str, Any]


class Axis(NamedTuple):
    """One axis of a node: the fields that enter it, what its window reads, what comes out."""

    name: str
    #: Fields of the inputs, before (``below``) and after the node's window.
    below: list[AxisField]
    seen: list[AxisField]
    branches: list[str]
    field: AxisField
    #: What the window of the only input reads: in letters and in numbers, where that can be said.
    shown: list[Taps]
    #: The same in plain numbers.
    taps: Taps | None


def field_steps(
    graph: Graph, node: Node, fields: Mapping[str, Fields], pair: Pair | None, taken: _Names
) -> list[Step]:
    """Size, jump and start of the field of ``node``; nothing where it has none."""
    if not fields.get(node.name):
        return []
    along: dict[str, list[Step]] = {}
    for axis in _axes(graph, node, fields, pair):
        for one in _steps(axis, taken):
            along.setdefault(one.names[0], []).append(one._replace(names=(axis.name,)))
    rank = len(fields[node.name])
    return [
        one._replace(names=(_label(name, one.names, rank),))
        for name, steps in along.items()
        for one in merged(steps, bare=True)
    ]


def _label(name: str, axes: tuple[str, ...], rank: int) -> str:
    """``size``, or ``size along height`` where the axes differ."""
    return name if len(axes) == rank else f"{name} along {' and '.join(axes)}"


def _axes(
    graph: Graph, node: Node, fields: Mapping[str, Fields], pair: Pair | None
) -> Iterator[Axis]:
    xs = graph.inputs_of(node)
    entering = [(i, name) for i, name in enumerate(node.inputs) if name in fields]
    found: list[Branch] = branches(graph, node, fields)
    position = entering[0][0]
    windows, sizes = node.layer.reads(*xs)[position], xs[position].spatial
    alone = len(entering) == 1 and len(windows) == len(fields[node.name])
    for i, axis in enumerate(axis_names(len(fields[node.name]))):
        shown = [_taps(case, position, i) for case in pair] if pair and alone else [None]
        yield Axis(
            name=axis,
            below=[fields[name][i] for _, name in entering],
            seen=[branch.fields[i] for branch in found],
            branches=[branch.name for branch in found],
            field=fields[node.name][i],
            shown=[one for one in shown if one],
            taps=windows[i].taps(sizes[i]) if alone else None,
        )


def _taps(case: Case, position: int, axis: int) -> Taps | None:
    """What the units of one case read; None where it cannot be said in letters."""
    x = case.xs[position]
    return case.layer.reads(*case.xs)[position][axis].taps(x.spatial[axis])


def _steps(axis: Axis, taken: _Names) -> Iterator[Step]:
    field = axis.field
    yield from _own(axis, taken)
    mixed = any(one.sliding and one.context for one in axis.below)
    if field.sliding and field.context and not mixed:
        first, last = field.context
        letters, numbers = _both({"start": first, "end": last}, {})
        yield step(
            "rf",
            "whole-image reach",
            *(formulas.extent(one["start"], one["end"]) for one in (letters, numbers)),
            why="extent",
            note="beside its own field, every unit sees these positions",
        )


def _own(axis: Axis, taken: _Names) -> Iterator[Step]:
    """What each unit sees for itself."""
    field = axis.field
    if not field.defined:
        yield Step("rf", ("size",), None, note="no one size: see the warnings")
    elif len(axis.seen) > 1:
        yield from _joined(axis)
    elif _is_textbook(axis):
        yield from _recurrence(axis, taken)
    else:
        yield from _by_ends(axis, taken)


def _is_textbook(axis: Axis) -> bool:
    """Does every unit see the same, moved on; and is nothing else mixed into it?"""
    (below,) = axis.below
    sliding = below.sliding
    if sliding is None or axis.taps is None or len(axis.shown) < 2:
        return False
    alone = axis.field.sliding is not None or below.context is None
    return sliding.period == 1 and axis.taps.every == 1 and sliding.edges[0] is not None and alone


def _recurrence(axis: Axis, taken: _Names) -> Iterator[Step]:
    """r' = r + d(k − 1)j, j' = j s, and where unit 0 begins."""
    (below,) = axis.below
    known = {"r": below.size, "j": below.jump, "b": below.start}
    worked = []
    for values, one in zip(_both(known, taken), axis.shown):
        (run,) = one.runs
        worked.append(
            (
                formulas.grown(values["r"], run.count, values["j"], run.spacing),
                formulas.advance(values["j"], one.step),
                formulas.edge(values["b"], run.first, values["j"]),
            )
        )
    (size_l, jump_l, start_l), (size_n, jump_n, start_n) = worked
    yield step("rf", "size", size_l, size_n, why="grown")
    if axis.field.sliding is not None:
        yield step("rf", "jump", jump_l, jump_n, why="advance")
    yield step("rf", "start", start_l, start_n, why="edge")


def _joined(axis: Axis) -> Iterator[Step]:
    """The union: from the first position that a branch sees to the last one."""
    field = axis.field
    moving = [
        i for i, one in enumerate(axis.seen) if (one.sliding is None) == (field.sliding is None)
    ]
    intervals = {axis.branches[i]: tuple(axis.seen[i].intervals) for i in moving}
    single = all(len(found) <= 1 for found in intervals.values())
    distinct = list(dict.fromkeys(found[0] for found in intervals.values() if found))
    if not single or len(distinct) < 2:
        yield from _by_ends(axis, {})
        return
    united = hull_of([(Worked(first), Worked(last)) for first, last in distinct])
    assert united is not None
    first, last = united
    note = f"union of {' and '.join(name for name, found in intervals.items() if found)}"
    yield step("rf", "start", None, first, why="extent", note=note)
    yield step("rf", "end", None, last, why="extent")
    yield step(
        "rf",
        "size",
        formulas.extent(named(plain(first), "start"), named(plain(last), "end")),
        formulas.extent(Worked(plain(first)), Worked(plain(last))),
        why="extent",
    )
    if field.jump is not None:
        yield Step("rf", ("jump",), field.jump)


def _by_ends(axis: Axis, taken: _Names) -> Iterator[Step]:
    """The size from first to last position of the units that see most."""
    field = axis.field
    if field.size is None:
        yield Step("rf", ("size",), None, note="sees nothing")
        return
    same = any(one == field for one in axis.below)
    intervals = field.intervals
    if same or (len(intervals) == 1 and axis.field.sliding and len(axis.seen) > 1):
        yield Step("rf", ("size",), field.size)
    else:
        yield from _largest(field)
    if field.jump is not None:
        yield _jump(axis, taken, same)
    yield Step("rf", ("start",), field.start)


def _largest(field: AxisField) -> Iterator[Step]:
    """The unit that sees most, from its first to its last position."""
    edges = field.sliding.edges if field.sliding else tuple(field.intervals)
    known = [(unit, one) for unit, one in enumerate(edges) if one is not None]
    unit, (first, last) = next(
        ((unit, one) for unit, one in known if formulas.extent(*one) == field.size), known[0]
    )
    note = f"unit {unit} of {len(edges)} that differ" if len(edges) > 1 else ""
    letters, numbers = _both({"start": first, "end": last}, {})
    yield step(
        "rf",
        "size",
        formulas.extent(letters["start"], letters["end"]),
        formulas.extent(numbers["start"], numbers["end"]),
        why="extent",
        note=note,
    )


def _jump(axis: Axis, taken: _Names, same: bool) -> Step:
    below = axis.below[0].jump
    if same or axis.taps is None or below is None or len(axis.below) > 1:
        return Step("rf", ("jump",), axis.field.jump)
    step_, every = axis.taps.step, axis.taps.every
    shown = {
        "j": below,
        **({"step": step_} if step_ != 1 else {}),
        **({"units": every} if every != 1 else {}),
    }
    return step(
        "rf",
        "jump",
        *(
            formulas.advance(one["j"], one.get("step", 1), one.get("units", 1))
            for one in _both(shown, taken)
        ),
        why="advance",
        note="" if every == 1 else f"{every} units for every {step_} of the input",
    )


def _both(values: Mapping[str, Number | None], taken: _Names) -> list[dict[str, Worked]]:
    """Numbers by name: as letters, and as numbers that can be seen."""
    return [
        {name: named(value, apart(name, value, taken)) for name, value in values.items()},
        {name: Worked(value) for name, value in values.items()},
    ]
