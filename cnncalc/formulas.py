"""Every formula of the project, once.

Each is evaluated on ints and on sympy expressions alike; analyses, layers, checks and
documentation call these and never restate them. One spatial axis at a time.
"""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.sizes import (
    Number,
    Size,
    ceil_div,
    equal,
    exact_div,
    floor_div,
    maximum,
    minimum,
    power_sum,
    ratio,
)


def span(kernel: Size, dilation: Size = 1) -> Size:
    """How many input positions a kernel stretches over, holes included: d(k − 1) + 1.

    Its k elements are k − 1 steps of d apart, and the first element is a position too.
    Source: Dumoulin & Visin 2016, "A guide to convolution arithmetic", section 5.1.

    >>> span(3), span(3, 2)
    (3, 5)
    """
    return dilation * (kernel - 1) + 1


def slide(
    size: Size,
    kernel: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    divide: Callable[[Number, Number], Size] = floor_div,
) -> Size:
    """Positions a sliding window takes: ⌊(n + P − span)/s⌋ + 1, with P the padding of both sides.

    The first window covers span positions of the n + P that there are; each step of s that still
    fits into the rest gives one more. What is left over at the end is not read, hence the floor.
    Source: PyTorch, ``torch.nn.Conv2d`` and ``torch.nn.MaxPool2d``, section Shape.

    >>> slide(224, kernel=7, stride=2, padding=6)
    112
    """
    return divide(size + padding - span(kernel, dilation), stride) + 1


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

    min(⌈(n + P − span)/s⌉ + 1, ⌈(n + before)/s⌉). A last window that is only partly inside counts,
    so the steps are rounded up; the second term leaves out windows that would begin behind the
    input. Source: PyTorch, ``torch.nn.MaxPool2d``, note on ``ceil_mode`` ("sliding windows that
    would start in the right padded region are ignored").

    >>> slide_ceil(112, kernel=3, stride=2), slide(112, kernel=3, stride=2)
    (56, 55)
    """
    hanging = slide(size, kernel, stride, padding, dilation, divide=ceil_div)
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

    It is the sliding window turned round: n kernels of span positions are laid s apart, so the last
    begins at (n − 1)s; padding is cut off here. Several sizes are rounded to one by a convolution
    with stride, and the output padding says which of them is meant.
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

    Each position becomes s of them.
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
    """Input position where unit i starts (or ends) its field: e + i j, with e that of unit 0.

    Neighbouring units see the same, j input positions further on; so i units on, a field begins
    i j later. The whole recurrence of receptive fields is this line applied to the first and the
    last position a window reads; r' = r + (k − 1) d j and start' = start − p j follow.
    Source: Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural
    networks", Distill.

    >>> edge(-3, 2, 4)
    5
    """
    return first + index * jump


def grown(size: Number, kernel: Size, jump: Number, dilation: Size = 1) -> Number:
    """Size of the field after a window: r + d(k − 1) j.

    A window reads k units, d apart; the last of them is d(k − 1) units after the first and its field
    ends d(k − 1) j input positions later. So the field grows by what the window spans beyond one
    unit, times the jump: layers behind a stride see further with the same kernel.
    Source: Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural
    networks", Distill.

    >>> grown(5, kernel=3, jump=2)
    9
    """
    return edge(size, span(kernel, dilation) - 1, jump)


def advance(jump: Number, step: Size, every: Size = 1) -> Number:
    """Input positions between neighbouring units after a window: j s, by strides multiplied.

    A window that moves by s units moves by s j input positions. Where several units share a step, as
    a transposed convolution makes them (as many as its stride), the jump is divided by their number.
    Source: Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional neural
    networks", Distill.

    >>> advance(2, 2), advance(2, 1, every=4)
    (4, Fraction(1, 2))
    """
    return ratio(jump * step, every)


def extent(first: Number, last: Number) -> Number:
    """Positions from the first to the last, both counted: last − first + 1.

    Where branches join, a unit sees what any of them sees: from the smallest first to the largest
    last position. Source: Araujo, Norris & Sim 2019, "Computing receptive fields of convolutional
    neural networks", Distill, section "Arbitrary computation graphs".

    >>> extent(-3, 3)
    7
    """
    return last - first + 1


def geometric(growth: Size, count: Size) -> Size:
    """How far equal steps that grow by ``growth`` lead: 1 + r + … + r^(n−1) = (r^n − 1)/(r − 1).

    n for r = 1; where r may be 1 or not, the sum stays a sum.
    Source: Graham, Knuth & Patashnik 1994, "Concrete Mathematics", section 2.3.

    >>> geometric(2, 4), geometric(1, 4)
    (15, 4)
    """
    one = equal(growth, 1)
    if one is None:
        return power_sum(growth, count)
    return count if one else exact_div(growth**count - 1, growth - 1)


def macs(weights: Size, uses: Size) -> Size:
    """Multiply–accumulates of a weight tensor: its elements, times how often an image uses each.

    Each use of a weight is one multiplication with an input and one addition to a running sum. A
    kernel is used once at every output position, a linear layer once an image. Biases are additions
    alone, and not counted. Source: the convention of torchvision's published numbers.

    >>> macs(10 * 3 * 5 * 5, 32 * 32)
    768000
    """
    return weights * uses


def flops(macs: Size) -> Size:
    """Floating-point operations of multiply–accumulates: one multiplication and one addition each.

    So one MAC is two FLOPs. Papers often call MACs "FLOPs"; numbers that differ by a factor of 2
    differ in this. Source: PyTorch, ``torch.utils.flop_counter``.

    >>> flops(768000)
    1536000
    """
    return 2 * macs


def stored(elements: Size, each: Size, images: Size = 1) -> Size:
    """Bytes of a tensor: its elements, times the bytes of each, times the images of the batch.

    A float32 takes 4. Source: PyTorch, ``torch.Tensor.element_size``.

    >>> stored(64 * 112 * 112, each=4)
    3211264
    """
    return elements * each * images


def intensity(macs: Size, moved: Size) -> Number:
    """Arithmetic intensity: multiply–accumulates for each byte moved to or from memory.

    Source: Williams, Waterman & Patterson 2009, "Roofline: an insightful visual performance model",
    section 2 (there in operations, of which a multiply–accumulate is two).

    >>> intensity(768000, 192000)
    4
    """
    return ratio(macs, moved)


def attainable_time(operations: Size, moved: Size, peak: Size, bandwidth: Size) -> Number:
    """The least seconds of a layer: arithmetic and memory work at once, and the slower one decides.

    max(operations / peak, bytes / bandwidth), both per second. Source: Williams, Waterman &
    Patterson 2009, section 3.

    >>> attainable_time(1000, moved=400, peak=100, bandwidth=10)
    40
    """
    return maximum((ratio(operations, peak), ratio(moved, bandwidth)))
