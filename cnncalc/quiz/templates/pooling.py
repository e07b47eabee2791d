"""Pooling and its gradients, by hand."""

from __future__ import annotations

from fractions import Fraction

from cnncalc import work
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, amount, choice, table
from cnncalc.quiz.registry import template
from cnncalc.quiz.workings import (
    Array,
    Mistaken,
    argument,
    columns,
    element,
    grid,
    matrix,
    numbers,
    shown,
    solution,
    wrong_elements,
    wrong_matrices,
)
from cnncalc.tensors import elementwise, flatten

#: Size of the input, kernel and stride, so that the output is 2×2 (the last: 3×3).
_WINDOWS = ((4, 2, 2), (3, 2, 1), (5, 3, 2), (4, 3, 1), (5, 2, 2))
_UNDIVIDED = "did not divide by the number of elements"
_BY_WIDTH = "divided by the width of the window, not by its elements"
_BACKWARD = "003 Backpropagation Through Pooling Layers"


def _settings(k: int, s: int) -> str:
    return f"-k {k}" if k == s else f"-k {k} -s {s}"


def _times(x: Array, factor: int) -> Array:
    found: Array = elementwise(lambda value: value * factor, x)
    return found


def _distinct(draw: Draw, n: int, low: int, high: int) -> Array:
    """A matrix without equal numbers, so that every maximum stands in one place."""
    values = draw.sample(range(low, high + 1), n * n)
    return [values[i * n : (i + 1) * n] for i in range(n)]


@template(
    "maxpool-forward",
    topic="computation",
    type="table",
    title="Max pooling of a small map",
    sources=(
        "001 Max Pooling",
        "003 7.9.1 Types of Pooling",
        "003 Forward Pass of Pooling Layers",
    ),
)
def maxpool_forward(draw: Draw) -> Made:
    n, k, s = draw.choose(_WINDOWS)
    x = numbers(draw, n, n, -9, 9)
    worked = work.maxpool(x, k, s)
    if len({*flatten(worked.result)}) < 3:
        raise Redraw("the same number everywhere")
    among: list[Mistaken] = [
        ("left the signs out", work.maxpool(elementwise(abs, x), k, s)),
    ]
    if k == 2:
        among.append(("took the mean of the window", work.avgpool(x, k, s)))
    if s != 1:
        among.append(("forgot the stride", work.maxpool(x, k, 1)))
    return table(
        f"Max pooling with a window of {k}×{k} and stride {s} is applied to x, without padding. "
        f"Fill in the result (rows and columns are counted from 0).\n\n{shown(x=x)}",
        columns(worked),
        grid(worked, among),
        solution(worked),
    )


@template(
    "avgpool-forward",
    topic="computation",
    type="single",
    title="Average pooling of a small map",
    sources=(
        "001 Average Pooling",
        "002 3. Pooling Layer",
        "003 7.9.1 Types of Pooling",
        "003 Forward Pass of Pooling Layers",
    ),
)
def avgpool_forward(draw: Draw) -> Made:
    n, k, s = draw.choose([window for window in _WINDOWS if window[1] == 2])
    x = numbers(draw, n, n, 0, 9)
    worked = work.avgpool(x, k, s)
    among: list[Mistaken] = [
        ("took the largest of the window", work.maxpool(x, k, s)),
        (_UNDIVIDED, work.avgpool(_times(x, k * k), k, s)),
        (
            _BY_WIDTH,
            work.avgpool(_times(x, k), k, s),
        ),
        *([("divided by the elements of the whole input", _over_all(x, k, s))] if n != 3 else []),
        *([("forgot the stride", work.avgpool(x, k, 1))] if s > 1 else []),
        *([("took windows that do not overlap", work.avgpool(x, k, k))] if s < k else []),
    ]
    made = choice(
        draw,
        f"Average pooling with a window of {k}×{k} and stride {s} is applied to x, without padding. "
        f"What is the result?\n\n{shown(x=x)}",
        matrix(worked),
        wrong_matrices(worked, among),
        solution(worked),
    )
    return made._replace(command=f"cnncalc work avgpool {argument(x)} {_settings(k, s)} -q")


def _over_all(x: Array, k: int, s: int) -> work.Working:
    return work.conv(x, [[Fraction(1, len(x) ** 2)] * k] * k, s)


@template(
    "maxpool-backward",
    topic="computation",
    type="single",
    title="Gradient of max pooling",
    sources=(_BACKWARD,),
)
def maxpool_backward(draw: Draw) -> Made:
    n, k, s = draw.choose(((4, 2, 2), (3, 2, 1)))
    x = _distinct(draw, n, 0, 19)
    dy = numbers(draw, 2, 2, -5, 9)
    if 0 in flatten(dy) or len({*flatten(dy)}) < 4:
        raise Redraw("gradients that say little")
    worked = work.maxpool_backward(x, dy, k, s).only("dx")
    forward = work.maxpool(x, k, s).result
    shared = work.avgpool_backward(x, dy, k, s)
    among: list[Mistaken] = [
        ("shared the gradient out evenly, as average pooling does", shared),
        ("gave every element of the window its whole gradient",
         work.avgpool_backward(x, _times(dy, k * k), k, s)),
        ("put the largest elements where their gradients belong",
         work.maxpool_backward(x, forward, k, s).only("dx")),
        ("gave the gradient to the smallest of the window",
         work.maxpool_backward(_times(x, -1), dy, k, s).only("dx")),
        ("gave every gradient to the first element of its window",
         work.maxpool_backward(_falling(n), dy, k, s).only("dx")),
    ]  # fmt: skip
    made = choice(
        draw,
        f"Max pooling with a window of {k}×{k} and stride {s} was applied to x, without padding; dy is "
        "the gradient of the loss with respect to its output. What is the gradient of the loss with "
        "respect to x?\n\n"
        f"{shown(x=x, dy=dy)}",
        matrix(worked),
        wrong_matrices(worked, among),
        solution(work.maxpool_backward(x, dy, k, s)),
    )
    command = f"maxpool-backward {argument(x)} {argument(dy)} {_settings(k, s)} --of dx -q"
    return made._replace(command=f"cnncalc work {command}")


def _falling(n: int) -> Array:
    """A map whose first element is the largest of each window."""
    return [[-n * i - j for j in range(n)] for i in range(n)]


@template(
    "avgpool-backward",
    topic="computation",
    type="numeric",
    title="Gradient of average pooling at one place",
    sources=(_BACKWARD,),
)
def avgpool_backward(draw: Draw) -> Made:
    n, s = draw.choose(((3, 1), (4, 1), (4, 2)))
    k = 2
    out = (n - k) // s + 1
    dy = [
        [k * k * draw.choose((-3, -2, -1, 1, 2, 3, 4, 5)) for _ in range(out)] for _ in range(out)
    ]
    i, j = draw.below(n), draw.below(n)
    x = [[0] * n for _ in range(n)]
    worked = work.avgpool_backward(x, dy, k, s)
    right = element(worked, i, j)
    last = [[value if (a, b) == (min(i // s, out - 1), min(j // s, out - 1)) else 0
             for b, value in enumerate(row)] for a, row in enumerate(dy)]  # fmt: skip
    windows = element(work.avgpool_backward(x, [[k * k] * out for _ in range(out)], k, s), i, j)
    among: list[Mistaken] = [
        (_UNDIVIDED, _shared(x, _times(dy, k * k), s)),
        (_BY_WIDTH, _shared(x, _times(dy, k), s)),
        ("took only one of the windows that the element lies in", _shared(x, last, s)),
    ]
    found = wrong_elements(worked, among, i, j, worked_out=False)
    where = f"x[{i},{j}], in row {i} and column {j} (counted from 0)"
    made = amount(
        f"Average pooling with a window of {k}×{k} and stride {s} was applied to an x of {n}×{n}, "
        f"without padding; dy is the gradient of the loss with respect to its output. What is the "
        f"gradient of the loss with respect to {where}?\n\n{shown(dy=dy)}",
        right,
        found,
        solution(worked.at(i, j), told=_lies_in(i, j, s, out)),
        signed=True,
    )
    if windows == 1 and s == 1 and draw.below(2):
        raise Redraw("corners are easy: not too often")
    command = f"avgpool-backward {argument(x)} {argument(dy)} {_settings(k, s)} --element {i},{j}"
    return made._replace(command=f"cnncalc work {command} -q")


def _lies_in(i: int, j: int, s: int, out: int) -> str:
    """The windows of 2×2 that an element of x is in."""
    places = [
        f"dy[{a},{b}]"
        for a in range(out)
        for b in range(out)
        if 0 <= i - s * a < 2 and 0 <= j - s * b < 2
    ]
    if len(places) == 1:
        return f"x[{i},{j}] lies in one window, and gets a quarter of its gradient {places[0]}."
    listed = f"{', '.join(places[:-1])} and {places[-1]}"
    return (
        f"x[{i},{j}] lies in {len(places)} windows, and gets a quarter of each gradient: {listed}."
    )


def _shared(x: Array, dy: Array, s: int) -> work.Working:
    return work.avgpool_backward(x, dy, 2, s)
