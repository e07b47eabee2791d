"""MACs and FLOPs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import (
    COUNTED_THE_BIAS,
    GROUPS_TWICE,
    INPUT_POSITIONS,
    ONE_CHANNEL,
    ONE_FILTER,
    ONE_ROW,
)
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import (
    Made,
    Said,
    because,
    merged,
    numeric,
    single,
    symbolic,
    table,
    truefalse,
)
from cnncalc.quiz.misconceptions import (
    FLOPS_FOR_MACS,
    KEPT_THE_SIZE,
    MACS_FOR_FLOPS,
    PARAMS_FOR_MACS,
    Misconception,
    instead,
    stated,
    with_arguments,
)
from cnncalc.quiz.pictures import network
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, layer_words, line, nodes, size

_CONVENTION = "multiply–accumulate operations (MACs)"
#: More than that nobody multiplies out in an exam.
_MOST = 3_000_000


def _of_one_layer(ask: Ask, padded: int) -> Iterator[Misconception]:
    """About the MACs of a convolution.

    Where ``padded`` leaves as many positions as the input has for stride 1, who counts those of the
    input forgets the stride.
    """
    yield from (FLOPS_FOR_MACS, PARAMS_FOR_MACS, ONE_FILTER, ONE_ROW, ONE_CHANNEL)
    if not padded:
        yield INPUT_POSITIONS
    yield from stated(ask, taken=False)


def _with_size(made: Made, ask: Ask) -> Made:
    """The same, the size of the output worked out too."""
    height = ask._replace(of="height")
    return made._replace(solution=merged([height.solution(), made.solution]))


@template(
    "conv-macs",
    topic="macs",
    type="single",
    title="MACs of one convolution",
    sources=("003 7.7.4 Multiply-Accumulate Operations (MACs)", "001 Convolution Example"),
)
def conv_macs(draw: Draw) -> Made:
    c, n = draw.choose((3, 4, 8, 10, 16, 20)), draw.choose((10, 12, 14, 16, 20, 24, 28, 32))
    k, s = draw.choose((3, 5, 7)), draw.choose((1, 1, 2))
    p = draw.choose((0, k // 2))
    layer = line(f"conv {draw.choose((4, 6, 8, 10, 16, 20))}", k=k, s=s, p=p, bias="no")
    ask = Ask(f"{c}x{n}x{n} | {layer}", "macs")
    if int(ask.value) > _MOST:
        raise Redraw("too large to multiply out")
    made = single(
        draw,
        f"An input of {c}×{n}×{n} (channels × height × width) goes through this layer: "
        f"{layer_words(nodes(ask.net)[0].layer)}{'' if p else ', no padding'}. How many "
        f"{_CONVENTION} does that take?",
        ask,
        _of_one_layer(ask, p),
    )
    return _with_size(made, ask)


@template(
    "macs-or-flops",
    topic="macs",
    type="truefalse",
    title="MACs, FLOPs, parameters and additions of the bias of one convolution",
    sources=("003 7.7.5 MACs and FLOPs", "003 7.7.3 Number of Learnable Parameters"),
)
def macs_or_flops(draw: Draw) -> Made:
    c, n, k = draw.choose((3, 4, 6, 8)), draw.choose((10, 12, 14, 16, 20, 28)), draw.choose((3, 5))
    m, s = draw.choose((4, 8, 10, 16, 20)), draw.between(1, 2)
    net = f"{c}x{n}x{n} | {line(f'conv {m}', k=k, s=s, p=k // 2)}"
    macs, flops, params = (Ask(net, of) for of in ("macs", "flops", "params"))
    per_filter = instead("counted one addition for each filter, not for each value", of="channels")
    said = [
        Said("It takes {} MACs.", macs, [FLOPS_FOR_MACS, COUNTED_THE_BIAS, INPUT_POSITIONS]),
        Said(
            "It takes {} FLOPs, if a multiplication and an addition are two and the bias is left out.",
            flops,
            [MACS_FOR_FLOPS, COUNTED_THE_BIAS],
        ),
        Said(
            "It has {} parameters.",
            params,
            [_MACS_FOR_PARAMS, ONE_CHANNEL, ONE_ROW, with_arguments("forgot the bias", bias=False)],
        ),
        Said(
            "Adding the bias takes {} more additions, which MACs leave out.",
            Ask(net, "elements"),
            [per_filter],
        ),
        Said(
            "With twice as many filters it takes {} MACs.",
            Ask(net.replace(f"conv {m}", f"conv {2 * m}"), "macs"),
            [
                instead("took the MACs not to depend on the number of filters", net=net),
                instead(
                    "took the MACs to grow with the square of the filters",
                    net=net.replace(f"conv {m}", f"conv {4 * m}"),
                ),
            ],
        ),
    ]
    made = truefalse(
        draw,
        f"A layer gets an input of {c}×{n}×{n} (channels × height × width): "
        f"{layer_words(nodes(net)[0].layer)}, with bias. Which statements hold for one image? MACs "
        "are multiply–accumulate operations.",
        draw.sample(said, 4),
    )
    note = because("The bias is one addition for each value of the output, and no MAC.")
    return _with_size(made._replace(solution=merged([made.solution, note])), macs)


_MACS_FOR_PARAMS = instead("counted MACs: a weight once for each position", of="macs")


@template(
    "grouped-macs",
    topic="macs",
    type="numeric",
    title="MACs of a grouped convolution",
    sources=("000 Impact on Parameters and Computation", "000 9. Computation Optimization"),
)
def grouped_macs(draw: Draw) -> Made:
    g = draw.choose((2, 4, 8))
    c, m = g * draw.choose((2, 4, 5, 8, 10)), g * g * draw.choose((1, 2, 3, 5))
    n, k, s = draw.choose((8, 10, 12, 14, 16, 20, 28)), draw.choose((3, 5)), draw.between(1, 2)
    ask = Ask(f"{c}x{n}x{n} | {line(f'conv {m}', k=k, s=s, p=k // 2, g=g, bias='no')}", "macs")
    if c < 16 or m < 16 or int(ask.value) > _MOST:
        raise Redraw("too few channels, or too large to multiply out")
    made = numeric(
        f"A grouped convolution gets {c} channels of {n}×{n}: "
        f"{layer_words(nodes(ask.net)[0].layer)}. How many {_CONVENTION} does it take for one image?",
        ask,
        [GROUPS_TWICE, *_of_one_layer(ask, k // 2)],
    )
    return _with_size(made, ask)


@template(
    "macs-table",
    topic="macs",
    type="table",
    title="Output sizes and MACs of a small network, layer by layer",
    sources=("003 7.7.4 Multiply-Accumulate Operations (MACs)", "003 Detailed Layer Breakdown"),
)
def macs_table(draw: Draw) -> Made:
    n, k = draw.choose((16, 20, 24, 28, 32)), draw.choose((3, 5))
    net = " | ".join(
        [
            f"{draw.choose((1, 2, 3))}x{n}x{n}",
            line(f"a = conv {draw.choose((4, 5, 6, 8, 10))}", k=k, p=draw.choose((0, k // 2))),
            f"b = {draw.choose(('maxpool', 'avgpool'))} 2",
            line(f"c = conv {draw.choose((8, 10, 12, 16, 20))}", k=3, s=draw.between(1, 2), p=1),
            "e = flatten",
            f"f = linear {draw.choose((10, 20, 50, 100))}",
        ]
    )
    found = {node.name: layer_words(node.layer) for node in nodes(net)}
    rows: list[tuple[Any, ...]] = []
    for name in "abc":
        height, macs = Ask(net, "height", name), Ask(net, "macs", name)
        wrongs = [FLOPS_FOR_MACS, PARAMS_FOR_MACS, ONE_ROW]
        among = [*stated(height), KEPT_THE_SIZE]
        rows.append((found[name], (height, among), (macs, wrongs) if macs.value else "0"))
    last = Ask(net, "macs", "f")
    rows.append((found["f"], "–", (last, [FLOPS_FOR_MACS, COUNTED_THE_BIAS])))
    made = table(
        "The picture shows a network and its input (channels × height × width). Fill in how high "
        f"the output of each layer is, and how many {_CONVENTION} it takes for one image; the biases "
        f"are not counted. {UNSAID}",
        ("layer", "height", "MACs"),
        rows,
    )
    return made.with_picture(network(net, "*"))


#: Of formulas: what leads to long ones that nobody writes down, and what has a better name.
_LEFT_OUT = ("forgot the padding", "took a convolution for a depthwise one")


@template(
    "macs-in-h-w-c",
    topic="macs",
    type="symbolic",
    title="MACs of a layer in terms of height, width and channels",
    sources=("003 7.8.6 Depthwise Separable Convolutions", "004 1.4.5 Advantages"),
)
def macs_in_h_w_c(draw: Draw) -> Made:
    k, m = draw.choose((3, 5, 7)), draw.between(2, 5)
    g = draw.choose((2, 4))
    given, layer = draw.choose(
        (
            ("CxHxW", f"conv {m}*C k={k} p={k // 2} bias=no"),
            ("Cx(2*H)x(2*W)", f"conv {m}*C k={k} s=2 p={k // 2} bias=no"),
            ("Cx(3*H)x(3*W)", f"conv {m}*C k={k} s=3 p={k // 2} bias=no"),
            (f"({g}*C)xHxW", f"conv {g * m}*C k={k} p={k // 2} g={g} bias=no"),
            ("CxHxW", f"dwconv {k} p={k // 2} bias=no"),
            ("CxHxW", f"sepconv {m}*C k={k} p={k // 2} bias=no"),
            ("CxHxW", f"conv {m}*C k=1 bias=no"),
            ("CxHxW", f"deconv {m}*C k=2 s=2 bias=no"),
            (f"({m}*C)xHxW", f"conv C k={k} p={k // 2} bias=no"),
        )
    )
    ask = Ask(f"{given} | {layer}", "macs")
    (node,) = nodes(ask.net)
    (source,) = ask.graph.inputs.values()
    words = layer_words(node.layer).replace("*", "")
    return symbolic(
        f"An input of {size(source).replace('*', '')} (channels × height × width) goes through "
        f"this layer: {words}. How many {_CONVENTION} does it take, in terms of C, H and W?",
        ask,
        [
            *(FLOPS_FOR_MACS, PARAMS_FOR_MACS, ONE_ROW, ONE_CHANNEL),
            *(one for one in stated(ask) if one.text not in _LEFT_OUT),
        ],
        {"C": "channels", "H": "height", "W": "width"},
    )
