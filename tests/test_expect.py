"""What ``expect:`` can say, beyond what the bundled specs use: parts, bounds, increases, sizes."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc import CnncalcError
from cnncalc.expect import Base, Outcome, Subject, cases, outcomes, unmet
from cnncalc.expect.possible import ANY, COUNT, SIZE, Range
from cnncalc.network import Network
from cnncalc.problems import BadExpectation, UnknownName

#: conv1 has 3*9*4 + 4 = 112 parameters, each of the blocks 4*9*4 + 4 = 148 and 8 of its bn.
NET = """
input: 3xHxW
at: {H: 8, W: 8}
params: {n: 4}
blocks:
  unit:
    - conv n k=3 p=1
    - bn
layers:
  - conv n k=3
  - for: {i: 2}
    name: stage
    layers:
      - unit
      - skip = maxpool 2 s=1
  - unit
"""


def complaints(expect: str, net: str = NET) -> list[str]:
    text = f"{net.strip()}\nexpect: {expect}\n"
    return [line.partition(": ")[2] for line in unmet(cnncalc.parse(text, "net.yaml"))]


def found(expect: str, base: Base | None = None, net: str = NET) -> list[Outcome | CnncalcError]:
    """All outcomes of the first case."""
    network = cnncalc.parse(f"{net.strip()}\nexpect: {expect}\n", "net.yaml")
    case = next(iter(cases(network.spec, network.limits)))
    assert not isinstance(case, CnncalcError)
    expansion = network.expansion()
    analysis = network.analyzed(expansion.graph(), expansion.binding)
    return list(outcomes(case.expected, Subject(network, expansion.root, analysis, base=base)))


# Tensors, layers and blocks by name.


@pytest.mark.parametrize(
    "expect",
    [
        "{shapes: {input: [3, 8, 8]}}",
        "{shapes: {conv1: [n, 6, 6]}}",
        "{shapes: {'stage[0]': [4, 5, 5], 'stage[1].skip': [4, H-4, W-4]}}",
        "{shapes: {stage: [4, 4, 4], 'stage[1]': [4, 4, 4], unit1: [4, 4, 4]}}",
        "{shapes: {'stage[0].unit1': [4, 6, 6], 'stage[0].unit1.conv1': [4, 6, 6]}}",
        "{shapes: {conv1: [_, 6, 6], unit1: [4, _, '*']}}",
        "{layers: {conv1: {params: 112, buffers: 0, macs: 3*9*4*36, flops: 2*3*9*4*36}}}",
        "{layers: {unit1: {params: 156, buffers: 9, output: [4, 4, 4]}}}",
        "{layers: {stage: {params: 312}, 'stage[0]': {params: {min: 156, max: 156}}}}",
        "{layers: {conv1: {receptive_field: {size: 3, jump: 1}}}}",
        "{layers: {'stage[0]': {receptive_field: {size: {max: 6}}}}}",
        "{layers: {input: {params: 0, output: [3, 8, 8]}}}",
    ],
)
def test_parts_that_are_as_expected(expect: str) -> None:
    assert complaints(expect) == []


@pytest.mark.parametrize(
    ("expect", "expected"),
    [
        (
            "{shapes: {conv1: [4, 6, 7], unit1: [4, 4]}}",
            [
                "shapes: conv1: expected [4, 6, 7], got [4, 6, 6]",
                "shapes: unit1: expected [4, 4], got [4, 4, 4]",
            ],
        ),
        ("{shapes: {conv1: [_, 7, _]}}", ["shapes: conv1: expected [_, 7, _], got [4, 6, 6]"]),
        ("{shapes: {conv1: [_, _]}}", ["shapes: conv1: expected [_, _], got [4, 6, 6]"]),
        (
            "{layers: {'stage[1]': {params: {max: 155}, output: [1]}}}",
            [
                "layers: stage[1]: params: expected at most 155, got 156",
                "layers: stage[1]: output: expected [1], got [4, 4, 4]",
            ],
        ),
        (
            "{layers: {conv1: {receptive_field: {size: {min: 4}}}}}",
            [
                "layers: conv1: receptive_field: size (height): expected at least 4, got 3",
                "layers: conv1: receptive_field: size (width): expected at least 4, got 3",
            ],
        ),
        (
            "{layers: {input: {receptive_field: {size: 1}}}}",
            [
                "layers: input: receptive_field: size: expected 1, got none"
                " (input has no feature map)"
            ],
        ),
    ],
)
def test_parts_that_are_not(expect: str, expected: list[str]) -> None:
    assert complaints(expect) == expected


@pytest.mark.parametrize(
    ("expect", "message", "column"),
    [
        ("{shapes: {conv2: [4]}}", "unknown expectation 'conv2'", 19),
        ("{shapes: [4]}", "shapes must name layers", 18),
        ("{shapes: {conv1: 4}}", "shapes: conv1 must be a list of sizes", 26),
        ("{layers: {unit: {params: 4}}}", "unknown expectation 'unit'", 19),
        ("{layers: {unit1: 4}}", "what is expected of unit1 must be named", 26),
        ("{layers: {unit1: {peak_activation_bytes: 4}}}", "unknown expectation 'peak_", 27),
        ("{layers: {unit1: {params: {max_increase: 4}}}}", "unknown expectation 'max_inc", 36),
        ("{params: {max_increase: -1}}", "an increase is at least 0, got -1", 33),
        ("{params: {max_increase: [1]}}", "max_increase must be one number", 33),
    ],
)
def test_parts_that_there_are_not(expect: str, message: str, column: int) -> None:
    with pytest.raises(CnncalcError) as caught:
        complaints(expect)
    assert caught.value.message.startswith(message)
    assert caught.value.at is not None
    assert caught.value.at.column == column


@pytest.mark.parametrize(
    ("expect", "message", "column"),
    [
        # numbers that nothing can be
        ("{buffers: -1}", "buffers cannot be -1", 19),
        ("{layers: {unit1: {macs: n - 5}}}", "layers: unit1: macs cannot be -1", 33),
        ("{params: 2.5}", "params cannot be 5/2", 18),
        ("{flops: {max: -1}}", "flops cannot be at most -1", 23),
        ("{receptive_field: {size: -3}}", "receptive_field: size cannot be -3", 34),
        ("{receptive_field: {jump: [1, -1]}}", "receptive_field: jump cannot be -1", 38),
        ("{output: [4, 0, 4]}", "output: a size cannot be 0", 22),
        ("{shapes: {conv1: [4, _, 4.5]}}", "shapes: conv1: a size cannot be 9/2", 33),
        # limits between which there is none
        ("{params: {min: 5, max: 3}}", "params cannot be at least 5 and at most 3", 32),
        ("{params: {max: 3, min: n + 1}}", "params cannot be at least 5 and at most 3", 32),
        ("{macs: {min: 2.2, max: 2.8}}", "macs cannot be at least 11/5 and at most 14/5", 32),
        (
            "{receptive_field: {start: {min: 1, max: 1/2}}}",
            "receptive_field: start cannot be at least 1",
            49,
        ),
    ],
)
def test_numbers_that_nothing_can_be(expect: str, message: str, column: int) -> None:
    with pytest.raises(BadExpectation) as caught:
        complaints(expect)
    assert caught.value.message.startswith(message)
    assert caught.value.at is not None
    assert caught.value.at.column == column
    assert (caught.value.hint or "").startswith("it is a ")
    assert any(isinstance(one, BadExpectation) for one in found(expect))


@pytest.mark.parametrize(
    "expect",
    [
        "{params: {min: -5}, layers: {conv1: {buffers: {min: 0, max: 0}}}}",
        "{layers: {conv1: {receptive_field: {start: 0, center: {min: -1/2, max: 1.5}, jump: 1}}}}",
        "{macs: {min: 0.5, max: 1T}, receptive_field: {start: {max: -1}}}",
    ],
)
def test_numbers_that_can_be(expect: str) -> None:
    assert complaints(expect) == []


NUMBERS = [Fraction(number, 2) for number in range(-4, 7)]


@pytest.mark.parametrize("can", [COUNT, SIZE, ANY, Range(0), Range(whole=True)], ids=repr)
def test_limits_are_reached_where_a_number_is_between(can: Range) -> None:
    """By trying all halves from -10 to 10, none of which the limits tell apart."""
    tried = [Fraction(half, 2) for half in range(-20, 21)]
    for low in (None, *NUMBERS):
        for high in (None, *NUMBERS):
            between = [
                one
                for one in tried
                if (low is None or low <= one) and (high is None or one <= high) and can.has(one)
            ]
            assert can.reached(low, high) is bool(between)


def test_what_means_nothing_hides_no_other_outcome() -> None:
    expect = (
        "{parms: 4, params: {max: 5, most: 3, min: 1}, shapes: {a: [1], conv1: [4, 6, 6]},"
        " layers: {b: {}, unit1: {weight: 1, params: 156}}, receptive_field: {sise: 1, jump: 1}}"
    )
    results = found(expect)
    errors = [one.message for one in results if isinstance(one, CnncalcError)]
    names = [one.name for one in results if isinstance(one, Outcome)]
    assert errors == [
        f"unknown expectation {name!r}" for name in ("parms", "most", "a", "b", "weight", "sise")
    ]
    assert names == [
        "params",
        "params",
        "shapes: conv1",
        "layers: unit1: params",
        "receptive_field: jump (height)",
        "receptive_field: jump (width)",
    ]


# Sizes.


def test_expectations_at_sizes_of_their_own() -> None:
    expect = "{at: [{H: 8, W: 8}, {H: 16}], output: [4, 4, 4]}"
    assert complaints(expect) == ["output: expected [4, 4, 4], got [4, 12, 4]"]


def test_a_list_of_expectations_each_at_its_sizes() -> None:
    expect = """
  - output: [4, 4, 4]
  - at: {H: 2*n, W: 10}
    output: [4, 4, 6]
  - at: [{H: 10, W: 10}, {H: 12, W: 12}]
    params: 580
    shapes: {conv1: [4, H-2, W-2]}
"""
    assert complaints(expect) == []
    assert complaints(expect.replace("[4, 4, 6]", "[4, 6, 6]")) == [
        "output: expected [4, 6, 6], got [4, 4, 6]"
    ]


def test_sizes_of_the_caller_are_for_what_names_none() -> None:
    text = f"{NET}expect: [{{output: [4, 4, 4]}}, {{at: {{H: 9}}, output: [4, 5, 4]}}]\n"
    network = cnncalc.parse(text, "net.yaml")
    assert unmet(network) == []
    assert [line.partition(": ")[2] for line in unmet(network, {"H": 10})] == [
        "output: expected [4, 4, 4], got [4, 6, 4]"
    ]


@pytest.mark.parametrize(
    ("expect", "message", "hint"),
    [
        ("{at: {K: 3}}", "no input has a size 'K'", "known sizes: H, W"),
        ("{at: {n: 3}}", "no input has a size 'n'", "n is a parameter: write a preset"),
        ("{at: 3}", "at: names sizes of the input", "write at: {H: 224"),
        ("{at: [3]}", "at: names sizes of the input", "write at: {H: 224"),
        ("{at: {H: [3]}}", "H is one number", "write at: {H: 224"),
        ("{at: {H: 0}}", "the symbol H must be an integer of at least 1, got 0", "write H: 224"),
        ("[3]", "expect: must be a mapping of keys to values, got '3'", "write expect:"),
    ],
)
def test_sizes_that_mean_nothing(expect: str, message: str, hint: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        complaints(expect)
    assert caught.value.message == message
    assert (caught.value.hint or "").startswith(hint)
    assert caught.value.at is not None


def test_a_preset_expects_more_and_otherwise() -> None:
    text = """
input: 3x8x8
params: {n: 4}
layers: [conv n k=3]
expect: {params: 28*n, output: [4, 6, 6]}
presets:
  four: {}
  five: {set: {n: 5}, expect: {output: [5, 6, 6]}}
  six: {set: {n: 6}, expect: [{output: [6, 6, 6]}, {buffers: 0}]}
"""
    spec = cnncalc.parse(text, "net.yaml").spec

    def of(name: str) -> list[str]:
        return [line.split(" ", 1)[1] for line in unmet(Network(spec.preset(name)))]

    assert of("four") == []
    assert of("five") == []
    assert of("six") == ["output: expected [4, 6, 6], got [6, 6, 6]"]  # a list adds to it


def test_lists_and_sizes_are_printed_and_read_again() -> None:
    text = f"{NET}expect: [{{params: 580}}, {{at: [{{H: 9, W: 9}}], output: [4, 5, 5]}}]\n"
    network = cnncalc.parse(text, "net.yaml")
    again = cnncalc.parse(network.to_yaml())
    assert again.to_yaml() == network.to_yaml()
    assert [sorted(one) for one in again.spec.expected] == [["params"], ["at", "output"]]
    assert unmet(again) == []
    wrong = cnncalc.parse(network.to_yaml().replace("580", "581"))
    assert len(unmet(wrong)) == 1


# Symbols.

SYMBOLIC = """
input: 3xHxW
layers:
  - skip = conv 8 k=3 p=1
  - maxpool 2
  - deconv 8 k=2 s=2
  - add x skip
"""


@pytest.mark.parametrize(
    "expect",
    [
        "{params: 488, macs: 216*H*W + 256*(H//2)*(W//2)}",
        "{macs: {min: 216*H*W}}",
        "{output: [8, 2*(H//2), 2*(W//2)]}",
        "{output: [8, H, W]}",  # the addition fits only where H and W are even
        "{shapes: {maxpool1: [8, H/2, floor(W/2)]}}",
        "{layers: {deconv1: {output: [_, H, 2*(W/2)]}}}",
    ],
)
def test_symbols_that_are_as_expected(expect: str) -> None:
    assert complaints(expect, SYMBOLIC) == []


@pytest.mark.parametrize(
    ("expect", "why"),
    [
        ("{macs: 1k}", "not decided for all H, W"),
        ("{macs: {max: 4.1G}}", "not decided for all H, W"),
        ("{macs: {max: 472*H*W - 1}}", "not decided for all H, W"),
        ("{output: [8, 32, W]}", "not decided for all H"),
        ("{shapes: {maxpool1: [8, _, 3]}}", "not decided for all W"),
        ("{output: [8, H+1, W]}", ""),
        ("{output: [8, 32]}", ""),
    ],
)
def test_symbols_that_are_not_or_not_always(expect: str, why: str) -> None:
    (outcome,) = found(expect, net=SYMBOLIC)
    assert isinstance(outcome, Outcome)
    assert (outcome.held, outcome.why) == (False, why)


# Increases over a base.


@pytest.mark.parametrize(
    ("limit", "before", "held", "bound"),
    [
        ("2%", 580, True, 591),
        ("2%", 569, True, 580),  # 580.38
        ("2%", 568, False, 579),  # 579.36
        ("0", 580, True, 580),
        ("0", 579, False, 579),
        ("0%", 579, False, 579),
        ("1.5 %", 572, True, 580),
        ("1.5 %", 571, False, 579),
        ("100k", 0, True, 100_000),
        ("n*5", 560, True, 580),
        ("n*5", 559, False, 579),
        ("300%", 145, True, 580),
        ("50%", 0, False, 0),
        ("5", "143*n", False, 577),
        ("8", "143*n", True, 580),
    ],
)
def test_increases(limit: str, before: int | str, held: bool, bound: int) -> None:
    (outcome,) = found(f"{{params: {{max_increase: {limit}}}}}", Base({"params": before}))
    assert isinstance(outcome, Outcome)
    assert (outcome.held, outcome.bound) == (held, bound)
    assert (outcome.key, outcome.name) == ("increase", "params: max_increase")


@pytest.mark.parametrize(
    ("base", "why"),
    [
        (None, "no base is given"),
        (Base(missing="the base has no such file"), "the base has no such file"),
        (Base({"macs": 3}), "the base has no params"),
        (Base({"params": "3*Q"}), "params of the base is 3*Q, which cannot be compared with"),
    ],
)
def test_increases_without_a_base_are_not_checked(base: Base | None, why: str) -> None:
    (outcome,) = found("{params: {max_increase: 2%}}", base)
    assert isinstance(outcome, Outcome)
    assert (outcome.held, outcome.why, outcome.key) == (None, why, "base")
    assert complaints("{params: {max_increase: 2%}}") == []


def test_increases_over_symbols() -> None:
    macs = "216*H*W + 256*floor(H/2)*floor(W/2)"
    for more in ("0", "1%", "H"):
        (outcome,) = found(f"{{macs: {{max_increase: {more}}}}}", Base({"macs": macs}), SYMBOLIC)
        assert isinstance(outcome, Outcome)
        assert outcome.held is True
    (outcome,) = found("{macs: {max_increase: 5}}", Base({"macs": "216*H*W"}), SYMBOLIC)
    assert isinstance(outcome, Outcome)
    assert (outcome.held, outcome.why) == (False, "not decided for all H, W")


# Domains. The addition of SYMBOLIC fits where H and W are even.


def domain(expect: Any, net: str = SYMBOLIC) -> tuple[bool | None, str]:
    (outcome,) = found(f"{{domain: {expect}}}", net=net)
    assert isinstance(outcome, Outcome)
    return outcome.held, outcome.why


@pytest.mark.parametrize(
    ("expect", "held", "why"),
    [
        ("H % 2 == 0 and W % 2 == 0", True, ""),
        ("'H mod 2 = 0 and W mod 2 = 0 and H >= 2 and W >= 2'", True, ""),
        ("not (H % 2 > 0 or W % 2 != 0)", True, ""),
        ("2*(H//2) == H and W - 2*floor(W/2) == 0", True, ""),
        ("(H + W) % 2 == 0 and H % 2 == 0", True, ""),
        ("H % 2 == 0", False, "they differ at H=2, W=1"),
        ("H % 4 == 0 and W % 2 == 0", False, "they differ at H=2, W=2"),
        ("always", False, "they differ at H=1, W=1"),
        ("never", False, "they differ at H=2, W=2"),
        ("{includes: H % 4 == 0 and W == 2*H}", True, ""),
        ("{includes: H == 6 and W == 8}", True, ""),
        ("{includes: H == 6}", False, "they differ at H=6, W=1"),
        ("{within: H + W >= 4}", True, ""),
        ("{within: H >= 3}", False, "they differ at H=2, W=2"),
        ("{includes: never}", True, ""),
        ("{within: always}", True, ""),
    ],
)
def test_domains(expect: str, held: bool, why: str) -> None:
    assert domain(expect) == (held, why)


def test_smallest_counterexamples_by_trying() -> None:
    """The point that is named is the first at which condition and network really differ."""
    expect = "H % 3 == 0 and W >= 4"
    network = cnncalc.parse(f"{SYMBOLIC.strip()}\nexpect: {{}}\n")

    def fits(h: int, w: int) -> bool:
        try:
            network.graph({"H": h, "W": w})
        except CnncalcError:
            return False
        return True

    for relation in ("exact", "includes", "within"):
        points = [
            (max(h, w), h, w)
            for h in range(1, 13)
            for w in range(1, 13)
            if fits(h, w) != (h % 3 == 0 and w >= 4)
            and relation in ("exact", "within" if fits(h, w) else "includes")
        ]
        words = expect if relation == "exact" else f"{{{relation}: {expect}}}"
        _, why = domain(words)
        h, w = (int(word.rpartition("=")[2]) for word in why.split(" at ")[1].split(", "))
        assert (max(h, w), h, w) in points
        assert max(h, w) == min(points)[0]


def test_domains_do_not_depend_on_the_sizes_in_force() -> None:
    net = SYMBOLIC.replace("layers:", "at: {H: 32, W: 32}\nparams: {n: 2}\nlayers:")
    assert domain("H % n == 0 and W % n == 0", net) == (True, "")
    assert domain("{includes: H == 32 and W == 33}", net)[0] is False


def test_a_network_that_is_not_decided_is_tried() -> None:
    net = "input: 3xHxW\nlayers:\n  - flatten\n  - reshape 3x64\n"
    assert domain("{includes: H == 8 and W == 9}", net) == (False, "they differ at H=8, W=9")
    assert domain("{includes: H == 8 and W == 8}", net) == (True, "")
    assert domain("{within: H <= 64}", net) == (False, "not decided where H >= 65")
    assert domain("{within: W <= 7 or H <= 8}", net) == (
        False,
        "not decided where H >= 9 and W >= 8",
    )
    assert domain("{within: H != 8}", net) == (False, "they differ at H=8, W=8")
    assert domain("always", net) == (False, "they differ at H=1, W=1")


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ("{domain: 3}", "domain is a condition"),
        ("{domain: [H >= 3]}", "domain is a condition"),
        ("{domain: K >= 3}", "'K' is not defined here"),
        ("{domain: {include: H >= 3}}", "unknown expectation 'include'"),
        ("{domain: H * W >= 3}", "it cannot be decided for which sizes"),
        ("{domain: H >=}", "cannot read the expression 'H >='"),
    ],
)
def test_domains_that_mean_nothing(expect: str, message: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        complaints(expect, SYMBOLIC)
    assert caught.value.message.startswith(message)
    assert caught.value.at is not None


@pytest.mark.parametrize("expect", ["{domain: H % 2 == 0}", "{at: {H: 3}}"])
def test_sizes_of_an_input_of_numbers(expect: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        complaints(expect, "input: 3x8x8\nlayers: [conv 4 k=3]")
    hint = "all sizes are numbers: write input: 3xHxW with at: {H: 32, W: 32}, or leave it out"
    assert caught.value.hint == hint
    complaints(expect, "input: 3xHxW\nat: {H: 32, W: 32}\nlayers: [conv 4 k=3]")  # means something


def test_a_domain_of_other_sizes() -> None:
    with pytest.raises(UnknownName) as caught:
        complaints("{domain: K >= 3}", SYMBOLIC)
    assert caught.value.hint == "known sizes: H, W"


# The page about it.


def examples() -> list[str]:
    page = (Path(__file__).parent.parent / "docs" / "expect.md").read_text(encoding="utf-8")
    return re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", examples())
def test_examples_of_the_page_mean_something(example: str) -> None:
    """Numbers and names in them are of other networks, but every key is one."""
    layers = ("stem", "deep", "down[0].skip", "stage", "stage[0]", "stage[3]", "linear1")
    text = f"input: 3xHxW\nat: {{H: 64, W: 64}}\nparams: {{classes: 3, n: 1, width: 1}}\nlayers: [conv 4 k=1]\n{example}"
    network = cnncalc.parse(text)
    assert network.spec.expected
    for case in cases(network.spec, network.limits):
        assert not isinstance(case, CnncalcError)
        expansion = network.expansion()
        analysis = network.analyzed(expansion.graph(), expansion.binding)
        for outcome in outcomes(case.expected, Subject(network, expansion.root, analysis)):
            if isinstance(outcome, CnncalcError):
                assert outcome.message in [f"unknown expectation {name!r}" for name in layers]


def test_examples_are_found() -> None:
    assert len(examples()) == 8


# Values behind anchors.


def test_an_anchored_value_is_pointed_at() -> None:
    text = "input: 3x8x8\nlayers: [conv 4 k=3]\nexpect:\n  params: &p  111\n  buffers: *p\n  macs: &m '1'\n"
    assert unmet(cnncalc.parse(text, "net.yaml")) == [
        "net.yaml:4:15: params: expected 111, got 112",
        "net.yaml:4:15: buffers: expected 111, got 0",
        "net.yaml:6:13: macs: expected 1, got 3,888",
    ]
