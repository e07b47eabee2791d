"""Small convolutions and their gradients, by hand."""

from __future__ import annotations

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
from cnncalc.tensors import elementwise, flatten, flip, transpose

_SLIDES = "The kernel w slides over x as in deep learning (it is not flipped), with"


def _kernel(draw: Draw, size: int) -> Array:
    """Small weights, some negative, few of them 0; it is another one when turned round."""
    w = numbers(draw, size, size, -2, 3)
    zeros = sum(value == 0 for row in w for value in row)
    if min(map(min, w)) >= 0 or zeros > size - 1 or w in (flip(w), transpose(w)):
        raise Redraw("a kernel in which nothing can go wrong")
    return w


def _mistaken(x: Array, w: Array, **settings: int) -> list[Mistaken]:
    """Misconceptions about what is done in a window."""
    return [
        ("flipped the kernel", work.convolve(x, w, **settings)),
        ("exchanged rows and columns of the kernel", work.conv(x, transpose(w), **settings)),
        ("dropped the minus signs of the kernel", work.conv(x, elementwise(abs, w), **settings)),
    ]


@template(
    "convolve-by-hand",
    topic="computation",
    type="table",
    title="All elements of a small convolution",
    sources=("003 7.3.2 Filter Application and Output Calculation", "002 Convolutional Kernel"),
)
def convolve_by_hand(draw: Draw) -> Made:
    rows, width = draw.choose(((3, 3), (3, 4), (4, 3)))
    x, w = numbers(draw, rows, width, 0, 6), _kernel(draw, 2)
    worked = work.conv(x, w)
    return table(
        f"{_SLIDES} stride 1 and without padding. Fill in the result y "
        f"(rows and columns are counted from 0).\n\n{shown(x=x, w=w)}",
        columns(worked),
        grid(worked, _mistaken(x, w)),
        solution(worked),
    )


@template(
    "strided-by-hand",
    topic="computation",
    type="numeric",
    title="One element of a convolution with stride and padding",
    sources=("001 Strided Convolution", "003 7.5.4 Controlling Spatial Reduction with Strides"),
)
def strided_by_hand(draw: Draw) -> Made:
    k, p = draw.choose(((2, 0), (3, 0), (3, 1)))
    n = k + draw.choose((2, 3))
    x, w = numbers(draw, n, n, 0, 5), _kernel(draw, k)
    worked = work.conv(x, w, stride=2, padding=p)
    i, j = (draw.below(len(worked.result)) for _ in "yx")
    if (i, j) == (0, 0):
        raise Redraw("the first window is the same for all strides")
    among = [
        ("forgot the stride", work.conv(x, w, padding=p)),
        *_mistaken(x, w, stride=2, padding=p),
        ("exchanged row and column", _turned(x, w, p)),
    ]
    if p and i < (n - k) // 2 + 1 and j < (n - k) // 2 + 1:
        among.insert(1, ("forgot the padding", work.conv(x, w, stride=2)))
    said = f"a padding of {p} (zeros on every side)" if p else "without padding"
    made = amount(
        f"{_SLIDES} stride 2 and {said}. What is y[{i},{j}], the "
        f"element of the result in row {i} and column {j} (counted from 0)?\n\n{shown(x=x, w=w)}",
        element(worked, i, j),
        wrong_elements(worked, among, i, j),
        solution(worked.at(i, j), told=_window(i, j, p)),
        signed=True,
    )
    padding = f" -p {p}" if p else ""
    command = f"conv {argument(x)} {argument(w)} -s 2{padding} --element {i},{j} -q"
    return made._replace(command=f"cnncalc work {command}")


def _window(i: int, j: int, p: int) -> str:
    """Where the window of y[i,j] begins, for stride 2."""
    row, column = (f"2·{at}{f' − {p}' if p else ''} = {2 * at - p}" for at in (i, j))
    outside = "" if min(2 * i, 2 * j) >= p else f", where {-p} is in the padding".replace("-", "−")
    return (
        f"The window begins in row {row} and column {column} of x".replace("-", "−") + f"{outside}."
    )


def _turned(x: Array, w: Array, padding: int) -> work.Working:
    """Whose element i,j is the right one's j,i."""
    return work.conv(transpose(x), transpose(w), stride=2, padding=padding)


@template(
    "dilated-by-hand",
    topic="computation",
    type="numeric",
    title="One element of a dilated convolution",
    sources=("000 Elaborate on dilated convolution", "002 3. Dilation"),
)
def dilated_by_hand(draw: Draw) -> Made:
    k, d = draw.choose(((2, 2), (2, 3), (3, 2)))
    n = d * (k - 1) + 1 + draw.between(0, 1)
    x, w = numbers(draw, n, n, 0, 5), _kernel(draw, k)
    worked = work.conv(x, w, dilation=d)
    i, j = (draw.below(len(worked.result)) for _ in "yx")
    among = [
        ("treated the dilation as 1", work.conv(x, w)),
        *_mistaken(x, w, dilation=d),
    ]
    if (i, j) != (0, 0) and i * d + k <= n and j * d + k <= n:
        among.insert(1, ("took the dilation for a stride", work.conv(x, w, stride=d)))
    made = amount(
        f"{_SLIDES} dilation {d}, stride 1 and without padding. "
        f"What is y[{i},{j}], the element of the result in row {i} and column {j} (counted from "
        f"0)?\n\n{shown(x=x, w=w)}",
        element(worked, i, j),
        wrong_elements(worked, among, i, j),
        solution(
            worked.at(i, j),
            told=f"The kernel reads rows {_apart(i, k, d)} and columns {_apart(j, k, d)} of x.",
        ),
        signed=True,
    )
    command = f"conv {argument(x)} {argument(w)} -d {d} --element {i},{j} -q"
    return made._replace(command=f"cnncalc work {command}")


def _apart(start: int, count: int, step: int) -> str:
    """``0, 2 and 4``."""
    *first, last = (str(start + step * i) for i in range(count))
    return f"{', '.join(first)} and {last}"


@template(
    "conv-weight-gradient",
    topic="computation",
    type="single",
    title="Gradient of a convolution by its weights",
    sources=(
        "001 Gradients of weights in convolution",
        "003 Enrichment 7.8.7: Backpropagation for Convolutional Neural Networks",
    ),
)
def conv_weight_gradient(draw: Draw) -> Made:
    x, w = numbers(draw, 3, 3, 1, 6), _kernel(draw, 2)
    dy = _kernel(draw, 2)
    if 0 in flatten(dy):
        raise Redraw("an output that the loss does not depend on")
    worked = work.conv_backward(x, w, dy).only("dw")

    def with_gradient(other: Array) -> work.Working:
        return work.conv_backward(x, w, other).only("dw")

    first = [[value if (i, j) == (0, 0) else 0 for j, value in enumerate(row)] for i, row in
             enumerate(dy)]  # fmt: skip
    among = [
        ("rotated the gradient of the output, as for the input", with_gradient(flip(dy))),
        ("took the output for its gradient", with_gradient(work.conv(x, w).result)),
        ("left the gradient of the output out", with_gradient([[1, 1], [1, 1]])),
        ("took only the first window, where all are added up", with_gradient(first)),
        ("exchanged rows and columns of the gradient", with_gradient(transpose(dy))),
        ("computed the output, not a gradient", work.conv(x, w)),
    ]
    made = choice(
        draw,
        f"{_SLIDES} stride 1 and without padding; dy is the gradient of the loss with respect to the "
        f"output. What is the gradient of the loss with respect to w?\n\n{shown(x=x, w=w, dy=dy)}",
        matrix(worked),
        wrong_matrices(worked, among),
        solution(worked),
    )
    command = f"conv-backward {argument(x)} {argument(w)} {argument(dy)} --of dw -q"
    return made._replace(command=f"cnncalc work {command}")
