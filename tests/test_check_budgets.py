"""What check says of expectations: the rules about budgets, verdicts per size, what is compared."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from cnncalc.check import Diagnostic, FileReport, Settings, check_text
from cnncalc.check.rule import BudgetRule
from cnncalc.check.rules import of
from cnncalc.expect import KEYS, PART_KEYS

RESNET = """\
name: ResNet-50
input: 3xHxW
at: {H: 224, W: 224}
params: {classes: 1000}
blocks:
  bottleneck(mid, s=1):
    - add:
        - - conv mid k=1 bias=no
          - bn
          - relu
          - conv mid k=3 s=s p=1 bias=no
          - bn
          - relu
          - conv 4*mid k=1 bias=no
          - bn
        - - if: s != 1 or x.c != 4*mid
            then:
              - conv 4*mid k=1 s=s bias=no
              - bn
    - relu
layers:
  - stem = conv 64 k=7 s=2 p=3 bias=no
  - bn
  - relu
  - maxpool k=3 s=2 p=1
  - for: {mid: [64, 128, 256, 512], n: [3, 4, 6, 3], s: [1, 2, 2, 2]}
    name: stage
    layers:
      - bottleneck mid s=s
      - repeat: n-1
        layers:
          - bottleneck mid
  - gap
  - flatten
  - linear classes
"""
EVEN = """\
input: 3xHxW
at: {H: 8, W: 8}
layers:
  - skip = conv 8 k=3 p=1
  - maxpool 2
  - deconv 8 k=2 s=2
  - add x skip
"""
UPDATE = "where the change is meant, `cnncalc check --update-expect` writes the new number"


def checked(expect: str, net: str = RESNET, settings: Settings | None = None) -> FileReport:
    return check_text(
        f"{net}expect: {expect}\n", "net.cnn.yaml", settings or Settings(select=("B",))
    )


def said(found: Diagnostic) -> tuple[str, str, str]:
    node = f"{found.node}: " if found.node else ""
    return found.code, f"{node}{found.message}", found.label


# Each rule: what it says, and where.


@pytest.mark.parametrize(
    ("expect", "code", "message", "label"),
    [
        (
            "{params: {max: 5M}}",
            "B401",
            "25,557,032 parameters, budget is 5,000,000",
            "over by 20,557,032 (5.1x)",
        ),
        (
            "{params: {max: 25_000_000}}",
            "B401",
            "25,557,032 parameters, budget is 25,000,000",
            "over by 557,032 (2.2 %)",
        ),
        (
            "{params: 25557031}",
            "B401",
            "25,557,032 parameters, expected 25,557,031",
            "1 more (<0.1 %)",
        ),
        (
            "{params: {min: 30M}}",
            "B401",
            "25,557,032 parameters, expected at least 30,000,000",
            "short by 4,442,968 (15 %)",
        ),
        (
            "{params: 30M}",
            "B401",
            "25,557,032 parameters, expected 30,000,000",
            "4,442,968 less (15 %)",
        ),
        ("{params: 0}", "B401", "25,557,032 parameters, expected 0", "25,557,032 more"),
        (
            "{layers: {stem: {params: {max: 9k}}}}",
            "B401",
            "stem: 9,408 parameters, budget is 9,000",
            "over by 408 (4.5 %)",
        ),
        (
            "{buffers: {max: 50k}}",
            "B402",
            "53,173 numbers in buffers, budget is 50,000",
            "over by 3,173 (6.3 %)",
        ),
        (
            "{macs: {max: 4G}}",
            "B403",
            "4,089,184,256 MACs, budget is 4,000,000,000",
            "over by 89,184,256 (2.2 %)",
        ),
        (
            "{flops: 8_178_368_511}",
            "B403",
            "8,178,368,512 FLOPs, expected 8,178,368,511",
            "1 more (<0.1 %)",
        ),
        (
            "{layers: {'stage[0]': {macs: {max: 0.5G}}}}",
            "B403",
            "stage[0]: 667,942,912 MACs, budget is 500,000,000",
            "over by 167,942,912 (34 %)",
        ),
        (
            "{activation_bytes: {max: 100M}}",
            "B404",
            "150,239,136 bytes of activations, budget is 100,000,000",
            "over by 50,239,136 (50 %)",
        ),
        (
            "{peak_activation_bytes: {max: 4M}}",
            "B404",
            "9,633,792 bytes of activations at once, budget is 4,000,000",
            "over by 5,633,792 (2.4x)",
        ),
        (
            "{output: [100]}",
            "B405",
            "the output is [1000], expected [100]",
            "channels 1000, not 100",
        ),
        (
            "{output: [1000, 1, 1]}",
            "B405",
            "the output is [1000], expected [1000, 1, 1]",
            "it has 1 size, not 3",
        ),
        (
            "{outputs: {output: [classes+1]}}",
            "B405",
            "the output output is [1000], expected [1001]",
            "channels 1000, not 1001",
        ),
        (
            "{shapes: {stem: [64, 112, 112], 'stage[3]': [_, 14, 7]}}",
            "B406",
            "stage[3]: the output is [2048, 7, 7], expected [_, 14, 7]",
            "height 7, not 14",
        ),
        (
            "{layers: {stem: {output: [64, H, W]}}}",
            "B406",
            "stem: the output is [64, 112, 112], expected [64, 224, 224]",
            "height 112, not 224; width 112, not 224",
        ),
        (
            "{receptive_field: {size: {min: 500}}}",
            "B407",
            "the size of the receptive field is 427, expected at least 500",
            "short by 73 (15 %)",
        ),
        (
            "{receptive_field: {size: {max: 224}}}",
            "B407",
            "the size of the receptive field is 427, expected at most 224",
            "over by 203 (91 %)",
        ),
        (
            "{receptive_field: {start: -212}}",
            "B407",
            "the start of the receptive field is -213, expected -212",
            "1 less",
        ),
        (
            "{receptive_field: {jump: [32, 16]}}",
            "B407",
            "the jump of the receptive field is 32, expected 16",
            "16 more (2.0x)",
        ),
        (
            "{layers: {'stage[0]': {receptive_field: {size: 35, jump: 8}}}}",
            "B407",
            "stage[0]: the jump of the receptive field is 4, expected 8",
            "4 less (50 %)",
        ),
        (
            "{domain: H % 32 == 0}",
            "B408",
            "the network is always well-formed, expected H % 32 == 0",
            "they differ at H=1, W=1",
        ),
        (
            "{params: {max_increase: 2%}}",
            "B410",
            "the increase of params was not checked: no base is given",
            "",
        ),
    ],
)
def test_says(expect: str, code: str, message: str, label: str) -> None:
    (found,) = checked(expect).diagnostics
    assert said(found) == (code, message, label)
    assert found.severity == ("note" if code == "B410" else "error")
    assert found.place.line == RESNET.count("\n") + 1
    assert found.excerpt == f"expect: {expect}"
    pointed = found.excerpt[found.place.column - 1 : found.place.end_column - 1]
    assert pointed
    assert pointed[0] not in " {:,"
    assert pointed[-1] not in " }:,"
    assert not found.message.endswith(".")


def test_every_key_has_a_rule() -> None:
    keys = [key for rule in of(BudgetRule) for key in rule.keys]
    assert sorted(keys) == sorted({*keys})
    assert {*KEYS, *PART_KEYS} - {"layers"} <= {*keys}
    assert [rule.code for rule in of(BudgetRule)] == [f"B4{n:02}" for n in range(1, 12)]


def test_the_same_field_along_all_axes_is_one_finding() -> None:
    square = checked("{receptive_field: {size: 7}}").diagnostics
    assert [said(one)[1] for one in square] == [
        "the size of the receptive field is 427, expected 7"
    ]
    text = "input: 3x9x9\nlayers: [conv 8 k=3x5]\n"
    oblong = checked("{receptive_field: {size: 7}}", text).diagnostics
    assert [said(one)[1] for one in oblong] == [
        "the size of the receptive field is 3 (height), expected 7",
        "the size of the receptive field is 5 (width), expected 7",
    ]


def test_no_field_to_compare() -> None:
    (found,) = checked("{receptive_field: {size: 7}}", "input: 8\nlayers: [linear 8]\n").diagnostics
    assert said(found) == (
        "B407",
        "there is no receptive field whose size could be compared, expected 7",
        "the network has no feature map",
    )


# Where it comes from, and what to do.


def notes(expect: str, net: str = RESNET) -> tuple[str, ...]:
    (found,) = checked(expect, net).diagnostics
    return found.notes


def test_says_which_layers_hold_most_of_it() -> None:
    assert notes("{params: {max: 5M}}") == (
        "stage[3] holds 14,964,736 of them (59 %), stage[2] 7,098,368 (28 %)",
        "stage[3].bottleneck1 holds 6,039,552 of them (24 %), stage[3].bottleneck2 4,462,592 (17 %),"
        " stage[3].bottleneck3 4,462,592 (17 %)",
    )
    assert notes("{macs: {max: 4G}}") == (
        "stage[2] does 1,464,336,384 of them (36 %), stage[1] 1,027,604,480 (25 %),"
        " stage[3] 809,238,528 (20 %)",
    )
    assert notes("{layers: {'stage[0].bottleneck1': {params: {max: 1k}}}}") == (
        "stage[0].bottleneck1.conv2 holds 36,864 of them (49 %),"
        " stage[0].bottleneck1.conv3 16,384 (22 %), stage[0].bottleneck1.conv4 16,384 (22 %)",
    )
    assert notes("{layers: {stem: {params: {max: 1k}}}}") == ()
    assert notes("{params: {min: 26M}}") == ()


def test_shares_add_up() -> None:
    """conv1 has 3*9*8 + 8 = 224 parameters, linear1 8*10 + 10 = 90."""
    net = "input: 3x8x8\nlayers: [conv 8 k=3, relu, gap, flatten, linear 10]\n"
    assert notes("{params: {max: 1}}", net) == (
        "conv1 holds 224 of them (71 %), linear1 90 (29 %)",
    )
    assert notes("{macs: {max: 1}}", net) == ("conv1 does 7,776 of them (99 %)",)
    assert notes("{activation_bytes: {max: 1}}", net) == (
        "conv1 writes 1,152 of them (48 %), relu1 1,152 (48 %)",
    )


def test_says_what_is_alive_at_the_peak() -> None:
    net = "input: 3x8x8\nlayers: [conv 8 k=3, relu]\n"
    assert notes("{peak_activation_bytes: {max: 1}}", net) == (
        "the peak is at relu1, where these are alive: conv1 (8x6x6), relu1 (8x6x6)",
    )


def test_says_whose_field_it_is() -> None:
    assert notes("{receptive_field: {size: 7}}") == (
        "it is that of stage[3].bottleneck3.relu3, the last feature map",
    )


def test_says_what_the_network_does_at_a_counterexample() -> None:
    (found,) = checked("{domain: {includes: H >= 2}}", EVEN).diagnostics
    assert found.message == (
        "the network is well-formed where H mod 2 = 0 and W mod 2 = 0 and H >= 2 and W >= 2,"
        " expected to include H >= 2"
    )
    assert found.label == "they differ at H=2, W=1"
    assert found.notes == (
        "at H=2, W=1 the condition holds, but maxpool1: width: kernel 2 is larger than its padded"
        " input 1 (1 + 0 + 0 = 1)",
    )
    (found,) = checked("{domain: {within: H >= 4}}", EVEN).diagnostics
    assert found.notes == (
        "at H=2, W=2 the network is well-formed, though the condition does not hold",
    )


@pytest.mark.parametrize(
    ("expect", "help"),
    [
        ("{params: 1}", UPDATE),
        ("{params: {max: 1}}", None),
        ("{output: [1]}", UPDATE),
        ("{receptive_field: {size: 1}}", UPDATE),
        ("{receptive_field: {size: {max: 1}}}", None),
        ("{domain: H >= 2}", "`cnncalc domain net.cnn.yaml` says more about it"),
        (
            "{params: {max_increase: 1}}",
            "name what to compare with: cnncalc check --against origin/main",
        ),
    ],
)
def test_says_what_to_do(expect: str, help: str | None) -> None:
    (found,) = checked(expect).diagnostics
    assert found.help == help


def test_symbols_are_not_silently_passed() -> None:
    net = EVEN.replace("at: {H: 8, W: 8}\n", "")
    (found,) = checked("{macs: {max: 1G}}", net).diagnostics
    assert said(found) == (
        "B403",
        "216*H*W + 256*floor(H/2)*floor(W/2) MACs, budget is 1,000,000,000",
        "not decided for all H, W",
    )
    assert found.help == (
        "say for which sizes: write at: {H: 224, W: 224} beside it, with sizes of the input"
    )
    assert checked("{at: {H: 224, W: 224}, macs: {max: 1G}}", net).diagnostics == ()


# Sizes and presets.


def labels(report: FileReport) -> list[tuple[str | None, Mapping[str, Any]]]:
    return [(model.label, model.at) for model in report.models]


def test_a_verdict_for_each_size() -> None:
    report = checked("{at: [{H: 8, W: 8}, {H: 16, W: 8}], macs: {max: 30k}}", EVEN)
    assert labels(report) == [
        ("H=8, W=8", {"H": 8, "W": 8}),
        ("H=16, W=8", {"H": 16, "W": 8}),
    ]
    (found,) = report.diagnostics
    assert (found.model, found.message) == ("H=16, W=8", "35,840 MACs, budget is 30,000")
    held = [[(one.name, one.held) for one in model.expected] for model in report.models]
    assert held == [
        [("at: H=8, W=8", True), ("macs", True)],
        [("at: H=16, W=8", True), ("macs", False)],
    ]
    assert [model.metrics["macs"] for model in report.models] == [17_920, 35_840]


def test_own_sizes_come_first_and_once() -> None:
    several = checked("[{at: {H: 16}, params: 1}, {params: 488}, {at: {W: 8}, buffers: 1}]", EVEN)
    assert labels(several) == [("W=8", {"H": 8, "W": 8}), ("H=16", {"H": 16, "W": 8})]
    assert [said(one)[0] for one in several.diagnostics] == ["B401", "B402"]
    assert labels(checked("{at: {H: 16}}", EVEN)) == [
        (None, {"H": 8, "W": 8}),
        ("H=16", {"H": 16, "W": 8}),
    ]


def test_without_sizes_of_its_own_only_those_named() -> None:
    net = EVEN.replace("at: {H: 8, W: 8}\n", "")
    assert labels(checked("{at: {H: 16, W: 2}}", net)) == [("H=16, W=2", {"H": 16, "W": 2})]
    assert labels(checked("[{at: {H: 16, W: 2}}, {params: 488}]", net)) == [
        (None, {}),
        ("H=16, W=2", {"H": 16, "W": 2}),
    ]
    assert labels(checked("{at: {H: 16}}", net)) == [("H=16", {"H": 16})]


def test_sizes_of_the_run_are_for_what_names_none() -> None:
    settings = Settings(select=("B",), at=(("H", "32"), ("W", "4"), ("Q", "7")))
    report = checked("[{at: {H: 16}, params: 488}, {params: 488}]", EVEN, settings)
    assert labels(report) == [(None, {"H": 32, "W": 4}), ("H=16", {"H": 16, "W": 4})]


def test_a_size_that_does_not_fit() -> None:
    report = checked("{at: [{H: 16}, {H: 9}, {H: 1, W: 9}], params: 488}", EVEN)
    first, second = report.diagnostics
    assert said(first) == ("B411", "the network is not well-formed at H=9", "")
    assert first.notes == (
        "add1: add joins tensors of different height: 8 and 9 (deconv1 is 8x8x8, skip is 8x9x8)",
    )
    assert first.help == "nearest good sizes: H=8 or 10, W=8"
    assert said(second) == ("B411", "the network is not well-formed at H=1, W=9", "")
    assert first.excerpt[first.place.column - 1 : first.place.end_column - 1] == "{H: 9}"
    broken = report.models[2]
    assert (broken.label, broken.metrics, len(broken.expected)) == ("H=9", {}, 1)
    assert broken.expected[0].held is False


def test_a_spec_broken_at_its_own_size_is_said_once() -> None:
    net = EVEN.replace("H: 8", "H: 9")
    report = checked("{at: {H: 9}, params: 488}", net, Settings())
    (found,) = report.diagnostics
    assert not found.code.startswith("B")
    assert found.node == "add1"


def test_presets_and_sizes_name_a_model() -> None:
    net = f"{EVEN}presets: {{a: {{}}, b: {{at: {{H: 4}}}}}}\n"
    report = checked("[{params: 488}, {at: {W: 2}, params: 400}]", net)
    assert [label for label, _ in labels(report)] == ["a", "a, W=2", "b", "b, W=2"]
    assert [at for _, at in labels(report)] == [
        {"H": 8, "W": 8},
        {"H": 8, "W": 2},
        {"H": 4, "W": 8},
        {"H": 4, "W": 2},
    ]
    (found,) = report.diagnostics  # the same in both presets
    assert found.model == "a, W=2"


def test_a_domain_is_decided_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import cnncalc.network

    asked: list[None] = []
    real = cnncalc.network.Network.domain

    def counting(*arguments: Any) -> Any:
        asked.append(None)
        return real(*arguments)

    monkeypatch.setattr(cnncalc.network.Network, "domain", counting)
    expect = "{at: [{H: 8}, {H: 10}, {H: 12}], domain: H % 2 == 0}"
    assert len(checked(expect, EVEN).diagnostics) == 1
    assert len(asked) == 1


def test_what_means_nothing_hides_nothing() -> None:
    expect = (
        "[{parms: 3, params: 3}, {at: {K: 3}, params: 4}, {at: {H: 0}, params: 5}, {buffers: 1}]"
    )
    report = checked(expect, EVEN, Settings())
    assert [(one.code[0], one.message) for one in report.diagnostics] == [
        ("S", "unknown expectation 'parms'"),
        ("B", "488 parameters, expected 3"),
        ("S", "no input has a size 'K'"),
        ("S", "the symbol H must be an integer of at least 1, got 0"),
        ("B", "0 numbers in buffers, expected 1"),
    ]


# Increases.


def against(
    base: Mapping[str, Any] | None, expect: str, net: str = EVEN
) -> list[tuple[str, str, str]]:
    wrapped = None if base is None else {"net.cnn.yaml": base}
    found = checked(expect, net, Settings(select=("B",), base=wrapped)).diagnostics
    return [said(one) for one in found]


def test_growth_over_a_base() -> None:
    base = {"": {"params": 480, "macs": 17_920}}
    assert against(base, "{params: {max_increase: 2%}, macs: {max_increase: 0}}") == []
    assert against(base, "{params: {max_increase: 1%}}") == [
        (
            "B409",
            "params grew from 480 to 488 (1.7 %), at most 484 allowed",
            "over by 4 (0.8 %)",
        )
    ]
    assert against({"": {"params": 100}}, "{params: {max_increase: 50}}") == [
        ("B409", "params grew from 100 to 488 (4.9x), at most 150 allowed", "over by 338 (3.3x)")
    ]
    assert against({"": {"params": 0}}, "{params: {max_increase: 50%}}") == [
        ("B409", "params grew from 0 to 488, at most 0 allowed", "over by 488")
    ]
    assert against({"": {"params": 1000}}, "{params: {max_increase: 0}}") == []


def test_growth_of_each_preset_and_size() -> None:
    net = f"{EVEN}presets: {{a: {{}}, b: {{at: {{H: 16}}}}}}\n"
    base = {"a": {"macs": 17_920}, "b": {"macs": 20_000}, "a, W=2": {"macs": 4_480}}
    found = checked(
        "[{macs: {max_increase: 10%}}, {at: {W: 2}, macs: {max_increase: 0}}]",
        net,
        Settings(select=("B",), base={"net.cnn.yaml": base}),
    ).diagnostics
    assert [(one.model, said(one)[1]) for one in found] == [
        ("b", "macs grew from 20,000 to 35,840 (79 %), at most 22,000 allowed"),
        ("b, W=2", "the increase of macs was not checked: the base has no b, W=2"),
    ]


def test_nothing_to_compare_with() -> None:
    expect = "{params: {max_increase: 2%}}"
    words = "the increase of params was not checked: "
    assert against(None, expect) == [("B410", f"{words}no base is given", "")]
    empty = checked(expect, EVEN, Settings(select=("B",), base={}))
    assert [said(one)[1] for one in empty.diagnostics] == [f"{words}the base has no such file"]
    assert against({"": {}}, expect) == [
        ("B410", f"{words}the base has no well-formed network there", "")
    ]
    assert against({"": {"macs": 3}}, expect) == [("B410", f"{words}the base has no params", "")]
    (model,) = empty.models
    assert [one.held for one in model.expected] == [None]


# What it costs.


def test_numbers_need_no_algebra() -> None:
    """A spec with numbers for its sizes is checked without sympy and isl."""
    code = """
import sys
from cnncalc.check import Settings, check_text
text = '''%s
expect:
  - {params: 1, macs: {max: 1}, shapes: {skip: [8, 8, 9]}, receptive_field: {size: {max: 1}}}
  - {at: {H: 16}, peak_activation_bytes: 1, params: {max_increase: 1%%}}
'''
found = check_text(text, "net.yaml", Settings(select=("B",)))
assert len(found.diagnostics) == 6, found.diagnostics
print(*sorted({"sympy", "islpy", "z3", "torch", "numpy"} & {*sys.modules}))
"""
    run = subprocess.run(
        [sys.executable, "-c", code % EVEN], capture_output=True, text=True, check=False
    )
    assert (run.stdout.strip(), run.stderr) == ("", "")
    symbolic = EVEN.replace("at: {H: 8, W: 8}\n", "").replace("H: 16", "H: 16, W: 2")
    proof = subprocess.run(
        [sys.executable, "-c", code % symbolic], capture_output=True, text=True, check=False
    )
    assert "islpy sympy" in proof.stdout or "AssertionError" in proof.stderr
