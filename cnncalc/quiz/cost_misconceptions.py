"""Misconceptions about MACs and memory; those that kinds state about parameters are with them."""

from __future__ import annotations

from cnncalc.layers import Layer
from cnncalc.layers.windows import Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.misconceptions import Misconception, Number, instead, on_layers
from cnncalc.render.page import GROUPED
from cnncalc.worked import Worked


def _at_every_position(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    if not {"stride", "padding"} <= {*layer.arguments}:
        return None
    return layer.replace(stride=(1,), padding="same")


INPUT_POSITIONS = on_layers(
    "counted the positions of the input, not of the output", _at_every_position
)


def _one_row(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """A square kernel as its middle row, where that reads at the same positions."""
    if not {"kernel", "padding"} <= {*layer.arguments}:
        return None
    (kernel, *others), (before, *_) = layer.__dict__["kernel"], layer.__dict__["padding"]
    if others or len(windows) != 2 or 2 * before != kernel - 1:
        return None
    return layer.replace(kernel=(1, kernel), padding=(0, before))


ONE_ROW = on_layers("counted one side of the kernel, not its area", _one_row)


def _one_filter(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    alone = layer.__dict__.get("groups", 1) == 1
    return layer.replace(out=1) if "out" in layer.arguments and alone else None


ONE_FILTER = on_layers("counted one filter only", _one_filter)


def _one_channel(ask: Ask) -> Ask | None:
    _channels, times, rest = ask.net.partition("x")
    grouped = any(node.layer.__dict__.get("groups", 1) != 1 for node in ask.graph)
    return None if grouped else ask._replace(net=f"1{times}{rest}")


#: For a single layer.
ONE_CHANNEL = Misconception("left the input channels out", _one_channel)


def _groups_twice(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    groups = layer.__dict__.get("groups", 1)
    return None if groups == 1 else layer.replace(groups=groups * groups)


GROUPS_TWICE = on_layers("divided by the groups twice", _groups_twice)


def _and_bias(ask: Ask) -> Number:
    additions = Worked(ask._replace(of="elements").value)
    total = Worked(ask.value) + additions
    return Number(total.value, total.written(GROUPED))


#: For a single layer.
COUNTED_THE_BIAS = Misconception("counted the additions of the bias too", _and_bias)

#: Of memory.
ONE_IMAGE = instead("counted one image, not the batch", batch=1)
ONE_BYTE = instead("counted the values, not their bytes", dtype="int8")
SUMMED = instead("added up all outputs, of which most are freed before the end", of="written")
LARGEST = "took the largest tensor alone, without what a layer reads"
EACH_IMAGE = "took parameters for something that each image has anew"
