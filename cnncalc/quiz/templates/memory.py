"""Memory of activations."""

from __future__ import annotations

from typing import Any

from cnncalc.analyses.memory import moments
from cnncalc.layers import KINDS
from cnncalc.network import load
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import EACH_IMAGE, LARGEST, ONE_BYTE, ONE_IMAGE, SUMMED
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import Made, Said, merged, numeric, single, truefalse
from cnncalc.quiz.misconceptions import Misconception, Number, instead, on_layers, stated
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import chain, layer_words, line, nodes
from cnncalc.render.page import GROUPED, Line, Page, Section
from cnncalc.sizes import product
from cnncalc.worked import Worked, form_of

_SINGLE = instead("took four bytes for a value, as in float32", dtype="float32")
_DOUBLE = instead("took eight bytes for a value, as in float64", dtype="float64")
_INPUT = on_layers(
    "counted the input of the layer, not its output", lambda layer, windows: KINDS["relu"]()
)
_BYTES = {"float32": 4, "float16": 2}


def _times(text: str, factor: int) -> Misconception:
    def believed(ask: Ask) -> Number:
        wrong = Worked(ask.value) * factor
        return Number(wrong.value, wrong.written(GROUPED))

    return Misconception(text, believed)


@template(
    "activation-bytes",
    topic="memory",
    type="single",
    title="Bytes of the output of one layer for a batch",
    sources=("003 7.3.5 Batch Processing with Convolutional Layers", "004 1.2 AlexNet"),
)
def activation_bytes(draw: Draw) -> Made:
    c, n, k = (
        draw.choose((3, 8, 16)),
        draw.choose((10, 16, 20, 24, 28, 32, 40)),
        draw.choose((3, 5)),
    )
    batch, dtype = draw.choose((4, 5, 8, 10, 16, 20)), draw.choose(("float16", "float32"))
    layer = line(f"conv {draw.choose((10, 12, 20, 24, 32))}", k=k, s=draw.between(1, 2), p=k // 2)
    ask = Ask(f"{c}x{n}x{n} | a = {layer}", "written", "a", batch, dtype)
    size = ask._replace(of="height")
    made = single(
        draw,
        f"A batch of {batch} inputs of {c}×{n}×{n} (channels × height × width) goes through this layer: "
        f"{layer_words(nodes(ask.net)[0].layer)}. How many bytes does its output take in {dtype} "
        f"({_BYTES[dtype]} bytes for a value)?",
        ask,
        [
            *(ONE_IMAGE, ONE_BYTE, _INPUT, _DOUBLE if dtype == "float32" else _SINGLE),
            *stated(ask, taken=False),
        ],
    )
    return made._replace(solution=merged([size.solution(), made.solution]))


def moments_of(net: str) -> list[Line]:
    """What is in memory while each layer of a network runs, in values of one image."""
    graph = load(net).graph()
    said = dict.fromkeys(graph.inputs, "the image")
    said.update((node.name, f"({i})") for i, node in enumerate(graph, 1))
    lines = []
    for moment in moments(graph):
        alive = [product(map(Worked, shape)) for shape in moment.shapes]
        total: Any = sum(alive[1:], alive[0])
        names = ", ".join(said[name] for name, _ in moment.alive)
        lines.append(
            Line(
                f"values while {said[moment.node]} runs",
                [total.form, form_of(total.value)],
                "",
                names,
            )
        )
    return lines


@template(
    "peak-bytes",
    topic="memory",
    type="numeric",
    title="The most memory that activations take at once, with a skip connection or without",
    sources=("003 7.9.2 Effect and Benefits of Pooling", "004 1.5.2 Residual Networks"),
)
def peak_bytes(draw: Draw) -> Made:
    c, n = draw.choose((3, 8, 16)), draw.choose((8, 10, 16, 20, 32))
    m = draw.choose((16, 20, 24, 32))
    wide = draw.between(1, 4) * m // 2
    skip = draw.below(2)
    layers = [
        f"{c}x{n}x{n}",
        f"a = conv {m} k=3 p=1",
        f"b = conv {wide} k=1",
        f"c = conv {m} k=3 p=1",
    ]
    plain = " | ".join([*layers, "e = maxpool 2"])
    ask = Ask(" | ".join([*layers, "e = add c a"]) if skip else plain, "peak")
    largest = max(Ask(ask.net, "written", name).value for name in "abce")
    among = [
        SUMMED,
        Misconception(LARGEST, lambda _: Number(largest)),
        ONE_BYTE,
    ]
    words = chain(plain)
    if skip:
        words = chain(" | ".join(layers)) + "; (4) addition of the outputs of (3) and (1)"
        forgot = "freed the tensor that the skip connection still needs"
        among.append(instead(forgot, net=" | ".join([*layers, "e = relu"])))
    made = numeric(
        f"A network for images of {c}×{n}×{n} at inference: {words}. A tensor is freed as soon as no "
        "later layer reads it; a layer's input and output are in memory together, and the image is a "
        "tensor too. How many bytes do the tensors take at most, for one image in float32 "
        "(4 bytes for a value)? Weights are not counted.",
        ask,
        among,
    )
    peak = Worked(int(ask.value) // 4) * 4
    lines = [*moments_of(ask.net), Line("at most", [peak.form, form_of(peak.value)], "B")]
    return made._replace(solution=Page("", [Section("", [("", lines)])]))


@template(
    "batch-memory",
    topic="memory",
    type="truefalse",
    title="What grows with the batch, and what does not",
    sources=("003 7.3.5 Batch Processing with Convolutional Layers", "004 1.8.2 What we learnt"),
)
def batch_memory(draw: Draw) -> Made:
    n, k, batch = draw.choose((10, 12, 16, 20)), draw.choose((3, 5)), draw.choose((2, 4, 8, 10, 20))
    net = " | ".join(
        [
            f"{draw.choose((1, 3))}x{n}x{n}",
            line(f"a = conv {draw.choose((4, 6, 8, 10))}", k=k, p=k // 2),
            "b = bn",
            "c = maxpool 2",
            "e = flatten",
            f"f = linear {draw.choose((10, 100))}",
        ]
    )
    params, shape = Ask(net, "params", batch=batch), Ask(net, "height", "c", batch)
    per_image = _times(EACH_IMAGE, batch)
    said = [
        Said("The network has {} parameters.", params, [per_image]),
        Said(
            "The output of (1) takes {} bytes in float32.",
            Ask(net, "written", "a", batch),
            [ONE_IMAGE, ONE_BYTE],
        ),
        Said(
            "The output of (3) takes {} bytes in float16.",
            Ask(net, "written", "c", batch, "float16"),
            [ONE_IMAGE, ONE_BYTE, _SINGLE],
        ),
        Said("(1) takes {} MACs for the batch.", Ask(net, "macs", "a", batch), [ONE_IMAGE]),
        Said("(5) takes {} MACs for the batch.", Ask(net, "macs", "f", batch), [ONE_IMAGE]),
        Said("(2) has {} parameters.", Ask(net, "params", "b", batch), [per_image]),
        Said(
            "The maps after (3) are {} pixels high.",
            shape,
            [_times("took the batch for a spatial axis", batch)],
        ),
    ]
    return truefalse(
        draw,
        f"A network gets a batch of {batch} images of {net.partition(' ')[0].replace('x', '×')}: "
        f"{chain(net)}. Which statements hold? A value takes 4 bytes in float32 and 2 in float16; "
        "MACs are multiply–accumulate operations.",
        draw.sample(said, 4),
    )
