"""Receptive fields and jumps of layers that follow one another."""

from __future__ import annotations

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.field_misconceptions import (
    ADDED_STRIDES,
    DILATED,
    DOUBLED,
    LAST_KERNEL,
    LAST_STRIDE,
    NO_POOLING,
    SUMMED_KERNELS,
)
from cnncalc.quiz.making import Made, numeric, single, table
from cnncalc.quiz.misconceptions import (
    IGNORED_STRIDES,
    JUMP_AFTER,
    WHOLE_KERNEL,
    Misconception,
)
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, chain, layer_words, line, nodes

#: Inputs are large enough for every field.
_IMAGE = "3x256x256"


_MANY = {2: "two", 3: "three", 4: "four", 5: "five"}


@template(
    "stack-rf",
    topic="rf",
    type="single",
    title="Receptive field of stacked convolutions with stride 1",
    sources=(
        "003 7.5.3 Receptive Fields: Understanding What Each Pixel Sees",
        "001 Receptive Fields",
    ),
)
def stack_rf(draw: Draw) -> Made:
    kernels = [draw.choose((3, 3, 5, 7)) for _ in range(draw.between(2, 5))]
    ask = Ask(" | ".join([_IMAGE, *(f"conv 16 k={k}" for k in kernels)]), "rf")
    many = _MANY[len(kernels)]
    sizes = [f"{k}×{k}" for k in kernels]
    words = (
        f"{many.capitalize()} {sizes[0]} convolutions"
        if len({*kernels}) == 1
        else f"{many.capitalize()} convolutions with kernels of {', '.join(sizes[:-1])} and {sizes[-1]}"
    )
    fewer = Ask(ask.net.rpartition(" | ")[0], "rf")
    return single(
        draw,
        f"{words} follow one another, {'both' if len(kernels) == 2 else 'all'} with stride 1. How many "
        "pixels of the input, along one side, does a unit of the last one see?",
        ask,
        [
            SUMMED_KERNELS,
            WHOLE_KERNEL,
            LAST_KERNEL,
            Misconception("left the last layer out", lambda _: fewer),
            DOUBLED,
        ],
    )


@template(
    "strided-rf",
    topic="rf",
    type="single",
    title="Receptive field of convolutions with strides",
    sources=(
        "000 Let's Try a More Complex Variant",
        "003 7.5.4 Controlling Spatial Reduction with Strides",
    ),
)
def strided_rf(draw: Draw) -> Made:
    strides = [draw.between(1, 3), 2, draw.between(1, 2)]
    net = " | ".join(
        [_IMAGE]
        + [line(f"conv 16 k={draw.choose((3, 3, 5, 7))}", s=s) for s in draw.shuffled(strides)]
    )
    ask = Ask(net, "rf")
    return single(
        draw,
        f"An image goes through these layers: {_plain(net)}. {UNSAID} How many pixels high is the "
        "receptive field of a unit of the last layer?",
        ask,
        [IGNORED_STRIDES, JUMP_AFTER, WHOLE_KERNEL, SUMMED_KERNELS, LAST_KERNEL],
    )


def _plain(net: str) -> str:
    """The layers without the filters, which make no difference to fields."""
    return chain(net).replace(", 16 filters", "")


@template(
    "pool-chain-rf",
    topic="rf",
    type="numeric",
    title="Receptive field of convolutions with pooling between",
    sources=("003 7.9.2 Effect and Benefits of Pooling", "000 Receptive Field Formula"),
)
def pool_chain_rf(draw: Draw) -> Made:
    pools = ("maxpool 2", "avgpool 2", "maxpool 3 s=2")
    parts = [_IMAGE, line(f"conv 16 k={draw.choose((3, 5, 7))}", s=draw.between(1, 2))]
    parts += [draw.choose(pools), f"conv 16 k={draw.choose((3, 5, 7))}"]
    parts += [draw.choose(pools), f"conv 16 k={draw.choose((3, 5))}"]
    ask = Ask(" | ".join(parts[: 4 + 2 * draw.below(2)]), "rf")
    return numeric(
        f"An image goes through these layers: {_plain(ask.net)}. {UNSAID} How many pixels high is "
        "the receptive field of a unit of the last layer?",
        ask,
        [IGNORED_STRIDES, NO_POOLING, JUMP_AFTER, WHOLE_KERNEL, SUMMED_KERNELS],
    )


@template(
    "dilated-rf",
    topic="rf",
    type="single",
    title="Receptive field of dilated convolutions",
    sources=("000 What Is Dilated Convolution?", "001 Dilated convolution"),
)
def dilated_rf(draw: Draw) -> Made:
    k, count = draw.choose((2, 3, 3, 5)), draw.between(3, 5)
    base = draw.choose((1, 1, 2))
    dilations = [base * 2**i for i in range(count)]
    if draw.below(3) == 0:
        dilations = [draw.choose((1, 2, 3, 4, 6)) for _ in range(count)]
    ask = Ask(" | ".join(["1x4096", *(line(f"conv 16 k={k}", d=d) for d in dilations)]), "rf")
    shown = ", ".join(map(str, dilations[:-1]))
    return single(
        draw,
        f"In a network for sound, {_MANY[count]} 1D convolutions with kernel {k} and stride 1 follow one "
        f"another, with dilations of {shown} and {dilations[-1]}. How many samples of the input does "
        "a unit of the last one see, from the first to the last?",
        ask,
        DILATED,
    )


@template(
    "jump-of-chain",
    topic="rf",
    type="numeric",
    title="Jump after several layers",
    sources=("000 Full Recursive Formula", "000 Let's Try a More Complex Variant"),
)
def jump_of_chain(draw: Draw) -> Made:
    parts = [
        line(f"conv 16 k={draw.choose((3, 5, 7))}", s=draw.between(1, 3)),
        draw.choose(("maxpool 2", "maxpool 3 s=2", "avgpool 3")),
        line("conv 16 k=3", s=draw.between(1, 2)),
        line("conv 16 k=3", s=draw.between(1, 2)),
        draw.choose(("avgpool 2", "maxpool 2 s=1", "maxpool 3 s=2")),
    ]
    ask = Ask(" | ".join([_IMAGE, *parts[: draw.between(3, 5)]]), "jump")
    if ask.value in (1, 2):
        raise Redraw("hardly a stride")
    return numeric(
        f"An image goes through these layers: {_plain(ask.net)}. {UNSAID} How many pixels apart are "
        "the centres of the receptive fields of two units that are neighbours in the output (the "
        "jump, or effective stride)?",
        ask,
        [ADDED_STRIDES, LAST_STRIDE, NO_POOLING],
    )


@template(
    "rf-table",
    topic="rf",
    type="table",
    title="Receptive field and jump after each layer",
    sources=("000 Layer-wise Computation", "000 Receptive Field Calculation: Step-by-Step Example"),
)
def rf_table(draw: Draw) -> Made:
    net = " | ".join(
        [
            _IMAGE,
            line(f"a = conv 16 k={draw.choose((3, 5, 7))}", s=draw.between(1, 2)),
            f"b = {draw.choose(('maxpool 2', 'maxpool 3 s=2', 'avgpool 2', 'avgpool 3'))}",
            line(f"c = conv 16 k={draw.choose((3, 5, 7))}", d=draw.between(1, 2)),
            line(f"d = conv 16 k={draw.choose((3, 5))}", s=draw.between(1, 2)),
        ]
    )
    rows = []
    for node in nodes(net):
        field, jump = Ask(net, "rf", node.name), Ask(net, "jump", node.name)
        rows.append(
            (
                layer_words(node.layer).replace(", 16 filters", ""),
                (field, [IGNORED_STRIDES, JUMP_AFTER, WHOLE_KERNEL]),
                (jump, [ADDED_STRIDES]),
            )
        )
    return table(
        f"An image goes through these layers. {UNSAID} How many pixels high is the receptive field of "
        "a unit after each of them, and how many pixels of the image apart are neighbouring units (the "
        "jump)?",
        ("layer", "receptive field", "jump"),
        rows,
    )
