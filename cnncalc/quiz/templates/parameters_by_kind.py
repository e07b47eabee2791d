"""Parameters by kinds of layers: dense, grouped, separable, normalised, linear, not shared."""

from __future__ import annotations

from fractions import Fraction

from cnncalc.layers import KINDS, Layer
from cnncalc.layers.windows import Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.fitting import explained
from cnncalc.quiz.making import Made, amount, merged, numeric, single, symbolic, table
from cnncalc.quiz.misconceptions import Misconception, instead, on_layers, stated, with_arguments
from cnncalc.quiz.model import Wrong, shown
from cnncalc.quiz.pictures import network
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import layer_words, line, nodes


def _one_side(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    kernel = layer.__dict__.get("kernel")
    return layer.replace(kernel=(kernel[0], 1)) if kernel else None


def _unshared(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    known = KINDS["local"].arguments
    given = {name: value for name, value in layer.given.items() if name in known}
    return KINDS["local"](**given) if "out" in given else None


ONE_SIDE = on_layers("counted one side of the kernel, not its area", _one_side)
UNSHARED = on_layers("counted the weights anew at every position, which share them", _unshared)


def _bias_for_each_channel(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """As many filters of one channel, with a bias each."""
    given = layer.given
    if layer.kind != "conv" or not layer.__dict__["bias"]:
        return None
    return KINDS["dwconv"](kernel=given["kernel"], multiplier=given["out"])


def _with_bias(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    return layer.replace(bias=True) if layer.__dict__.get("bias") is False else None


BIAS_FOR_EACH_CHANNEL = on_layers(
    "counted a bias for each input channel of a filter", _bias_for_each_channel
)
WITH_BIAS = on_layers("counted a bias where there is none", _with_bias)


def _one_channel(net: str) -> Misconception:
    rest = net.partition("x")[2]
    return instead("left the input channels out", net=f"1x{rest}")


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
        [_one_channel(net), ONE_SIDE, UNSHARED, BIAS_FOR_EACH_CHANNEL, WITH_BIAS, *stated(ask)],
    )


def _divided_twice(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    groups, out = (layer.__dict__.get(name, 1) for name in ("groups", "out"))
    return layer.replace(out=out // groups) if groups > 1 and out % groups**2 == 0 else None


@template(
    "grouped-params",
    topic="params",
    type="numeric",
    title="Parameters of a grouped convolution",
    sources=("000 How Grouped Convolutions Work", "001 Group-based convolution"),
)
def grouped_params(draw: Draw) -> Made:
    g, k = draw.choose((2, 4, 8)), draw.choose((1, 3, 3, 5))
    c, out = g * draw.choose((8, 12, 16, 24)), g * g * draw.choose((2, 4, 6, 8))
    bias = draw.choose(("", " bias=no"))
    net = f"{c}x28x28 | conv {out} k={k} g={g}{bias}"
    ask = Ask(net, "params")
    return numeric(
        f"A {k}×{k} convolution takes {c} channels to {out} in {g} groups, "
        f"{'without' if bias else 'with'} bias. How many parameters does it have?",
        ask,
        [
            on_layers("divided by the groups twice", _divided_twice),
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
    k, times = draw.choose((3, 5, 7, 9)), draw.between(1, 6)
    out = "C" if times == 1 else f"{times}*C"
    bias = draw.choose(("", " bias=no"))
    ask = Ask(f"CxHxW | sepconv {out} k={k}{bias}", "params")
    biases = "both without bias" if bias else "of which only the second has a bias"
    return symbolic(
        f"A depthwise separable convolution takes C channels to {out.replace('*', '·')}: a {k}×{k} "
        "depthwise convolution with one filter for each channel, then a 1×1 convolution, "
        f"{biases}. How many parameters do the two have together, in terms of C?",
        ask,
        [ONE_SIDE, *stated(ask)],
        {"C": "input channels"},
    )


def _pooled_globally(layer: Layer, windows: tuple[Window, ...]) -> list[Layer] | None:
    return [KINDS["gap"](), layer] if layer.kind == "flatten" else None


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
    net = f"{pooled} | flatten | fc = linear {units}"
    ask = Ask(net, "params", "fc")
    last = nodes(pooled)[-1].shape
    if last.spatial[0] * 2 > n:
        raise Redraw("the pooling makes no difference")
    return single(
        draw,
        "The picture shows a network with its input. How many parameters does its last layer have, "
        "with bias?",
        ask,
        [
            instead("left the pooling layer out", net=f"{head} | flatten | fc = linear {units}"),
            instead(
                "counted the height of the map, not its area",
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
            on_layers("took it for global pooling: kept only the channels", _pooled_globally),
            with_arguments("forgot the bias", bias=False),
        ],
    ).with_picture(network(net, "*"))


def _twice(layer: Layer, windows: tuple[Window, ...]) -> list[Layer] | None:
    """Two of them, which learn as many numbers as one learns and measures."""
    return [layer, layer] if layer.kind == "bn" else None


_LEARNED_TOO = on_layers("took the running mean and variance for learned", _twice)
_SCALE_AND_SHIFT = instead("counted the scale and the shift, which are learned", of="params")


@template(
    "bn-params-buffers",
    topic="params",
    type="table",
    title="What layers learn, and what they keep without learning",
    sources=("001 Batch Normalization for ConvNets", "003 7.11.3 Batch Normalization Process"),
)
def bn_params_buffers(draw: Draw) -> Made:
    c, m, k = draw.choose((3, 8, 16)), draw.choose((12, 16, 24, 32, 48, 64)), draw.choose((3, 5))
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
        among = [_LEARNED_TOO, ONE_SIDE, *_above_zero(learned)]
        buffers = (kept, [_SCALE_AND_SHIFT]) if kept.value else "none"
        rows.append((words, (learned, among), buffers))
    return table(
        f"An input with {c} channels goes through these layers, one after the other. As in PyTorch, "
        "batch normalisation learns a scale and a shift for each channel, and keeps in buffers, "
        "without learning them, the running mean and variance of each channel and one count of the "
        "batches. Fill in how many numbers each layer learns, and how many are in its buffers.",
        ("layer", "learned parameters", "in buffers"),
        rows,
    )


def _above_zero(ask: Ask) -> list[Misconception]:
    """The stated misconceptions that leave a number to be answered."""
    found = ((one, one.wrong(ask)) for one in stated(ask))
    return [one for one, wrong in found if wrong and wrong.value != 0]


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
        "weights has a locally connected layer with the same arguments?",
        value,
        [one for one in wrong if one.value != value],
        explained(
            "Each position of the output has filters of its own, so there are as many times as many "
            f"weights as there are positions: {shown(local.value)} / {shown(conv.value)} = {value}.",
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
