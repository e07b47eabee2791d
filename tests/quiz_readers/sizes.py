"""Output sizes, and inputs of which something is left, or nothing left out."""

from __future__ import annotations

from itertools import count
from math import prod
from typing import Any

import torch
from quiz_words import after, chain, found, listed, module, numbers, sizes
from torch import nn

from cnncalc.quiz.model import Matching, Question, Table, TrueFalse

from .asked import Reader, by_row, high, pictured, rows, stated, unsaid


def single_size(one: Question) -> list[int]:
    words = one.stem.replace("no padding", "padding 0")
    n, _ = of_map(one)
    return [chain([words], (1, n, n))[0].after[1]]


def of_map(one: Question) -> tuple[int, int]:
    return sizes(found(r"(\d+×\d+) pixels", one.stem))  # type: ignore[return-value]


def conv1d(one: Question) -> list[int]:
    conv, pool = one.stem.split(", and then a ")
    steps = int(found(r"(\d+) time steps", conv))
    n = numbers(pool)
    first = module(found(r"(1D .*)", conv), 1, 1)
    second = module(f"max pooling kernel {n[0]}, stride {n[1]}", 1, 1)
    with_signal = after([first, second], (1, steps))
    return [with_signal[-1]]


def conv3d(one: Question) -> list[str]:
    frames, height, width, channels = numbers(one.stem)[:4]
    out, *kernel = numbers(found(r"with (\d+ filters of \d+×\d+×\d+)", one.stem))
    words = (
        f"{'×'.join(map(str, kernel))} 3D convolution, {out} filters, " + one.stem.split(", ")[1]
    )
    made = after([module(words, channels, 3)], (channels, frames, height, width))
    return ["x".join(map(str, made))]


def statements_on_sizes(one: Question) -> list[bool]:
    n = numbers(one.stem)[0]
    return [chain([words], (8, n, n))[0].after[1] == value for words, value in stated(one)]


def per_axis(one: Question) -> list[int]:
    high, wide = numbers(one.stem)[:2]
    passed = chain(rows(one), (1, high, wide))
    return [size for layer in passed for size in layer.after[1:]]


def floor_ceil(one: Question) -> list[int]:
    k, _, s = numbers(one.stem)[:3]
    kind = one.stem.split()[0].lower()
    p = int(found(r"padding (\d)", one.stem.replace("no padding", "padding 0")))
    answers = []
    for height in map(int, rows(one)):
        for up in (False, True):
            pool = module(f"{k}×{k} {kind} pooling, stride {s}, padding {p}", 1)
            pool.ceil_mode = up  # type: ignore[assignment]
            answers.append(after([pool], (1, height, height))[1])
    return answers


def same_valid(one: Question) -> list[int]:
    assert isinstance(one.body, Matching)
    n, answers = numbers(one.stem)[0], []
    for pair in one.body.pairs:
        layer = module(pair.left, 1)
        layer.padding = "same" if "same" in pair.left else (0, 0)  # type: ignore[assignment]
        if "full" in pair.left:
            zeros = int(found(r"\((\d+) zeros", pair.left))
            layer.padding = (zeros, zeros)  # type: ignore[assignment]
        answers.append(after([layer.__class__(1, 1, **arguments(layer))], (1, n, n))[1])
    return answers


def arguments(layer: Any) -> dict[str, Any]:
    """What a convolution was made with, and its padding as it was set since."""
    return {name: getattr(layer, name) for name in ("kernel_size", "stride", "padding", "dilation")}


def small_map(one: Question) -> list[int]:
    about = one.picture.description if one.picture else ""
    wide = numbers(about)[1]
    k = int(found(r"kernel of (\d+)", about))
    d = int(found(r"(\d+) apart", about)) if "apart" in about else 1
    p = int(found(r"with (\d+) of padding", about)) if "of padding" in about else 0
    s = int(found(r"(\d+) further right", about))
    layer = module(f"{k}×{k} convolution, stride {s}, padding {p}, dilation {d}", 1)
    return [after([layer], (1, wide, wide))[2]]


def skips(one: Question) -> list[bool]:
    n = numbers(one.stem)[0]
    assert isinstance(one.body, TrueFalse)
    return [
        chain(said.text.rstrip(".").split("; then "), (8, n, n))[-1].after[1] == n
        for said in one.body.statements
    ]


def smallest_input(one: Question) -> list[int]:
    """PyTorch refuses what is too small for a window."""
    channels = int(found(r"images with (\d+) channels", one.stem))
    words = [unsaid(one, words) for words in listed(one.stem)]

    def goes_through(n: int) -> bool:
        try:
            return all(prod(layer.after) for layer in chain(words, (channels, n, n)))
        except RuntimeError:
            return False

    return [next(filter(goes_through, count(1)))]


def even_windows(one: Question) -> list[bool]:
    words = [unsaid(one, words) for words in listed(one.stem)]
    assert isinstance(one.body, TrueFalse)
    answers = []
    for said in one.body.statements:
        n, _ = sizes(found(r"(\d+×\d+) pixels", said.text))
        passed = chain(words, (3, n, n))
        answers.append(all(reads_every_row(layer.layer, layer.before[1]) for layer in passed))
    return answers


def reads_every_row(layer: Any, n: int) -> bool:
    """Has each row a part in the sum of the output? Of its windows, a maximum is one value only."""
    if isinstance(layer, nn.MaxPool2d):
        like: nn.Module = nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding)
    else:
        like = nn.Conv2d(1, 1, bias=False, **arguments(layer))
        nn.init.ones_(like.weight)
    x = torch.ones(1, 1, n, n, requires_grad=True)
    like(x).sum().backward()
    assert x.grad is not None
    return bool((x.grad.sum(3) > 0).all())


def paddings(one: Question) -> list[int]:
    """The one padding that makes the given output; each layer goes on from the one before it."""
    assert isinstance(one.body, Table)
    answers, last = [], None
    for words, before, made, _ in one.body.rows:
        assert last in (None, before)
        last, n = made, int(str(before))
        kernel = numbers(str(words))[0]
        fits = []
        for p in range(n):
            if "pooling" in str(words) and p > kernel // 2:
                break  # PyTorch allows no more
            layer = module(f"{unsaid(one, str(words))}, padding {p}", 1)
            fits += [p] if after([layer], (1, n, n))[1] == int(str(made)) else []
        answers += fits
    return answers


READERS: dict[str, Reader] = {
    "conv-output-size": single_size,
    "deconv-size": single_size,
    "dilated-size": single_size,
    "conv1d-size": conv1d,
    "conv3d-shape": conv3d,
    "output-size-statements": statements_on_sizes,
    "per-axis-size": per_axis,
    "pool-floor-ceil": floor_ceil,
    "same-valid-size": same_valid,
    "small-map-output-size": small_map,
    "skip-sizes-agree": skips,
    "chain-output-shape": lambda one: ["x".join(map(str, pictured(one)[-1].after))],
    "layer-table": lambda one: by_row(one, lambda layer: layer.after[0], high),
    "smallest-input": smallest_input,
    "windows-come-out-even": even_windows,
    "padding-table": paddings,
}
