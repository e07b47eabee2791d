"""Explanations: every number in them is the analyzer's, and is what its own working comes to."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import pytest
from teaching import evaluate

import cnncalc
from cnncalc.analyses.memory import DTYPES, written_by
from cnncalc.explain import QUANTITIES, Explanation, LayerSteps, Step
from cnncalc.formulas import flops, stored
from cnncalc.notation import names_in
from cnncalc.sizes import axis_names, equal, is_int

FIRST = "3x224x224 | conv 64 k=7 s=2 p=3"
evaluated = lru_cache(maxsize=None)(evaluate)


def lines(net: str, *of: str, layer: int = -1, **how: Any) -> list[str]:
    """The steps of one layer, those with working."""
    found = cnncalc.load(net).explain(of=of or None, **how).layers[layer]
    return [str(one) for one in found.steps if one.derived]


# The first show of the issue.


def test_the_first_layer_of_a_resnet() -> None:
    text = str(cnncalc.load(FIRST).explain())
    assert "height, width = ⌊(H + 2p − k)/s⌋ + 1 = ⌊(224 + 2·3 − 7)/2⌋ + 1 = 112\n" in text
    assert "parameters = C′·(C·k·k + 1) = 64·(3·7·7 + 1) = 9,472\n" in text
    assert "weights = C′·C·k·k = 64·3·7·7 = 9,408\n" in text
    assert "uses of each = H′·W′ = 112·112 = 12,544\n" in text
    assert "MACs = weights·uses = 9,408·12,544 = 118,013,952\n" in text


# Every number is the analyzer's.


def check_working(step: Step) -> None:
    """Letters, numbers and the printed line all come to the value."""
    assert step.letters is None or equal(step.letters.value, step.value) is True, str(step)
    if step.numbers is not None:
        assert equal(step.numbers.value, step.value) is True, str(step)
        if not any(names_in(step.numbers.form)):
            assert evaluated(str(step.numbers)) == step.value, str(step)
    if isinstance(step.value, (int, Fraction)):
        shown = str(step).partition("  (")[0].rpartition(" = ")[2]
        assert evaluated(shown.removesuffix(" B")) == step.value, str(step)


def along(steps: list[Step], name: str, rank: int) -> list[Any]:
    """The values of one step of the field, for every axis."""
    found: dict[str, Any] = {}
    for one in steps:
        word, _, axes = one.names[0].partition(" along ")
        if word == name:
            named = axes.split(" and ") if axes else axis_names(rank)
            found.update(dict.fromkeys(named, one.value))
    return [found.get(axis) for axis in axis_names(rank)]


def same(ours: Any, theirs: Any) -> bool:
    return (ours is None) == (theirs is None) and (ours is None or equal(ours, theirs) is True)


def check_layer(
    steps: LayerSteps, row: cnncalc.LayerResult, node: Any, each: int, batch: Any
) -> None:
    shape = {name: one.value for one in steps.of("shape") for name in one.names}
    assert list(shape) == list(row.output.axes)
    assert all(map(same, shape.values(), row.output)), row.name
    params = {one.names[0]: one.value for one in steps.of("params")}
    assert same(params["parameters"], row.cost.params), row.name
    assert same(params.get("buffers", 0), row.cost.buffers), row.name
    assert steps.of("macs")[-1].names == ("MACs",)
    assert same(steps.of("macs")[-1].value, row.cost.macs), row.name
    (written,) = steps.of("memory")
    assert same(written.value, stored(written_by(node.layer, row.output), each, batch)), row.name
    rank = len(row.fields or ())
    for key in ("size", "jump", "start") if rank else ():
        found = along(steps.of("rf"), key, rank)
        assert all(map(same, found, (getattr(field, key) for field in row.fields or ()))), row.name
    contexts = along(steps.of("rf"), "whole-image reach", rank)
    for size, field in zip(contexts, row.fields or ()):
        assert size is None or size == field.context[1] - field.context[0] + 1


def check(net: cnncalc.Network, **how: Any) -> Explanation:
    """All steps of a network against its analysis, which is made apart from them."""
    found, analysis = net.explain(**how), net.analyze(**how)
    graph = net.graph(**{key: how[key] for key in ("at", "settings", "symbolic") if key in how})
    each = DTYPES[analysis.dtype]
    assert [one.name for one in found.layers] == [row.name for row in analysis.layers]
    checked: set[int] = set()
    for steps, row, node in zip(found.layers, analysis.layers, graph, strict=True):
        check_layer(steps, row, node, each, analysis.batch)
        for one in steps.steps:
            if id(one) not in checked:
                check_working(one)
                checked.add(id(one))
    totals = {(one.of, one.names[0]): one.value for one in found.totals}
    expected = {
        ("params", "parameters"): analysis.total.params,
        ("macs", "MACs"): analysis.total.macs,
        ("macs", "FLOPs"): flops(analysis.total.macs),
        ("memory", "written"): analysis.memory.written,
        ("memory", "peak"): analysis.memory.peak,
    }
    assert all(same(totals[key], value) for key, value in expected.items())
    assert same(totals.get(("params", "buffers"), 0), analysis.total.buffers)
    for one in found.totals:
        check_working(one)
    for steps in found.layers:
        for one in steps.steps:
            assert one.why is None or one.value is None or found.reasons[one.why].text, one
    return found


@pytest.mark.parametrize("name", cnncalc.bundled())
def test_every_number_is_the_analyzers(name: str) -> None:
    check(cnncalc.load(name))


def test_a_wrong_step_is_noticed() -> None:
    found = cnncalc.load(FIRST).explain().layers[0]
    (wrong,) = (one for one in found.steps if one.names == ("parameters",))
    for changed in (wrong._replace(value=9471), wrong._replace(numbers=found.steps[1].numbers)):
        with pytest.raises(AssertionError):
            check_working(changed)


@pytest.mark.parametrize(
    "name", ["lenet5", "resnet18", "unet", "mobilenet_v2", "segnet", "mobilenet_v1"]
)
def test_closed_forms_are_the_analyzers(name: str) -> None:
    check(cnncalc.load(name), symbolic=True)


@pytest.mark.parametrize(
    "how",
    [
        {"batch": 8, "dtype": "float16"},
        {"batch": "N"},
        {"batch": "bytes"},
        {"at": {"H": 64, "W": 96}},
    ],
    ids=str,
)
def test_batches_and_types_are_the_analyzers(how: dict[str, Any]) -> None:
    check(cnncalc.load("resnet18"), **how)


#: What the zoo does not have much of.
NETS = [
    "2x9x7x5 | conv 4 k=3x1x2 p=1x0x0 d=1x1x2 | maxpool 2 ceil=yes | gap",
    "8x40 | conv 4 k=3 p=same d=2 | bn | flatten | linear 3",
    "CxHxW | conv C k=3 p=1 | conv 2*C k=1 g=C",
    "3x32x32 | s = deconv 4 k=3 s=2 p=1 op=1 | deconv 4 k=2 s=3 | conv 2 k=3 s=2",
    "4x10x10 | a = relu | b = conv 4 k=5 p=2 d=1 | c = conv 4 k=3 p=1 | concat a b c | conv 1 k=3",
    "4x9x9 | x0 = relu | gap | conv 4 k=1 | g = sigmoid | mul x0 g | conv 2 k=3",
    "4x9x9 | adaptive_avgpool 4 | upsample 3 mode=bilinear | crop size=7",
    "10 | linear 4 | softmax",
    "1x4x4 | reshape 4x2x2 | pixel_shuffle 2 | flatten",
    "3x64x64 | gn 3 | sepconv 8 k=3 m=2 p=1 | local 4 k=3 | prelu slopes=channels",
]


@pytest.mark.parametrize("net", NETS)
def test_other_networks_are_the_analyzers(net: str) -> None:
    check(cnncalc.load(net))


def test_symbolic_depth_is_the_analyzers() -> None:
    net = cnncalc.parse(
        "input: 8xHxW\nparams: {L: 3}\nlayers:\n  - repeat: L\n    layers: [conv 8 k=3 p=1, relu]\n"
    )
    check(net, symbolic=True)


# Wording.


WORDING = [
    ("3x32x32 | conv 8 k=3 d=2", "shape", "height, width = H − (d·(k − 1) + 1) + 1 = 32 − (2·(3 − 1) + 1) + 1 = 28"),
    ("3x32x32 | conv 8 k=3 p=same", "shape", "height, width = H + k − 1 − k + 1 = 32 + 3 − 1 − 3 + 1 = 32"),
    ("3x32x30 | conv 8 k=3x1", "shape", "height = H − k_h + 1 = 32 − 3 + 1 = 30"),
    ("64x112x112 | maxpool 3 s=2 ceil=yes", "shape", "height, width = min(⌈(H − k)/s⌉ + 1, ⌈H/s⌉) = min(⌈(112 − 3)/2⌉ + 1, ⌈112/2⌉) = 56"),
    ("64x28x28 | deconv 32 k=2 s=2", "shape", "height, width = (H − 1)·s + k = (28 − 1)·2 + 2 = 56"),
    ("512x7x7 | flatten", "shape", "channels = C·H·W = 512·7·7 = 25,088"),
    ("64x8x8 | a = relu | conv 32 k=1 | concat a x", "shape", "channels = C_1 + C_2 = 64 + 32 = 96"),
    ("64x8x8 | pixel_shuffle 2", "shape", "channels = C/(factor·factor) = 64/(2·2) = 16"),
    # r is the size of a field, so the factor (r to the language) is no r in formulas
    ("8x8x8 | pixel_unshuffle 2", "rf", "size = r + (factor − 1)·j = 1 + 2 − 1 = 2"),
    ("8x6x6 | crop 2", "rf", "start = b + amount·j = 2"),
    ("8x8x8 | deconv 4 k=4 s=2 p=1", "rf", "size = end − start + 1 = 0 − (−1) + 1 = 2  (unit 0 of 2 that differ)"),
    ("16x8x8 | conv 32 k=3 g=4", "params", "parameters = C′·((C/g)·k·k + 1) = 32·((16/4)·3·3 + 1) = 1,184"),
    ("16x8x8 | conv 32 k=3 bias=no", "params", "parameters = C′·C·k·k = 32·16·3·3 = 4,608"),
    ("64x8x8 | bn", "params", "parameters = 2C = 2·64 = 128"),
    ("64x8x8 | bn", "params", "buffers = 2C + 1 = 2·64 + 1 = 129"),
    ("4096 | linear 1000", "params", "parameters = C′·(C + 1) = 1,000·(4,096 + 1) = 4,097,000"),
    ("4096 | linear 1000", "macs", "MACs = weights·uses = 4,096,000"),
    ("64x9x9 | tokens | attention 4", "macs", "QKᵀ: MACs = N·(C/h)·N·h = 81·(64/4)·81·4 = 419,904"),
    ("8x9x9 | conv 4 k=3 d=2", "rf", "size = r + d·(k − 1)·j = 1 + 2·(3 − 1) = 5"),
    ("8x9x9 | maxpool 2 | conv 4 k=3 s=2 p=1", "rf", "size = r + (k − 1)·j = 2 + (3 − 1)·2 = 6"),
    ("8x9x9 | maxpool 2 | conv 4 k=3 s=2 p=1", "rf", "jump = j·s = 2·2 = 4"),
    ("8x9x9 | maxpool 2 | conv 4 k=3 s=2 p=1", "rf", "start = b − p·j = −2"),
    ("8x9x9 | a = relu | conv 8 k=3 p=1 | add a x", "rf", "start = min(0, −1) = −1  (union of a and conv1)"),
    ("8x9x9 | a = relu | conv 8 k=3 p=1 | add a x", "rf", "size = end − start + 1 = 1 − (−1) + 1 = 3"),
    ("8x9x9 | deconv 4 k=2 s=2", "rf", "jump = j/units = 1/2  (2 units for every 1 of the input)"),
    ("8x9x9 | conv 4 k=3 | gap", "rf", "size = r + (H − 1)·j = 3 + 7 − 1 = 9"),
    ("8x9x9 | conv 4 k=3", "memory", "written = C′·H′·W′·bytes = 4·7·7·4 = 784 B"),
]  # fmt: skip


@pytest.mark.parametrize(("net", "of", "line"), WORDING, ids=[line for *_, line in WORDING])
def test_wording(net: str, of: str, line: str) -> None:
    assert line in lines(net, of)


def test_wording_of_symbols() -> None:
    found = lines("3xHxW | conv 8 k=3 s=2 | conv 4 k=3", "shape", layer=0)
    assert found[0] == "height = ⌊(H − k)/s⌋ + 1 = ⌊(H − 3)/2⌋ + 1 = ⌊(H + 1)/2⌋ − 1"
    # the layer's own height is not the network's H any more
    found = lines("3xHxW | conv 8 k=3 s=2 | conv 4 k=3", "shape")
    assert found[0] == "height = H_0 − k + 1 = ⌊(H + 1)/2⌋ − 1 − 3 + 1 = ⌊(H + 1)/2⌋ − 3"


def test_totals() -> None:
    found = cnncalc.load(f"{FIRST} | bn | gap | flatten | linear 10").explain()
    text = [str(one) for one in found.totals]
    assert "parameters = 9,472 + 128 + 650 = 10,250" in text
    assert "MACs = 118,013,952 + 640 = 118,014,592" in text
    assert "FLOPs = 2·MACs = 2·118,014,592 = 236,029,184" in text
    assert "peak = (64·112·112 + 64·112·112)·4 = 6,422,528 B  (while bn1 runs: conv1, bn1)" in text


def test_images_of_a_batch_are_a_factor() -> None:
    found = lines(FIRST, "macs", "memory", batch=8)
    assert "MACs of an image = weights·uses = 9,408·12,544 = 118,013,952" in found
    assert "MACs = 118,013,952·8 = 944,111,616" in found
    assert "written = C′·H′·W′·bytes·batch = 64·112·112·4·8 = 25,690,112 B" in found


def test_shared_weights_are_counted_where_they_are() -> None:
    net = cnncalc.parse("input: 3x8x8\nlayers:\n  - a = conv 3 k=3 p=1\n  - reuse a\n")
    one = net.explain(of=["params"]).layers[1].steps[0]
    assert (one.value, one.note) == (0, "the weights of a, counted there")


# Reasons.


@pytest.mark.parametrize(
    ("net", "name", "words", "source"),
    [
        (FIRST, "slide", "each step of s", "torch.nn.Conv2d"),
        (FIRST, "grown", "So the field grows", "Araujo"),
        (FIRST, "conv", "A bias is one more number for each output channel", "torch.nn.Conv2d"),
        ("8x9x9 | conv 8 k=3 g=2", "conv", "divided by g", "torch.nn.Conv2d"),
        ("8x9x9 | bn", "bn", "one scale and one shift for each channel", "Ioffe"),
        (FIRST, "macs", "one multiplication", "torchvision"),
        (FIRST, "flops", "one MAC is two FLOPs", "flop_counter"),
        (FIRST, "stored", "float32 takes 4", "element_size"),
        (
            "8x9x9 | a = relu | conv 8 k=3 p=1 | add a x",
            "extent",
            "what any of them sees",
            "Araujo",
        ),
        ("8x9x9 | gap", "whole window", "global pooling", None),
        ("8x9x9 | sepconv 8 k=3", "sepconv", "1/out + 1/k²", "Xception"),
    ],
)
def test_reasons(net: str, name: str, words: str, source: str | None) -> None:
    found = cnncalc.load(net).explain()
    reason = found.reasons[name]
    assert words in reason.text
    assert ">>>" not in reason.text
    assert (source in (reason.source or "")) if source else reason.source is None
    assert f"{name}: {reason.text}"[:60] in found.text(why=True)
    assert "Source:" not in found.text()


def test_reasons_are_given_once() -> None:
    text = cnncalc.load("8x9x9 | conv 8 k=3 | conv 8 k=3").explain().text(why=True)
    assert text.count("  slide: ") == 1
    assert cnncalc.load("8x9x9 | relu").explain(of=["shape"]).reasons == {}


def test_letters_are_explained() -> None:
    letters = cnncalc.load(FIRST).explain().letters
    assert letters["k"] == "size of the kernel"
    assert letters["p"] == "zeros (or what mode says) added on both sides"
    assert letters["′"] == "the same of the output"
    assert {"C", "H", "r", "j", "b"} <= set(letters)


# What is asked for.


def test_one_layer() -> None:
    found = cnncalc.load("resnet50").explain("bottleneck2.conv2")
    assert [layer.name for layer in found.layers] == ["bottleneck2.conv2"]
    assert found.totals == ()
    assert "size = r + (k − 1)·j = 19 + (3 − 1)·4 = 27" in str(found)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_one_quantity(quantity: str) -> None:
    found = cnncalc.load("lenet5").explain(of=[quantity])
    assert {one.of for layer in found.layers for one in layer.steps} == {quantity}
    assert {one.of for one in found.totals} <= {quantity}


@pytest.mark.parametrize(
    ("how", "message", "hint"),
    [
        ({"layer": "conv9"}, "has no layer 'conv9'", "did you mean 'conv"),
        ({"layer": "input"}, "has no layer 'input'", "input is an input"),
        ({"layer": 5}, "layer must be a name or a list of names, got 5", ""),
        ({"layer": ["conv1", "conv9*"]}, "has no layer 'conv9*'", "did you mean 'conv"),
        ({"of": 5}, "of must be a name or a list of names, got 5", ""),
        ({"at": "H=28"}, "at must be a mapping, got 'H=28'", 'at={"H": 224}'),
        ({"of": ["shapes"]}, "called 'shapes'", "did you mean 'shape'?"),
        ({"of": ["latency"]}, "called 'latency'", "known quantities: macs, memory, params"),
        ({"of": []}, "nothing is asked for", "choose among shape, rf"),
        ({"batch": 0}, "a batch must be", "--batch 8"),
        ({"dtype": "float3"}, "unknown dtype 'float3'", "did you mean"),
        ({"at": {"Z": 3}}, "'Z'", ""),
    ],
)
def test_bad_input(how: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(cnncalc.CnncalcError) as caught:
        cnncalc.load("lenet5").explain(**how)
    assert message in str(caught.value)
    assert hint in str(caught.value)


# JSON.


def test_json() -> None:
    found = cnncalc.load(FIRST).explain(of=["shape"]).to_dict()
    assert found["schema"] == 1
    assert found["of"] == ["shape"]
    assert "reasons" not in found
    (layer,) = found["layers"]
    assert (layer["name"], layer["line"]) == ("conv1", "conv 64 k=7 s=2 p=3")
    assert layer["inputs"] == {"input": [3, 224, 224]}
    assert layer["steps"][1] == {
        "of": "shape",
        "names": ["height", "width"],
        "letters": "⌊(H + 2p − k)/s⌋ + 1",
        "numbers": "⌊(224 + 2·3 − 7)/2⌋ + 1",
        "value": 112,
        "unit": None,
        "why": "slide",
        "note": None,
    }
    assert "slide" in cnncalc.load(FIRST).explain().to_dict(why=True)["reasons"]


def test_json_of_closed_forms() -> None:
    (layer,) = cnncalc.load("3xHxW | conv 8 k=3 s=2").explain(of=["shape"]).to_dict()["layers"]
    assert layer["output"][1] == layer["steps"][1]["value"] == "floor((H + 1)/2) - 1"
    assert is_int(layer["steps"][0]["value"])
