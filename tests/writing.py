"""Short ways to write specs and to read graphs, for tests of the language."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import Any

import cnncalc
from cnncalc.graph import Graph
from cnncalc.sizes import text


def spec(layers: str, *, input: str = "3x8x8", top: str = "") -> cnncalc.Network:
    """A network from the lines below ``layers:``; ``top`` is what else the spec says."""
    body = indent(dedent(layers).strip("\n"), "  ")
    head = f"input: {input}\n" if input else ""
    return cnncalc.parse(f"{head}{dedent(top).strip()}\nlayers:\n{body}\n", "net.yaml")


def graph(layers: str, *, input: str = "3x8x8", top: str = "", **sizes: Any) -> Graph:
    return spec(layers, input=input, top=top).graph(**sizes)


def line(text: str, **sizes: Any) -> Graph:
    return cnncalc.load(text).graph(**sizes)


def shapes(graph: Graph) -> dict[str, str]:
    """``{"conv1": "4x6x6"}``, in order."""
    return {node.name: str(node.shape) for node in graph}


def output(graph: Graph) -> str:
    """Shape of the only output."""
    (tensor,) = graph.outputs.values()
    return str(graph.shapes[tensor])


def sizes(graph: Graph) -> list[str]:
    """Sizes of the only output, which may be closed forms."""
    (tensor,) = graph.outputs.values()
    return [text(size) for size in graph.shapes[tensor]]


def described(graph: Graph) -> list[tuple[Any, ...]]:
    """What a graph is, places apart."""
    return [
        (node.name, node.kind, node.inputs, node.shape, dict(node.layer.given)) for node in graph
    ]
