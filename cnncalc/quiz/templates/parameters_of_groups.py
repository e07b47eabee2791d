"""Parameters of convolutions whose filters see a part of the channels: grouped, depthwise, separable."""

from __future__ import annotations

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import GROUPS_TWICE, ONE_CHANNEL
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, numeric, symbolic
from cnncalc.quiz.misconceptions import instead, stated
from cnncalc.quiz.parameter_misconceptions import ONE_SIDE, WITH_BIAS
from cnncalc.quiz.registry import template


@template(
    "depthwise-params",
    topic="params",
    type="numeric",
    title="Parameters of a depthwise convolution",
    sources=("003 7.8.6 Depthwise Separable Convolutions", "000 Depthwise Separable Convolution"),
)
def depthwise_params(draw: Draw) -> Made:
    c, k = draw.choose((8, 12, 16, 24, 32, 40, 64)), draw.choose((3, 5, 7))
    filters, bias = draw.choose((1, 1, 2, 3)), draw.choose(("", "", " bias=no"))
    multiplier = f" m={filters}" if filters > 1 else ""
    ask = Ask(f"{c}x28x28 | dwconv {k}{multiplier}{bias}", "params")
    each = f"{filters} filters" if filters > 1 else "one filter"
    return numeric(
        f"A {k}×{k} depthwise convolution is applied to {c} channels, with {each} for each channel, "
        f"{'without' if bias else 'with'} bias. How many parameters does it have?",
        ask,
        [
            instead(
                "counted a dense convolution", net=f"{c}x28x28 | conv {filters * c} k={k}{bias}"
            ),
            ONE_CHANNEL,
            ONE_SIDE,
            WITH_BIAS,
            *stated(ask),
        ],
    )


@template(
    "grouped-params",
    topic="params",
    type="numeric",
    title="Parameters of a grouped convolution",
    sources=("000 How Grouped Convolutions Work", "001 Group-based convolution"),
)
def grouped_params(draw: Draw) -> Made:
    g, k = draw.choose((2, 4, 8)), draw.choose((1, 3, 3, 5))
    c, out = (g * g * draw.choose((1, 2, 3, 4, 6, 8, 12)) for _ in range(2))
    if not (16 <= c <= 128 and 16 <= out <= 128 and out != g * g):
        raise Redraw("too few or too many channels, or as many weights as a depthwise convolution")
    bias = draw.choose(("", " bias=no"))
    net = f"{c}x28x28 | conv {out} k={k} g={g}{bias}"
    ask = Ask(net, "params")
    return numeric(
        f"A {k}×{k} convolution takes {c} channels to {out} in {g} groups, "
        f"{'without' if bias else 'with'} bias. How many parameters does it have?",
        ask,
        [
            GROUPS_TWICE,
            ONE_SIDE,
            WITH_BIAS,
            *stated(ask),
        ],
    )


@template(
    "separable-params",
    topic="params",
    type="symbolic",
    title="Parameters of a depthwise separable convolution, in terms of its channels",
    sources=("003 7.8.6 Depthwise Separable Convolutions", "000 Depthwise Separable Convolution"),
)
def separable_params(draw: Draw) -> Made:
    k, times = draw.choose((3, 5, 7, 9)), draw.between(1, 8)
    out = "C" if times == 1 else f"{times}*C"
    bias = draw.choose(("", " bias=no"))
    ask = Ask(f"CxHxW | sepconv {out} k={k}{bias}", "params")
    biases = "both without bias" if bias else "of which only the second has a bias"
    return symbolic(
        f"A depthwise separable convolution takes C channels to {out.replace('*', '')}: a {k}×{k} "
        "depthwise convolution with one filter for each channel, then a 1×1 convolution, "
        f"{biases}. How many parameters do the two have together, in terms of C?",
        ask,
        [ONE_SIDE, *stated(ask)],
        {"C": "input channels"},
    )
