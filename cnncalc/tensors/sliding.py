"""Convolutions with their gradients, over all axes of a tensor."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc import formulas
from cnncalc.tensors.core import (
    Index,
    PerAxis,
    ShapeError,
    Tensor,
    at,
    build,
    elementwise,
    indices,
    per_axis,
    shape,
)
from cnncalc.tensors.products import flip


class Windows:
    """Where the windows of an operation lie: an output index and a tap give an input index."""

    def __init__(
        self,
        sizes: Sequence[int],
        kernel: Sequence[int],
        stride: PerAxis = 1,
        padding: PerAxis = 0,
        dilation: PerAxis = 1,
    ) -> None:
        rank = len(sizes)
        if len(kernel) != rank:
            raise ShapeError(
                f"a kernel of {len(kernel)} axes on a tensor of {rank}",
                "both need the same number of axes; conv_channels takes channels apart",
            )
        self.sizes, self.kernel = sizes, kernel
        self.stride = per_axis(stride, rank, "the stride")
        self.padding = per_axis(padding, rank, "the padding", least=0)
        self.dilation = per_axis(dilation, rank, "the dilation")

    @property
    def output(self) -> list[int]:
        axes = zip(self.sizes, self.kernel, self.stride, self.padding, self.dilation)
        return [formulas.slide(n, k, s, 2 * p, d) for n, k, s, p, d in axes]

    def spread(self, extra: Sequence[int]) -> list[int]:
        """Sizes of the transposed convolution with these windows."""
        axes = zip(self.sizes, self.kernel, self.stride, self.padding, self.dilation, extra)
        return [formulas.spread(n, k, s, 2 * p, d, e) for n, k, s, p, d, e in axes]

    def inside(self, unit: Index) -> Iterator[tuple[Index, Index]]:
        """Taps of a unit that lie in the input, each with the input's index."""
        for tap in indices(self.kernel):
            place = tuple(
                i * s - p + a * d
                for i, a, s, p, d in zip(unit, tap, self.stride, self.padding, self.dilation)
            )
            if all(0 <= i < n for i, n in zip(place, self.sizes)):
                yield tap, place


def conv(x: Tensor, w: Tensor, s: PerAxis = 1, p: PerAxis = 0, d: PerAxis = 1) -> Tensor:
    """Cross-correlation over all axes, with zeros as padding.

    >>> conv([1, 2, 3, 4], [1, 0, -1])
    [-2, -2]
    """
    windows = Windows(shape(x), shape(w), s, p, d)
    return build(
        windows.output,
        lambda unit: sum(at(w, tap) * at(x, place) for tap, place in windows.inside(unit)),
    )


def convolve(x: Tensor, w: Tensor, s: PerAxis = 1, p: PerAxis = 0, d: PerAxis = 1) -> Tensor:
    """Convolution in the sense of mathematics: with the kernel flipped along every axis."""
    return conv(x, flip(w), s, p, d)


def deconv(
    x: Tensor, w: Tensor, s: PerAxis = 1, p: PerAxis = 0, d: PerAxis = 1, op: PerAxis = 0
) -> Tensor:
    """Transposed convolution: each input spreads the kernel over the output.

    ``op`` is output padding: positions more at the end.

    >>> deconv([1, 2], [1, 1, 1], s=2)
    [1, 1, 3, 2, 2]
    """
    windows = Windows(shape(x), shape(w), s, p, d)
    extra = per_axis(op, len(windows.sizes), "the output padding", least=0)
    return _spread(x, w, windows, windows.spread(extra))


def _spread(x: Tensor, w: Tensor, windows: Windows, output: Sequence[int]) -> Tensor:
    total = build(output, lambda index: 0)
    over = Windows(output, windows.kernel, windows.stride, windows.padding, windows.dilation)
    for unit in indices(shape(x)):
        for tap, place in over.inside(unit):
            row = at(total, place[:-1])
            row[place[-1]] = row[place[-1]] + at(x, unit) * at(w, tap)
    return total


def conv_grad_input(
    w: Tensor,
    g: Tensor,
    s: PerAxis = 1,
    p: PerAxis = 0,
    size: PerAxis = None,
    d: PerAxis = 1,
) -> Tensor:
    """Gradient of a convolution by its input, from the gradient of its output.

    ``size`` is the input's: with a stride, several inputs give outputs of one size.
    """
    windows = Windows(shape(g), shape(w), s, p, d)
    output = windows.spread([0] * len(windows.sizes))
    if size is not None:
        output = per_axis(size, len(output), "the size")
    return _spread(g, w, windows, output)


def conv_grad_weight(
    x: Tensor,
    g: Tensor,
    s: PerAxis = 1,
    p: PerAxis = 0,
    size: PerAxis = None,
    d: PerAxis = 1,
) -> Tensor:
    """Gradient of a convolution by its kernel: the input correlated with the output's gradient.

    Stride and dilation change places. ``size`` is the kernel's: with a stride, several kernels
    give outputs of one size.
    """
    found = conv(x, g, d, p, s)
    if size is None:
        return found
    kernel = per_axis(size, len(shape(found)), "the size")
    return build(kernel, lambda index: at(found, index))


def conv_channels(
    x: Tensor, w: Tensor, s: PerAxis = 1, p: PerAxis = 0, d: PerAxis = 1, b: Any = 0
) -> Tensor:
    """A convolution layer: x is C, H, W; w is O, C, K, K; ``b`` a bias, or one for each of O."""
    _channels(x, w)
    biases = b if isinstance(b, list) else [b] * len(w)
    return [
        _sum([conv(one, kernel, s, p, d) for one, kernel in zip(x, kernels)], bias)
        for kernels, bias in zip(w, biases)
    ]


def conv_channels_grad_input(
    w: Tensor, g: Tensor, s: PerAxis = 1, p: PerAxis = 0, size: PerAxis = None, d: PerAxis = 1
) -> Tensor:
    """Gradient of a layer by its input C, H, W: each filter hands its map's gradient back."""
    return [
        _sum([conv_grad_input(kernel, one, s, p, size, d) for kernel, one in zip(kernels, g)])
        for kernels in zip(*w)
    ]


def conv_channels_grad_weight(
    x: Tensor, g: Tensor, s: PerAxis = 1, p: PerAxis = 0, size: PerAxis = None, d: PerAxis = 1
) -> Tensor:
    """Gradient of a layer by its filters O, C, K, K: every channel with every map's gradient."""
    return [[conv_grad_weight(one, part, s, p, size, d) for one in x] for part in g]


def deconv_channels(
    x: Tensor,
    w: Tensor,
    s: PerAxis = 1,
    p: PerAxis = 0,
    d: PerAxis = 1,
    op: PerAxis = 0,
    b: Any = 0,
) -> Tensor:
    """A transposed convolution as a layer: x is C, H, W; w is C, O, K, K, as in PyTorch."""
    if len(w) != len(x):
        raise ShapeError(
            f"kernels for {len(w)} channels on an input of {len(x)}",
            "w is C, O and the kernel: first the channels of the input, then those of the output",
        )
    biases = b if isinstance(b, list) else [b] * len(w[0])
    return [
        _sum([deconv(one, kernel, s, p, d, op) for one, kernel in zip(x, kernels)], bias)
        for kernels, bias in zip(zip(*w), biases)
    ]


def _channels(x: Tensor, w: Tensor) -> None:
    if not all(len(one) == len(x) for one in w):
        raise ShapeError(
            f"filters of {len(w[0])} channels on an input of {len(x)}",
            "each filter has as many channels as the input",
        )


def _sum(parts: list[Tensor], more: Any = 0) -> Tensor:
    return elementwise(lambda *values: sum(values[1:], values[0]), *parts, more)
