"""Products, sums and rearrangements."""

from __future__ import annotations

from typing import Any

from cnncalc.tensors.core import (
    Index,
    PerAxis,
    ShapeError,
    Tensor,
    at,
    build,
    elementwise,
    flatten,
    per_axis,
    shape,
)
from cnncalc.tensors.traced import maximum, ratio


def transpose(a: Tensor) -> Tensor:
    """Rows become columns; further axes stay as they are."""
    shape(a)
    return [list(row) for row in zip(*a)]


def dot(a: Tensor, b: Tensor) -> Any:
    """The sum of the products of all elements of two tensors of one shape."""
    return sum(flatten(elementwise(lambda x, y: x * y, a, b)))


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """The product of matrices, or of a matrix and a vector.

    >>> matmul([[1, 2], [3, 4]], [1, 1])
    [3, 7]
    """
    if len(shape(a)) == 1:
        return matmul([a], b)[0]
    if len(shape(b)) == 1:
        return [dot(row, b) for row in a]
    if shape(a)[-1] != len(b):
        raise ShapeError(
            f"a product of {shape(a)} and {shape(b)}", "columns of the first = rows of the second"
        )
    return [[dot(row, column) for column in transpose(b)] for row in a]


def outer(a: Tensor, b: Tensor) -> Tensor:
    """Every element of the one times every element of the other."""
    return elementwise(lambda x: elementwise(lambda y: x * y, b), a)


def kron(a: Tensor, b: Tensor) -> Tensor:
    """Kronecker product of matrices."""
    (rows, columns), (height, width) = shape(a), shape(b)
    return build(
        (rows * height, columns * width),
        lambda i: a[i[0] // height][i[1] // width] * b[i[0] % height][i[1] % width],
    )


def flip(x: Tensor) -> Tensor:
    """Reversed along every axis."""
    return [flip(part) for part in reversed(x)] if isinstance(x, list) else x


def pad(x: Tensor, p: PerAxis, value: Any = 0) -> Tensor:
    """``p`` zeros (or other values) on both sides of every axis."""
    sizes = shape(x)
    sides = per_axis(p, len(sizes), "the padding", least=0)

    def element(index: Index) -> Any:
        place = [i - side for i, side in zip(index, sides)]
        inside = all(0 <= i < n for i, n in zip(place, sizes))
        return at(x, place) if inside else value

    return build([n + 2 * side for n, side in zip(sizes, sides)], element)


def relu(x: Tensor) -> Tensor:
    """Negative numbers become 0."""
    return elementwise(lambda value: maximum((0, value)), x)


def total(x: Tensor) -> Any:
    """The sum of all elements."""
    return sum(flatten(x))


def mean(x: Tensor) -> Any:
    """The mean of all elements."""
    return ratio(total(x), len(flatten(x)))
