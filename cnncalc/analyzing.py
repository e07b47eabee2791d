"""Every number of a graph, gathered into one analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from cnncalc.analyses.cost import Cost, graph_costs
from cnncalc.analyses.findings import UNUSED, Finding, warning
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.analyses.receptive_field import ReceptiveFields, last_feature_map, receptive_fields
from cnncalc.analyses.wellformed import describe_conditions
from cnncalc.errors import CnncalcError
from cnncalc.graph import Graph
from cnncalc.results import Analysis, LayerResult, Sized
from cnncalc.sizes import Size, expand

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Count


def analyzed(sized: Sized, batch: Size, dtype: str) -> Analysis:
    """The analysis: MACs and bytes for ``batch`` images, bytes for elements of ``dtype``."""
    graph = sized.graph
    found = receptive_fields(graph)
    fields = found.fields
    costs = graph_costs(graph)
    rows = []
    for node in graph:
        cost = costs[node.name]
        rows.append(
            LayerResult(
                node.name,
                node.kind,
                node.inputs,
                node.shape,
                cost._replace(macs=cost.macs * batch),
                fields.get(node.name),
                node.scopes,
                node.shares,
            )
        )
    total = Cost(*(expand(sum(column)) for column in zip(*(row.cost for row in rows))))
    shapes = graph.shapes
    last = last_feature_map(graph, fields)
    return Analysis(
        name=sized.name,
        source=sized.source,
        inputs=graph.inputs,
        at=sized.at,
        batch=batch,
        dtype=dtype,
        layers=tuple(rows),
        total=total,
        memory=activation_memory(graph, DTYPES[dtype], batch),
        outputs={name: shapes[tensor] for name, tensor in graph.outputs.items()},
        last_feature_map=last,
        findings=(
            *map(warning, describe_conditions(graph)),
            *_unused(graph),
            *found.findings,
            *_holes(graph, found, last),
            *(sized.folding.findings if sized.folding else ()),
        ),
        assume=sized.assume,
        folding=sized.folding,
    )


def counted(
    sized: Sized, conventions: Iterable[str], batch: Size, in_numbers: Callable[[], Sized]
) -> tuple[Count, ...]:
    """What counting tools count, by the names of their conventions.

    ``in_numbers``: the same network at sizes of its own, for rules that have no formula in symbols.
    """
    from cnncalc.conventions import find_all
    from cnncalc.conventions.counting import count

    found = [count(sized.graph, convention, batch) for convention in find_all(conventions)]
    if not any(one.numeric for one in found):
        return tuple(found)
    try:
        numbers = in_numbers()
    except CnncalcError:
        return tuple(found)
    again = [count(numbers.graph, one.convention, batch) for one in found]
    return tuple(
        one._replace(at=None if number.numeric else (numbers.at, number))
        for one, number in zip(found, again)
    )


def _unused(graph: Graph) -> list[Finding]:
    names = [*graph.inputs, *(node.name for node in graph)]
    return [
        warning(f"{name}: no output depends on it", name, UNUSED)
        for name in names
        if name not in graph.used
    ]


def _holes(graph: Graph, found: ReceptiveFields, last: str | None) -> Iterator[Finding]:
    """Holes in the field of the last feature map; only dilated networks are looked at for them."""
    if last and any(size != 1 for node in graph for size in getattr(node.layer, "dilation", ())):
        from cnncalc.fields import LayerField

        field = LayerField(graph, found, last)
        yield from (one for one in field.findings if one not in found.findings)
