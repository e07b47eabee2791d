"""Formulas, at some values of their letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from quiz_words import Passed, chain, found, module

from .asked import COUNTS


def _times(text: str, c: int) -> int:
    """``2·C``, ``3C`` or ``C`` for a value of C."""
    return int(text.rstrip("C").rstrip("·") or 1) * c


def conv_in_c(stem: str, c: int) -> Fraction:
    out = _times(found(r"and (\S*C) filters", stem), c)
    kernel = found(r"(\d×\d)", stem)
    words = f"{kernel} convolution, {out} filters"
    words += ", no bias" * ("without bias" in stem)
    return Fraction(chain([words], (_times(found(r"has (\S*C) input", stem), c), 9, 9))[0].params)


def separable_in_c(stem: str, c: int) -> Fraction:
    kernel, out = found(r"(\d×\d) depthwise", stem), _times(found(r"to (\S*C):", stem), c)
    both = "both without bias" in stem
    layers = [f"{kernel} depthwise convolution, no bias", f"1×1 convolution, {out} filters"]
    layers[1] += ", no bias" * both
    assert both or "only the second has a bias" in stem
    return Fraction(sum(layer.params for layer in chain(layers, (c, 9, 9))))


def stacked_in_c(stem: str, c: int) -> Fraction:
    """With H = 20 and W = 24."""
    big, *small = re.findall(r"\d×\d", stem)
    if len(small) == 1:
        small *= COUNTS[found(r"by (\w+) \d×\d", stem)]
    channels = _times(found(r"has (\S*C) input", stem), c)
    bias = ", no bias" * ("and no bias" in stem)
    costs = []
    for kernels in ([big], small):
        layers = chain(
            [
                f"{k} convolution, {channels} filters, padding {int(k[0]) // 2}×{int(k[2]) // 2}{bias}"
                for k in kernels
            ],
            (channels, 20, 24),
        )
        costs.append(sum(layer.macs if "MACs" in stem else layer.params for layer in layers))
    return Fraction(costs[0] - costs[1])


def macs_in_h_w_c(stem: str, c: int) -> Fraction:
    """With H = 20 and W = 24."""
    head, words = re.findall(r"input of (\S+) .*layer: (.*?)\. ", stem)[0]
    at = {"C": c, "H": 20, "W": 24}
    shape = [int(re.sub(r"\D", "", part) or 1) * at[part[-1]] for part in head.split("×")]
    words = re.sub(r"(\d*)C filters", lambda one: f"{int(one[1] or 1) * c} filters", words)
    return Fraction(chain([words], shape)[0].macs)


def grouped_in_g(stem: str, g: int) -> Fraction:
    """With C = 12·g."""
    kernel, channels = found(r"(\d×\d)", stem), 12 * g
    outs = [int(n or 1) * channels for n in re.findall(r"(\d*)C filters", stem)]
    old = f"{kernel} convolution, {outs[0]} filters, no bias"
    new = [f"{kernel} convolution, {outs[1]} filters, {g} groups, no bias"]
    new += [f"1×1 convolution, {out} filters, no bias" for out in outs[2:]]
    small = (channels, int(kernel[0]), int(kernel[0]))  # one position
    before, after = (sum(x.params for x in chain(words, small)) for words in ([old], new))
    return Fraction(after, before)  # MACs are as many times more: the maps are of the same size


def separable_in_m(stem: str, m: int) -> Fraction:
    """With C = 12, and maps of any size that the padding keeps."""
    kernel, depthwise, pointwise = re.findall(r"kernel of ([\d×]+)", stem)
    dims, channels = len(kernel.split("×")), 12
    out = int(found(r"C channels to (\d*)M", stem) or 1) * m
    assert "none has a bias" in stem
    shape = (channels, *(20, 22, 24)[:dims])
    costs = []
    for layers in (
        [f"{kernel} convolution"],
        [f"{depthwise} depthwise convolution", f"{pointwise} convolution"],
    ):
        cost = 0
        for layer in layers:
            words = f"{layer}, {out} filters, padding {int(layer[0]) // 2}, no bias"
            passed = Passed(module(words, channels, dims), shape)
            assert passed.after[1:] == shape[1:]
            cost += passed.macs if "MACs" in stem else passed.params
        costs.append(cost)
    return Fraction(costs[1], costs[0])


FORMULAS: dict[str, Callable[[str, int], Fraction]] = {
    "macs-in-h-w-c": macs_in_h_w_c,
    "grouped-ratio-in-g": grouped_in_g,
    "conv-parameters-in-c": conv_in_c,
    "separable-params": separable_in_c,
    "separable-ratio-in-m": separable_in_m,
    "three-3x3-vs-7x7-in-c": stacked_in_c,
}
