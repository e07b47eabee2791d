"""Output sizes along several axes: one, two and three of them, and whole shapes."""

from __future__ import annotations

from cnncalc.layers import Layer
from cnncalc.layers.windows import Slide, Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, numeric, single, table
from cnncalc.quiz.misconceptions import (
    COUNTED_STEPS,
    PADDED_ONE_SIDE,
    ROUNDED_UP,
    on_layers,
    stated,
)
from cnncalc.quiz.pictures import network
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, layer_words, line, nodes

_SLIDING = ("kernel", "stride", "padding", "dilation")


def _turned(layer: Layer, windows: tuple[Window, ...]) -> Layer:
    found = {name: layer.__dict__.get(name) for name in _SLIDING}
    return layer.replace(
        **{name: value[::-1] for name, value in found.items() if isinstance(value, tuple)}
    )


SWAPPED_AXES = on_layers("swapped height and width", _turned)


@template(
    "per-axis-size",
    topic="size",
    type="table",
    title="Height and width after layers that treat them differently",
    sources=("003 7.8.5 Spatial Separable Convolutions", "002 b) Spatially Separable Convolution"),
)
def per_axis_size(draw: Draw) -> Made:
    h, w = draw.sample((40, 48, 64, 80, 96, 128), 2)
    k, s = draw.choose((5, 7)), draw.between(1, 2)
    stride = f" s={s}x1" if s > 1 else ""
    net = " | ".join(
        [
            f"1x{h}x{w}",
            f"a = conv 16 k=1x{k}",
            f"b = conv 16 k={draw.choose((3, 5))}x1 p={draw.between(0, 1)}x0{stride}",
            f"c = maxpool {draw.choose(('1x2', '2x3', '1x4'))}",
        ]
    )
    rows = []
    for node in nodes(net):
        asks = [Ask(net, of, node.name) for of in ("height", "width")]
        height, width = ((ask, [SWAPPED_AXES, *stated(ask)]) for ask in asks)
        rows.append((layer_words(node.layer), height, width))
    return table(
        f"A spectrogram of {h} rows and {w} columns goes through these layers. Where two numbers "
        "are given, the first is for the height and the second for the width. Fill in the height "
        f"and the width after each layer. {UNSAID}",
        ("layer", "height", "width"),
        rows,
    )


@template(
    "conv1d-size",
    topic="size",
    type="numeric",
    title="Length of a signal after 1D layers",
    sources=("003 7.8.2 1D Convolutions", "001 1D Convolution"),
)
def conv1d_size(draw: Draw) -> Made:
    channels, signal = draw.choose(
        ((3, "An accelerometer signal"), (1, "An audio signal"), (12, "An electrocardiogram"))
    )
    n, k = 50 * draw.between(2, 20), draw.choose((3, 5, 7, 9))
    s, p, q = draw.between(2, 3), draw.between(0, k // 2), draw.choose((2, 3, 4))
    ask = Ask(f"{channels}x{n} | {line(f'conv 16 k={k}', s=s, p=p)} | maxpool {q}", "width")
    sides = "one channel" if channels == 1 else f"{channels} channels"
    padding = f"padding {p} on both sides" if p else "no padding"
    return numeric(
        f"{signal} with {sides} and {n} time steps goes through a 1D convolution with 16 filters, "
        f"kernel {k}, stride {s} and {padding}, and then a max pooling over {q} time steps with "
        f"stride {q} and no padding. How many time steps are left?",
        ask,
        [ROUNDED_UP, COUNTED_STEPS, *stated(ask)],
    )


def _frame_by_frame(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """A kernel of one frame, which neither pads nor skips frames."""
    image = windows[1]
    if not isinstance(image, Slide):
        return None
    return layer.replace(
        kernel=(1, image.kernel, image.kernel),
        stride=(1, image.stride, image.stride),
        padding=(0, image.before, image.before),
    )


def _stride_alike(layer: Layer, windows: tuple[Window, ...]) -> Layer:
    return layer.replace(stride=layer.__dict__["stride"][-1:])


def _for_each_channel(layer: Layer, windows: tuple[Window, ...]) -> Layer:
    return layer.replace(out=_RGB * layer.__dict__["out"])


#: Channels of a colour clip.
_RGB = 3


@template(
    "conv3d-shape",
    topic="size",
    type="single",
    title="Shape after a 3D convolution over a clip",
    sources=("003 7.8.3 3D Convolutions", "001 3D Convolution"),
)
def conv3d_shape(draw: Draw) -> Made:
    frames, n = draw.choose((8, 16, 24, 32)), draw.choose((56, 64, 112, 128))
    k, out = draw.choose((3, 5)), draw.choose((16, 32, 64))
    s, p = draw.choose(("1x2x2", "2x2x2", "1x3x3", "2x1x1")), draw.between(0, 1)
    ask = Ask(f"{_RGB}x{frames}x{n}x{n} | conv {out} k={k} s={s}{f' p={p}' if p else ''}", "shape")
    among = [
        *stated(ask),
        ROUNDED_UP,
        PADDED_ONE_SIDE,
        COUNTED_STEPS,
        on_layers("took it for a 2D convolution of each frame", _frame_by_frame),
        on_layers("took the stride of height and width for that of the frames", _stride_alike),
        on_layers("counted a map for each filter and each channel it sees", _for_each_channel),
    ]
    padding = f"padding {p} on every side of all three axes" if p else "no padding"
    return single(
        draw,
        f"A clip of {frames} frames of {n}×{n} pixels with {_RGB} channels goes through a 3D "
        f"convolution with {out} filters of {k}×{k}×{k}, stride {s.replace('x', '×')} "
        f"(frames × height × width) and {padding}. What is the shape of its output (channels, frames, "
        "height, width)?",
        ask,
        among,
    )


@template(
    "chain-output-shape",
    topic="size",
    type="single",
    title="Shape that a small network ends with",
    sources=("003 7.4.1 Stacking Convolutional Layers", "003 Detailed Layer Breakdown"),
)
def chain_output_shape(draw: Draw) -> Made:
    n, c = draw.choose((32, 48, 64, 96, 128)), draw.choose((8, 16, 32))
    pool = draw.choose(("maxpool", "avgpool"))
    net = " | ".join(
        [
            f"3x{n}x{n}",
            line(
                f"conv {c} k={draw.choose((3, 5, 7))}", s=draw.between(1, 2), p=draw.between(0, 2)
            ),
            line(f"{pool} {draw.choose(('2', '3 s=2'))}"),
            line(f"conv {2 * c} k={draw.choose((3, 5))}", p=draw.between(0, 1)),
            f"{pool} 2",
        ]
    )
    ask = Ask(net, "shape")
    if not isinstance(ask.value, str) or int(ask.value.split("x")[1]) < 4:
        raise Redraw("little is left")
    return single(
        draw,
        "The picture shows a network with its input. What is the shape of its output (channels, "
        f"height, width)? {UNSAID}",
        ask,
        [ROUNDED_UP, PADDED_ONE_SIDE, COUNTED_STEPS, *stated(ask)],
    ).with_picture(network(net, "*"))
