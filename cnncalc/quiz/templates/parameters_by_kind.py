"""Parameters by kinds of layers: dense, grouped, separable, normalised, linear, not shared."""

from __future__ import annotations

from fractions import Fraction

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import ONE_CHANNEL
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.field_misconceptions import NO_POOLING
from cnncalc.quiz.fitting import explained
from cnncalc.quiz.making import Made, amount, merged, numeric, single, table
from cnncalc.quiz.misconceptions import Misconception, instead, stated, with_arguments
from cnncalc.quiz.model import Wrong, shown
from cnncalc.quiz.parameter_misconceptions import (
    BIAS_FOR_EACH_CHANNEL,
    CHANNELS_ONLY,
    LEARNED_TOO,
    NOT_THE_COUNT,
    ONE_SIDE,
    UNSHARED,
    WITH_BIAS,
)
from cnncalc.quiz.pictures import network
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, layer_words, line, nodes
from cnncalc.sizes import product


@template(
    "conv-params",
    topic="params",
    type="single",
    title="Parameters of a convolution",
    sources=("003 7.7.3 Number of Learnable Parameters", "001 Convolution Summary"),
)
def conv_params(draw: Draw) -> Made:
    c, k = draw.choose((3, 8, 16, 24, 32, 64)), draw.choose((3, 5, 7))
    out, n = draw.choose((6, 10, 16, 32, 48, 64, 128)), draw.choose((16, 28, 32, 56))
    s, bias = draw.between(1, 2), draw.choose(("", "", " bias=no"))
    net = f"{c}x{n}x{n} | {line(f'conv {out} k={k}', s=s)} p={k // 2}{bias}"
    ask = Ask(net, "params")
    return single(
        draw,
        f"A map of {n}×{n} positions with {c} channels goes through a {k}×{k} convolution with {out} "
        f"filters, stride {s} and padding {k // 2}, {'without' if bias else 'with'} bias. How many "
        "parameters does the layer have?",
        ask,
        [ONE_CHANNEL, ONE_SIDE, UNSHARED, BIAS_FOR_EACH_CHANNEL, WITH_BIAS, *stated(ask)],
    )


@template(
    "conv-nd-params",
    topic="params",
    type="numeric",
    title="Parameters of a 1D or 3D convolution",
    sources=("003 7.8.2 1D Convolutions", "003 7.8.3 3D Convolutions", "001 3D Convolution"),
)
def conv_nd_params(draw: Draw) -> Made:
    c, out, rank = (
        draw.choose((2, 3, 4, 6, 8)),
        draw.choose((4, 8, 10, 16, 20)),
        draw.choose((1, 3)),
    )
    k, bias = (
        draw.choose((3, 5) if rank == 3 else (3, 5, 7, 9, 11)),
        draw.choose(("", "", " bias=no")),
    )

    def of_rank(rank: int) -> str:
        return f"{c}{'x32' * rank} | conv {out} k={k}{bias}"

    ask = Ask(of_rank(rank), "params")
    data, kernel = {
        1: (f"a signal with {c} channels", f"{k} time steps"),
        3: (f"a clip with {c} channels", f"{k}×{k}×{k} (frames × height × width)"),
    }[rank]
    return numeric(
        f"A {rank}D convolution {'without' if bias else 'with'} bias is applied to {data}. It has {out} "
        f"filters with a kernel of {kernel}. How many parameters does it have?",
        ask,
        [
            *(
                instead(f"counted a kernel of a {other}D convolution", net=of_rank(other))
                for other in (1, 2, 3)
                if other != rank
            ),
            ONE_CHANNEL,
            WITH_BIAS,
            BIAS_FOR_EACH_CHANNEL,
            *stated(ask),
        ],
    )


#: Of a flattened map, so that nobody needs a calculator.
_MOST_FEATURES = 3000


@template(
    "linear-after-flatten",
    topic="params",
    type="single",
    title="Parameters of the fully connected layer behind the last map",
    sources=("003 7.4.2 Adding Fully Connected Layers for Classification", "001 Example: LeNet-5"),
)
def linear_after_flatten(draw: Draw) -> Made:
    n, c = draw.choose((24, 28, 32, 48, 64)), draw.choose((6, 8, 16, 20, 32))
    k, units = draw.choose((3, 5)), draw.choose((10, 64, 84, 100, 120, 128))
    head = f"3x{n}x{n} | {line(f'conv {c} k={k}', p=draw.choose((0, k // 2)))}"
    pooled = f"{head} | maxpool {draw.choose((2, 2, 4))}"
    net = f"{pooled} | f = flatten | fc = linear {units}"
    ask = Ask(net, "params", "fc")
    last = nodes(pooled)[-1].shape
    if product(last) > _MOST_FEATURES:
        raise Redraw("too many features to count with by hand")
    made = single(
        draw,
        "The picture shows a network with its input. How many parameters does its last layer have, "
        f"with bias? {UNSAID}",
        ask,
        [
            instead(NO_POOLING.text, net=f"{head} | flatten | fc = linear {units}"),
            instead(
                "counted one row of the maps only",
                net=f"{last.channels}x{last.spatial[0]}x1 | flatten | fc = linear {units}",
            ),
            instead(
                "left the channels of the map out",
                net=f"1x{last.spatial[0]}x{last.spatial[1]} | flatten | fc = linear {units}",
            ),
            instead(
                "took the image for its input",
                net=f"{net.partition(' |')[0]} | flatten | fc = linear {units}",
            ),
            CHANNELS_ONLY,
            with_arguments("forgot the bias", bias=False),
        ],
    )
    features = Ask(net, "elements", "f")
    made = made._replace(solution=merged([features.solution(), made.solution]))
    return made.with_picture(network(net, "*"))


@template(
    "bn-params-buffers",
    topic="params",
    type="table",
    title="What layers learn, and what they keep without learning",
    sources=("001 Batch Normalization for ConvNets", "003 7.11.3 Batch Normalization Process"),
)
def bn_params_buffers(draw: Draw) -> Made:
    c, m, k = (
        draw.choose((1, 3, 4, 8, 16)),
        draw.choose((12, 16, 24, 32, 48, 64)),
        draw.choose((3, 5)),
    )
    wide = draw.choose((2, 4)) * m
    rows: list[
        tuple[str, tuple[Ask, list[Misconception]], str | tuple[Ask, list[Misconception]]]
    ] = []
    for before, one in (
        (c, f"conv {m} k={k} p={k // 2} bias=no"),
        (m, "bn"),
        (m, f"conv {wide} k=1"),
        (wide, "bn"),
    ):
        learned = Ask(f"{before}x16x16 | {one}", "params")
        words = layer_words(nodes(learned.net)[0].layer)
        kept = learned._replace(of="buffers")
        among = [LEARNED_TOO, ONE_SIDE, *stated(learned)]
        buffers = (kept, [NOT_THE_COUNT]) if kept.value else "none"
        rows.append((words, (learned, among), buffers))
    return table(
        f"An input with {c} channels goes through these layers, one after the other. As in PyTorch, "
        "batch normalisation learns a scale and a shift for each channel, and keeps in buffers, "
        "without learning them, the running mean and variance of each channel and one count of the "
        "batches. Fill in how many numbers each layer learns, and how many are in its buffers.",
        ("layer", "learned parameters", "in buffers"),
        rows,
    )


@template(
    "local-vs-conv-params",
    topic="params",
    type="numeric",
    title="How many times as many weights there are without sharing",
    sources=("003 Enrichment 7.9.5.1: Locally-Connected Layers", "004 1.1.1 shared weights"),
)
def local_vs_conv_params(draw: Draw) -> Made:
    n, k, s = draw.between(10, 40), draw.choose((3, 5, 7)), draw.between(1, 2)
    c, out, p = draw.choose((1, 3, 8, 16)), draw.choose((4, 8, 16)), draw.between(0, 1)

    def both(width: int = n, k: int = k, arguments: str = line("", s=s, p=p)) -> tuple[Ask, Ask]:
        rest = f"{out} k={k}{arguments} bias=no"
        local, conv = (f"{c}x{n}x{width} | {kind} {rest}" for kind in ("local", "conv"))
        return Ask(local, "params"), Ask(conv, "params")

    local, conv = both()
    wrong = [
        Wrong(times(*asks), text, " / ".join(shown(ask.value) for ask in asks))
        for text, asks in (
            ("counted the positions of the input, not of the output", both(k=1, arguments="")),
            (
                "counted the positions along one side only",
                both(k, arguments=f"{line('', s=s)} p={p}x0"),
            ),
            ("forgot the stride", both(arguments=line("", p=p))),
            ("forgot the padding", both(arguments=line("", s=s))),
            (
                "compared with a single filter",
                (local, conv._replace(net=conv.net.replace(f"conv {out}", "conv 1"))),
            ),
        )
    ]
    value = times(local, conv)
    padding = f"padding {p}" if p else "no padding"
    made = amount(
        f"A {k}×{k} convolution with {out} filters, stride {s} and {padding} is applied to a map of "
        f"{n}×{n} positions with {c} channel{'s' * (c > 1)}, without bias. How many times as many "
        "weights does a locally connected layer with the same arguments have?",
        value,
        [one for one in wrong if one.value != value],
        explained(
            "Each position of the output has filters of its own, so there are as many times as many "
            f"weights as there are positions: {shown(local.value)} / {shown(conv.value)} = {shown(value)}.",
            merged(ask.solution() for ask in (local, conv)),
        ),
    )
    return made._replace(claims=(local.is_(local.value), conv.is_(conv.value)))


def times(one: Ask, other: Ask) -> int:
    """How many times as large the first is, which is whole."""
    found = Fraction(one.value) / Fraction(other.value)
    if found.denominator != 1:
        raise Redraw("not whole")
    return int(found)
