"""Conventions without the tools: published columns, ledgers that sum, symbols, and what is said."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import conventions_page
import pytest

import cnncalc
from cnncalc.conventions import NAMES, every, find, find_all
from cnncalc.conventions.base import LABELS, Convention
from cnncalc.conventions.counting import count
from cnncalc.errors import UsageError
from cnncalc.layers import KINDS
from cnncalc.sizes import is_int, text
from cnncalc.symbolic import substitute

#: Measured by running the tools on torchvision's models, batch 1, 224x224.
MEASURED = {
    "mac": (4_089_184_256, 15_470_264_320),
    "fvcore": (4_111_512_576, 15_470_289_408),
    "ptflops": (4_132_436_968, 15_523_225_576),
    "ptflops-module": (4_121_925_096, 15_503_523_304),
    "ptflops-aten": (4_089_185_256, 15_483_821_032),
    "thop": (4_133_742_592, 15_470_314_496),
    "torch": (8_178_368_512, 30_940_528_640),
    "torch-train": (24_299_077_632, 92_648_177_664),
    "torch-train@2.13": (24_299_077_632, 92_648_177_664),
    "deepspeed": (8_211_108_352, 30_973_778_432),
    "calflops": (8_211_108_352, 30_973_778_432),
    "torchinfo@1.8": (4_089_238_376, 15_483_821_032),
    "torchscan-flops": (8_221_876_096, 30_955_673_088),
    "torchscan-macs": (4_111_916_032, 15_471_844_864),
}
#: Entries of ResNet-50's ledgers, as measured.
LEDGERS = {
    "fvcore": {
        "multiply–accumulates": 4_089_184_256,
        "batch normalisation": 22_227_968,
        "pooling": 100_352,
    },
    "ptflops": {
        "multiply–accumulates": 4_089_184_256,
        "batch normalisation": 22_227_968,
        "biases": 1_000,
        "activations": 9_608_704,
        "pooling": 802_816 + 100_352,
        "counted again": 10_511_872,
    },
    "thop": {
        "multiply–accumulates": 4_089_184_256,
        "batch normalisation": 4 * 11_113_984,
        "pooling": 102_400,
    },
    "onnx-tool": {
        "multiply–accumulates": 4_089_184_256,
        "biases": 11_113_984 + 1_000,
        "activations": 9_608_704,
        "pooling": 1_806_336 + 108_544,
        "sums and products of tensors": 5_519_360,
    },
}
VARIED = ("lenet5", "mobilenet_v2", "unet", "vit", "alexnet_2012", "dcgan_generator", "wavenet")
ALL = [pytest.param(one, id=one.key) for one in every()]


@pytest.mark.parametrize("name", MEASURED)
def test_resnet50_and_vgg16_are_counted_as_by_the_tools(name: str) -> None:
    for network, measured in zip(("resnet50", "vgg16"), MEASURED[name], strict=True):
        assert cnncalc.load(network).count([name])[0].total == measured


@pytest.mark.parametrize("name", LEDGERS)
def test_entries_of_the_ledger(name: str) -> None:
    found = cnncalc.load("resnet50").count([name])[0]
    assert found.terms == LEDGERS[name]
    assert found.total == sum(LEDGERS[name].values())


def test_published_macs() -> None:
    """The default convention is torchvision's."""
    for name, macs in {"resnet18": 1_814_073_344, "mobilenet_v2": 300_774_272}.items():
        assert cnncalc.load(name).count(["mac"])[0].total == macs


@pytest.mark.parametrize("images", [1, 3])
@pytest.mark.parametrize("network", VARIED)
def test_entries_and_layers_sum_to_the_total(network: str, images: int) -> None:
    graph = cnncalc.load(network).graph()
    for convention in every():
        found = count(graph, convention, images)
        assert sum(found.terms.values()) == found.total, convention.key
        layers = sum(layer.total or 0 for layer in found.layers.values())
        assert floor(layers) == found.total, convention.key
        assert list(found.layers) == [node.name for node in graph]


@pytest.mark.parametrize("convention", ALL)
def test_nothing_is_silently_zero(convention: Convention) -> None:
    """A layer that computes something counts, or is uncounted, or is 0 by a rule that says so."""
    zero = any(rule.text.startswith(("0", "globally")) for rule in convention.rules.values())
    for cls in KINDS.values():
        graph = cnncalc.load(cls.example).graph()
        node = graph.nodes[-1]
        found = count(graph, convention).layers[node.name]
        computes = any(True for _ in node.layer.calls(graph.inputs_of(node), node.shape))
        if computes and not node.layer.view and not found.terms and not convention.complete:
            assert found.missing or zero, cls.kind
        if not computes:
            assert not found.terms or convention.name == "torchinfo", cls.kind
            assert not found.missing, cls.kind


def test_uncounted_kinds_are_named_with_what_is_left_out() -> None:
    net = cnncalc.load("8x16x16 | gn 2 | gelu | conv 4 k=3 p=same | tokens | attention 2")
    thop, fvcore = net.count(["thop", "fvcore"])
    assert [str(one) for one in thop.uncounted] == [
        "gn x1",
        "gelu x1",
        "attention (linear, bmm, /, Tensor.softmax) x1",
    ]
    assert {one.kind: one.operations for one in fvcore.uncounted} == {
        "gelu": ("gelu",),
        "conv": ("conv",),
        "attention": ("/", "Tensor.softmax"),
    }
    assert fvcore.layers["conv1"].total == 0


def test_every_operation_has_an_entry_in_ledgers() -> None:
    for cls in KINDS.values():
        graph = cnncalc.load(cls.example).graph()
        node = graph.nodes[-1]
        for call in node.layer.calls(graph.inputs_of(node), node.shape):
            assert call.name in LABELS, cls.kind


@pytest.mark.parametrize("convention", ALL)
def test_every_rule_has_a_provenance(convention: Convention) -> None:
    assert convention.rules
    for rule in convention.rules.values():
        assert rule.text
        assert "," in rule.source or ":" in rule.source
    assert convention.version or convention.name in ("mac", "torch-train")


def test_versions() -> None:
    assert find("torchinfo").version == "main"
    assert find("torchinfo@1.8") is find("torchinfo@1.8.0") is not find("torchinfo")
    assert find("torch-train@2.13") is not find("torch-train")
    assert find("ptflops@0.7.5") is find("ptflops")
    assert [one.key for one in find_all(["fvcore,thop", "fvcore"])] == ["fvcore", "thop"]
    assert {one.name for one in every()} == set(NAMES)
    assert all(find(one.key) is one for one in every())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("fvcor", "did you mean 'fvcore'?"),
        ("keras", "known conventions: "),
        ("torchinfo@1", "there is torchinfo@main and torchinfo@1.8.0"),
        ("torchinfo@9", "there is torchinfo@main and torchinfo@1.8.0"),
        ("thop@", "there is thop@0.1.1"),
        ("", "known conventions: "),
    ],
)
def test_unknown_names_are_errors_with_a_hint(name: str, hint: str) -> None:
    if name == "torchinfo@1":  # short for 1.8.0
        assert find(name).version == "1.8.0"
        return
    with pytest.raises(UsageError) as error:
        find_all([name])
    assert str(error.value.hint).startswith(hint)


SYMBOLIC = (
    "3xHxW | conv 8 k=3 s=2 p=1 bias=no | bn | relu | maxpool 2 | gap | flatten | linear 10",
    "6xHxW | conv 8 k=3 g=2 | prelu | avgpool 2 | upsample 2 mode=linear | deconv 4 k=2 s=2",
    "4xHxW | a = ln | dwconv 3 p=1 | gelu | add a x | softmax | dropout | gn 2",
    "4xHxW | tokens | attention 2 | class_token | ln | linear 5 | select",
    "4xHxW | sepconv 6 k=3 | hardswish | lrn 3 | instancenorm | silu | mul x x | upsample size=9",
)


@pytest.mark.parametrize("network", SYMBOLIC)
def test_formulas_have_the_values_of_numbers(network: str) -> None:
    net = cnncalc.load(network)
    for convention in every():
        closed = count(net.graph(symbolic=True), convention, 2).total
        formula = "None" if closed is None else text(closed)
        for h, w in ((16, 16), (13, 22), (35, 10)):
            number = count(net.graph({"H": h, "W": w}), convention, 2).total
            value = eval(formula, {"floor": floor}, {"H": h, "W": w})
            assert value == number, (convention.key, formula)


def test_the_batch_may_be_a_symbol() -> None:
    net = cnncalc.load("3x8x8 | conv 4 k=3 | bn | relu | upsample 2")
    for convention in every():
        if convention.floors:
            continue
        (found,) = net.count([convention.key], batch="N")
        for images in (1, 5):
            (number,) = net.count([convention.key], batch=images)
            assert eval(text(found.total), {"N": images}) == number.total, convention.key


def test_ptflops_mixes_images_and_batches() -> None:
    """Hooks are divided by the batch, functions are not; upsampling's hook sees one image."""
    net = cnncalc.load("3x8x8 | conv 4 k=3 | relu | upsample 2")
    macs, made, larger = 4 * 27 * 36, 4 * 36, 4 * 144
    (hooks,) = net.count(["ptflops-module"], batch=5)
    (both,) = net.count(["ptflops"], batch=5)
    assert hooks.total == macs + made + made + larger // 5
    assert both.total == hooks.total + 5 * (made + larger)
    assert hooks.terms["rounded down"] == -Fraction(larger % 5, 5) != 0


def test_what_has_no_formula_is_said_and_evaluated_in_numbers() -> None:
    net = cnncalc.load("vgg16")
    found, closed = net.count(["ultralytics-thop", "fvcore"], symbolic=True)
    assert found.total is None
    assert found.layers["adaptive_avgpool1"].reason
    assert list(found.numeric) == ["adaptive_avgpool1"]
    assert found.at is not None
    assert found.at[0] == {"H": 224, "W": 224}
    assert found.at[1].total == 15_470_314_496
    assert closed.total is not None
    assert not is_int(closed.total)
    (nowhere,) = cnncalc.load("3xHxW | adaptive_avgpool 3").count(["thop"])
    assert nowhere.total is None
    assert nowhere.at is None


def test_global_pooling_has_a_formula_everywhere() -> None:
    for convention in every():
        graph = cnncalc.load("8xHxW | gap").graph()
        assert count(graph, convention).total is not None, convention.key


def test_of_a_symbolic_number_of_repetitions_only_macs_are_known() -> None:
    net = cnncalc.parse(
        "input: 8x16x16\nparams: {L: 3}\nlayers:\n  - repeat: L\n    layers: [conv 8 k=3 p=1, relu]"
    )
    mac, torch, thop = net.count(["mac", "torch", "thop"], settings={"L": "n"})
    assert text(mac.total) == f"{8 * 8 * 9 * 256}*n"
    assert text(torch.total) == f"{2 * 8 * 8 * 9 * 256}*n"
    assert thop.total is None
    assert "repeated a symbolic number of times" in next(iter(thop.numeric.values()))


def test_shared_weights_count_at_every_use() -> None:
    net = cnncalc.parse(
        "inputs: {a: 3x8x8, b: 3x8x8}\nlayers:\n  - from a\n  - one = conv 4 k=3\n  - from b\n"
        "  - two = reuse one\n  - concat one two"
    )
    for name in ("mac", "fvcore", "thop", "deepspeed", "torchinfo"):
        (found,) = net.count([name])
        assert found.layers["one"].total == found.layers["two"].total != 0


def test_training_counts_groups_and_the_first_layer() -> None:
    """Forward; gradients of weights; gradients of inputs, but not of the image."""
    net = cnncalc.load("8x6x6 | conv 8 k=3 p=1 g=4 | conv 16 k=1 g=2")
    first, second = 8 * 2 * 9 * 36, 16 * 4 * 36
    right, printed = net.count(["torch-train", "torch-train@2.13"])
    assert right.total == 2 * (2 * first + 3 * second)
    assert printed.total == right.total + 2 * (3 * first + 1 * second)
    assert printed.terms["groups ignored in gradients of weights"] == 2 * (3 * first + second)


def test_gradients_flow_only_from_weights_to_outputs() -> None:
    net = cnncalc.load("4x6x6 | bn | conv 4 k=3 | relu")
    (found,) = net.count(["torch-train"])
    assert found.total == 3 * 2 * 4 * 4 * 9 * 16  # the normalisation before it is trained
    dead = cnncalc.parse(
        "input: 4x6x6\nlayers:\n  - a = conv 4 k=3\n  - b = conv 4 k=1\n  - from a\n  - relu"
    )
    (half,) = dead.count(["torch-train"])
    assert half.layers["b"].total == 2 * 4 * 4 * 16  # computed, and of no consequence


@pytest.mark.parametrize("before", ["", "  - bn\n"])
def test_training_of_symbolic_repetitions(before: str) -> None:
    """As of all repetitions written out, the first of which may have no gradient to its input."""
    net = cnncalc.parse(
        f"input: 8xHxW\nparams: {{depth: 2}}\nlayers:\n{before}  - repeat: depth\n"
        "    layers: [conv 8 k=3 p=1 g=2, relu, bn]\n  - conv 2 k=1"
    )
    (closed,) = net.count(["torch-train"], settings={"depth": "L"})
    assert closed.total is not None
    for depth in (1, 2, 5):
        at, settings = {"H": 9, "W": 8}, {"depth": depth}
        (found,) = net.count(["torch-train"], at, settings)
        assert substitute(closed.total, {**at, "L": depth}) == found.total
    (buggy,) = net.count(["torch-train@2.13"], settings={"depth": "L"})
    assert list(buggy.numeric) == ["repeat1"]  # its error is in operations, which are not known


def test_page_of_conventions_is_up_to_date() -> None:
    found = conventions_page.PAGE.read_text(encoding="utf-8")
    assert found == conventions_page.page(), "python tests/conventions_page.py writes it anew"


REPEATED = """
cnncalc: 1
input: 8x16x16
params: {depth: 3}
layers:
  - conv 8 k=1
  - repeat: depth
    layers: [conv 8 k=3 p=1, bn, relu, dropout]
"""


def test_what_is_uncounted_in_a_symbolic_repetition_is_said() -> None:
    net = cnncalc.parse(REPEATED)
    (found,) = net.count("torch", settings={"depth": "L"})
    assert [str(one) for one in found.uncounted] == ["repeat (batch_norm, relu) x1"]
    (concrete,) = net.count("torch", settings={"depth": 2})
    assert [str(one) for one in concrete.uncounted] == ["bn x2", "relu x2"]
