"""Templates that ask what to choose: the one that fits is found by trying, without the analyzer."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count

import pytest
import torch
from hypothesis import settings

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.field_misconceptions import ADDED_STRIDES, LAST_KERNEL, SUMMED_KERNELS
from cnncalc.quiz.fitting import Fit, fitting, fitting_number, inferred
from cnncalc.quiz.misconceptions import PADDED_ONE_SIDE, ROUNDED_UP, stated
from cnncalc.quiz.model import Numeric, Question, Single, TrueFalse
from cnncalc.quiz.registry import find

#: 1,000 with ``--long``.
SEEDS = range(1000 if settings.get_current_profile_name() == "long" else 10)


def made(template: str, seed: int) -> Question:
    return question(find(template), Seed(seed))


def key_of(found: Question) -> object:
    body = found.body
    assert isinstance(body, Single)
    return body.options[body.at].value


def numbers(text: str) -> list[int]:
    return list(map(int, re.findall(r"\d+", text)))


def height(build: Callable[..., torch.nn.Module], n: int, **arguments: int) -> int:
    """What a layer of PyTorch makes of n positions."""
    with torch.device("meta"):
        made: torch.Tensor = build(1, 1, **arguments)(torch.empty(1, 1, n, n))
        return made.shape[-1]


# The words of a stem are read again, and all candidates tried.


@pytest.mark.parametrize("seed", SEEDS)
def test_one_padding_fits(seed: int) -> None:
    found = made("padding-to-keep", seed)
    k, _, *dilation, s, n, _ = numbers(found.stem)
    d = dilation[0] if dilation else 1
    wanted = n // s
    assert n % s == 0
    assert ("half" in found.stem) == (s == 2)
    fits = [
        p
        for p in range(4 * k)
        if n + 2 * p > d * k
        and height(torch.nn.Conv2d, n, kernel_size=k, stride=s, padding=p, dilation=d) == wanted
    ]
    assert fits == [key_of(found)]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_kernel_fits(seed: int) -> None:
    found = made("kernel-to-infer", seed)
    *dilation, s, p, m, _, n, _ = numbers(found.stem)
    d = dilation[0] if dilation else 1
    fits = [
        k
        for k in range(1, (n + 2 * p - 1) // d + 1)
        if height(torch.nn.Conv2d, n, kernel_size=k, stride=s, padding=p, dilation=d) == m
    ]
    if "odd" in found.stem:
        fits = [k for k in fits if k % 2]
    assert fits == [key_of(found)]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_stride_fits(seed: int) -> None:
    found = made("stride-to-infer", seed)
    n, _, k, _, *padding, pool, _, _, m, _ = numbers(found.stem)
    p = padding[0] if padding else 0
    fits = []
    for s in range(1, 40):
        between = height(torch.nn.Conv2d, n, kernel_size=k, stride=s, padding=p)
        if between >= pool and (between - pool) // 2 + 1 == m:
            fits.append(s)
    assert isinstance(found.body, Numeric)
    assert fits == [found.body.value]


@pytest.mark.parametrize("seed", SEEDS)
def test_one_transposed_convolution_enlarges_exactly(seed: int) -> None:
    found = made("deconv-output-padding", seed)
    s, n, _ = numbers(found.stem)
    assert isinstance(found.body, Single)
    fits = []
    for option in found.body.options:
        k, p, extra = numbers(str(option.value))
        arguments = {"kernel_size": k, "stride": s, "padding": p, "output_padding": extra}
        if height(torch.nn.ConvTranspose2d, n, **arguments) == s * n:
            fits.append(option.value)
    assert fits == [key_of(found)]


def joins(n: int, levels: int) -> bool:
    """Does halving (rounded down) and doubling come back to the same size at every level?"""
    return levels == 0 or (n >= 2 and n // 2 * 2 == n and joins(n // 2, levels - 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_nearest_size_of_a_unet(seed: int) -> None:
    found = made("unet-good-sizes", seed)
    levels, n = numbers(found.stem)[0], numbers(found.stem.split("Images of ")[1])[0]
    step = 1 if "padded before" in found.stem else -1
    assert key_of(found) == next(m for m in count(n, step) if joins(m, levels))


@pytest.mark.parametrize("seed", SEEDS)
def test_sizes_that_come_back(seed: int) -> None:
    """Claims say what the layers come to, which the oracle holds to PyTorch."""
    found = made("skip-sizes-agree", seed)
    n = numbers(found.stem)[0]
    assert isinstance(found.body, TrueFalse)
    for statement, claim in zip(found.body.statements, found.claims):
        assert statement.true == (claim.ask.value == n) == claim.true


@pytest.mark.parametrize("seed", SEEDS)
def test_as_few_layers_as_cover(seed: int) -> None:
    found = made("layers-to-cover", seed)
    wanted = int(re.findall(r"at least (\d+)", found.stem)[0])
    before, enough = found.claims[:2]
    assert enough.ask.net.startswith(before.ask.net)
    assert int(before.value) < wanted <= int(enough.value)
    assert enough.ask.net.count(" p=") - before.ask.net.count(" p=") == 1


# What they are made of.


def with_kernel(k: int) -> Ask:
    return Ask(f"3x32x32 | conv 8 k={k} p=2", "height")


def test_the_mistaken_infer_something_else() -> None:
    found = inferred(
        with_kernel, 30, range(1, 40), [PADDED_ONE_SIDE, ROUNDED_UP, *stated(with_kernel(7))], "So."
    )
    assert found.value == 7
    assert {one.value: one.text for one in found.wrong} == {
        5: "added the padding on one side only",
        3: "forgot the padding",
    }
    assert found.wrong[0].feedback.endswith(": 32 + 2 − 5 + 1 = 30.")
    assert [claim.true for claim in found.claims] == [True, False, False]


def test_what_no_candidate_or_several_come_to_is_drawn_again() -> None:
    with pytest.raises(Redraw, match="no candidate"):
        inferred(with_kernel, 31, range(1, 40, 2), [], "So.")
    with pytest.raises(Redraw, match="several"):
        inferred(lambda k: Ask(f"3x32x32 | conv 8 k={k} s=2", "height"), 15, range(1, 9), [], "So.")


def test_what_fits_as_well_is_no_wrong_answer() -> None:
    others = [Fit(k, with_kernel(k), f"did {k}") for k in (3, 4, 7, 9, 11)]
    found = fitting(Draw(1), "?", Fit(7, with_kernel(7)), others, "So.")
    assert isinstance(found.body, Single)
    assert 7 not in [option.value for option in found.body.options if option.wrong]
    assert found.body.options[1].feedback.endswith(", not 30.")
    with pytest.raises(TypeError, match="no number"):
        fitting_number("?", Fit("seven", with_kernel(7)), others, "So.")


def test_steps_go_wrong_along_all_axes_of_a_shape() -> None:
    ask = Ask("3x17x21 | conv 8 k=3 s=2 p=1 | relu | maxpool 2", "shape")
    assert ask.value == "8x4x5"
    wrong = PADDED_ONE_SIDE.wrong(ask._replace(net="3x16x22 | conv 8 k=3 s=3 p=1"))
    assert wrong
    assert wrong.value == "8x5x7"
    assert PADDED_ONE_SIDE.wrong(Ask("3x17x21 | conv 8 k=3 p=1 | flatten", "channels")) is None


def test_layers_are_taken_for_a_single_one() -> None:
    ask = Ask("3x64x64 | conv 8 k=5 s=2 | bn | maxpool 3 s=2 | c = conv 8 k=3", "rf")
    believed = [one.wrong(ask) for one in (SUMMED_KERNELS, LAST_KERNEL)]
    assert [(one.value, one.working) for one in believed if one] == [(11, "5 + 3 + 3"), (3, "")]
    strides = ADDED_STRIDES.wrong(ask._replace(net=ask.net.replace("s=2 |", "s=3 |", 1), of="jump"))
    assert strides
    assert (strides.value, strides.working) == (5, "3 + 2")
