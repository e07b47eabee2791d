"""Every formula of the project, once.

Each is evaluated on ints and on sympy expressions alike; analyses, layers, checks and
documentation call these and never restate them. One spatial axis at a time.
"""

from __future__ import annotations

from cnncalc.sizes import (
    Number,
    Size,
    ceil_div,
    equal,
    exact_div,
    floor_div,
    minimum,
    power_sum,
)


def span(kernel: Size, dilation: Size = 1) -> Size:
    """How many input positions a kernel stretches over, holes included: d(k − 1) + 1.

    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic", section 5.1.

    >>> span(3), span(3, 2)
    (3, 5)
    """
    return dilation * (kernel - 1) + 1


def slide(
    size: Size, kernel: Size, stride: Size = 1, padding: Size = 0, dilation: Size = 1
) -> Size:
    """Positions a sliding window takes: ⌊(n + P − span) / s⌋ + 1, with P the padding of both sides.

    Source: PyTorch, ``torch.nn.Conv2d`` and ``torch.nn.MaxPool2d``, section Shape.

    >>> slide(224, kernel=7, stride=2, padding=6)
    112
    """
    return floor_div(size + padding - span(kernel, dilation), stride) + 1


def left_over(
    size: Size, kernel: Size, stride: Size = 1, padding: Size = 0, dilation: Size = 1
) -> Size:
    """Positions behind the last window, of the padded input: n + P − span − s(out − 1).

    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic", section 4.2 (the floor).

    >>> left_over(224, kernel=7, stride=2, padding=6), left_over(5, kernel=3)
    (1, 0)
    """
    steps = slide(size, kernel, stride, padding, dilation) - 1
    return size + padding - span(kernel, dilation) - stride * steps


def slide_ceil(
    size: Size,
    kernel: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    before: Size = 0,
) -> Size:
    """Positions with ``ceil_mode``: windows may hang over the end, but must start inside.

    min(⌈(n + P − span)/s⌉ + 1, ⌈(n + before)/s⌉). Source: PyTorch, ``torch.nn.MaxPool2d``, note on
    ``ceil_mode`` ("sliding windows that would start in the right padded region are ignored").

    >>> slide_ceil(112, kernel=3, stride=2), slide(112, kernel=3, stride=2)
    (56, 55)
    """
    hanging = ceil_div(size + padding - span(kernel, dilation), stride) + 1
    return minimum((hanging, ceil_div(size + before, stride)))


def spread(
    size: Size,
    kernel: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    extra: Size = 0,
) -> Size:
    """Positions of a transposed convolution: (n − 1)s − P + span + output padding.

    Source: PyTorch, ``torch.nn.ConvTranspose2d``, section Shape.

    >>> spread(28, kernel=2, stride=2)
    56
    """
    return (size - 1) * stride - padding + span(kernel, dilation) + extra


def halves(total: Size) -> tuple[Size, Size]:
    """Rows shared between both sides, the odd one after: ⌊t/2⌋ and the rest.

    Source: PyTorch, ``torch.nn.Conv2d`` with ``padding='same'``.

    >>> halves(4), halves(5)
    ((2, 2), (2, 3))
    """
    before = floor_div(total, 2)
    return before, total - before


def same_padding(kernel: Size, dilation: Size = 1) -> tuple[Size, Size]:
    """Padding before and after that keeps the size at stride 1: span − 1 in all, the odd one after.

    Source: PyTorch, ``torch.nn.Conv2d`` with ``padding='same'``.

    >>> same_padding(3), same_padding(4)
    ((1, 1), (1, 2))
    """
    return halves(span(kernel, dilation) - 1)


def scaled(index: int, size: int, out: int) -> int:
    """The input position that a unit falls on when ``size`` positions make ``out`` units: ⌊i n/o⌋.

    Source: PyTorch, ``aten/src/ATen/native/UpSample.h`` (nearest neighbour).

    >>> [scaled(unit, size=2, out=3) for unit in range(3)]
    [0, 0, 1]
    """
    return floor_div(index * size, out)


def adaptive_window(index: int, size: int, out: int) -> tuple[int, int]:
    """First and last input position of adaptive pooling's window: ⌊i n/o⌋ and ⌈(i + 1) n/o⌉ − 1.

    Source: PyTorch, ``aten/src/ATen/native/AdaptivePooling.h`` (start_index, end_index).

    >>> adaptive_window(1, size=7, out=3)
    (2, 4)
    """
    return scaled(index, size, out), ceil_div((index + 1) * size, out) - 1


def enlarged(size: Size, scale: Size) -> Size:
    """Positions after enlarging: n s.

    Source: PyTorch, ``torch.nn.Upsample``, section Shape.

    >>> enlarged(7, 2)
    14
    """
    return size * scale


def interpolated(unit: int, size: int, out: int, align: bool = False) -> tuple[int, int]:
    """Where a unit of linear interpolation lies between input positions, as a fraction (a, b).

    (m + 1/2) n/o − 1/2; with corners aligned, ``size`` and ``out`` count the steps between
    positions, and it is m n/o. Source: PyTorch, ``aten/src/ATen/native/UpSample.h``.

    >>> interpolated(0, size=1, out=2), interpolated(1, size=1, out=2)
    ((-1, 4), (1, 4))
    """
    if align:
        return unit * size, out
    return (2 * unit + 1) * size - out, 2 * out


def folded(position: int, size: int, mode: str) -> int | None:
    """The position of a map that one in its padding repeats; None where padding is zeros.

    Source: PyTorch, ``torch.nn.functional.pad`` (reflect, replicate, circular).

    >>> [folded(-2, 5, mode) for mode in ("zeros", "reflect", "replicate", "circular")]
    [None, 2, 0, 3]
    """
    if 0 <= position < size:
        return position
    repeated = {
        "reflect": -position if position < 0 else 2 * (size - 1) - position,
        "replicate": 0 if position < 0 else size - 1,
        "circular": position % size,
    }
    return repeated.get(mode)


def edge(first: Number, index: Size, jump: Number) -> Number:
    """Input position where unit ``index`` starts (or ends) its field: e + i j.

    The whole recurrence of receptive fields is this line applied to the first and the last
    position a window reads; r' = r + (k − 1) d j and start' = start − p j follow.
    Source: Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural
    networks", Distill.

    >>> edge(-3, 2, 4)
    5
    """
    return first + index * jump


def geometric(ratio: Size, count: Size) -> Size:
    """How far equal steps that grow by ``ratio`` lead: 1 + r + … + r^(n−1) = (r^n − 1)/(r − 1).

    n for r = 1; where r may be 1 or not, the sum stays a sum.
    Source: Graham, Knuth & Patashnik 1994, "Concrete Mathematics", section 2.3.

    >>> geometric(2, 4), geometric(1, 4)
    (15, 4)
    """
    one = equal(ratio, 1)
    if one is None:
        return power_sum(ratio, count)
    return count if one else exact_div(ratio**count - 1, ratio - 1)


def macs(weights: Size, uses: Size) -> Size:
    """Multiply–accumulates of a weight tensor: each of its elements is used ``uses`` times an image.

    >>> macs(10 * 3 * 5 * 5, 32 * 32)
    768000
    """
    return weights * uses


def flops(macs: Size) -> Size:
    """Floating-point operations of multiply–accumulates: one multiplication and one addition each."""
    return 2 * macs
