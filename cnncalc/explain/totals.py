"""Steps of the whole network: sums over its layers, and the fullest moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnncalc import formulas
from cnncalc.analyses.memory import DTYPES, Moment, fullest, written_by
from cnncalc.explain.steps import Step, step
from cnncalc.graph import Graph
from cnncalc.results import Analysis
from cnncalc.sizes import Size, axis_names, maximum
from cnncalc.worked import Worked, named

#: A sum of more different terms is not written out.
MOST_TERMS = 24
#: More moments than this, one of which is the fullest for some sizes, are not written out.
MOST_MOMENTS = 3


def total_steps(graph: Graph, analysis: Analysis, asked: tuple[str, ...]) -> Iterator[Step]:
    """The last field, parameters, MACs, FLOPs and bytes of the whole network."""
    makers = {"rf": _field, "params": _params, "macs": _macs, "memory": _memory}
    for quantity in asked:
        if quantity in makers:
            yield from makers[quantity](graph, analysis)


def _field(graph: Graph, analysis: Analysis) -> Iterator[Step]:
    """The field that the steps of the layers end with."""
    fields = analysis.fields or ()
    for key in ("size", "jump", "start"):
        values = [getattr(field, key) for field in fields]
        note = f"of {analysis.last_feature_map}, the last feature map" if key == "size" else ""
        if values and all(value == values[0] for value in values):
            yield Step("rf", (key,), values[0], note=note)
            continue
        for axis, value in zip(axis_names(len(values)), values):
            yield Step("rf", (f"{key} along {axis}",), value, note=note)


def _params(graph: Graph, analysis: Analysis) -> Iterator[Step]:
    costs = [row.cost for row in analysis.layers]
    yield _sum("params", "parameters", [cost.params for cost in costs], analysis.total.params)
    if analysis.total.buffers != 0:
        yield _sum("params", "buffers", [cost.buffers for cost in costs], analysis.total.buffers)


def _macs(graph: Graph, analysis: Analysis) -> Iterator[Step]:
    total = analysis.total.macs
    yield _sum("macs", "MACs", [row.cost.macs for row in analysis.layers], total)
    yield step(
        "macs",
        "FLOPs",
        formulas.flops(named(total, "MACs")),
        formulas.flops(Worked(total)),
        why="flops",
    )


def _memory(graph: Graph, analysis: Analysis) -> Iterator[Step]:
    each, batch = DTYPES[analysis.dtype], analysis.batch
    written = [formulas.stored(written_by(node.layer, node.shape), each, batch) for node in graph]
    yield _sum("memory", "written", written, analysis.memory.written, unit="B")
    why = "activation memory"
    peak = analysis.memory.peak
    moments = [] if peak is None else fullest(graph)
    if not 0 < len(moments) <= MOST_MOMENTS:
        note = (
            "depends on the symbols" if peak is None else f"the fullest of {len(moments)} moments"
        )
        yield Step("memory", ("peak",), peak, unit="B", why=why, note=note)
        return
    largest = maximum([_elements(moment) for moment in moments])
    images = 1 if batch == 1 else Worked(batch)
    worked: Any = formulas.stored(largest, Worked(each), images)
    names = ", or ".join(
        f"while {moment.node} runs: {', '.join(name for name, _ in moment.alive)}"
        for moment in moments
    )
    yield Step("memory", ("peak",), peak, None, worked, "B", why, names)


def _elements(moment: Moment) -> Any:
    """The elements that are alive at a moment, as working."""
    alive = tuple((name, type(shape)(map(Worked, shape))) for name, shape in moment.alive)
    return moment._replace(alive=alive).elements


def _sum(of: str, name: str, values: Iterable[Size], total: Size, unit: str = "") -> Step:
    """The sum over the layers, equal terms taken together."""
    times: dict[Size, int] = {}
    for value in values:
        if value != 0:
            times[value] = times.get(value, 0) + 1
    layers = sum(times.values())
    if not 1 < len(times) <= MOST_TERMS:
        note = f"the sum of {layers} layers" if len(times) > 1 else ""
        if len(times) == 1 and layers > 1:
            ((value, count),) = times.items()
            return Step(of, (name,), total, None, count * Worked(value), unit)
        return Step(of, (name,), total, unit=unit, note=note)
    worked = sum(count * Worked(value) for value, count in times.items())
    assert isinstance(worked, Worked)
    return Step(of, (name,), total, None, worked, unit)
