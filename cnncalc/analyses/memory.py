"""Activation memory at inference: what layers write, and the most that is alive at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cnncalc.graph import Graph
from cnncalc.sizes import Size, expand, maximum

#: Bytes of one element.
DTYPES: Mapping[str, int] = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int8": 1}


class Memory(NamedTuple):
    """Bytes of the tensors that layers write, and of those alive in the fullest moment."""

    written: Size
    peak: Size


def activation_memory(graph: Graph, bytes_per_element: int, batch: Size = 1) -> Memory:
    """Activation bytes of one run in the order of the graph.

    A tensor lives from when it is written until its last reader is done; inputs live from the
    start, outputs to the end. Views (flatten, identity, crop) write nothing and keep what they
    look at alive. Work space inside an operation is not counted.
    """
    storage = {name: name for name in graph.inputs}
    sizes: dict[str, Size] = {}
    for name, shape in graph.inputs.items():
        sizes[name] = shape.numel
    last: dict[str, int] = dict.fromkeys(graph.inputs, -1)
    for step, node in enumerate(graph):
        own = storage[node.name] = storage[node.inputs[0]] if node.layer.view else node.name
        if own == node.name:
            sizes[own] = node.shape.numel
        for name in (*node.inputs, node.name):
            last[storage[name]] = step
    for name in graph.outputs.values():
        last[storage[name]] = len(graph)
    scale = bytes_per_element * batch
    alive = {name for name in graph.inputs}
    live: Size = sum(sizes[name] for name in alive)
    moments: list[Size] = [live]
    written: Size = 0
    for step, node in enumerate(graph):
        if storage[node.name] == node.name:
            alive.add(node.name)
            live += sizes[node.name]
            written += sizes[node.name]
        moments.append(live)
        for name in {storage[name] for name in (*node.inputs, node.name)}:
            if last[name] <= step and name in alive:
                alive.remove(name)
                live -= sizes[name]
    peak = maximum({expand(moment) for moment in moments})
    return Memory(expand(written * scale), expand(peak * scale))
