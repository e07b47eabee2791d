"""Nested lists as tensors: shapes, elements, elementwise operations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from math import prod
from typing import Any, TypeAlias

from cnncalc.sizes import is_int

#: A number, or a list of tensors of equal shapes.
Tensor: TypeAlias = Any
#: One number for all axes, or one for each.
PerAxis: TypeAlias = Any
Index = tuple[int, ...]

#: More elements than this are not worked out.
MOST_ELEMENTS = 200_000


class ShapeError(Exception):
    """Tensors that do not fit an operation; ``hint`` says what would."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


def shape(x: Tensor) -> list[int]:
    """Sizes along the axes, outermost first; a number has none.

    >>> shape([[1, 2, 3], [4, 5, 6]])
    [2, 3]
    """
    if not isinstance(x, list):
        return []
    inner = [shape(part) for part in x]
    if any(one != inner[0] for one in inner):
        raise ShapeError("the rows of a tensor differ in length", "give all rows equal lengths")
    return [len(x), *(inner[0] if inner else [])]


def elementwise(operation: Callable[..., Any], *tensors: Tensor) -> Tensor:
    """The operation on numbers, element by element; numbers go with every element."""
    if not any(isinstance(x, list) for x in tensors):
        return operation(*tensors)
    lengths = {len(x) for x in tensors if isinstance(x, list)}
    if len(lengths) > 1:
        raise ShapeError(
            f"tensors of different shapes: {' and '.join(str(shape(x)) for x in tensors)}",
            "both must have the same shape, or one be a number",
        )
    (length,) = lengths
    rows = [x if isinstance(x, list) else [x] * length for x in tensors]
    return [elementwise(operation, *row) for row in zip(*rows)]


def flatten(x: Tensor) -> list[Any]:
    """All elements, in order."""
    if not isinstance(x, list):
        return [x]
    return [element for part in x for element in flatten(part)]


def build(sizes: Sequence[int], element: Callable[[Index], Any]) -> Tensor:
    """The tensor of the given sizes with ``element(index)`` at each index."""
    if prod(sizes) > MOST_ELEMENTS:
        raise ShapeError(
            f"a tensor of {prod(sizes):,} elements", f"at most {MOST_ELEMENTS:,} are worked out"
        )
    if any(size < 1 for size in sizes):
        raise ShapeError(
            f"nothing is left: the result would have sizes {list(sizes)}",
            "the kernel must fit into the padded input",
        )

    def part(index: Index) -> Tensor:
        if len(index) == len(sizes):
            return element(index)
        return [part((*index, i)) for i in range(sizes[len(index)])]

    return part(())


def at(x: Tensor, index: Iterable[int]) -> Any:
    """The element at an index."""
    for i in index:
        x = x[i]
    return x


def per_axis(value: PerAxis, rank: int, what: str, least: int = 1) -> list[int]:
    """The value for each axis; raises :class:`ShapeError` for one that is no count."""
    values = list(value) if isinstance(value, list) else [value] * rank
    if len(values) != rank or not all(is_int(one) and one >= least for one in values):
        raise ShapeError(
            f"{what} must be an integer of at least {least}, or {rank} of them, got {value}",
            f"write a number, or one for each of the {rank} axes",
        )
    return values


def indices(sizes: Iterable[int]) -> Iterator[Index]:
    return product(*map(range, sizes))
