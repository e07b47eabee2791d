"""Max and average pooling with their gradients, over all axes of a tensor."""

from __future__ import annotations

from math import prod

from cnncalc.tensors.core import (
    Index,
    PerAxis,
    ShapeError,
    Tensor,
    at,
    build,
    indices,
    per_axis,
    shape,
)
from cnncalc.tensors.sliding import Windows
from cnncalc.tensors.traced import maximum, ratio


def _pooled(x: Tensor, k: PerAxis, s: PerAxis, p: PerAxis, d: PerAxis = 1) -> Windows:
    sizes = shape(x)
    kernel = per_axis(k, len(sizes), "the window")
    return Windows(sizes, kernel, kernel if s is None else s, p, d)


def _places(windows: Windows, unit: Index) -> list[Index]:
    found = [place for _, place in windows.inside(unit)]
    if not found:
        raise ShapeError(
            f"the window of {list(unit)} lies in the padding alone", "use less padding or dilation"
        )
    return found


def maxpool(x: Tensor, k: PerAxis, s: PerAxis = None, p: PerAxis = 0, d: PerAxis = 1) -> Tensor:
    """The largest of each window; padding never is.

    >>> maxpool([[1, 2], [3, 0]], 2)
    [[3]]
    """
    windows = _pooled(x, k, s, p, d)
    return build(
        windows.output, lambda unit: maximum(at(x, place) for place in _places(windows, unit))
    )


def avgpool(x: Tensor, k: PerAxis, s: PerAxis = None, p: PerAxis = 0) -> Tensor:
    """The mean of each window, with zeros as padding."""
    windows = _pooled(x, k, s, p)
    count = prod(windows.kernel)
    return build(
        windows.output,
        lambda unit: ratio(sum(at(x, place) for _, place in windows.inside(unit)), count),
    )


def maxpool_grad(
    x: Tensor, g: Tensor, k: PerAxis, s: PerAxis = None, p: PerAxis = 0, d: PerAxis = 1
) -> Tensor:
    """Gradient of max pooling by its input: each window's goes to its first maximum."""
    windows = _pooled(x, k, s, p, d)
    _expect(g, windows.output)
    total = build(shape(x), lambda index: 0)
    for unit in indices(windows.output):
        best = max(_places(windows, unit), key=lambda place: at(x, place))
        row = at(total, best[:-1])
        row[best[-1]] = row[best[-1]] + at(g, unit)
    return total


def avgpool_grad(
    size: list[int], g: Tensor, k: PerAxis, s: PerAxis = None, p: PerAxis = 0
) -> Tensor:
    """Gradient of average pooling by its input, whose shape is given: shared out evenly."""
    zeros = build(size, lambda index: 0)
    windows = _pooled(zeros, k, s, p)
    _expect(g, windows.output)
    count = prod(windows.kernel)
    for unit in indices(windows.output):
        for _, place in windows.inside(unit):
            row = at(zeros, place[:-1])
            row[place[-1]] = row[place[-1]] + ratio(at(g, unit), count)
    return zeros


def _expect(g: Tensor, output: list[int]) -> None:
    if shape(g) != output:
        raise ShapeError(
            f"the gradient has shape {shape(g)}, the output {output}", "give one for each output"
        )
