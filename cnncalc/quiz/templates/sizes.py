"""Output sizes."""

from __future__ import annotations

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import Made, Said, numeric, single, table, truefalse
from cnncalc.quiz.misconceptions import (
    COUNTED_STEPS,
    IGNORED_KERNEL,
    KEPT_THE_SIZE,
    PADDED_ONE_SIDE,
    PADDED_TWICE,
    ROUNDED_UP,
    stated,
)
from cnncalc.quiz.pictures import kernel_over_grid
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, layer_words, line, nodes, sentence

_STEPS = (
    ROUNDED_UP,
    PADDED_ONE_SIDE,
    PADDED_TWICE,
    COUNTED_STEPS,
    KEPT_THE_SIZE,
    IGNORED_KERNEL,
)


@template(
    "conv-output-size",
    topic="size",
    type="single",
    title="Height after one convolution with stride and padding",
    sources=(
        "001 Convolution Example",
        "003 7.5.4 Controlling Spatial Reduction with Strides",
        "003 7.7.2 Output Volume Calculation",
    ),
)
def conv_output_size(draw: Draw) -> Made:
    n, k = draw.between(16, 64), draw.between(3, 7)
    s, p = draw.between(2, 4), draw.between(1, min(3, k - 1))
    ask = Ask(f"3x{n}x{n} | conv {draw.choose((8, 16, 32))} k={k} s={s} p={p}", "height")
    return single(
        draw,
        f"A {k}×{k} convolution with stride {s} and padding {p} on every side is applied to an image "
        f"of {n}×{n} pixels. How high is its output?",
        ask,
        [*_STEPS, *stated(ask)],
    )


@template(
    "small-map-output-size",
    topic="size",
    type="numeric",
    title="Width after a convolution over a small map that is drawn",
    sources=("001 Strided Convolution", "001 Padding: 1D Case"),
)
def small_map_output_size(draw: Draw) -> Made:
    n, k, d = draw.between(7, 14), draw.between(2, 4), draw.choose((1, 1, 2))
    s, p = draw.between(1, 3), draw.between(0, 1)
    ask = Ask(f"1x{n}x{n} | {line('conv 1', k=k, s=s, p=p, d=d)}", "width")
    made = numeric(
        "The picture shows a map (grey) with its padding (white, if there is any), a kernel in its first "
        "place, and dashed its next place. How wide is the output?",
        ask,
        [*_STEPS, *stated(ask)],
    )
    return made.with_picture(kernel_over_grid(n, n, k, s, p, d))


@template(
    "layer-table",
    topic="size",
    type="table",
    title="Sizes after each layer of a small network",
    sources=("003 Detailed Layer Breakdown", "004 1.1 LeNet-5"),
)
def layer_table(draw: Draw) -> Made:
    n, k = draw.choose((28, 32, 48, 64)), draw.choose((3, 5))
    net = " | ".join(
        [
            f"{draw.choose((1, 3))}x{n}x{n}",
            line(f"a = conv {draw.choose((6, 8, 16))}", k=k, p=draw.between(0, k // 2)),
            "b = maxpool 2",
            line(f"c = conv {draw.choose((12, 24, 32))}", k=k, s=draw.between(1, 2)),
            f"d = {draw.choose(('maxpool', 'avgpool'))} 2",
        ]
    )
    rows = []
    for node in nodes(net):
        height = Ask(net, "height", node.name)
        channels = Ask(net, "channels", node.name)
        rows.append((layer_words(node.layer), channels, (height, list(stated(height)))))
    return table(
        f"An image of {net.partition(' ')[0].replace('x', '×')} goes through these layers. "
        f"Fill in the channels and the height after each. {UNSAID}",
        ("layer", "channels", "height"),
        rows,
    )


@template(
    "output-size-statements",
    topic="size",
    type="truefalse",
    title="What four layers do to the height",
    sources=("002 Convolution Operations in CNNs", "003 7.9.1 Types of Pooling"),
)
def output_size_statements(draw: Draw) -> Made:
    n = 2 * draw.between(8, 32) + 1
    k = draw.choose((3, 5))
    lines = (
        f"conv 8 k={k} s=2 p={k // 2}",
        f"conv 8 k={k}",
        f"conv 8 k={k} d=2 p={draw.between(1, k - 1)}",
        line("maxpool 3", s=2, p=draw.between(0, 1)),
        f"deconv 8 k={k} s=2 p=1",
    )
    said = []
    for one in draw.sample(lines, 4):
        ask = Ask(f"8x{n}x{n} | {one}", "height")
        words = layer_words(nodes(ask.net)[0].layer).replace(", 8 filters", "")
        said.append(Said(f"{sentence(words)}: {{}}.", ask, [*_STEPS, *stated(ask)]))
    return truefalse(
        draw,
        f"The input is {n} pixels high. How high is the output of each of these layers? {UNSAID}",
        said,
    )
