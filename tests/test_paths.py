"""The smallest and the largest path, against all paths of random networks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from rf_graphs import Drawn, networks

import cnncalc
from cnncalc.analyses.paths import extreme_paths
from cnncalc.analyses.receptive_field import receptive_fields
from cnncalc.graph import Graph, Node


def all_paths(graph: Graph, name: str) -> Iterator[tuple[str, ...]]:
    node = next((node for node in graph if node.name == name), None)
    if node is None:
        yield (name,)
        return
    for tensor in dict.fromkeys(node.inputs):
        for path in all_paths(graph, tensor):
            yield (*path, name)


def alone(graph: Graph, path: tuple[str, ...]) -> Graph:
    """The network with every join cut down to the branch on the path."""
    nodes = {node.name: node for node in graph}
    layer = cnncalc.load("1x1 | identity").graph().nodes[0].layer
    kept = []
    for before, name in pairwise(path):
        node = nodes[name]
        own = layer if len(node.inputs) > 1 else node.layer
        kept.append(Node(name, own, (before,), node.shape))
    return Graph(graph.inputs, tuple(kept), {"output": path[-1]})


@settings(max_examples=150)
@given(networks())
def test_among_all_paths(drawn: Drawn) -> None:
    try:
        graph = cnncalc.load(drawn.text((40,) * drawn.rank)).graph()
    except cnncalc.CnncalcError:
        assume(False)
    (name,) = graph.outputs.values()
    paths = list(all_paths(graph, name))
    assume(len(paths) < 200)
    for axis in range(drawn.rank):
        sizes = []
        for path in paths:
            chain = alone(graph, path)
            size = receptive_fields(chain).fields[name][axis].size
            if size is not None:
                sizes.append(size)
        found = extreme_paths(graph, name, axis)
        assert (found is None) == (not sizes)
        if found:
            assert found.smallest.field.size == min(sizes)
            assert found.largest.field.size == max(sizes)
            for one in found:
                listed = tuple(stop.name for stop in one.stops)
                chain = alone(graph, listed)
                assert receptive_fields(chain).fields[name][axis].size == one.field.size


@pytest.mark.parametrize(
    ("net", "smallest", "largest"),
    [("resnet50", 11, 427), ("vgg16", 212, 212), ("unet", 9, 204), ("densenet121", 39, 2071)],
)
def test_of_known_networks(net: str, smallest: int, largest: int) -> None:
    """A ResNet-50 of shortcuts alone: 7x7, maxpool and three 1x1 with stride 2 see 11 pixels."""
    graph = cnncalc.load(net).graph()
    field = cnncalc.load(net).receptive_field()
    found = extreme_paths(graph, field.name, 0)
    assert found is not None
    assert found.smallest.certain
    assert found.largest.certain
    assert (found.smallest.field.size, found.largest.field.size) == (smallest, largest)


def test_symbols_leave_it_open() -> None:
    line = "KxHxW | a = conv 8 k=3 p=1 | from input | b = conv 8 k=K | crop like=a | add a x"
    assert (
        extreme_paths(cnncalc.load(line).graph(at={"H": 9, "W": 9}, symbolic=True), "add1", 0)
        is None
    )
