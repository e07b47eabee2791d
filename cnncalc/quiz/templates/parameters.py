"""Parameters."""

from __future__ import annotations

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.contrasts import Contrast
from cnncalc.quiz.cost_misconceptions import ONE_ROW
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.field_misconceptions import NO_POOLING
from cnncalc.quiz.fitting import explained
from cnncalc.quiz.making import Made, amount, matching, merged, numeric, symbolic, told_apart
from cnncalc.quiz.misconceptions import instead, stated, wrongs
from cnncalc.quiz.model import Wrong, shown
from cnncalc.quiz.parameter_misconceptions import (
    BIAS_EVERYWHERE,
    BIAS_FOR_EACH_CHANNEL,
    CHANNELS_ONLY,
    LEARNED_TOO,
    ONE_SIDE,
    UNSHARED,
    WITH_BIAS,
)
from cnncalc.quiz.pictures import network
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, layer_words, nodes
from cnncalc.render.page import Page


@template(
    "parameter-matching",
    topic="params",
    type="matching",
    title="Which layer has how many parameters",
    sources=("003 7.7.3 Number of Learnable Parameters", "000 4. CNN Parameters and Depth"),
)
def parameter_matching(draw: Draw) -> Made:
    c, k = draw.choose((8, 16, 32)), draw.choose((3, 5))
    m = draw.choose((2, 4)) * c
    asks = [
        Ask(f"{c}x16x16 | {line}", "params")
        for line in (
            f"conv {m} k={k}",
            f"conv {m} k=1 bias=no",
            f"conv {m} k={k} g={draw.choose((2, 4))} bias=no",
            f"sepconv {m} k={k} bias=no",
            f"dwconv {k}",
            "bn",
        )
    ]
    chosen = draw.sample(asks, 4)
    taken = {ask.value for ask in chosen}
    found = told_apart(wrong for ask in chosen for wrong in wrongs(ask, stated(ask)))
    others = draw.sample([one for one in found if one.value and one.value not in taken], 2)
    return matching(
        draw,
        f"The input has {c} channels. How many parameters does each layer have, with bias unless "
        "something else is said?",
        [(layer_words(nodes(ask.net)[-1].layer), shown(ask.value)) for ask in chosen],
        [one._replace(value=shown(one.value)) for one in others],
        merged(ask.solution() for ask in chosen),
        [ask.is_(ask.value) for ask in chosen],
    )


@template(
    "conv-parameters-in-c",
    topic="params",
    type="symbolic",
    title="Parameters of a convolution, in terms of its channels",
    sources=("000 Parameter Comparison", "003 7.7.3 Number of Learnable Parameters"),
)
def conv_parameters_in_c(draw: Draw) -> Made:
    k, bias = draw.choose((1, 3, 5, 7)), draw.choose(("", " bias=no"))
    channels, filters = (times_c(draw.between(1, most)) for most in (3, 4))
    layer = f"conv {filters} k={k}{bias}"
    ask = Ask(f"({channels})xHxW | {layer}", "params")
    return symbolic(
        f"A {k}×{k} convolution {'without' if bias else 'with'} bias has "
        f"{channels.replace('*', '')} input channels and {filters.replace('*', '')} filters. How many "
        "parameters does it have, in terms of C?",
        ask,
        [
            instead("left the input channels out", net=f"1xHxW | {layer}"),
            ONE_SIDE,
            BIAS_FOR_EACH_CHANNEL,
            WITH_BIAS,
            *stated(ask),
        ],
        {"C": "a number of channels"},
    )


def times_c(times: int) -> str:
    return "C" if times == 1 else f"{times}*C"


@template(
    "network-params",
    topic="params",
    type="numeric",
    title="Parameters of a whole small network",
    sources=("001 Example: LeNet-5", "003 7.7.3 Number of Learnable Parameters"),
)
def network_params(draw: Draw) -> Made:
    n, k, classes = draw.choose((12, 16, 20, 24)), draw.choose((3, 5)), draw.choose((4, 5, 10))
    first, second = draw.choose((4, 6, 8)), draw.choose((6, 8, 10, 12))
    convs = [f"conv {first} k={k} p={k // 2}", "maxpool 2", f"conv {second} k=3 p=1", "maxpool 2"]
    if draw.below(2):
        convs.insert(1, "bn")
    head = " | ".join([f"{draw.choose((1, 3))}x{n}x{n}", *convs])
    net = f"{head} | f = flatten | linear {classes}"
    ask, features = Ask(net, "params"), Ask(net, "elements", "f")
    if features.value > 400:  # type: ignore[operator]
        raise Redraw("too many features to count with by hand")
    made = numeric(
        "The picture shows a network with its input. How many parameters does it have, with a bias in "
        f"every convolution and in the fully connected layer? {UNSAID}",
        ask,
        [
            instead("left the fully connected layer out", net=head),
            CHANNELS_ONLY,
            NO_POOLING,
            ONE_ROW,
            UNSHARED,
            LEARNED_TOO,
            *stated(ask),
        ],
    )
    place = {node.name: i for i, node in enumerate(ask.graph)}
    parts = sorted(
        merged([features.solution(), made.solution]).sections,
        key=lambda part: place.get(part.title.partition(" ")[0], len(place)),
    )
    return made._replace(solution=Page("", parts)).with_picture(network(net, "*"))


@template(
    "count-the-biases",
    topic="params",
    type="numeric",
    title="How many of the parameters of a network are biases",
    sources=("003 7.7.3 Number of Learnable Parameters", "002 3. How Many Parameters?"),
)
def count_the_biases(draw: Draw) -> Made:
    c, n, m = draw.choose((1, 3)), draw.choose((16, 28, 32)), draw.choose((6, 8, 12, 16))
    k, wide, units = draw.choose((3, 5)), draw.choose((10, 20, 24, 32)), draw.choose((2, 5, 10))
    second, words = draw.choose(
        (
            (f"conv {wide} k=3 g=2", "grouped convolution"),
            (f"dwconv {k}", "depthwise convolution"),
            (f"conv {wide} k=1", "1×1 convolution"),
            (f"deconv {wide} k=2 s=2", "transposed convolution"),
        )
    )
    lines = [f"conv {m} k={k}", second, f"linear {units}"]

    def net(*without: int) -> str:
        """The network; the layers in these places have no bias."""
        parts = [f"{one}{' bias=no' * (i in without)}" for i, one in enumerate(lines)]
        return " | ".join([f"{c}x{n}x{n}", *parts[:2], "gap | flatten", parts[2]])

    contrast = Contrast(net(), net(0, 1, 2), "params", "saved")
    filters = [one.shape.channels for one in nodes(net()) if "bias" in one.layer.arguments]
    wrong = [
        contrast.instead(f"left the {words} out", old=net(1)),
        contrast.instead("left the fully connected layer out", old=net(2)),
        Wrong(len(lines), "counted one bias for each layer"),
        *contrast.wrongs([BIAS_EVERYWHERE]),
    ]
    made = amount(
        "The picture shows a network with its input. How many of its parameters are biases, if all "
        "convolutions and the fully connected layer have them?",
        int(contrast.value),
        wrong,
        explained(
            f"Each filter and each unit has one bias: {' + '.join(map(str, filters))} = "
            f"{contrast.value}. It is also what the parameters with biases are more than those without:",
            contrast.solution(),
        ),
    )
    return made._replace(claims=contrast.claims).with_picture(network(net(), "*"))
