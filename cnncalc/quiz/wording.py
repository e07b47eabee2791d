"""Layers and networks in the words of an exam."""

from __future__ import annotations

import re
from typing import Any

from cnncalc.graph import Node
from cnncalc.layers import Layer
from cnncalc.network import load
from cnncalc.sizes import Shape
from cnncalc.spec.printing import changed, value_text

#: What kinds are called where their own name is too short.
_KINDS = {
    "conv": "convolution",
    "dwconv": "depthwise convolution",
    "sepconv": "depthwise separable convolution",
    "deconv": "transposed convolution",
    "local": "locally connected layer",
    "maxpool": "max pooling",
    "avgpool": "average pooling",
    "adaptive_maxpool": "adaptive max pooling",
    "adaptive_avgpool": "adaptive average pooling",
    "gap": "global average pooling",
    "gmp": "global max pooling",
    "linear": "fully connected layer",
    "bn": "batch normalisation",
    "ln": "layer normalisation",
    "gn": "group normalisation",
    "instancenorm": "instance normalisation",
    "add": "addition",
    "concat": "concatenation",
    "relu": "ReLU",
    "upsample": "upsampling",
}
#: What is said of an argument; the others are called by their names.
_ARGUMENTS = {
    ("out", "conv"): "{} filters",
    ("out", "deconv"): "{} filters",
    ("out", "sepconv"): "{} filters",
    ("out", "local"): "{} filters",
    ("out", "linear"): "{} units",
    ("scale", "upsample"): "factor {}",
    ("size", "adaptive_avgpool"): "output size {}",
    ("size", "adaptive_maxpool"): "output size {}",
    ("groups", "conv"): "{} groups",
    ("bias", None): "no bias",
    ("ceil", None): "sizes rounded up",
}
#: Arguments that come before the others (0) and after them (2).
_ORDER = {"out": 0, "bias": 2}


def line(kind: str, **arguments: object) -> str:
    """A layer line without the arguments that have their usual values.

    >>> line("conv 8", k=3, s=1, p=1)
    'conv 8 k=3 p=1'
    """
    usual = {"s": 1, "p": 0, "d": 1, "g": 1}
    kept = (f"{name}={value}" for name, value in arguments.items() if value != usual.get(name))
    return " ".join([kind, *kept])


def layer_words(layer: Layer) -> str:
    """``5×5 convolution, 10 filters, stride 2, padding 2``.

    >>> layer_words(load("3x32x32 | conv 10 k=5 s=2 p=2").graph().nodes[0].layer)
    '5×5 convolution, 10 filters, stride 2, padding 2'
    >>> layer_words(load("3x32x32 | maxpool 2").graph().nodes[0].layer)
    '2×2 max pooling, stride 2'
    """
    given: dict[str, Any] = dict(changed(layer))
    kernel = given.pop("kernel", None)
    if layer.__dict__.get("stride", 1) is None:  # as large as the window: not everybody knows that
        given = {"stride": kernel, **given}
    name = _KINDS.get(layer.kind, layer.kind.replace("_", " "))
    words = [f"{_times(kernel)} {name}" if kernel else name]
    for argument, value in sorted(given.items(), key=lambda item: _ORDER.get(item[0], 1)):
        text = _ARGUMENTS.get((argument, layer.kind)) or _ARGUMENTS.get((argument, None))
        words.append(
            text.format(value_text(value))
            if text
            else f"{argument.replace('_', ' ')} {value_text(value).replace('x', '×')}"
        )
    return ", ".join(words)


def _times(kernel: tuple[Any, ...]) -> str:
    """``5×5``; a single value is for both axes of an image."""
    both = kernel * 2 if len(kernel) == 1 else kernel
    return "×".join(value_text(size) for size in both)


def nodes(net: str) -> tuple[Node, ...]:
    """The layers of a network in one line."""
    return load(net).graph().nodes


def chain(net: str) -> str:
    """The layers of a network that follow one another, as a numbered list in a sentence."""
    return "; ".join(f"({i}) {layer_words(node.layer)}" for i, node in enumerate(nodes(net), 1))


def a(words: str) -> str:
    """The words with their article, which depends on how a size is said.

    >>> a("5×5 convolution"), a("11×11 convolution")
    ('a 5×5 convolution', 'an 11×11 convolution')
    """
    return f"an {words}" if re.match(r"[aeiou]|8|1[18]\D", words) else f"a {words}"


def sentence(words: str) -> str:
    """The words with a capital letter in front; others stay as they are."""
    return words[:1].upper() + words[1:]


#: What a list of layers leaves out.
UNSAID = "Where no stride is given it is 1, and where no padding is given there is none."


def size(shape: Shape) -> str:
    """``3×32×32``."""
    return "×".join(map(str, shape))


__all__ = ["UNSAID", "a", "chain", "layer_words", "line", "nodes", "sentence", "size"]
