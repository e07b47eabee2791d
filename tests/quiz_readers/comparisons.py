"""Two designs side by side."""

from __future__ import annotations

import re
from fractions import Fraction

from quiz_words import chain, field, found, numbers, sizes

from cnncalc.quiz.model import Question

from .asked import COUNTS, Reader, stated


def local_ratio(one: Question) -> list[int]:
    """A locally connected layer has the filters of every position for itself."""
    n, _ = sizes(found(r"map of (\d+×\d+)", one.stem))
    layer = chain([one.stem.replace("no padding", "padding 0")], (1, n, n))[0]
    return [layer.after[1] * layer.after[2]]


def cost(one: Question, words: list[str], shape: tuple[int, ...]) -> int:
    """Parameters or MACs of layers without biases, whichever the question asks for."""
    passed = chain([f"{word}, no bias" for word in words], shape)
    return sum(layer.macs if "MACs" in one.stem else layer.params for layer in passed)


def separable_share(one: Question) -> list[Fraction]:
    k, _, channels, n, _, out, *_ = numbers(one.stem)
    same = f"padding {k // 2}"
    pair = [f"{k}×{k} depthwise convolution, {same}", f"1×1 convolution, {out} filters"]
    old = cost(one, [f"{k}×{k} convolution, {out} filters, {same}"], (channels, n, n))
    return [Fraction(cost(one, pair, (channels, n, n)), old)]


def saved_per_cent(one: Question) -> list[int]:
    k, _, channels, n, _, out, _, _, middle, *_ = numbers(one.stem)
    last = f"{k}×{k} convolution, {out} filters, padding {k // 2}"
    old = cost(one, [last], (channels, n, n))
    new = cost(one, [f"1×1 convolution, {middle} filters", last], (channels, n, n))
    return [round(100 * (1 - Fraction(new, old)))]


def two_or_one(one: Question) -> list[bool]:
    big, count, small = re.findall(r"one (\d+×\d+).*is (\w+) (\d+×\d+)", one.stem)[0]
    n = int(found(r"maps at (\d+)", one.stem))
    channels = int(found(r"(\d+) input channels", one.stem))
    nets = {}
    for name, kernel, depth in (("A", big, 1), ("B", small, COUNTS[count])):
        words = (
            f"{kernel} convolution, {channels} filters, padding {int(kernel.split('×')[0]) // 2}"
        )
        nets[name] = chain([words] * depth, (channels, n, n))
    answers = []
    for said, value in stated(one):
        net = nets[found(r"\b([AB])\b(?:'s| )", said)]
        right = field(layer.layer for layer in net)
        if "MACs" in said or "parameters" in said:
            right = sum(layer.macs if "MACs" in said else layer.params for layer in net)
        answers.append(value == right)
    return answers


def fewer_with_gap(one: Question) -> list[int]:
    channels, high, _, classes = numbers(one.stem)
    before, after = (
        chain([f"fully connected layer, {classes} units"], (features,))[0].params
        for features in (channels * high * high, channels)
    )
    return [before - after]


READERS: dict[str, Reader] = {
    "local-vs-conv-params": local_ratio,
    "separable-ratio": separable_share,
    "bottleneck-saving": saved_per_cent,
    "two-3x3-vs-5x5": two_or_one,
    "gap-vs-flatten": fewer_with_gap,
}
