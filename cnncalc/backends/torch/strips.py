"""The same network on an input of another size: long enough, or as narrow as it goes.

Layers stay as they are, kernels, strides, padding and all; sizes are worked out anew, each layer
held to what it requires. Absolute sizes (``adaptive_avgpool 6``, ``crop like=up``) become those
with which the layer's units read as before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import lcm
from typing import Any

from cnncalc.analyses.receptive_field import Fields
from cnncalc.errors import CnncalcError, Position, Source
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.layers.arguments import Axes, Like
from cnncalc.layers.windows import Window
from cnncalc.sizes import Shape, Size
from cnncalc.spec.limits import Limits
from cnncalc.spec.placing import Placing
from cnncalc.spec.values import Tensor

#: Argument names of absolute sizes, and of tensors whose size is taken over.
_SIZE, _LIKE = "size", "like"


def part(graph: Graph, names: frozenset[str]) -> Graph:
    """What makes the tensors ``names``; each of them is an output."""
    wanted, nodes = {*names}, []
    for node in reversed(graph.nodes):
        if node.name in wanted:
            wanted.update(node.inputs)
            nodes.append(node)
    inputs = {name: shape for name, shape in graph.inputs.items() if name in wanted}
    return Graph(inputs, tuple(reversed(nodes)), {name: name for name in sorted(names)})


def output(layer: Layer, xs: tuple[Shape, ...]) -> Shape | None:
    """What a layer makes of inputs of these shapes; None when they do not meet its requirements."""
    at = Position(Source("", ""), 0, 0)
    try:
        sources = [Tensor("", x) for x in xs]
        return Placing(Limits()).add("", layer, sources, at, ()).shape
    except CnncalcError:
        return None


def resized(graph: Graph, tensors: Collection[str], deltas: tuple[int, ...]) -> Graph | None:
    """The network on inputs that are larger by ``deltas`` along each axis (smaller, if negative).

    None when it is not well-formed there. Only the layers that make ``tensors`` are held to that;
    of the other tensors that these read (gates, the whole map) only the sizes count. Inputs with
    fewer axes stay as they are.
    """
    shapes: dict[str, Shape] = {}
    for name, shape in graph.inputs.items():
        shapes[name] = shape
        if shape.rank == len(deltas):
            sizes = [n + delta for n, delta in zip(shape.spatial, deltas)]
            if min(sizes) < 1:
                return None
            shapes[name] = shape.like(shape.channels, sizes)
    layers: dict[str, Layer] = {}
    for node in graph:
        if node.name in tensors:
            shapes.update(_besides(graph, node, tensors, shapes))
        xs = tuple(shapes[name] for name in node.inputs)
        try:
            layer = _refitted(node, graph, xs, shapes)
            made = output(layer, xs) if node.name in tensors else layer.output(*xs)
        except CnncalcError:
            layer, made = node.layer, None
        if made is None and node.name in tensors:
            return None
        layers[node.name], shapes[node.name] = layer, made or node.shape
    nodes = tuple(
        Node(node.name, layers[node.name], node.inputs, shapes[node.name], node.at, node.scopes)
        for node in graph
    )
    return Graph({name: shapes[name] for name in graph.inputs}, nodes, graph.outputs)


def _besides(
    graph: Graph, node: Node, tensors: Collection[str], shapes: dict[str, Shape]
) -> Iterator[tuple[str, Shape]]:
    """Other tensors that are as large as the followed one that they are joined with remain so."""
    guide = next(name for name in node.inputs if name in tensors)
    for name in node.inputs:
        old = graph.shapes[name]
        if name not in tensors and old.spatial == graph.shapes[guide].spatial:
            yield name, old.like(old.channels, shapes[guide].spatial)


def _refitted(node: Node, graph: Graph, xs: tuple[Shape, ...], shapes: dict[str, Shape]) -> Layer:
    """The layer with its absolute sizes changed so that its units read what they did.

    Where none does, with some: its field is then another.
    """
    layer, old = node.layer, graph.inputs_of(node)
    candidates = list(_candidates(layer, old[0], xs[0], graph, shapes))
    for candidate in candidates:
        if _alike(layer.reads(*old), old, candidate.reads(*xs), xs):
            return candidate
    return candidates[-1] if candidates else layer


def _candidates(
    layer: Layer, old: Shape, new: Shape, graph: Graph, shapes: dict[str, Shape]
) -> Iterator[Layer]:
    """The layer with other absolute sizes; none for one that has no absolute size."""
    arguments, given = layer.arguments, vars(layer)
    if isinstance(arguments.get(_SIZE), Axes) and given[_SIZE] is not None:
        axes = list(zip(layer.along(_SIZE, old), old.spatial, new.spatial))
        for way in (_in_proportion, _with_difference):
            yield layer.replace(size=tuple(way(*axis) for axis in axes))
    if isinstance(arguments.get(_LIKE), Like) and given[_LIKE] is not None:
        like: Any = given[_LIKE]
        earlier = (shape for name, shape in shapes.items() if graph.shapes[name] == like)
        yield from (layer.replace(like=shape) for shape in dict.fromkeys(earlier))


def _in_proportion(out: int, n: int, m: int) -> int:
    return max(1, out * m // n)


def _with_difference(out: int, n: int, m: int) -> int:
    return max(1, out + m - n)


def _alike(
    olds: tuple[tuple[Window, ...], ...],
    old: tuple[Shape, ...],
    news: tuple[tuple[Window, ...], ...],
    new: tuple[Shape, ...],
) -> bool:
    return all(
        before.taps(n) == after.taps(m)
        for windows, others, x, y in zip(olds, news, old, new)
        for before, after, n, m in zip(windows, others, x.spatial, y.spatial)
    )


def stride(graph: Graph, fields: dict[str, Fields], axis: int) -> int:
    """Inputs that differ by a multiple of this meet the same borders: all jumps divide it."""
    steps = [
        field.sliding.step
        for name, found in fields.items()
        if name in graph.shapes
        for field in found[axis : axis + 1]
        if field.sliding is not None
    ]
    return lcm(1, *(int(step) for step in steps if step == int(step)))


def narrowest(n: Size, step: int, fits: Callable[[int], bool]) -> int:
    """The smallest size of an input along an axis at which the network ``fits``: as a difference.

    1, or one that differs from ``n`` by a multiple of ``step``. It is taken to fit at all sizes
    from some on, which need not be true: what is returned does fit, or is 0.
    """
    if fits(1 - n):
        return 1 - n
    most = (n - 1) // step
    low, high = most, most + 1  # taking away high steps is too much, or not tried
    tried = 1
    while low > 0 and not fits(-low * step):
        high, low, tried = low, max(0, low - tried), tried * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(-middle * step) else (low, middle)
    return -low * step
