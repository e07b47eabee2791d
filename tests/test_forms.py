"""Closed forms: by stage, leading terms, derivatives, depth, and as code that computes the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from commandline import answer
from commandline import cnncalc as run

import cnncalc
from cnncalc import forms
from cnncalc.sizes import equal, text
from cnncalc.symbolic import substitute

RESNET = ("--assume", "H=32*h, W=32*w")


def test_macs_under_an_assumption() -> None:
    assert answer("macs", "resnet50", *RESNET) == "83410944*h*w + 2048000\n"
    assert "MACs             83410944*h*w + 2048000," in answer("analyze", "resnet50", *RESNET)
    found = json.loads(answer("macs", "resnet50", *RESNET, "--json"))
    assert found["macs"] == "83410944*h*w + 2048000"
    assert found["assume"] == {"H": "32*h", "W": "32*w"}


@pytest.mark.parametrize(
    ("assume", "expected"),
    [
        ({"H": "W"}, "3xWxW"),
        ({"H": "2*W", "W": "8*w"}, "3 x 16*w x 8*w"),
        ({"W": "8*w", "H": "2*W"}, "3 x 16*w x 8*w"),
        ({"H": "H+1"}, "3 x (H + 1) x W"),
        ({"H": "7"}, "3x7xW"),
    ],
)
def test_assumptions(assume: dict[str, str], expected: str) -> None:
    found = cnncalc.load("3xHxW | relu").analyze(symbolic=True, assume=assume)
    assert str(found.output) == expected


def test_width_multiplier() -> None:
    found = cnncalc.load("unet").analyze(assume={"base": "8*b"})
    for base in (1, 3):
        assert substitute(found.total.params, {"b": base}) == (
            cnncalc.load("unet").analyze(settings={"base": 8 * base}).total.params
        )


def test_depth() -> None:
    assert answer("params", "resnet50", "--assume", "counts=[a,b,c,d]", "-q") == (
        "70400*a + 280064*b + 1117184*c + 4462592*d + 4134696\n"
    )
    network = cnncalc.load("resnet50")
    found = network.analyze(assume={"counts": "[a,b,c,d]"})
    for counts in ([3, 4, 6, 3], [2, 1, 5, 2], [1, 1, 1, 1]):
        at = dict(zip("abcd", counts, strict=True))
        exact = network.analyze(settings={"counts": counts})
        assert tuple(substitute(value, at) for value in found.total) == exact.total
        assert substitute(found.memory.written, at) == exact.memory.written
    assert found.memory.peak is None  # which stage is the fullest depends on the counts


@pytest.mark.parametrize("depth", [2, 3, 7])
def test_peak_memory_of_a_repeated_block_beside_a_skip(depth: int) -> None:
    text = """
input: 4x8x8
params: {n: 2}
layers:
  - skip = relu
  - repeat: n
    layers: [conv 4 k=3 p=1, relu]
  - add x skip
"""
    network = cnncalc.parse(text)
    found = network.analyze(assume={"n": "n"})
    exact = network.analyze(settings={"n": depth})
    assert substitute(found.memory.written, {"n": depth}) == exact.memory.written
    assert found.memory.peak == exact.memory.peak


# By stage.


@pytest.mark.parametrize("name", ["resnet18", "unet", "vgg16", "se_resnet50", "vit_b_16"])
def test_stages_add_up(name: str) -> None:
    analysis = cnncalc.load(name).analyze()
    stages = forms.stages(analysis)
    rows = [row for stage in stages for row in stage.layers]
    assert sorted(rows) == sorted(row.name for row in analysis.layers)
    for index in range(3):
        assert sum(stage.cost[index] for stage in stages) == analysis.total[index]


def test_stages_in_closed_form_add_up() -> None:
    analysis = cnncalc.load("resnet18").analyze(symbolic=True)
    stages = forms.stages(analysis)
    assert [stage.name for stage in stages] == [
        "stride 2", "stride 4", "stride 8", "stride 16", "stride 32", "whole image",
    ]  # fmt: skip
    assert equal(sum(stage.cost.macs for stage in stages), analysis.total.macs)


def test_which_stage_pays() -> None:
    lines = answer(
        "macs", "resnet50", *RESNET, "--by", "stage", "--leading", "--derivative", "h"
    ).splitlines()
    assert lines[0].split("  ")[0] == "stage"
    assert lines[5].split() == [
        "stride", "16", "62", "29884416*h*w", "29884416*h*w", "29884416*w", "35.8", "%",
    ]  # fmt: skip
    found = json.loads(
        answer("params", "unet", "--assume", "base=b", "-q", "--by", "stage", "--json")
    )
    assert found["stages"][-1]["params_share"] == "45.6 %"
    assert found["totals"]["params"] == "7574*b**2 + 118*b + 2"


def test_leading_terms_and_derivatives() -> None:
    assert answer("macs", "vgg16", "--symbolic", "-q", "--leading") == "305856*H*W\n"
    assert answer("macs", "vgg16", "--symbolic", "-q", "--derivative", "H") == "305856*W\n"
    assert answer("params", "unet", "--assume", "base=b", "-q", "--derivative", "b") == (
        "15148*b + 118\n"
    )


# As code.


def functions(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(answer(*arguments, "--emit", "python", "-q"), found)
    return found


@pytest.mark.parametrize("name", ["resnet18", "unet", "alexnet", "lenet5_1998"])
def test_python_computes_the_same_integers(name: str) -> None:
    found = functions("analyze", name, "--symbolic")
    for height, width in ((572, 764), (224, 225), (301, 333)):
        exact = cnncalc.load(name).analyze({"H": height, "W": width})
        expected = {
            "params": exact.total.params,
            "macs": exact.total.macs,
            "activation_bytes": exact.memory.written,
            "peak_activation_bytes": exact.memory.peak,
        }
        computed = {key: found[key](height, width) for key in expected}
        assert computed == expected
        assert all(type(value) is int for value in computed.values())


def test_python_of_every_symbol() -> None:
    found = functions(
        "macs", "CxHxW | conv K k=3 s=2 | conv C k=1", "--set", "K=K", "--symbolic", "--batch", "N"
    )
    exact = cnncalc.load("5x21x32 | conv 7 k=3 s=2 | conv 5 k=1").analyze(batch=3)
    assert found["macs"](C=5, H=21, K=7, N=3, W=32) == exact.total.macs


def test_latex() -> None:
    assert answer("macs", "resnet50", *RESNET, "--emit", "latex").splitlines() == [
        "\\begin{align}",
        "  \\mathrm{MACs} &= 83410944 \\, h \\, w + 2048000",
        "\\end{align}",
    ]
    assert "\\left\\lfloor" in answer("macs", "vgg16", "--symbolic", "--emit", "latex", "-q")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--derivative", "Q", "--symbolic"], "error: --derivative Q: no total depends on 'Q'"),
        (["--derivative", "H"], "error: --derivative H: no total depends on 'H'"),
        (["--emit", "latex", "--leading"], "error: --emit writes the whole closed form"),
    ],
)
def test_errors(arguments: list[str], message: str) -> None:
    result = run("macs", "lenet5", *arguments, "-q")
    assert result.code == 2
    assert result.err.startswith(message)


def test_text_of_forms() -> None:
    analysis = cnncalc.load("3xHxW | conv 8 k=3 s=2").analyze(symbolic=True)
    assert text(forms.growth(analysis.total.macs, "W").leading) == "54*H*W"
    assert forms.share(1, 3) == "33.3 %"
    assert forms.share(2, 3) == "66.7 %"
    assert forms.share(0, 0) is None
