"""What normalisation takes over some of the axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from cnncalc.sizes import is_int
from cnncalc.tensors.core import Index, ShapeError, Tensor, at, build, elementwise, flatten, shape
from cnncalc.tensors.products import mean
from cnncalc.tensors.traced import ratio, settled


def norm_mean(x: Tensor, axes: Sequence[int]) -> Tensor:
    """The mean over some axes, for each index of the others.

    >>> norm_mean([[1, 3], [5, 7]], [0])
    [3, 5]
    """
    return _statistic(x, axes, mean)


def norm_var(x: Tensor, axes: Sequence[int]) -> Tensor:
    """The variance (divided by the count) over some axes, for each index of the others."""
    return _statistic(x, axes, variance)


def variance(values: Tensor) -> Any:
    """The mean squared distance from the mean."""
    middle = settled(mean(values))
    distances = [value - middle for value in flatten(values)]
    return mean([distance * distance for distance in distances])


def _statistic(x: Tensor, axes: Sequence[int], of: Callable[[Tensor], Any]) -> Tensor:
    sizes = shape(x)
    if not all(is_int(axis) and 0 <= axis < len(sizes) for axis in axes):
        raise ShapeError(
            f"axes {list(axes)} of a tensor of {len(sizes)}", f"axes go from 0 to {len(sizes) - 1}"
        )
    kept = [i for i in range(len(sizes)) if i not in axes]

    def element(index: Index) -> Any:
        fixed = dict(zip(kept, index))
        ranges = [(fixed[i],) if i in fixed else range(n) for i, n in enumerate(sizes)]
        return of([at(x, place) for place in product(*ranges)])

    return build([sizes[i] for i in kept], element)


def groups(x: Tensor, count: int) -> Tensor:
    """N, C, … as N, count, C/count, …: channels in groups."""
    sizes = shape(x)
    if len(sizes) < 2 or not is_int(count) or count < 1 or sizes[1] % count:
        channels = sizes[1] if len(sizes) > 1 else 0
        raise ShapeError(
            f"{count} groups do not divide {channels} channels", "x is N, C, …; groups divide C"
        )
    each = sizes[1] // count
    return [[image[i * each : (i + 1) * each] for i in range(count)] for image in x]


def ungrouped(x: Tensor) -> Tensor:
    """N, G, C/G, … as N, C, … again."""
    return [[channel for group in image for channel in group] for image in x]


#: The axes over which normalisation of N, C, … takes its statistics, by how many there are. Groups
#: are an axis of their own (:func:`groups`).
NORM_AXES: dict[str, Callable[[int], list[int]]] = {
    "bn": lambda rank: [axis for axis in range(rank) if axis != 1],
    "ln": lambda rank: list(range(1, rank)),
    "in": lambda rank: list(range(2, rank)),
    "gn": lambda rank: list(range(2, rank)),
}


def normalised(x: Tensor, axes: Sequence[int], root: Callable[[Any], Any]) -> Tensor:
    """Each element minus the mean over the axes, divided by the root of the variance."""
    middles = elementwise(settled, norm_mean(x, axes))
    roots = elementwise(lambda value: root(settled(value)), norm_var(x, axes))

    def element(index: Index) -> Any:
        kept = [one for i, one in enumerate(index) if i not in axes]
        return ratio(at(x, index) - at(middles, kept), at(roots, kept))

    return build(shape(x), element)
