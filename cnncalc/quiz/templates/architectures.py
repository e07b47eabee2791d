"""Architectures, from their bundled specs: the sizes and parameters that are missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cnncalc.layers import KINDS
from cnncalc.layers.windows import POINT
from cnncalc.network import load
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.bundled import bundled
from cnncalc.quiz.cost_misconceptions import ONE_ROW
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, because, matching, merged, table
from cnncalc.quiz.misconceptions import (
    FORGOT_THE_STRIDE,
    KEPT_THE_SIZE,
    PADDED_ONE_SIDE,
    ROUNDED_UP,
    instead,
    on_layers,
    stated,
    unambiguous,
)
from cnncalc.quiz.model import Wrong, shown
from cnncalc.quiz.parameter_misconceptions import CHANNELS_ONLY
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, layer_words, nodes
from cnncalc.render.page import Page


def _rows(net: str) -> list[str]:
    """The layers that stand in a table: those with weights, and those that change a size."""
    graph = load(net).graph()
    return [
        node.name
        for node in graph
        if Ask(net, "params", node.name).value
        or (
            not node.layer.view
            and any(w is not POINT for w in node.layer.reads(*graph.inputs_of(node))[0])
        )
    ]


def _flattened(net: str) -> Page:
    """The working of how many values the first dense layer reads."""
    (name, *_) = (node.name for node in nodes(net) if node.layer.view and not node.shape.rank)
    page = Ask(net, "channels", name).solution()
    return page._replace(
        sections=[
            one for one in page.sections if not one.title or one.title.startswith(f"{name} = ")
        ]
    )


def _filled(
    net: str, names: Iterable[str], heights: Iterable[str], params: Iterable[str]
) -> list[list[Any]]:
    """The rows of a table: gaps for the heights and the parameters of the layers that are named."""
    hidden_heights, hidden_params = {*heights}, {*params}
    rows = []
    for node in nodes(net):
        if node.name not in names:
            continue
        height = Ask(net, "height", node.name) if node.shape.rank else None
        count = Ask(net, "params", node.name)
        row: list[Any] = [layer_words(node.layer), str(node.shape.channels)]
        if height and node.name in hidden_heights:
            row.append((height, unambiguous(height, [*stated(height), *_STEPS])))
        else:
            row.append(str(height.value) if height else "–")
        if node.name in hidden_params:
            # without strides a dense layer reads more values than anybody believes
            among = [one for one in stated(count, taken=False) if one.text != FORGOT_THE_STRIDE]
            row.append((count, unambiguous(count, [*among, ONE_ROW, CHANNELS_ONLY])))
        else:
            row.append(shown(count.value) if count.value else "–")
        rows.append(row)
    return rows


_STEPS = (ROUNDED_UP, PADDED_ONE_SIDE, KEPT_THE_SIZE)


def _gaps(draw: Draw, net: str, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Which heights are missing (all of equal ones in a row), and which parameters."""
    runs: list[list[str]] = []
    before = 0
    for node in nodes(net):
        if node.name in names and node.shape.rank:
            height = node.shape.spatial[0]
            runs = (
                [*runs[:-1], [*runs[-1], node.name]] if height == before else [*runs, [node.name]]
            )
            before = height
    first = draw.below(len(runs) - 1)
    some = next(
        (runs[first:end] for end in (first + 3, first + 2) if sum(map(len, runs[first:end])) <= 6),
        [],
    )
    heights = [name for run in some for name in run]
    if len(heights) < 3:
        raise Redraw("too many heights are missing, or too few")
    weighted = [name for name in names if Ask(net, "params", name).value]
    dense = [node.name for node in nodes(net) if node.name in weighted and not node.shape.rank][:1]
    others = draw.sample([name for name in weighted if name not in dense], 2)
    return heights, [*others, *dense]


def _in_order(made: Made, net: str) -> Made:
    """The same, the sections of its solution in the order of the layers; flattening is worked out too."""
    places = {node.name: i for i, node in enumerate(nodes(net))}
    sections = sorted(
        merged([made.solution, _flattened(net)]).sections,
        key=lambda section: places.get(section.title.partition(" = ")[0], len(places)),
    )
    return made._replace(solution=made.solution._replace(sections=sections))


_COLUMNS = ("layer", "channels or units", "height", "parameters")


@template(
    "lenet-table",
    topic="architectures",
    type="table",
    title="LeNet-5: the missing sizes and parameters",
    sources=("003 7.10.1 LeNet-5 Architecture", "001 Example: LeNet-5", "004 1.1 LeNet-5"),
)
def lenet_table(draw: Draw) -> Made:
    name, words = draw.choose(
        (
            ("lenet5_1998", "LeNet-5 (1998), with dense connections between its maps"),
            ("lenet5", "LeNet-5 as many courses teach it, with max pooling and wider layers"),
        )
    )
    n = draw.choose((28, 32, 36, 40, 44, 48))
    net = bundled(name, H=n, W=n)
    names = _rows(net)
    made = table(
        f"This is {words}, for images of 1×{n}×{n} pixels. Activations and flattening are left out; "
        f"all layers with weights have a bias. {UNSAID} Fill in what is missing.",
        _COLUMNS,
        _filled(net, names, *_gaps(draw, net, names)),
    )
    return _in_order(made, net)


@template(
    "alexnet-vgg-table",
    topic="architectures",
    type="table",
    title="AlexNet or VGG: the missing sizes and parameters",
    sources=("004 1.2 AlexNet", "004 1.3 VGG", "000 5. CNN Architectures"),
)
def alexnet_vgg_table(draw: Draw) -> Made:
    name, n = draw.choose(
        (
            *(("alexnet", n) for n in (224, 256, 288)),
            *(("alexnet_2012", n) for n in (227, 259, 291)),
            *(("vgg11", n) for n in (192, 224, 256)),
            *(("vgg13", n) for n in (160, 224, 288)),
        )
    )
    net = bundled(name, H=n, W=n)
    names = _rows(net)
    cut = next(node.name for node in nodes(net) if node.name in names and not node.shape.rank)
    names = names[: names.index(cut) + 1]
    made = table(
        f"These are the layers of {load(name).name} up to its first fully connected one, for images of "
        f"3×{n}×{n} pixels. Activations, normalisation, dropout and flattening are left out; all "
        f"layers with weights have a bias. {UNSAID} Fill in what is missing.",
        _COLUMNS,
        _filled(net, names, *_gaps(draw, net, names)),
    )
    return _in_order(made, net)


_NO_POOLING = on_layers(
    "forgot the max pooling of the stem",
    lambda layer, windows: KINDS["identity"]() if layer.kind == "maxpool" else None,
)
_STAGES = ("first", "second", "third", "fourth")


@template(
    "resnet-stage-matching",
    topic="architectures",
    type="matching",
    title="Output sizes of the stages of a ResNet",
    sources=("004 1.5.3 The Architecture", "000 ResNet (Residual Networks)"),
)
def resnet_stage_matching(draw: Draw) -> Made:
    depth = draw.choose((18, 34, 50))
    n = draw.choose((128, 160, 192, 224, 256, 288, 320))
    net = bundled(f"resnet{depth}", H=n, W=n)
    asks = [Ask(net, "shape", name) for name in ("relu1", "maxpool1", *_ends(net))]
    words = ["after the first convolution", "after the max pooling"]
    words += [f"after the {stage} stage of blocks" for stage in _STAGES]
    block = "basic" if depth < 50 else "bottleneck"
    other = bundled("resnet50" if depth < 50 else "resnet18", H=n, W=n)
    widened = (
        "let basic blocks widen to four times, as bottlenecks do"
        if depth < 50
        else "forgot that a bottleneck widens to four times its channels"
    )
    places = sorted(draw.sample(range(6), 4))
    others: list[Wrong] = []
    for place in places:
        mistaken = [_NO_POOLING]
        if place > 1:
            mistaken.append(instead(widened, net=other, layer=_ends(other)[place - 2]))
        found = [(one.text, one.believed(asks[place])) for one in mistaken]
        others += [Wrong(answer.value, text) for text, answer in found if answer]
    right = {str(asks[place].value) for place in places}
    sizes = {one.value: one for one in others if one.value not in right}
    if len(sizes) < 2:
        raise Redraw("too few other sizes")
    steps = "; ".join(f"{_times(asks[i].value)} {said}" for i, said in enumerate(words))
    return matching(
        draw,
        f"ResNet-{depth} gets an image of 3×{n}×{n}. Its first convolution is 7×7 with stride 2 and "
        f"padding 3, then comes 3×3 max pooling with stride 2 and padding 1, then four stages of "
        f"{block} blocks of width 64, 128, 256 and 512; the first block of each stage but the first "
        "has stride 2. What are the sizes (channels × height × width)?",
        [(words[place], _times(asks[place].value)) for place in places],
        [one._replace(value=_times(one.value)) for one in draw.sample([*sizes.values()], 2)],
        because(
            "The first convolution, the max pooling and the last three stages halve the map, rounded "
            "up; a bottleneck block widens its channels to four times, a basic block does not. "
            f"The sizes: {steps}."
        ),
        [asks[place].is_(asks[place].value) for place in places],
    )


def _times(shape: object) -> str:
    return str(shape).replace("x", "×")


def _ends(net: str) -> list[str]:
    """The last layer of each stage: the last whose output has this many channels."""
    found: dict[object, str] = {}
    for node in nodes(net):
        if len(node.inputs) > 1:
            found[node.shape.channels] = node.name
    return list(found.values())
