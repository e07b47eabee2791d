"""Rewriting by rules: what they claim to keep they keep, in the lines of the spec where it can be."""

from __future__ import annotations

import pytest
from console import ROOT
from hypothesis import given
from hypothesis import strategies as st
from writing import spec

import cnncalc as library
from cnncalc import Network
from cnncalc.errors import UsageError
from cnncalc.rewriting import RULES, Rule
from cnncalc.rewriting.claims import hold
from cnncalc.sizes import text

ASKED = {"grouped": "grouped=2"}
#: Small networks that most rules fit, of every structure that a spec has.
SAMPLE = ("lenet5", "nin", "resnet20", "vgg11_bn", "googlenet", "unet_same_bn", "mobilenet_v1")


def layers(network: Network, top: str = "layers:") -> list[str]:
    """The lines of a spec below ``top``, without indentation and what is expected of it."""
    _, _, below = network.to_yaml().partition(f"\n{top}\n")
    return [line.strip(" -") for line in below.partition("\nexpect:")[0].splitlines()]


def kept(network: Network, rule: str) -> Network | None:
    """The network rewritten, held to what the rule claims; None where it applies nowhere."""
    try:
        found = network.rewrite(ASKED.get(rule, rule))
    except UsageError as error:
        if "applies nowhere" not in error.message:
            raise
        return None
    before, after = network.analyze(), found.analyze()
    assert after.outputs == before.outputs
    assert found.changed
    if "receptive field" in RULES[rule].keeps and before.fields and after.fields:
        assert [one.size for one in after.fields] == [one.size for one in before.fields]
        assert [one.jump for one in after.fields] == [one.jump for one in before.fields]
    # what is printed is what was made
    assert library.parse(found.to_yaml()).analyze().total == after.total
    return found


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("name", SAMPLE)
def test_a_rule_keeps_what_it_claims(name: str, rule: str) -> None:
    kept(library.load(name), rule)


@pytest.mark.long
@pytest.mark.parametrize("name", library.bundled())
def test_rules_keep_what_they_claim_in_every_bundled_network(name: str) -> None:
    for rule in RULES:
        kept(library.load(name), rule)


@given(data=st.data())
def test_rules_keep_what_they_claim_of_drawn_convolutions(data: st.DataObject) -> None:
    draw = data.draw
    kernel = draw(st.lists(st.sampled_from([1, 3, 5, 7, 9]), min_size=2, max_size=2))
    padding = [draw(st.integers(0, k // 2 + 2)) for k in kernel]
    stride, dilation = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    size, bias = draw(st.integers(20, 40)), draw(st.sampled_from(["yes", "no"]))
    line = (
        f"8x{size}x31 | conv 16 k={kernel[0]}x{kernel[1]} p={padding[0]}x{padding[1]} "
        f"s={stride} d={dilation} bias={bias} | bn | relu | flatten | linear 10"
    )
    for rule in RULES:
        kept(library.load(line), rule)


@pytest.mark.parametrize("kernel", [5, 7, 9, 11])
def test_stacks_have_the_field_of_the_kernel(kernel: int) -> None:
    network = library.load(f"CxHxW | conv C k={kernel} s=2 p={kernel // 2}")
    found = network.rewrite("stack3x3").analyze()
    assert [row.kind for row in found.layers].count("conv") == (kernel - 1) // 2
    assert found.fields is not None
    assert [one.size for one in found.fields] == [kernel, kernel]
    assert text(found.output[1]) == text(network.analyze().output[1])


def test_folding_removes_the_normalisation() -> None:
    network = library.load("resnet18")
    found = network.rewrite("fold-bn").analyze()
    assert not any(row.kind == "bn" for row in found.layers)
    assert found.total.buffers == 0
    # 4,800 channels are normalised: 2 parameters of each become 1 bias
    assert network.analyze().total.params - found.total.params == 4800
    assert found.total.macs == network.analyze().total.macs


# The structure of a spec.


def test_lines_are_changed_in_their_places() -> None:
    found = library.load("vgg16").rewrite("separable")
    assert found.flattened is None
    assert len(found.changed) == 13
    assert "sepconv out k=3 p=1" in layers(found)
    assert "for: {out: [64, 128, 256, 512, 512], n: counts}" in layers(found)


def test_branches_that_are_left_empty() -> None:
    found = library.load("vgg16_bn").rewrite("fold-bn")
    assert "if: batchnorm" not in layers(found)
    net = spec("- add:\n    - - conv 3 k=1\n      - bn\n    - [bn]")
    assert layers(net.rewrite("fold-bn")) == ["add:", "conv 3 k=1", "bn"]


def test_the_name_of_a_layer_goes_to_what_stands_for_it() -> None:
    net = spec("- a = conv 3 k=5 p=2\n- relu\n- add a x")
    assert layers(net.rewrite("stack3x3")) == [
        "conv 3 k=3 p=1",
        "relu",
        "a = conv 3 k=3 p=1",
        "relu",
        "add a x",
    ]
    net = spec("- conv 3 k=1\n- a = bn\n- relu\n- add a x")
    assert layers(net.rewrite("fold-bn"))[:2] == ["conv 3 k=1", "a = identity"]


def test_arguments_stay_as_they_are_written() -> None:
    top = "params: {wide: 2}\nblocks:\n  part(out, k=3):\n    - conv wide*out k=k p=k//2"
    net = spec("- part 4\n- part 8", top=top)
    separable = ["sepconv wide*out k=k p=k//2", "layers:", "part 4", "part 8"]
    assert layers(net.rewrite("separable"), "blocks:")[1:] == separable
    net = spec("- part 16\n- part 16", top=top, input="32x8x8")
    assert layers(net.rewrite("bottleneck=2"), "blocks:")[1:4] == [
        "conv (wide*out)//2 k=1",
        "relu",
        "conv (wide*out)//2 k=k p=k//2",
    ]


def test_sizes_of_the_current_tensor_are_numbers_in_further_lines() -> None:
    net = spec("- conv 2*x.c k=5 p=2\n- conv x.c k=1")
    assert layers(net.rewrite("stack3x3")) == [
        "conv 6 k=3 p=1",
        "relu",
        "conv 6 k=3 p=1",
        "conv x.c k=1",
    ]
    assert layers(net.rewrite("separable"))[0] == "sepconv 2*x.c k=5 p=2"


def test_layers_that_a_line_makes_and_a_rule_parts_are_written_out() -> None:
    net = spec(
        "- for: {out: [8, 16]}\n  layers: [conv out k=3 p=1, relu]",
        input="3xHxW",
        top="at: {H: 32, W: 32}",
    )
    found = net.rewrite("separable", ["conv2"])
    assert found.changed == ("conv2",)
    assert layers(found) == ["conv 8 k=3 p=1", "relu", "sepconv 16 k=3 p=1", "relu"]
    assert found.flattened is not None
    assert "written out one by one" in found.flattened
    assert "conv1, which stays as it is" in found.flattened
    assert "input: 3xHxW\nat: {H: 32, W: 32}\n" in found.to_yaml()
    assert found.flattened[1:] in (found.spec.notes or "")


def test_shared_weights_stay_shared() -> None:
    top = "blocks:\n  tower(n):\n    - conv n k=5 p=2\n    - relu"
    net = spec("- t = tower 4\n- reuse t\n- add t x", top=top, input="4x8x8")
    found = net.rewrite("separable")
    assert [row.shares for row in found.analyze().layers if row.kind == "sepconv"] == [
        None,
        "t.sepconv1",
    ]
    with pytest.raises(UsageError, match="applies nowhere") as caught:
        net.rewrite("stack3x3")
    assert "stays a single layer" in str(caught.value)
    single = spec("- c = conv 4 k=3 p=1\n- reuse c\n- conv 4 k=3", input="4x8x8")
    assert layers(single.rewrite("grouped=2", ["c"]))[:2] == ["c = conv 4 k=3 p=1 g=2", "reuse c"]


def test_values_from_outside_go_into_the_spec() -> None:
    found = library.load("vgg16").rewrite("separable", at={"H": 64}, settings={"classes": 10})
    assert found.analyze().output == (10,)
    assert found.analyze().at == {"H": 64, "W": 224}
    line = library.load("CxHxW | conv D k=5 p=2").rewrite("bottleneck", settings={"D": "64"})
    assert "params:\n  D: 64\n" in line.to_yaml()
    free = library.load("vgg16").rewrite("separable", symbolic=True)
    assert free.analyze().at == {}


def test_numbers_that_no_longer_hold_are_left_out() -> None:
    found = library.load("resnet18").rewrite("separable")
    assert "expect:\n  output: [classes]\n" in found.to_yaml()
    assert "presets" not in found.to_yaml()
    assert found.name == "ResNet-18, separable"
    assert "Chollet 2017" in (found.spec.notes or "")


def test_rules_after_one_another() -> None:
    found = library.load("vgg16_bn").rewrite("fold-bn").rewrite("separable").rewrite("gap")
    kinds = {row.kind for row in found.analyze().layers}
    assert {"sepconv", "gap"} <= kinds
    assert not kinds & {"conv", "bn"}


# Rules.


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_every_rule_is_described(rule: Rule) -> None:
    assert "20" in rule.source
    assert rule.does[0].islower()
    assert not rule.does.endswith(".")
    assert "output" in rule.keeps


def test_the_page_lists_the_rules() -> None:
    page = (ROOT / "docs" / "compare.md").read_text(encoding="utf-8")
    for rule in RULES.values():
        cells = (f"`{rule.usage}`", rule.does, ", ".join(rule.keeps), rule.source)
        assert f"| {' | '.join(cells)} |" in page


@pytest.mark.parametrize(
    ("line", "rule", "expected"),
    [
        ("64x8x8 | conv 64 k=3 p=1", "bottleneck", ["conv 16 k=1", "relu", "conv 16 k=3 p=1", "relu", "conv 64 k=1"]),
        ("64x8x8 | conv 64 k=3 p=1 bias=no", "bottleneck=2", ["conv 32 k=1 bias=no", "relu", "conv 32 k=3 p=1 bias=no", "relu", "conv 64 k=1 bias=no"]),
        ("64x8x8 | conv 64 k=3 g=1", "grouped=4", ["conv 64 k=3 g=4"]),
        ("64x8x8 | conv 64 k=3 s=2 g=1", "separable", ["sepconv 64 k=3 s=2"]),
        ("64x8x8 | conv 64 k=7x1 p=3x0", "stack3x3", ["conv 64 k=3x1 p=1x0", "relu"] * 2 + ["conv 64 k=3x1 p=1x0"]),
        ("64x8x8 | conv 64 k=5 p=same", "stack3x3", ["conv 64 k=3 p=same", "relu", "conv 64 k=3 p=same"]),
        ("64x8x8 | conv 64 k=5 p=1 s=2", "stack3x3", ["conv 64 k=3 p=1", "relu", "conv 64 k=3 p=0 s=2"]),
        ("64x8x8 | dropout 0.5 | flatten | dropout 0.5 | linear 10", "gap", ["dropout 0.5", "gap", "flatten", "dropout 0.5", "linear 10"]),
        ("64x8x8 | deconv 8 k=2 s=2 bias=no | bn", "fold-bn", ["deconv 8 k=2 s=2"]),
        ("64 | linear 8 bias=no | bn affine=no", "fold-bn", ["linear 8"]),
    ],
)  # fmt: skip
def test_what_rules_make(line: str, rule: str, expected: list[str]) -> None:
    assert layers(library.load(line).rewrite(rule)) == expected


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("64x8x8 | conv 64 k=1", "separable"),
        ("64x8x8 | conv 64 k=3 g=2", "separable"),
        ("64x8x8 | conv 64 k=3", "stack3x3"),
        ("64x8x8 | conv 64 k=6", "stack3x3"),
        ("64x8x8 | conv 64 k=6", "grouped=3"),
        ("3x8x8 | conv 64 k=3", "bottleneck"),  # 16 channels are more than 3
        ("64x8x8 | conv 63 k=3", "bottleneck"),
        ("64x1x1 | flatten | linear 10", "gap"),
        ("64x8x8 | flatten | relu", "gap"),
        ("64x8x8 | conv 8 k=3 | relu | bn", "fold-bn"),
        ("64x8x8 | conv 8 k=3 | bn track=no", "fold-bn"),
        ("64x8x8 | c = conv 64 k=1 | bn | add x c", "fold-bn"),
        ("64x8x8 | ln | bn", "fold-bn"),
    ],
)
def test_what_rules_leave_alone(line: str, rule: str) -> None:
    with pytest.raises(UsageError, match="applies nowhere"):
        library.load(line).rewrite(rule)


def test_a_broken_claim_is_noticed() -> None:
    before, after = (library.load(f"3x8x8 | conv 8 k={k}").graph() for k in (3, 5))
    hold(RULES["gap"], before, before)
    with pytest.raises(UsageError, match="separable would change the output from 8x6x6 to 8x4x4"):
        hold(RULES["separable"], before, after)
    wider = library.load("3x8x8 | conv 8 k=5 p=1").graph()
    with pytest.raises(UsageError, match="would change the receptive field from 3x3 to 5x5"):
        hold(RULES["separable"], before, wider)
