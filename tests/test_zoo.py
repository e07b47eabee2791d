"""Bundled specs: where they come from, what they expect of themselves, what others publish."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from writing import spec

import cnncalc
from cnncalc import CnncalcError
from cnncalc.expect import unmet
from cnncalc.network import Network
from cnncalc.spec.syntax import Piece
from cnncalc.zoo import names

#: torchvision's numbers, measured with fvcore and published with its models.
PUBLISHED = Path(__file__).parent / "data" / "published-counts.csv"
#: Parameters that the papers' own networks have.
PARAMETERS = {
    "lenet5_1998": 61_706,
    "alexnet": 61_100_840,
    "alexnet_2012": 60_965_224,
    "vgg16": 138_357_544,
    "resnet18": 11_689_512,
    "resnet50": 25_557_032,
    "unet": 31_030_658,
}
ISSUED = {"lenet5", *PARAMETERS}


def test_specs_are_there() -> None:
    assert set(names()) >= ISSUED
    assert cnncalc.bundled() == names()


@pytest.mark.parametrize("name", names())
def test_says_where_it_comes_from(name: str) -> None:
    network = cnncalc.load(name)
    assert network.source
    assert any(year in network.source for year in map(str, range(1980, 2030)))
    assert network.name != f"{name}.yaml"


@pytest.mark.parametrize("name", names())
def test_expects_something_of_itself(name: str) -> None:
    expected = cnncalc.load(name).spec.expect
    assert {"params", "output"} <= set(expected)


@pytest.mark.parametrize("name", names())
def test_is_what_it_expects(name: str) -> None:
    assert unmet(cnncalc.load(name)) == []


@pytest.mark.parametrize("name", names())
def test_has_no_warnings_at_its_own_size(name: str) -> None:
    assert cnncalc.load(name).analyze().warnings == ()


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_parameters_of_the_papers(name: str) -> None:
    assert cnncalc.load(name).analyze().total.params == PARAMETERS[name]


def published() -> list[dict[str, str]]:
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_published_numbers_are_read() -> None:
    models = {row["model"] for row in published()}
    assert len(models) == 21
    assert models & set(names()) >= {"alexnet", "vgg16", "resnet18", "resnet50"}


@pytest.mark.parametrize(
    "row", [row for row in published() if row["model"] in names()], ids=lambda row: row["model"]
)
def test_published_numbers(row: dict[str, str]) -> None:
    size = int(row["resolution"])
    found = cnncalc.load(row["model"]).analyze({"H": size, "W": size})
    assert (found.total.params, found.total.macs) == (int(row["params"]), int(row["macs"]))


@pytest.mark.parametrize(
    ("name", "settings", "params"),
    [
        # The last layer has 512 (or 2048, 4096) weights and a bias for each class.
        ("resnet18", {"classes": 10}, 11_689_512 - 990 * 513),
        ("resnet50", {"classes": 10}, 25_557_032 - 990 * 2049),
        ("vgg16", {"classes": 10}, 138_357_544 - 990 * 4097),
        ("lenet5_1998", {"classes": 26}, 61_706 + 16 * 85),
        ("unet", {"classes": 1}, 31_030_658 - 65),
    ],
)
def test_settings(name: str, settings: dict[str, int], params: int) -> None:
    assert cnncalc.load(name).analyze(settings=settings).total.params == params


def test_a_smaller_unet() -> None:
    found = cnncalc.load("unet").analyze({"H": 188, "W": 188}, {"base": 2, "depth": 2})
    assert found.output == (2, 148, 148)
    assert [row.name for row in found.layers if row.kind == "concat"] == ["concat1", "concat2"]


# Expectations.


def complaints(expect: str, layers: str = "- conv 4 k=3", top: str = "") -> list[str]:
    network = spec(layers, top=f"expect: {expect}\n{top}")
    return [line.partition(": ")[2] for line in unmet(network)]


def test_a_wrong_expectation_is_reported_with_its_place() -> None:
    text = "input: 3x8x8\nlayers: [conv 4 k=3]\nexpect:\n  params: 113\n  macs: {max: 3k}\n"
    assert unmet(cnncalc.parse(text, "net.yaml")) == [
        "net.yaml:4:11: params: expected 113, got 112",
        "net.yaml:5:15: macs: expected at most 3,000, got 3,888",
    ]


@pytest.mark.parametrize("name", names())
def test_a_damaged_bundled_spec_is_reported(name: str) -> None:
    spec = cnncalc.load(name).spec
    wrong = spec.expect["params"]._replace(value=Piece("1", spec.expect["params"].at))
    damaged = Network(spec._replace(expect={**spec.expect, "params": wrong}))
    assert [line.split(": ")[1] for line in unmet(damaged)] == ["params"]


@pytest.mark.parametrize(
    "expect",
    [
        "{params: 112}",
        "{params: 4*28}",
        "{params: n*28}",
        "{params: {min: 112, max: 112}}",
        "{params: {max: 1k}}",
        "{params: {max: 0.1121k}}",
        "{params: 0.112k}",
        "{buffers: 0}",
        "{macs: 3888, flops: 7.776k}",
        "{macs: {max: 1M}, flops: {max: 0.1G, min: 1}}",
        "{activation_bytes: 576, peak_activation_bytes: {max: 2T}}",
        "{output: [4, 6, 6]}",
        "{output: [n, 8-2, 6]}",
        "{outputs: {output: [4, 6, 6]}}",
        "{receptive_field: {size: 3, jump: 1, start: 0, center: 1}}",
        "{receptive_field: {size: [3, 3], start: [0, 0]}}",
        "{receptive_field: {size: {min: 2, max: 4}}}",
        "{receptive_field: {size: [3, {max: 3}]}}",
    ],
)
def test_expectations_that_hold(expect: str) -> None:
    assert complaints(expect, top="params: {n: 4}") == []


@pytest.mark.parametrize(
    ("expect", "found"),
    [
        ("{params: 113}", ["params: expected 113, got 112"]),
        ("{params: {min: 113}}", ["params: expected at least 113, got 112"]),
        ("{params: {max: 111}}", ["params: expected at most 111, got 112"]),
        ("{params: {min: 1k, max: 2k}}", ["params: expected at least 1,000, got 112"]),
        ("{params: {min: 0.1k, max: 111}}", ["params: expected at most 111, got 112"]),
        ("{params: 0.1125M}", ["params: expected 112,500, got 112"]),
        ("{macs: 3.888M}", ["macs: expected 3,888,000, got 3,888"]),
        ("{flops: 3888}", ["flops: expected 3,888, got 7,776"]),
        ("{buffers: 1}", ["buffers: expected 1, got 0"]),
        ("{activation_bytes: 1}", ["activation_bytes: expected 1, got 576"]),
        ("{peak_activation_bytes: 1}", ["peak_activation_bytes: expected 1, got 1,344"]),
        ("{output: [4, 6, 7]}", ["output: expected [4, 6, 7], got [4, 6, 6]"]),
        ("{output: [4]}", ["output: expected [4], got [4, 6, 6]"]),
        ("{outputs: {output: [4]}}", ["outputs: output: expected [4], got [4, 6, 6]"]),
        (
            "{receptive_field: {size: 5}}",
            [
                "receptive_field: size (height): expected 5, got 3",
                "receptive_field: size (width): expected 5, got 3",
            ],
        ),
        (
            "{receptive_field: {size: [3, 5], jump: 1/2}}",
            [
                "receptive_field: size (width): expected 5, got 3",
                "receptive_field: jump (height): expected 1/2, got 1",
                "receptive_field: jump (width): expected 1/2, got 1",
            ],
        ),
    ],
)
def test_expectations_that_do_not_hold(expect: str, found: list[str]) -> None:
    assert complaints(expect) == found


def test_expectations_of_several_outputs() -> None:
    expect = "{outputs: {deep: [4, 3, 3], wide: [4, 6, 7]}}"
    assert complaints(
        expect, "- a = conv 4 k=3\n- b = maxpool 2", "outputs: {deep: b, wide: a}"
    ) == ["outputs: wide: expected [4, 6, 7], got [4, 6, 6]"]


def test_expectations_of_a_network_without_maps() -> None:
    text = "input: 3\nlayers: [linear 4]\nexpect: {receptive_field: {size: 3}}\n"
    assert unmet(cnncalc.parse(text, "net.yaml")) == [
        "net.yaml:3:34: receptive_field: size: expected 3, got none (the network has no feature map)"
    ]


def test_expectations_at_other_sizes_and_settings() -> None:
    network = cnncalc.load("resnet18")
    assert unmet(network, {"H": 225, "W": 225}) != []
    assert [line.split(": ")[1] for line in unmet(network, settings={"classes": 10})] == [
        "params",
        "macs",
    ]


def test_expectations_over_symbols() -> None:
    text = "input: 3xHxW\nlayers: [conv 4 k=3]\nexpect: {output: [4, H-2, W-2], params: 4*28}\n"
    assert unmet(cnncalc.parse(text)) == []
    wrong = cnncalc.parse(text.replace("H-2", "H-3"), "net.yaml")
    assert unmet(wrong) == [
        "net.yaml:3:18: output: expected [4, H - 3, W - 2], got [4, H - 2, W - 2]"
    ]


@pytest.mark.parametrize(
    ("expect", "message", "hint"),
    [
        ("{param: 3}", "unknown expectation 'param'", "did you mean 'params'?"),
        ("{params: {mx: 3}}", "unknown expectation 'mx'", "did you mean 'max'?"),
        ("{params: {max: [3]}}", "max must be one number", "write max: 4.1G"),
        ("{params: [3]}", "params is one number, got a list of 1", "write the number, or {min"),
        ("{params: yes}", "a number is expected here, got yes", "write 25557032, 4.1G"),
        ("{params: clases}", "'clases' is not defined here", "did you mean 'classes'?"),
        ("{params: 4.1 Giga}", "cannot read the expression '4.1 Giga'", "expressions are"),
        ("{output: 4}", "output must be a list of sizes", "write [10] for features"),
        ("{output: [[4]]}", "output must be a list of sizes", "write [10] for features"),
        ("{output: []}", "output must be a list of sizes", "write [10] for features"),
        ("{outputs: [4]}", "outputs must name them", "write outputs: {output: [10]}"),
        ("{outputs: {main: [4]}}", "unknown expectation 'main'", "known outputs: output"),
        ("{receptive_field: 3}", "receptive_field must name what", "write {size: 427"),
        ("{receptive_field: {sise: 3}}", "unknown expectation 'sise'", "did you mean 'size'?"),
        ("{receptive_field: {size: [3]}}", "size has 1 values for 2 axes", "give one for all"),
    ],
)
def test_expectations_that_mean_nothing(expect: str, message: str, hint: str) -> None:
    with pytest.raises(CnncalcError) as caught:
        complaints(expect, top="params: {classes: 4}")
    assert caught.value.message.startswith(message)
    assert (caught.value.hint or "").startswith(hint)
    assert caught.value.at is not None


def test_one_output_is_not_expected_of_several() -> None:
    with pytest.raises(CnncalcError, match="the network has 2 outputs") as caught:
        complaints("{output: [4]}", "- a = relu\n- b = tanh", "outputs: [a, b]")
    assert caught.value.hint == "write outputs: {a: [10], …}"
