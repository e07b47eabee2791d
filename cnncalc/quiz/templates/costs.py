"""MACs and FLOPs."""

from __future__ import annotations

from typing import Any

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import (
    COUNTED_THE_BIAS,
    GROUPS_TWICE,
    INPUT_POSITIONS,
    ONE_FILTER,
    ONE_ROW,
)
from cnncalc.quiz.draw import Draw
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
    MACS_FOR_FLOPS,
    PARAMS_FOR_MACS,
    instead,
    stated,
    unambiguous,
)
from cnncalc.quiz.pictures import network
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import layer_words, line, nodes, size

_MACS = (FLOPS_FOR_MACS, PARAMS_FOR_MACS, INPUT_POSITIONS, ONE_FILTER, ONE_ROW)
_CONVENTION = "multiply–accumulate operations (MACs)"


@template(
    "conv-macs",
    topic="macs",
    type="single",
    title="MACs of one convolution",
    sources=("003 7.7.4 Multiply-Accumulate Operations (MACs)", "001 Convolution Example"),
)
def conv_macs(draw: Draw) -> Made:
    c, n, k = draw.choose((3, 8, 16, 32)), draw.choose((28, 32, 48, 56, 64)), draw.choose((3, 5, 7))
    s, p = draw.choose((1, 1, 2)), draw.choose((0, k // 2))
    layer = line(f"conv {draw.choose((10, 16, 24, 64))}", k=k, s=s, p=p, bias="no")
    ask = Ask(f"{c}x{n}x{n} | {layer}", "macs")
    return single(
        draw,
        f"An image of {c}×{n}×{n} (channels × height × width) goes through this layer: "
        f"{layer_words(nodes(ask.net)[0].layer)}{'' if p else ', no padding'}. How many "
        f"{_CONVENTION} does that take?",
        ask,
        [*_MACS, *stated(ask)],
    )


@template(
    "macs-or-flops",
    topic="macs",
    type="truefalse",
    title="MACs, FLOPs, parameters and additions of the bias of one convolution",
    sources=("003 7.7.5 MACs and FLOPs", "003 7.7.3 Number of Learnable Parameters"),
)
def macs_or_flops(draw: Draw) -> Made:
    c, n, k = draw.choose((3, 6, 16)), draw.choose((16, 28, 32)), draw.choose((3, 5))
    m, s = draw.choose((10, 16, 20)), draw.between(1, 2)
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
        Said("It has {} parameters.", params, [*stated(params), _MACS_FOR_PARAMS]),
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
        f"A layer gets an image of {c}×{n}×{n}: {layer_words(nodes(net)[0].layer)}, with bias. "
        "Which statements hold for one image? MACs are multiply–accumulate operations.",
        draw.sample(said, 4),
    )
    note = because("The bias is one addition for each value of the output, and no MAC.")
    return made._replace(solution=merged([made.solution, note]))


_MACS_FOR_PARAMS = instead("counted MACs: a weight once for each position", of="macs")


@template(
    "grouped-macs",
    topic="macs",
    type="numeric",
    title="MACs of a grouped convolution",
    sources=("000 Impact on Parameters and Computation", "000 9. Computation Optimization"),
)
def grouped_macs(draw: Draw) -> Made:
    c, g = draw.choose((32, 48, 64, 96, 128)), draw.choose((2, 4))
    m, n = draw.between(1, 2) * c, draw.choose((14, 16, 20, 28, 32))
    k, s = draw.choose((3, 5)), draw.between(1, 2)
    ask = Ask(f"{c}x{n}x{n} | {line(f'conv {m}', k=k, s=s, p=k // 2, g=g, bias='no')}", "macs")
    return numeric(
        f"A grouped convolution gets {c} channels of {n}×{n}: "
        f"{layer_words(nodes(ask.net)[0].layer)}. How many {_CONVENTION} does it take for one image?",
        ask,
        [GROUPS_TWICE, *_MACS, *stated(ask)],
    )


@template(
    "macs-table",
    topic="macs",
    type="table",
    title="Output sizes and MACs of a small network, layer by layer",
    sources=("003 7.7.4 Multiply-Accumulate Operations (MACs)", "003 Detailed Layer Breakdown"),
)
def macs_table(draw: Draw) -> Made:
    n, k = draw.choose((24, 28, 32)), draw.choose((3, 5))
    net = " | ".join(
        [
            f"{draw.choose((1, 3))}x{n}x{n}",
            line(f"a = conv {draw.choose((6, 8, 10))}", k=k, p=draw.choose((0, k // 2))),
            f"b = {draw.choose(('maxpool', 'avgpool'))} 2",
            line(f"c = conv {draw.choose((12, 16, 20))}", k=3, s=draw.between(1, 2), p=1),
            "e = flatten",
            f"f = linear {draw.choose((10, 50, 100))}",
        ]
    )
    found = {node.name: layer_words(node.layer) for node in nodes(net)}
    rows: list[tuple[Any, ...]] = []
    for name in "abc":
        height, macs = Ask(net, "height", name), Ask(net, "macs", name)
        wrongs = [FLOPS_FOR_MACS, PARAMS_FOR_MACS, ONE_ROW]
        among = unambiguous(height, stated(height))
        rows.append((found[name], (height, among), (macs, wrongs) if macs.value else "0"))
    last = Ask(net, "macs", "f")
    rows.append((found["f"], "–", (last, [FLOPS_FOR_MACS, PARAMS_FOR_MACS])))
    made = table(
        "The picture shows a network and its input (channels × height × width). Fill in how high "
        f"the output of each layer is, and how many {_CONVENTION} it takes for one image; the bias "
        "is not counted.",
        ("layer", "height", "MACs"),
        rows,
    )
    return made.with_picture(network(net, "*"))


@template(
    "macs-in-h-w-c",
    topic="macs",
    type="symbolic",
    title="MACs of a layer in terms of height, width and channels",
    sources=("003 7.8.6 Depthwise Separable Convolutions", "004 1.4.5 Advantages"),
)
def macs_in_h_w_c(draw: Draw) -> Made:
    k, m = draw.choose((3, 5, 7)), draw.between(2, 4)
    given, layer = draw.choose(
        (
            ("CxHxW", f"conv {m}*C k={k} p={k // 2} bias=no"),
            ("Cx(2*H)x(2*W)", f"conv {m}*C k={k} s=2 p={k // 2} bias=no"),
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
    words = layer_words(node.layer).replace("*", "").replace(", no bias", "")
    borders = "forgot the padding"  # leads to long formulas that nobody writes down
    return symbolic(
        f"An input of {size(source).replace('*', '')} (channels × height × width) goes through "
        f"this layer: {words}. How many {_CONVENTION} does it take, in terms of C, H and W?",
        ask,
        [
            *(FLOPS_FOR_MACS, PARAMS_FOR_MACS, ONE_ROW),
            *(one for one in stated(ask) if one.text != borders),
        ],
        {"C": "channels", "H": "height", "W": "width"},
    )
