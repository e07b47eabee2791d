"""Products of matrices and of vectors: what separable kernels and layers of neurons are made of."""

from __future__ import annotations

from math import prod
from typing import Any

from cnncalc import tensors
from cnncalc.errors import UsageError
from cnncalc.tensors import shape
from cnncalc.work.fitting import bounded
from cnncalc.work.reading import array, counted, named
from cnncalc.work.working import Given, Result, Working

Array = Any  # nested lists of numbers, or text


def matmul(a: Array, b: Array) -> Working:
    """The product of two matrices, or of a matrix and a vector: rows times columns.

    >>> print(matmul("1 2; 3 4", "5 6; 7 8").at(0, 1))
    y[0,1] = 1·6 + 2·8 = 22
    """
    first, second = array(a, "a"), array(b, "b")
    sizes = shape(first), shape(second)
    if not all(1 <= len(one) <= 2 for one in sizes):
        raise UsageError(
            f"a has {counted(len(sizes[0]))}, and b {len(sizes[1])}",
            hint="matrices are multiplied, or a matrix and a vector",
        )
    if sizes[0][-1] != sizes[1][0]:
        raise UsageError(
            f"rows of {sizes[0][-1]} numbers in a, columns of {sizes[1][0]} in b",
            hint="a needs as many columns as b has rows",
        )
    bounded([prod(sizes[0])], sizes[1][1:])
    left, right = named(first, "a"), named(second, "b")
    y = tensors.matmul(left, right)
    return Working("matmul", [Given("a", left), Given("b", right)], [Result("y", "y", "y", y)])


def outer(a: Array, b: Array) -> Working:
    """The outer product of two vectors, a column times a row: what a separable kernel is.

    >>> print(outer("1 2 1", "1 0 -1").brief())
    [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
    """
    first, second = array(a, "a"), array(b, "b")
    for name, one in (("a", first), ("b", second)):
        if len(shape(one)) != 1:
            raise UsageError(
                f"{name} has {counted(len(shape(one)))}", hint="vectors are wanted: 1 2 1"
            )
    bounded(shape(first), shape(second))
    left, right = named(first, "a"), named(second, "b")
    y = tensors.outer(left, right)
    return Working("outer", [Given("a", left), Given("b", right)], [Result("y", "y", "y", y)])
