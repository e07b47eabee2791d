"""Misconceptions about receptive fields and jumps, beside those of :mod:`~cnncalc.quiz.misconceptions`."""

from __future__ import annotations

from collections.abc import Callable

from cnncalc.layers import KINDS, Layer
from cnncalc.layers.windows import Slide, Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.misconceptions import (
    IGNORED_DILATION,
    MULTIPLIED_SPAN,
    WHOLE_KERNEL,
    Misconception,
    Number,
    on_layers,
)


def _slides(ask: Ask) -> list[Slide]:
    """The windows along the height that read several positions, up to the asked layer."""
    graph = ask.graph
    found = []
    for node in graph:
        window = node.layer.reads(*graph.inputs_of(node))[0][0]
        if isinstance(window, Slide) and (window.kernel, window.stride) != (1, 1):
            found.append(window)
        if node.name == ask.layer:
            break
    return found


def _as_one(text: str, of: Callable[[Slide], int], layer: str, last: bool = False) -> Misconception:
    """All layers are taken for a single one, of which a number is the sum over them (or the last)."""

    def believed(ask: Ask) -> Number | None:
        found = [of(one) for one in _slides(ask)][-last:]
        numbers = [n for n in found if n > 1]
        net = f"{ask.net.partition('|')[0]}| {layer}{sum(numbers) or 1}"
        working = " + ".join(map(str, numbers)) if len(numbers) > 1 else ""
        return Number(ask._replace(net=net, layer=None).value, working)

    return Misconception(text, believed)


SUMMED_KERNELS = _as_one("added up the kernel sizes", lambda one: one.kernel, "conv 1 k=")
LAST_KERNEL = _as_one("took the last kernel alone", lambda one: one.kernel, "conv 1 k=", True)
ADDED_STRIDES = _as_one(
    "added the strides, which multiply", lambda one: one.stride, "conv 1 k=1 s="
)
LAST_STRIDE = _as_one(
    "took the stride of the last layer alone", lambda one: one.stride, "conv 1 k=1 s=", True
)


def _unpooled(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """Nothing in place of a window that slides without weights."""
    arguments = layer.arguments
    return KINDS["identity"]() if "kernel" in arguments and "bias" not in arguments else None


NO_POOLING = on_layers("left the pooling out", _unpooled)


def _dilated(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """The kernel d·k wide, where it spans d(k − 1) + 1."""
    wider = [w.dilation * w.kernel for w in windows if isinstance(w, Slide)]
    if "dilation" not in layer.arguments:
        return None
    return layer.replace(kernel=tuple(wider), dilation=(1,))


def _strided(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    if "dilation" not in layer.arguments:
        return None
    return layer.replace(stride=layer.__dict__["dilation"], dilation=(1,))


def _doubled(layer: Layer, windows: tuple[Window, ...]) -> Layer:
    """A kernel that reaches k − 1 to either side."""
    return layer.replace(dilation=(2,))


DOUBLED = on_layers("doubled what each kernel adds", _doubled)

#: Of dilated convolutions.
DILATED = (
    IGNORED_DILATION,
    on_layers(MULTIPLIED_SPAN.text, _dilated),
    on_layers("took the dilation for a stride", _strided),
    WHOLE_KERNEL,
    LAST_KERNEL,
    SUMMED_KERNELS,
)
