"""What units see, measured: the positions of the input where a unit's gradient is not zero.

The network is PyTorch's, in float64, with positive weights, no biases and positive inputs, so that
nothing cancels and every relu lets through. A maximum hides all but one position of its window; a
sum over the same window takes its place.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from cnncalc.analyses.receptive_field import NOTHING, AxisField, Fields, receptive_fields
from cnncalc.backends.torch.build import build
from cnncalc.graph import Graph, Node
from cnncalc.layers import KINDS, Layer
from cnncalc.layers.windows import Slide
from cnncalc.sizes import Shape

torch.set_num_threads(1)


class SumPool(KINDS["maxpool"]):  # type: ignore[misc, valid-type]
    """Max pooling's windows, summed: the mean over the same taps, which hides none."""

    def torch(self, torch: Any, *xs: Shape) -> Any:
        (x,) = xs
        windows = self.windows(x)
        outs = self.output(x).spatial
        pads: list[int] = []
        for window, n, out in zip(windows, x.spatial, outs, strict=True):
            assert isinstance(window, Slide)
            reach = (out - 1) * window.stride + window.dilation * (window.kernel - 1) + 1
            pads = [window.before, reach - window.before - n, *pads]
        kernel, stride, dilation = (
            tuple(getattr(window, name) for window in windows)
            for name in ("kernel", "stride", "dilation")
        )
        convolve = getattr(nn.functional, f"conv{x.rank}d")

        def pooled(tensor: Tensor) -> Tensor:
            ones = torch.ones(x.channels, 1, *kernel, dtype=tensor.dtype)
            padded = nn.functional.pad(tensor, pads)
            return convolve(
                padded, ones / ones[0].numel(), None, stride, 0, dilation, groups=x.channels
            )

        return pooled


def positive(graph: Graph) -> nn.Module:
    """The network in PyTorch, with means for maxima, positive weights and no biases."""

    def soft(layer: Layer) -> Layer:
        return SumPool(**layer.given) if layer.kind == "maxpool" else layer

    nodes = tuple(
        Node(node.name, soft(node.layer), node.inputs, node.shape, node.at, node.scopes)
        for node in graph
    )
    network = build(Graph(graph.inputs, nodes, graph.outputs)).double().eval()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            weight.fill_(0 if name.endswith("bias") else weight.shape[0] / weight.numel())
    return network


def seen(
    graph: Graph, axis: int, units: list[int] | None = None, node: str | None = None
) -> list[list[int]]:
    """For each unit along an axis, the input positions along it that any such unit sees.

    Each unit has a copy of the input to itself, so that one backward pass serves all. Of the other
    axes all units and all positions are taken together. ``node``: the tensor, if not the output.
    """
    name = node or next(iter(graph.outputs.values()))
    units = list(range(graph.shapes[name].spatial[axis])) if units is None else units
    network = positive(Graph(graph.inputs, graph.nodes, {"output": name}))
    xs = [
        torch.ones(len(units), *shape, dtype=torch.float64, requires_grad=True)
        for shape in graph.inputs.values()
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's remarks on its own speed
        made = network(*xs).movedim(axis + 2, 1)
    made[range(len(units)), units].sum().backward()
    assert all(x.grad is None or x.grad.min() >= 0 for x in xs), "a gradient may have cancelled"
    flat = [x.grad.movedim(axis + 2, 1).flatten(2).sum(2) for x in xs if x.grad is not None]
    return [row.nonzero().flatten().tolist() for row in torch.stack(flat).sum(0)]


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
    """Units of a tensor whose fields are clear of the borders of every map on the way.

    Position −1 of any map, and the one after its last, do not exist (or are padding): a unit that
    would read one has a field that reaches as far as that position's.
    """
    low, high = -1, min(shape.spatial[axis] for shape in graph.inputs.values() if shape.rank > axis)
    for tensor, shape in graph.shapes.items():
        sliding = fields[tensor][axis].sliding if tensor in fields else None
        if sliding is None:
            continue
        size = shape.spatial[axis]
        before = (sliding.interval(unit) for unit in range(-sliding.period, 0))
        after = (sliding.interval(unit) for unit in range(size, size + sliding.period))
        low = max(low, low, *(found[1] for found in before if found))
        high = min(high, high, *(found[0] for found in after if found))
    sliding = fields[name][axis].sliding
    assert sliding is not None
    clear: list[int] = []
    longest = range(0)
    for unit in range(graph.shapes[name].spatial[axis]):
        found = sliding.interval(unit)
        if found is None:
            continue
        if low < found[0] and found[1] < high:
            clear.append(unit)
            longest = max(longest, range(clear[0], unit + 1), key=len)
        else:
            clear.clear()
    return longest


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
