"""``cnncalc rewrite``: what it prints, writes and refuses; and rewritten networks in PyTorch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import answer, cnncalc

import cnncalc as library
from cnncalc.rewriting import RULES


def test_the_spec_is_printed_and_the_comparison_beside_it(tmp_path: Path) -> None:
    found = cnncalc("rewrite", "vgg16", "--rule", "separable")
    assert found.code == 0
    assert library.parse(found.out).analyze().total.params == 125315011
    assert "separable: 13 layers of VGG-16 rewritten" in found.err
    assert "125315011/138357544 (0.906)" in found.err
    target = tmp_path / "out.yaml"
    quiet = cnncalc("rewrite", "vgg16", "--rule", "separable", "-q", "-o", str(target))
    assert (quiet.out, quiet.err) == ("", "")
    assert target.read_text(encoding="utf-8") == found.out


def test_the_comparison_is_the_answer_when_asked_for(tmp_path: Path) -> None:
    target = tmp_path / "out.yaml"
    out = answer("rewrite", "vgg16", "--rule", "gap", "--compare", "-f", "csv", "-o", str(target))
    assert "params,138357544,37694248,-100663296," in out
    assert "- gap" in target.read_text(encoding="utf-8")


def test_json_of_the_command() -> None:
    found = json.loads(answer("rewrite", "lenet5", "--rule", "stack3x3", "-q", "--json"))
    assert found["schema"] == 1
    assert found["rule"] == "stack3x3"
    assert found["changed"] == ["conv1", "conv2"]
    assert library.parse(found["spec"]).analyze().output == (10,)
    assert {one["quantity"] for one in found["quantities"]} >= {"params", "macs"}


def test_writing_out_is_said() -> None:
    found = cnncalc("rewrite", "vgg16", "--rule", "separable", "--layer", "conv2")
    assert found.code == 0
    assert "note: the layers are written out one by one" in found.err


def test_help_lists_the_rules() -> None:
    out = answer("rewrite", "--help")
    for rule in RULES.values():
        assert f"{rule.usage}: {rule.does}" in out


@pytest.mark.parametrize(
    ("arguments", "problem", "hint"),
    [
        (("--rule", "seperable"), "unknown rule 'seperable'", "did you mean 'separable'?"),
        (("--rule", "grouped"), "the rule grouped needs a number", "write grouped=4"),
        (("--rule", "grouped=1"), "integer of at least 2, got '1'", "write grouped=4"),
        (("--rule", "grouped=x"), "integer of at least 2, got 'x'", "write grouped=4"),
        (("--rule", "gap=2"), "the rule gap takes no number", "write gap"),
        (("--rule", "fold-bn"), "fold-bn applies nowhere in VGG-16", "it looks for batch norm"),
        (("--rule", "gap", "--layer", "conv99"), "VGG-16 has no layer 'conv99'", "'conv9'"),
        (("--rule", "gap", "--layer", "conv1"), "nowhere in conv1 of VGG-16", "a flatten"),
        (("--rule", "gap", "--set", "clases=3"), "has no parameter 'clases'", "'classes'"),
        (("--rule", "gap", "--at", "Q=3"), "has no symbol 'Q'", "H, W"),
    ],
)
def test_bad_input(arguments: tuple[str, ...], problem: str, hint: str) -> None:
    found = cnncalc("rewrite", "vgg16", *arguments)
    assert (found.code, found.out) == (2, "")
    assert problem in found.err
    assert hint in found.err.partition("hint: ")[2]


def test_a_symbolic_depth_is_not_looked_into() -> None:
    found = cnncalc("rewrite", "stack", "--rule", "separable", "--set", "depth=L")
    assert found.code == 2
    assert "symbolic number of repetitions" in found.err


# Against PyTorch.


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("lenet5", "stack3x3"),
        ("resnet20", "separable"),
        ("resnet20", "bottleneck"),
        ("resnet20", "fold-bn"),
        ("googlenet", "grouped=2"),
    ],
)
def test_rewritten_networks_hold_against_pytorch(name: str, rule: str) -> None:
    pytest.importorskip("torch")
    from cnncalc.backends.torch.verify import verify

    network = library.load(name)
    at = {"H": 64, "W": 64} if network.spec.at else None
    found = verify(network.rewrite(rule).graph(at), device="meta")
    assert found.ok, found.to_dict()


def test_folding_is_the_same_function() -> None:
    """Weights folded by PyTorch fit the rewritten network, which computes the same."""
    torch: Any = pytest.importorskip("torch")
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    from cnncalc.backends.torch.build import build

    torch.manual_seed(0)
    network = library.load("3x8x8 | conv 4 k=3 p=1 bias=no | bn | relu | conv 5 k=3 | bn")
    old = build(network.graph())
    new = build(network.rewrite("fold-bn").graph())
    for _ in range(3):  # running statistics that are not those of the start
        old(torch.randn(8, 3, 8, 8))
    convolutions = [one for one in old.modules() if isinstance(one, torch.nn.Conv2d)]
    norms = [one for one in old.modules() if isinstance(one, torch.nn.BatchNorm2d)]
    targets = [one for one in new.modules() if isinstance(one, torch.nn.Conv2d)]
    for convolution, norm, target in zip(convolutions, norms, targets, strict=True):
        fused = fuse_conv_bn_eval(convolution.eval(), norm.eval())
        target.load_state_dict(fused.state_dict())
    x = torch.randn(2, 3, 8, 8)
    old.eval(), new.eval()
    assert torch.allclose(old(x), new(x), atol=1e-5)


def test_one_layer_is_one_layer() -> None:
    found = cnncalc("rewrite", "3x8x8 | conv 8 k=5 p=2", "--rule", "stack3x3")
    assert found.err.startswith("stack3x3: 1 layer of 3x8x8")
