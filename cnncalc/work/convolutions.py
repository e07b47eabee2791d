"""Convolutions, transposed convolutions, and the gradients of a convolution."""

from __future__ import annotations

from typing import Any

from cnncalc import formulas, tensors
from cnncalc.errors import UsageError
from cnncalc.tensors import elementwise, flip, shape
from cnncalc.work.fitting import PerAxis, axes, bounded, derived, fitted
from cnncalc.work.reading import array, counted, named, scalar
from cnncalc.work.working import Given, Result, Working

Array = Any  # nested lists of numbers, or text


class _Operands:
    """An input and a kernel: along the same axes, or as a layer's, with channels."""

    def __init__(self, x: Array, w: Array, channels_first: int) -> None:
        self.x, self.w = array(x, "x"), array(w, "w")
        sizes, kernel = shape(self.x), shape(self.w)
        self.layered = len(kernel) == len(sizes) + 1 and len(sizes) > 1
        if not self.layered and len(kernel) != len(sizes):
            raise UsageError(
                f"w has {counted(len(kernel))}, and x {len(sizes)}",
                hint="w has as many axes as x (a single row is [[1, 2]]); or one more, filters "
                "of channels, where x has channels too",
            )
        skipped = 1 if self.layered else 0
        self.sizes, self.kernel = sizes[skipped:], kernel[2 * skipped :]
        self.channels = sizes[0] if self.layered else 1
        ours = kernel[channels_first] if self.layered else 1
        if ours != self.channels:
            raise UsageError(
                f"w is for {ours} channel{'s' * (ours != 1)}, and x has {self.channels}",
                hint="w is "
                + ("channels of x, channels of y" if channels_first == 0 else "filters, channels")
                + " and the kernel's axes",
            )
        self.out = kernel[1 - channels_first] if self.layered else 1

    @property
    def rank(self) -> int:
        return len(self.sizes)

    def bias(self, given: Array) -> tuple[list[Given], Any]:
        """The bias as an array that is given, and as what is added."""
        if given is None:
            return [], 0
        b = scalar(given, "b")
        if shape(b) not in ([], [self.out] if self.layered else []):
            wanted = f"one for each of {self.out} output channels" if self.layered else "a number"
            raise UsageError(f"b has shape {shape(b)}", hint=f"a bias is {wanted}")
        known = named(b, "b")
        return [Given("b", known)], known


def conv(
    x: Array,
    w: Array,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    bias: Array = None,
) -> Working:
    """The convolution of deep learning: the kernel slides over the input, unflipped.

    x and w have the same axes (1 to 3 of them); or x is channels and axes, w filters, channels and
    axes, as in a layer. Padding is zeros, which are left out.

    >>> print(conv("1 2 3; 4 5 6; 7 8 9", "1 0 -1; 1 0 -1; 1 0 -1").at(0, 0))
    y[0,0] = 1·1 + 0·2 + (−1)·3 + 1·4 + 0·5 + (−1)·6 + 1·7 + 0·8 + (−1)·9 = −6
    """
    return _slid("conv", x, w, stride, padding, dilation, bias)


def convolve(
    x: Array,
    w: Array,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    bias: Array = None,
) -> Working:
    """The convolution of mathematics: the kernel is flipped along every axis first.

    >>> print(convolve("0 1 0", "1 2 3", padding=1))
    convolve: stride 1, padding 1, dilation 1
    <BLANKLINE>
    x (3)      w (3)      w, flipped (3)
    0  1  0    1  2  3    3  2  1
    <BLANKLINE>
    width: 3 + 2 − 3 + 1 = 3
    <BLANKLINE>
    y[0] = 2·0 + 1·1 = 1
    y[1] = 3·0 + 2·1 + 1·0 = 2
    y[2] = 3·1 + 2·0 = 3
    <BLANKLINE>
    y (3)
    1  2  3
    <BLANKLINE>
    note: products with the zeros of the padding are left out
    """
    return _slid("convolve", x, w, stride, padding, dilation, bias)


def _slid(
    operation: str,
    x: Array,
    w: Array,
    stride: PerAxis,
    padding: PerAxis,
    dilation: PerAxis,
    bias: Array,
) -> Working:
    on = _Operands(x, w, channels_first=1)
    s, p, d = _settings(on, stride, padding, dilation)
    output = fitted("conv", on.channels, on.sizes, on.out, k=on.kernel, s=s, p=p, d=d)
    bounded(output, on.kernel, on.channels * on.out)
    biases, b = on.bias(bias)
    values, kernel = named(on.x, "x"), named(on.w, "w")
    given = [Given("x", values), Given("w", kernel)]
    if operation == "convolve":
        kernel = [list(map(flip, one)) for one in kernel] if on.layered else flip(kernel)
        given.append(Given("w, flipped", kernel))
    if on.layered:
        y = tensors.conv_channels(values, kernel, s, p, d, b)
    else:
        y = elementwise(lambda value: value + b, tensors.conv(values, kernel, s, p, d))
    return Working(
        operation,
        [*given, *biases],
        [Result("y", "y", "y", y)],
        settings={"stride": s, "padding": p, "dilation": d},
        sizes=derived(_slide, on.sizes, on.kernel, s, p, d),
        notes=_padded(p),
        unreached="its window lies in the padding",
    )


def deconv(
    x: Array,
    w: Array,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
    output_padding: PerAxis = 0,
    bias: Array = None,
) -> Working:
    """The transposed convolution: each input lays the kernel, times itself, over the output.

    With channels x is channels and axes, w channels of x, channels of y and axes (as in PyTorch).

    >>> print(deconv("1 2", "1 1 1", stride=2).at(2))
    y[2] = 1·1 + 2·1 = 3
    """
    on = _Operands(x, w, channels_first=0)
    s, p, d = _settings(on, stride, padding, dilation)
    extra = axes(output_padding, on.rank, "output padding")
    output = fitted("deconv", on.channels, on.sizes, on.out, k=on.kernel, s=s, p=p, d=d, op=extra)
    bounded(on.sizes, on.kernel, on.channels * on.out)
    bounded(output, [1], on.out)
    biases, b = on.bias(bias)
    values, kernel = named(on.x, "x"), named(on.w, "w")
    if on.layered:
        y = tensors.deconv_channels(values, kernel, s, p, d, extra, b)
    else:
        y = elementwise(lambda value: value + b, tensors.deconv(values, kernel, s, p, d, extra))
    return Working(
        "deconv",
        [Given("x", values), Given("w", kernel), *biases],
        [Result("y", "y", "y", y)],
        settings={"stride": s, "padding": p, "dilation": d, "output padding": extra},
        sizes=derived(_spread, on.sizes, on.kernel, s, p, d, extra),
        unreached="no input reaches it",
    )


def conv_backward(
    x: Array,
    w: Array,
    dy: Array,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Working:
    """The gradients of a convolution by its weights, its bias and its input.

    dy is the gradient of the output. x and w are as for :func:`conv`.

    >>> worked = conv_backward("1 2 3; 4 5 6; 7 8 10", "2 7; -1 4", "1 -2; 3 5")
    >>> print(worked.only("dw").at(0, 0))
    dw[0,0] = 1·1 + (−2)·2 + 3·4 + 5·5 = 34
    >>> print(worked.only("dx").brief())
    [[2, 3, -14], [5, 37, 27], [-3, 7, 20]]
    """
    on = _Operands(x, w, channels_first=1)
    s, p, d = _settings(on, stride, padding, dilation)
    output = fitted("conv", on.channels, on.sizes, on.out, k=on.kernel, s=s, p=p, d=d)
    bounded(output, on.kernel, on.channels * on.out)
    gradient = array(dy, "dy")
    wanted = [on.out, *output] if on.layered else list(output)
    if shape(gradient) != wanted:
        raise UsageError(
            f"dy has shape {shape(gradient)}, and y has {wanted}",
            hint="dy is the gradient of the output: one number for each of its elements",
        )
    values, kernel, g = named(on.x, "x"), named(on.w, "w"), named(gradient, "dy")
    if on.layered:
        dw = tensors.conv_channels_grad_weight(values, g, s, p, on.kernel, d)
        dx = tensors.conv_channels_grad_input(kernel, g, s, p, on.sizes, d)
        db = list(map(tensors.total, g))
    else:
        dw = tensors.conv_grad_weight(values, g, s, p, on.kernel, d)
        dx = tensors.conv_grad_input(kernel, g, s, p, on.sizes, d)
        db = tensors.total(g)
    return Working(
        "conv-backward",
        [Given("x", values), Given("w", kernel), Given("dy", g)],
        [Result("dw", "dw", "dw", dw), Result("db", "db", "db", db), Result("dx", "dx", "dx", dx)],
        settings={"stride": s, "padding": p, "dilation": d},
        notes=_padded(p),
        unreached="no output depends on it",
    )


def _settings(
    on: _Operands, stride: PerAxis, padding: PerAxis, dilation: PerAxis
) -> tuple[list[int], list[int], list[int]]:
    return (
        axes(stride, on.rank, "stride", 1),
        axes(padding, on.rank, "padding"),
        axes(dilation, on.rank, "dilation", 1),
    )


def _padded(p: list[int]) -> list[str]:
    return ["products with the zeros of the padding are left out"] if any(p) else []


# The formulas of sizes, with padding on both sides.


def _slide(n: Any, k: Any, s: Any, p: Any, d: Any) -> Any:
    return formulas.slide(n, k, s, 2 * p, d)


def _spread(n: Any, k: Any, s: Any, p: Any, d: Any, extra: Any) -> Any:
    return formulas.spread(n, k, s, 2 * p, d, extra)
