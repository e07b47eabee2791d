"""Every number of a graph, gathered into one analysis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cnncalc.analyses.cost import Cost, graph_costs
from cnncalc.analyses.findings import UNUSED, Finding, warning
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.analyses.receptive_field import ReceptiveFields, last_feature_map, receptive_fields
from cnncalc.analyses.wellformed import describe_conditions
from cnncalc.graph import Graph
from cnncalc.results import Analysis, LayerResult
from cnncalc.sizes import Size, expand


def analyzed(
    name: str,
    source: str | None,
    graph: Graph,
    binding: Mapping[str, int],
    batch: Size,
    dtype: str,
    assume: Mapping[str, str],
) -> Analysis:
    """The analysis of ``graph``, whose symbols have the values of ``binding``.

    MACs and bytes are for ``batch`` images, bytes for elements of ``dtype``.
    """
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
        name=name,
        source=source,
        inputs=graph.inputs,
        at=binding,
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
        ),
        assume=assume,
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
