"""Networks in the words of an exam, as modules of PyTorch: what a student reads, and nothing else.

Nothing of the project is used here: no spec, no layer, no formula.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import prod
from typing import Any

import torch
from torch import nn

_SIZE = r"\d+(?:×\d+)*"
_NAMES = (
    "depthwise separable convolution|depthwise convolution|transposed convolution|convolution|"
    "max pooling|average pooling|locally connected layer"
)
_WINDOWED = re.compile(rf"(?:({_SIZE}) )?(?:1D |3D )?({_NAMES})")


def sizes(text: str) -> tuple[int, ...]:
    """``3×32×32`` as numbers."""
    return tuple(map(int, text.replace(",", "").split("×")))


def numbers(text: str) -> list[int]:
    """All numbers of a text, without the commas in them."""
    return [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*\d|\d", text)]


def found(pattern: str, text: str) -> str:
    """What a group matches; the question is not worded as it was where nothing does."""
    match = re.search(pattern, text)
    assert match, f"the words have changed: no {pattern!r} in {text!r}"
    return match[1]


def module(words: str, channels: int, dims: int = 2, **given: int) -> nn.Module:
    """The first layer that the words name, for so many channels.

    ``given`` are arguments that are said elsewhere: ``kernel``, ``stride``, ``padding``, ``out``.
    """

    def said(name: str, pattern: str, default: int) -> tuple[int, ...]:
        match = re.search(pattern, words)
        one = sizes(match[1]) if match else (given.get(name, default),)
        return one * (dims if len(one) == 1 else 1)

    if words.startswith(("flatten", "ReLU", "batch normalisation", "fully", "upsampling")):
        return _plain(words, channels)
    if words.startswith("global average pooling"):
        return nn.AdaptiveAvgPool2d(1)
    if "adaptive average pooling" in words:
        return nn.AdaptiveAvgPool2d(int(found(r"size (\d+)", words)))
    match = _WINDOWED.search(words)
    assert match, f"the words have changed: no layer in {words!r}"
    name = match[2]
    kernel = sizes(match[1]) if match[1] else said("kernel", rf"kernel (?:of )?({_SIZE})", 0)
    kernel *= dims if len(kernel) == 1 else 1
    padding = said("padding", rf"padding (?:of )?({_SIZE})", 0)
    dilation = said("dilation", rf"dilation ({_SIZE})", 1)
    if "pooling" in name:
        stride = said("stride", rf"stride ({_SIZE})", 0)
        made = getattr(nn, f"{'Max' if 'max' in name else 'Avg'}Pool{dims}d")
        pool: nn.Module = made(kernel, stride if stride[0] else kernel, padding)
        return pool
    stride = said("stride", rf"stride ({_SIZE})", 1)
    out = said("out", r"(\d+) filters", channels)[0]
    groups = said("groups", r"(\d+) groups", 1)[0]
    bias = not re.search(r"no bias|without bias", words)
    if name == "transposed convolution":
        extra = said("extra", rf"output padding ({_SIZE})", 0)
        plain = words.replace(f"output padding {extra[0]}", "")
        padding = tuple(module(plain, channels, dims).padding) if extra[0] else padding
        up = getattr(nn, f"ConvTranspose{dims}d")
        transposed: nn.Module = up(channels, out, kernel, stride, padding, extra, groups, bias)
        return transposed
    conv = getattr(nn, f"Conv{dims}d")
    if name == "depthwise convolution":
        groups = channels
        out = channels * said("multiplier", r"(\d+) filters for each channel", 1)[0]
    if name == "depthwise separable convolution":
        depthwise = conv(channels, channels, kernel, stride, padding, dilation, channels, False)
        return nn.Sequential(depthwise, conv(channels, out, 1, bias=bias))
    made_conv: nn.Module = conv(channels, out, kernel, stride, padding, dilation, groups, bias)
    return made_conv


def _plain(words: str, channels: int) -> nn.Module:
    if words.startswith("fully"):
        return nn.Linear(channels, int(found(r"(\d+) units", words)))
    if words.startswith("upsampling"):
        return nn.Upsample(scale_factor=int(found(r"factor (\d+)", words)))
    return {
        "flatten": nn.Flatten,
        "ReLU": nn.ReLU,
        "batch normalisation": lambda: nn.BatchNorm2d(channels),
    }[words.split(",")[0]]()


class Passed:
    """A layer of a chain, and what goes in and comes out (without the batch)."""

    def __init__(self, layer: nn.Module, before: Sequence[int]) -> None:
        self.layer, self.before = layer, tuple(before)
        with torch.device("meta"):
            made = layer.to("meta")(torch.empty(2, *before))
        self.after = tuple(made.shape[1:])

    @property
    def params(self) -> int:
        return sum(one.numel() for one in self.layer.parameters())

    @property
    def buffers(self) -> int:
        return sum(one.numel() for one in self.layer.buffers())

    @property
    def macs(self) -> int:
        """Every weight is used at every position of the output; going up, of the input."""
        if isinstance(self.layer, nn.Sequential):
            parts, shape = [], self.before
            for layer in self.layer:
                parts.append(Passed(layer, shape))
                shape = parts[-1].after
            return sum(one.macs for one in parts)
        if isinstance(self.layer, nn.BatchNorm2d):
            return 0
        up = isinstance(self.layer, nn.ConvTranspose2d)
        weights = sum(one.numel() for one in self.layer.parameters() if one.dim() > 1)
        return weights * prod((self.before if up else self.after)[1:])


def chain(words: Iterable[str], shape: Sequence[int]) -> list[Passed]:
    """Layers one after the other; what is flattened on the way to a dense layer need not be said."""
    passed: list[Passed] = []
    for one in words:
        before = passed[-1].after if passed else tuple(shape)
        if one.startswith("fully") and len(before) > 1:
            before = (prod(before),)
        passed.append(Passed(module(one, before[0]), before))
    return passed


def after(layers: Iterable[nn.Module], shape: Sequence[int]) -> tuple[int, ...]:
    """The shape that comes out of layers."""
    for layer in layers:
        shape = Passed(layer, shape).after
    return tuple(shape)


def listed(text: str) -> list[str]:
    """The layers of ``(1) …; (2) …``."""
    return [one.rstrip(". ") for one in re.findall(r"\(\d\) (.*?)(?=[;.:] |\.?$)", text)]


def drawn(description: str) -> tuple[tuple[int, ...], list[str]]:
    """The input and the layers of the picture of a network."""
    start, *layers = description.rstrip(".").split("; ")
    return sizes(start.removeprefix("Input ")), [one.split(", giving")[0] for one in layers]


# Receptive fields, as sets of positions.


def seen(layers: Iterable[nn.Module], unit: int = 0) -> set[int]:
    """The positions of the input, along the last axis, that a unit of the last layer sees.

    Those in the padding have numbers below 0, or beyond the last of the map.
    """
    positions = {unit}
    for layer in reversed([*layers]):
        if isinstance(layer, (nn.BatchNorm2d, nn.ReLU)):
            continue
        k, s, p, d = (_last(layer, of) for of in ("kernel_size", "stride", "padding", "dilation"))
        positions = {i * s - p + tap * d for i in positions for tap in range(k)}
    return positions


def _last(layer: nn.Module, of: str) -> int:
    """A setting along the last axis; an average pooling has no dilation."""
    said: Any = getattr(layer, of, 1)
    return int(said[-1] if isinstance(said, tuple) else said)


def field(layers: Iterable[nn.Module]) -> int:
    """From the first position that is seen to the last."""
    found = seen(layers)
    return max(found) - min(found) + 1


def jump(layers: Iterable[nn.Module]) -> int:
    """How far apart the fields of two neighbours are."""
    layers = [*layers]
    return min(seen(layers, 1)) - min(seen(layers, 0))
