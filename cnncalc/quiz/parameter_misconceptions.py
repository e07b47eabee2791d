"""Misconceptions about parameters, beside those that kinds of layers state about themselves."""

from __future__ import annotations

from cnncalc.layers import KINDS, Layer
from cnncalc.layers.windows import Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import ONE_ROW
from cnncalc.quiz.misconceptions import Misconception, Number, on_layers
from cnncalc.render.page import GROUPED
from cnncalc.worked import Worked


def _one_side(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    kernel = layer.__dict__.get("kernel")
    learns = "bias" in layer.arguments
    return layer.replace(kernel=(kernel[0], 1)) if kernel and learns else None


def _unshared(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    known = KINDS["local"].arguments
    given = {name: value for name, value in layer.given.items() if name in known}
    return KINDS["local"](**given) if {"out", "kernel"} <= {*given} else None


def _bias_for_each_channel(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """As many filters of one channel, with a bias each."""
    given = layer.given
    if not {"out", "kernel"} <= {*given} or not layer.__dict__["bias"]:
        return None
    return KINDS["dwconv"](kernel=given["kernel"], multiplier=given["out"])


def _with_bias(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    return layer.replace(bias=True) if layer.__dict__.get("bias") is False else None


#: The same mistake as in counts of MACs, where the positions must stay; here the padding may.
ONE_SIDE = on_layers(ONE_ROW.text, _one_side)
UNSHARED = on_layers("counted the weights anew at every position, which share them", _unshared)
BIAS_FOR_EACH_CHANNEL = on_layers(
    "counted a bias for each input channel of a filter", _bias_for_each_channel
)
BIAS_EVERYWHERE = Misconception("counted a bias at every position", UNSHARED.believed)
WITH_BIAS = on_layers("counted a bias where there is none", _with_bias)


CHANNELS_ONLY = on_layers(
    "connected the channels only, not every value of the maps",
    lambda layer, windows: [KINDS["gap"](), layer] if layer.kind == "flatten" else None,
)


def _statistics_too(ask: Ask) -> Number | None:
    buffers = ask._replace(of="buffers").value
    if not isinstance(buffers, int) or not buffers:
        return None
    total = Worked(ask.value) + (buffers - 1)  # all but the count of the batches
    return Number(total.value, total.written(GROUPED))


def _all_but_the_count(ask: Ask) -> Number:
    return Number((Worked(ask.value) - 1).value)


#: Of batch normalisation.
LEARNED_TOO = Misconception("took the running mean and variance for learned", _statistics_too)
NOT_THE_COUNT = Misconception("forgot the count of the batches", _all_but_the_count)
