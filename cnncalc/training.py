"""What a training step costs, layer by layer: typed values, and their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.analyses.kept import kept_bytes
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.analyses.step import OPTIMIZERS, StepMemory, step_memory, weight_bytes
from cnncalc.analyses.training import Passes, graph_passes, sum_of
from cnncalc.errors import UsageError, suggest
from cnncalc.formulas import flops
from cnncalc.graph import Graph, Scope
from cnncalc.results import plain
from cnncalc.sizes import Shape, Size, expand


class TrainedLayer(NamedTuple):
    """One layer: MACs of its passes, and the bytes that it is the first to keep for the backward one.

    Both for the batch. ``kept`` is None for layers repeated a symbolic number of times.
    """

    name: str
    kind: str
    output: Shape
    passes: Passes
    kept: Size | None
    scopes: tuple[Scope, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "output": [plain(size) for size in self.output],
            **_passes(self.passes),
            "kept_bytes": plain(self.kept),
        }


class Training(NamedTuple):
    """A training step for ``batch`` images; ``head`` is what JSON begins with.

    ``inference``: bytes of weights, buffers and activations in the fullest moment of inference.
    """

    head: Mapping[str, Any]
    batch: Size
    dtype: str
    optimizer: str
    mixed: bool
    layers: tuple[TrainedLayer, ...]
    total: Passes
    kept: Size | None
    memory: StepMemory
    inference: Size | None
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]

    @property
    def name(self) -> str:
        return str(self.head["name"])

    def __str__(self) -> str:
        """As ``cnncalc train`` prints it."""
        from cnncalc.render.plain import plain as written
        from cnncalc.tables.training import training_table

        return written(training_table(self))

    def _repr_html_(self) -> str:
        """The same table, as notebooks show it."""
        from cnncalc.render.html import table
        from cnncalc.tables.training import training_table

        return table(training_table(self))

    def to_dict(self) -> dict[str, Any]:
        """JSON of schema 1."""
        memory = self.memory
        return {
            **self.head,
            "batch": plain(self.batch),
            "dtype": self.dtype,
            "optimizer": self.optimizer,
            "mixed": self.mixed,
            "layers": [row.to_dict() for row in self.layers],
            "totals": {
                **_passes(self.total),
                "macs": plain(expand(self.total.total)),
                "flops": plain(expand(flops(self.total.total))),
                "kept_bytes": plain(self.kept),
                "weight_bytes": plain(memory.weights),
                "buffer_bytes": plain(memory.buffers),
                "gradient_bytes": plain(memory.gradients),
                "optimizer_bytes": plain(memory.optimizer),
                "master_bytes": plain(memory.master),
                "peak_bytes": plain(memory.peak),
                "peak_inference_bytes": plain(self.inference),
            },
            "peak_at": memory.when,
        }


def _passes(passes: Passes) -> dict[str, Any]:
    return {f"{name}_macs": plain(value) for name, value in passes._asdict().items()}


def train(
    graph: Graph, head: Mapping[str, Any], batch: Size, dtype: str, optimizer: str, mixed: bool
) -> Training:
    """The cost of a step; raises :class:`UsageError` for what does not train."""
    if optimizer not in OPTIMIZERS:
        raise UsageError(
            f"unknown optimizer {optimizer!r}", hint=suggest(optimizer, OPTIMIZERS, "optimizers")
        )
    element = DTYPES[dtype]
    if "float" not in dtype:
        raise UsageError(
            f"gradients need a floating-point type, not {dtype}", hint="--dtype float16"
        )
    if mixed and element >= 4:
        raise UsageError(
            f"mixed precision is for float16 and bfloat16, not {dtype}", hint="--dtype bfloat16"
        )
    passes = graph_passes(graph)
    kept = kept_bytes(graph, element, batch)
    rows = tuple(
        TrainedLayer(
            node.name,
            node.kind,
            node.shape,
            passes[node.name].times(batch),
            kept[node.name],
            node.scopes,
        )
        for node in graph
    )
    total = Passes(*map(expand, sum_of(passes).times(batch)))
    activations = activation_memory(graph, element, batch).peak
    weights = sum(weight_bytes(graph, element, trains) for trains in (True, False))
    return Training(
        head,
        batch,
        dtype,
        optimizer,
        mixed,
        rows,
        total,
        summed(row.kept for row in rows),
        step_memory(graph, element, batch, optimizer, mixed),
        None if activations is None else expand(weights + activations),
        graph.inputs,
        {name: graph.shapes[tensor] for name, tensor in graph.outputs.items()},
    )


def summed(values: Any) -> Size | None:
    """The sum; None where a term is not known."""
    total: Size = 0
    for value in values:
        if value is None:
            return None
        total += value
    return expand(total)
