"""Max and average pooling, and what they hand back."""

from __future__ import annotations

from typing import Any

from cnncalc import formulas, tensors
from cnncalc.errors import UsageError
from cnncalc.tensors import ShapeError, shape
from cnncalc.work.fitting import PerAxis, axes, bounded, derived, fitted
from cnncalc.work.reading import array, named
from cnncalc.work.working import Given, Result, Working

Array = Any  # nested lists of numbers, or text


class _Pool:
    """An input and the windows over it."""

    def __init__(
        self,
        kind: str,
        x: Array,
        kernel: PerAxis,
        stride: PerAxis,
        padding: PerAxis,
        dilation: PerAxis = 1,
    ) -> None:
        x = array(x, "x")
        self.sizes = shape(x)
        rank = len(self.sizes)
        self.k = axes(kernel, rank, "kernel", 1)
        self.s = self.k if stride is None else axes(stride, rank, "stride", 1)
        self.p = axes(padding, rank, "padding")
        self.d = axes(dilation, rank, "dilation", 1)
        further = {"d": self.d} if kind == "maxpool" else {}
        self.output = fitted(kind, 1, self.sizes, k=self.k, s=self.s, p=self.p, **further)
        bounded(self.output, self.k)
        self.x = named(x, "x")
        self.settings = {"kernel": self.k, "stride": self.s, "padding": self.p}
        if kind == "maxpool":
            self.settings["dilation"] = self.d
        self.derived = derived(
            lambda n, k, s, p, d: formulas.slide(n, k, s, 2 * p, d),
            self.sizes, self.k, self.s, self.p, self.d,
        )  # fmt: skip

    def gradient(self, dy: Array) -> Any:
        found = array(dy, "dy")
        if shape(found) != list(self.output):
            raise UsageError(
                f"dy has shape {shape(found)}, and y has {list(self.output)}",
                hint="dy is the gradient of the output: one number for each of its elements",
            )
        return named(found, "dy")

    def maximum(self) -> Result:
        try:
            y = tensors.maxpool(self.x, self.k, self.s, self.p, self.d)
        except ShapeError as error:
            raise UsageError(str(error), hint=error.hint) from None
        return Result("y", "y", "y", y)


def maxpool(
    x: Array,
    kernel: PerAxis,
    stride: PerAxis = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Working:
    """The largest of each window, and where it stands.

    The stride is the kernel unless it is given. Padding never is the largest.

    >>> print(maxpool("1 3 2 1; 4 2 1 5", 2).at(0, 0))
    y[0,0] = max(1, 3, 4, 2) = 4 at x[1,0]
    """
    pool = _Pool("maxpool", x, kernel, stride, padding, dilation)
    given = [Given("x", pool.x)]
    return Working("maxpool", given, [pool.maximum()], settings=pool.settings, sizes=pool.derived)


def avgpool(x: Array, kernel: PerAxis, stride: PerAxis = None, padding: PerAxis = 0) -> Working:
    """The mean of each window; zeros of the padding count as elements, as in PyTorch.

    The stride is the kernel unless it is given.

    >>> print(avgpool("1 3 2 1; 4 2 1 5", 2).at(0, 0))
    y[0,0] = (1 + 3 + 4 + 2) / 4 = 2.5
    """
    pool = _Pool("avgpool", x, kernel, stride, padding)
    y = tensors.avgpool(pool.x, pool.k, pool.s, pool.p)
    counted = ["zeros of the padding are left out of the sums, and counted"] if any(pool.p) else []
    return Working(
        "avgpool",
        [Given("x", pool.x)],
        [Result("y", "y", "y", y)],
        settings=pool.settings,
        sizes=pool.derived,
        notes=counted,
    )


def maxpool_backward(
    x: Array,
    dy: Array,
    kernel: PerAxis,
    stride: PerAxis = None,
    padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> Working:
    """The gradient of max pooling by its input: each window's goes to its largest element.

    Of several largest the first gets it, as in PyTorch.

    >>> print(maxpool_backward("1 3; 4 2", "0.2", 2).at(1, 0))
    Traceback (most recent call last):
    ...
    cnncalc.errors.UsageError: error: dy has shape [1], and y has [1, 1]
      hint: dy is the gradient of the output: one number for each of its elements
    >>> print(maxpool_backward("1 3; 4 2", [[0.2]], 2).at(1, 0))
    dx[1,0] = dy[0,0] = 0.2
    """
    pool = _Pool("maxpool", x, kernel, stride, padding, dilation)
    g = pool.gradient(dy)
    forward = pool.maximum()
    dx = tensors.maxpool_grad(pool.x, g, pool.k, pool.s, pool.p, pool.d)
    return Working(
        "maxpool-backward",
        [Given("x", pool.x), Given("dy", g)],
        [forward, Result("dx", "dx", "dx", dx)],
        settings=pool.settings,
        unreached="the largest of no window",
    )


def avgpool_backward(
    x: Array, dy: Array, kernel: PerAxis, stride: PerAxis = None, padding: PerAxis = 0
) -> Working:
    """The gradient of average pooling by its input: each window's is shared out evenly.

    Of x only the shape matters.

    >>> print(avgpool_backward("1 3; 4 2", [[0.2]], 2).at(0, 0))
    dx[0,0] = 0.2 / 4 = 0.05
    """
    pool = _Pool("avgpool", x, kernel, stride, padding)
    g = pool.gradient(dy)
    dx = tensors.avgpool_grad(pool.sizes, g, pool.k, pool.s, pool.p)
    return Working(
        "avgpool-backward",
        [Given("x", pool.x), Given("dy", g)],
        [Result("dx", "dx", "dx", dx)],
        settings=pool.settings,
        unreached="in no window",
    )
