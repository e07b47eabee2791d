"""Which positions a window reads, against PyTorch and against plain loops.

PyTorch is asked with one-hot inputs: position i is read by unit m exactly where the output for the
i-th of them is not 0.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest
import torch
from conformance import reads
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncalc import symbolic
from cnncalc.layers.windows import (
    POINT,
    Adaptive,
    Block,
    Broadcast,
    Enlarge,
    Interpolate,
    Pick,
    Run,
    Slide,
    Spread,
    Taps,
    Whole,
    Window,
)

many = settings(max_examples=15 * settings.default.max_examples)
sizes = st.integers(1, 12)
kernels = st.integers(1, 5)
strides = st.integers(1, 5)
dilations = st.integers(1, 4)


def measured(operation: Callable[[torch.Tensor], Any], n: int) -> list[set[int]]:
    """What a PyTorch operation on one channel reads of ``n`` positions."""
    with torch.no_grad():
        output = operation(torch.eye(n).unsqueeze(1)).squeeze(1)
    return [set(column.nonzero().flatten().tolist()) for column in output.T]


@many
@given(sizes, kernels, strides, st.integers(-4, 4), st.integers(-4, 4), dilations)
def test_slide_reads_what_a_convolution_reads(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int
) -> None:
    window = Slide(kernel, stride, before, after, dilation)
    assume(window.size(n) >= 1)
    assume(n + min(0, before) + min(0, after) >= 1)  # PyTorch cuts first and wants some left
    ones = torch.ones(1, 1, kernel)

    def convolve(x: torch.Tensor) -> torch.Tensor:
        padded = torch.nn.functional.pad(x, (before, after))
        return torch.nn.functional.conv1d(padded, ones, stride=stride, dilation=dilation)

    assert reads(window, n) == measured(convolve, n)


@many
@given(sizes, kernels, strides, st.integers(-4, 4), st.integers(-4, 4), dilations)
def test_slide_reads_what_a_loop_reads(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int
) -> None:
    padded = list(range(-before, n + after))
    expected = []
    for start in range(0, len(padded), stride):
        taps = range(start, start + dilation * kernel, dilation)
        if taps[-1] < len(padded):
            expected.append({padded[tap] for tap in taps if 0 <= padded[tap] < n})
    window = Slide(kernel, stride, before, after, dilation)
    assert max(0, window.size(n)) == len(expected)
    assert reads(window, n) == expected


@many
@given(sizes, kernels, strides, st.integers(0, 2), dilations)
def test_slide_with_ceil_reads_what_a_pooling_reads(
    n: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    window = Slide(kernel, stride, padding, padding, dilation, ceil=True)
    assume(padding <= kernel // 2 and window.size(n) >= 1)
    pool = torch.nn.MaxPool1d(kernel, stride, padding, dilation, ceil_mode=True)

    def above(x: torch.Tensor) -> torch.Tensor:
        return pool(x) > 0  # a unit of padding alone is -inf

    assert reads(window, n) == measured(above, n)


@many
@given(sizes, kernels, strides, st.integers(0, 4), st.integers(0, 4), dilations)
def test_spread_reads_what_a_transposed_convolution_reads(
    n: int, kernel: int, stride: int, padding: int, extra: int, dilation: int
) -> None:
    assume(extra < max(stride, dilation))
    window = Spread(kernel, stride, padding, padding, dilation, extra)
    assume(window.size(n) >= 1)
    ones = torch.ones(1, 1, kernel)

    def spread(x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.conv_transpose1d(
            x, ones, stride=stride, padding=padding, output_padding=extra, dilation=dilation
        )

    assert reads(window, n) == measured(spread, n)


@many
@given(
    sizes, kernels, strides, st.integers(-3, 6), st.integers(-3, 6), dilations, st.integers(0, 6)
)
def test_spread_reads_what_a_loop_reads(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int, extra: int
) -> None:
    window = Spread(kernel, stride, before, after, dilation, extra)
    written: dict[int, set[int]] = {}
    for i in range(n):
        for tap in range(kernel):
            written.setdefault(i * stride + dilation * tap, set()).add(i)
    cut = range(before, max(written) + 1 - after + extra)
    assert max(0, window.size(n)) == len(cut)
    assert reads(window, n) == [written.get(position, set()) for position in cut]


def test_spread_leaves_phases_without_taps() -> None:
    taps = Spread(2, 4, 0, 0, 1, 0).taps(3)
    assert taps is not None
    assert [run.count for run in taps.runs] == [1, 1, 0, 0]
    assert reads(Spread(2, 4, 0, 0, 1, 0), 2) == [{0}, {0}, set(), set(), {1}, {1}]


@many
@given(st.integers(1, 24), st.integers(1, 24))
def test_adaptive_reads_what_an_adaptive_pooling_reads(n: int, out: int) -> None:
    window = Adaptive(out)
    assert window.size(n) == out
    assert reads(window, n) == measured(torch.nn.AdaptiveAvgPool1d(out), n)


@given(sizes)
def test_whole_reads_everything(n: int) -> None:
    assert reads(Whole(keep=True), n) == measured(torch.nn.AdaptiveAvgPool1d(1), n)
    assert Whole(keep=False).size(n) is None
    assert reads(Whole(keep=False), n) == [set(range(n))]


@given(sizes)
def test_broadcast_reads_its_one_position(out: int) -> None:
    assert reads(Broadcast(out), 1) == measured(lambda x: x * torch.ones(1, 1, out), 1)


@given(st.integers(1, 6), st.integers(1, 5))
def test_enlarge_reads_what_repeating_reads(n: int, scale: int) -> None:
    window = Enlarge(scale)
    assert window.size(n) == n * scale
    assert reads(window, n) == measured(torch.nn.Upsample(scale_factor=scale), n)
    assert reads(window, n) == measured(lambda x: x.repeat_interleave(scale, dim=2), n)


@many
@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(("nearest", "linear", "corners")))
def test_interpolate_reads_what_has_a_gradient(n: int, out: int, mode: str) -> None:
    linear, align = mode != "nearest", mode == "corners"
    window = Interpolate(out, linear, align)
    x = torch.rand(1, 1, n, dtype=torch.float64, requires_grad=True)
    options = {"mode": "linear", "align_corners": align} if linear else {"mode": "nearest"}
    y = torch.nn.functional.interpolate(x, size=out, **options).flatten()
    gradients = [torch.autograd.grad(unit, x, retain_graph=True)[0] for unit in y]
    expected = [set((g.flatten() > 1e-9).nonzero().flatten().tolist()) for g in gradients]
    assert window.size(n) == len(expected)
    assert reads(window, n) == expected


@many
@given(st.integers(1, 20), st.integers(1, 20), st.booleans())
def test_interpolate_reads_what_lies_beside(n: int, out: int, align: bool) -> None:
    """Positions are pixels, or (aligned) points, spread evenly; a unit reads those around it."""
    expected = []
    for unit in range(out):
        if align:
            place = Fraction(unit * (n - 1), out - 1) if out > 1 else Fraction(0)
        else:
            place = Fraction((2 * unit + 1) * n, 2 * out) - Fraction(1, 2)
        place = min(max(place, Fraction(0)), Fraction(n - 1))
        expected.append({i for i in range(n) if abs(i - place) < 1})
    assert reads(Interpolate(out, True, align), n) == expected


def test_interpolate_twice_and_by_a_ratio() -> None:
    assert Interpolate(8, True, False).taps(4) == Taps(2, 1, (Run(-1, 1, 2), Run(0, 1, 2)))
    assert Interpolate(6, False, False).taps(4) == Taps(
        3, 2, (Run(0, 1, 1), Run(0, 1, 1), Run(1, 1, 1))
    )
    assert Interpolate(7, True, True).taps(4) == Taps(2, 1, (Run(0, 1, 1), Run(0, 1, 2)))


@given(st.integers(1, 6), st.integers(1, 4))
def test_block_reads_all_that_one_maximum_is_of(n: int, kernel: int) -> None:
    window, size = Block(kernel), n * kernel
    assert window.size(size) == size

    def broadcast(x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.max_pool1d(x, kernel).repeat_interleave(kernel, dim=2)

    assert reads(window, size) == measured(broadcast, size)


@given(st.integers(1, 9), st.data())
def test_pick_reads_one_position(n: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, n - 1))
    assert Pick(index).size(n) is None
    assert reads(Pick(index), n) == measured(lambda x: x[:, :, index : index + 1], n)


@given(sizes)
def test_point_reads_itself(n: int) -> None:
    assert reads(POINT, n) == measured(torch.nn.ReLU(), n)


# Symbols


@many
@given(sizes, kernels, strides, st.integers(-3, 3), st.integers(-3, 3), dilations, st.booleans())
def test_taps_of_symbols_are_those_of_their_numbers(
    n: int, kernel: int, stride: int, before: int, after: int, dilation: int, keep: bool
) -> None:
    at = {"n": n, "k": kernel, "s": stride, "d": dilation}
    n_, k_, s_, d_ = map(symbolic.symbol, at)
    pairs: list[tuple[Taps | None, Taps | None]] = [
        (Slide(k_, s_, before, after, d_).taps(n_), Slide(kernel, stride, before, after, dilation).taps(n)),
        (Spread(kernel, stride, before, after, dilation, 0).taps(n_),
         Spread(kernel, stride, before, after, dilation, 0).taps(n)),
        (Whole(keep).taps(n_), Whole(keep).taps(n)),
        (Broadcast(n_).taps(1), Broadcast(n).taps(1)),
        (Adaptive(1).taps(n_), Adaptive(1).taps(n)),
        (Enlarge(stride).taps(n_), Enlarge(stride).taps(n)),
        (Block(kernel).taps(n_), Block(kernel).taps(n)),
        (Pick(k_).taps(n_), Pick(kernel).taps(n)),
    ]  # fmt: skip
    for found, expected in pairs:
        assert found is not None
        assert expected is not None
        runs = tuple(Run(*(number(item, at) for item in run)) for run in found.runs)
        units = None if found.units is None else number(found.units, at)
        assert Taps(found.every, number(found.step, at), runs, units) == expected


def number(value: Any, at: dict[str, int]) -> Any:
    return value if isinstance(value, int) else symbolic.substitute(value, at)


def test_taps_that_depend_on_values_are_not_guessed() -> None:
    n, k = symbolic.symbol("n"), symbolic.symbol("k")
    assert Adaptive(3).taps(n) is None
    assert Adaptive(n).taps(3) is None
    assert Spread(k, 2, 0, 0, 1, 0).taps(5) is None
    assert Spread(3, k, 0, 0, 1, 0).taps(5) is None
    assert Enlarge(k).taps(5) is None
    assert Block(k).taps(5) is None
    assert Interpolate(k, True, False).taps(5) is None
    assert Interpolate(6, True, False).taps(n) is None


# What does not fit


@many
@given(st.integers(1, 6), st.integers(2, 9), st.integers(0, 2), st.integers(0, 2), dilations)
def test_hint_names_the_largest_kernel_that_fits(
    n: int, kernel: int, before: int, after: int, dilation: int
) -> None:
    window = Slide(kernel, 1, before, after, dilation)
    assume(window.size(n) < 1)
    problem, hint = window.misfit(n)
    assert problem.startswith(f"kernel {kernel} ")
    largest = int(hint.partition("at most ")[2].partition(",")[0])
    assert Slide(largest, 1, before, after, dilation).size(n) >= 1
    assert Slide(largest + 1, 1, before, after, dilation).size(n) < 1


@pytest.mark.parametrize(
    ("window", "n", "problem"),
    [
        (Slide(5, 1, 1, 1), 2, "kernel 5 is larger than its padded input 4 (2 + 1 + 1 = 4)"),
        (Slide(3, 1, dilation=2), 4, "kernel 3 with dilation 2 spans 5 and is larger than"),
        (Slide(before=-2, after=-3), 5, "cropping 2 + 3 of 5 positions leaves nothing"),
        (Spread(2, 1, 2, 2, 1, 0), 3, "padding 2 + 2 removes all of the output of 3 positions"),
        (Slide(5), symbolic.symbol("H"), "kernel 5 is larger than its padded input H"),
        (Slide(5), symbolic.floor_div(symbolic.symbol("H") + 1, 2), "input floor((H + 1)/2) ("),
    ],
)
def test_says_what_does_not_fit(window: Window, n: Any, problem: str) -> None:
    said, hint = window.misfit(n)
    assert problem in said
    assert hint
