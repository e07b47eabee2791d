"""What units see, measured: the positions of the input that their gradients reach.

The network is PyTorch's own modules with their own kernels, strides and padding, and knows nothing
of our windows. So that its gradients say which positions are read, and nothing else:

- all weights are 1 and there are no biases: nothing cancels;
- between two layers every value is 1, and every gradient is made 0 or 1 on its way back: nothing
  over- or underflows, however deep the network;
- the channels of a tensor are summed into one, as a field is one of positions, whatever their
  channels. So layers are built with as few channels as they take, and with one group;
- a maximum, which hides all but one position of its window, is a sum over the same window: that of
  the arguments that PyTorch's maximum is given, as often as it makes units;
- layers that act position by position and multiply nothing (activations, normalisation, dropout)
  let their input through; so do those that see the whole map besides: that is their local part.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.backends.torch.maxima import SumsForMaxima
from cnncalc.backends.torch.reach import Local
from cnncalc.backends.torch.strips import output
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.layers.windows import POINT
from cnncalc.sizes import Shape

#: Gradients below are 0: an element of a mean over 10^9 has more, a rounding error less.
_LEAST = 1e-10
#: Bytes that the tensors of one forward pass may take, roughly.
_MEMORY = 1 << 28
#: Units measured in one backward pass, at most.
_MOST_ROWS = 64
#: Channels that a layer may need so that its input has some for each part, or position.
_MOST_CHANNELS = 64
#: Arguments that multiply channels, and what they are when there is one.
_FEW = {"out": 1, "groups": 1, "multiplier": 1}


class Unit(NamedTuple):
    """A unit of a tensor, by its place along the axis that is measured."""

    tensor: str
    at: int


class UnrunnableError(Exception):
    """A layer's twin does not run, or makes other positions than is stated."""

    def __init__(self, node: Node, made: str | tuple[int, ...]) -> None:
        super().__init__(f"{node.name} should make {node.shape.spatial}, got {made}")
        self.node = node
        self.made = made


class _Step(NamedTuple):
    """A layer of the network; without a module, it lets its input through.

    For each input whether it is followed, and the channels that the layer is given.
    """

    node: Node
    module: Any
    passes: tuple[bool, ...]
    channels: tuple[int, ...] = ()


class Instrument:
    """A graph as a network to measure with.

    ``local``: the part that is followed, all when not given. In the place of what is not, its
    layers read ones: nothing passes through them.
    """

    def __init__(self, graph: Graph, local: Local | None = None, device: str = "cpu") -> None:
        self.graph = graph
        self.tensors = local.tensors if local else frozenset(graph.shapes)
        #: For each tensor the one that it equals, where layers let through what they read.
        self.same = {name: name for name in graph.inputs}
        self._device = torch.device(device)
        self._steps = []
        for node in graph:
            if node.name in self.tensors:
                passes = local.passes[node.name] if local else (True,) * len(node.inputs)
                step = _step(graph, node, passes)
                self._steps.append(step)
                self.same[node.name] = node.name if step.module else self.same[node.inputs[0]]
                if isinstance(step.module, nn.Module):
                    step.module.to(self._device, torch.float64)

    @property
    def elements(self) -> int:
        """Numbers that are computed for one unit, forward."""
        shapes, total = self.graph.shapes, 0
        for step in self._steps:
            if step.module:
                xs = zip(step.node.inputs, step.channels)
                total += sum(_positions(shapes[name]) * channels for name, channels in xs)
                total += _positions(step.node.shape)
        return total

    def seen(self, units: Sequence[Unit], axis: int) -> list[int]:
        """For each unit the positions along ``axis`` of the inputs that it depends on.

        As a number with one bit for each position, the first the lowest. Of the other axes all
        units and all positions count. Fastest when the units of one tensor stand together, tensors
        in the order of the network.
        """
        rows = max(1, min(_MOST_ROWS, len(units), _MEMORY // (16 * max(1, self.elements))))
        found: list[int] = []
        with _one_thread(), warnings.catch_warnings(), torch.enable_grad():
            warnings.simplefilter("ignore")  # torch's remarks on its own speed
            inputs = {name: self._ones(rows, shape) for name, shape in self.graph.inputs.items()}
            rank = max(shape.rank for shape in self.graph.inputs.values())
            wanted = [
                name
                for name, shape in self.graph.inputs.items()
                if shape.rank == rank and name in self.tensors
            ]
            leaves = [inputs[name].requires_grad_() for name in wanted]
            dims = [self._dim(name, axis) for name in wanted]
            made = self._run(inputs, rows)
            for start in range(0, len(units), rows):
                chunk = units[start : start + rows]
                total = self._chosen(made, chunk, axis)
                if not total.requires_grad:  # they depend on no input
                    found += [0] * len(chunk)
                    continue
                grads = torch.autograd.grad(total, leaves, retain_graph=True, allow_unused=True)
                masks = [_bits(g, dim) for g, dim in zip(grads, dims) if g is not None]
                found += [_together(row) for row in list(zip(*masks))[: len(chunk)]]
        return found

    def _run(self, inputs: dict[str, Tensor], rows: int) -> dict[str, Tensor]:
        made, shapes = dict(inputs), self.graph.shapes
        with SumsForMaxima():
            for node, module, followed, channels in self._steps:
                if module is None:
                    made[node.name] = made[node.inputs[0]]
                    continue
                xs = [
                    _widened(
                        made[name] if passes else self._ones(rows, shapes[name]),
                        shapes[name],
                        count,
                    )
                    for name, passes, count in zip(node.inputs, followed, channels)
                ]
                made[node.name] = _level(_ran(node, module, xs), _channel_dim(node.shape))
        return made

    def _chosen(self, made: dict[str, Tensor], chunk: Sequence[Unit], axis: int) -> Tensor:
        """The sum of the chunk's units, each in the row to itself."""
        total, row = torch.zeros((), dtype=torch.float64, device=self._device), 0
        for tensor, group in groupby(chunk, key=lambda unit: unit.tensor):
            indices = [unit.at for unit in group]
            picked = made[tensor].movedim(self._dim(tensor, axis), 1)
            total = total + picked[range(row, row + len(indices)), indices].sum()
            row += len(indices)
        return total

    def _dim(self, tensor: str, axis: int) -> int:
        return axis + (1 if self.graph.shapes[tensor].features_last else 2)

    def _ones(self, rows: int, shape: Shape) -> Tensor:
        sizes = shape.like(1, shape.spatial)
        return torch.ones(rows, *sizes, dtype=torch.float64, device=self._device)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Strips are too narrow to be shared: on a busy machine that makes it slower a hundredfold."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


class _Level(torch.autograd.Function):
    """One channel of ones; what reaches a position of it, reaches all the channels."""

    @staticmethod
    def forward(ctx: Any, y: Tensor, dim: int) -> Tensor:
        ctx.shape = y.shape
        sizes = list(y.shape)
        sizes[dim] = 1
        return y.new_ones(sizes)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None]:
        (grad,) = grads
        return (grad > _LEAST).to(grad.dtype).expand(ctx.shape), None


def _level(y: Tensor, dim: int) -> Tensor:
    found: Tensor = _Level.apply(y, dim)  # type: ignore[no-untyped-call]
    return found


def _step(graph: Graph, node: Node, passes: tuple[bool, ...]) -> _Step:
    layer, xs = node.layer, graph.inputs_of(node)
    if _lets_through(layer, xs, node.shape):
        return _Step(node, None, passes)
    layer, xs = _thin(layer, xs, node.shape)
    try:
        module = layer.torch(torch, *xs)
    except Exception as error:
        raise UnrunnableError(node, f"{type(error).__name__}: {error}") from error
    if isinstance(module, nn.Module):
        module.requires_grad_(False)
        for name, weight in module.named_parameters():
            weight.fill_(0 if name.endswith("bias") else 1)
    return _Step(node, module, passes, tuple(x.channels for x in xs))


def _lets_through(layer: Layer, xs: tuple[Shape, ...], y: Shape) -> bool:
    if len(xs) != 1 or tuple(y) != tuple(xs[0]) or y.features_last != xs[0].features_last:
        return False
    if any(window is not POINT for window in layer.reads(*xs)[0]):
        return False
    return layer.reaches_all(*xs) or not any(weight.uses for weight in layer.weights(xs[0], y))


def _thin(layer: Layer, xs: tuple[Shape, ...], y: Shape) -> tuple[Layer, tuple[Shape, ...]]:
    """The layer with as few channels as it takes, and its inputs; as they are, if it takes none."""
    few = {name: n for name, n in _FEW.items() if name in layer.arguments}
    narrow = layer.replace(**few) if few else layer
    for channels in range(1, _MOST_CHANNELS + 1):
        thin = tuple(x.like(channels, x.spatial) for x in xs)
        made = output(narrow, thin)
        if made is not None and made.spatial == y.spatial:
            return narrow, thin
    return layer, xs


def _ran(node: Node, module: Any, xs: list[Tensor]) -> Tensor:
    try:
        y: Tensor = module(*xs)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        raise UnrunnableError(node, f"{type(error).__name__}: {error}") from error
    sizes = tuple(y.shape[1:-1] if node.shape.features_last else y.shape[2:])
    if sizes != tuple(node.shape.spatial):
        raise UnrunnableError(node, sizes)
    return y


def _widened(x: Tensor, shape: Shape, channels: int) -> Tensor:
    sizes = list(x.shape)
    sizes[_channel_dim(shape)] = channels
    return x.expand(sizes)


def _channel_dim(shape: Shape) -> int:
    return -1 if shape.features_last else 1


def _positions(shape: Shape) -> int:
    found = 1
    for n in shape.spatial:
        found *= n
    return found


def _bits(grad: Tensor, dim: int) -> list[int]:
    """For each row a number with a bit for every position along ``dim`` that it has reached."""
    hits = grad.movedim(dim, 1).flatten(2).amax(2) > _LEAST
    octets = functional.pad(hits, (0, -hits.shape[1] % 8)).reshape(len(hits), -1, 8)
    powers = torch.tensor([1 << bit for bit in range(8)], dtype=torch.uint8, device=grad.device)
    packed = (octets * powers).sum(2, dtype=torch.uint8)
    return [int.from_bytes(bytes(row), "little") for row in packed.tolist()]


def _together(masks: Sequence[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
