"""Measured receptive fields: what is measured is what is computed, and a lie is noticed."""

from __future__ import annotations

import re
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import fields_page  # noqa: E402
from hypothesis import HealthCheck, given, settings  # noqa: E402
from rf_graphs import Drawn, networks  # noqa: E402

import cnncalc  # noqa: E402
from cnncalc.analyses.receptive_field import receptive_fields  # noqa: E402
from cnncalc.analyses.tracing import Tracer  # noqa: E402
from cnncalc.backends.torch import measuring  # noqa: E402
from cnncalc.backends.torch.fields import measure_fields  # noqa: E402
from cnncalc.backends.torch.measuring import Instrument, Unit  # noqa: E402
from cnncalc.backends.torch.reach import local_part, reaches  # noqa: E402
from cnncalc.backends.torch.tally import Measurement, spans  # noqa: E402
from cnncalc.backends.torch.verify import verify  # noqa: E402
from cnncalc.errors import CnncalcError  # noqa: E402
from cnncalc.graph import Graph, Node  # noqa: E402
from cnncalc.layers import KINDS  # noqa: E402
from cnncalc.sizes import Shape  # noqa: E402
from cnncalc.zoo import names  # noqa: E402

#: Of every sort one: measured in the default suite, too.
SOME = (
    "lenet5",
    "alexnet",
    "resnet18",
    "resnet20",
    "unet_same",
    "deeplabv3_resnet50",
    "mobilenet_v3_small",
    "googlenet",
    "shufflenet_v2_x0_5",
    "dcgan_generator",
    "c3d",
    "wavenet",
    "vgg11",
    "vit_b_16",
)


def measured(text: str) -> Measurement:
    return measure_fields(cnncalc.load(text).graph())


def agrees(text: str) -> Measurement:
    found = measured(text)
    assert found.mismatched == []
    assert found.checked
    return found


# It agrees, with the page in the documentation too.


def rows() -> dict[str, str]:
    lines = fields_page.PAGE.read_text(encoding="utf-8").splitlines()
    found = (re.match(r"\| (\w+) \|", line) for line in lines)
    return {
        match.group(1): match.string for match in found if match and match.group(1) != "network"
    }


def zoo() -> list[Any]:
    return [
        pytest.param(
            name,
            marks=[pytest.mark.long] * (name not in SOME),
        )
        for name in sorted({*names(), *SOME})
    ]


@pytest.mark.parametrize("name", zoo())
def test_bundled_networks_are_as_the_page_says(name: str) -> None:
    row = fields_page.row(name)
    assert row.measurement.mismatched == []
    assert row.measurement.notes == []
    assert row.computed == row.measured
    assert str(row) == rows()[name], "python tests/fields_page.py writes the page anew"


def test_the_page_has_all_networks_and_its_own_text() -> None:
    text = fields_page.PAGE.read_text(encoding="utf-8")
    assert list(rows()) == names(), "python tests/fields_page.py writes the page anew"
    assert text.startswith(fields_page._HEAD)
    assert f"**{len(names())} networks**" in text


@pytest.mark.parametrize(
    "text",
    [
        "1x60 | maxpool 3 s=2 p=1 d=2 ceil=yes | conv 1 k=4 d=3 p=same",
        "1x60x50 | conv 2 k=1x7 s=2x1 p=0x3 | conv 1 k=7x1 p=3x0 | avgpool 2x3 s=1x2",
        "1x20x22x24 | conv 1 k=1x2x3 p=0x1x1 | maxpool 2 s=1x2x3 | conv 4 k=3 d=1x2x1",
        "1x60 | deconv 1 k=5 s=3 p=1 d=2 op=2 | conv 1 k=3 s=2",
        "1x40 | deconv 1 k=2 s=3 | conv 1 k=3 p=1",
        "1x200 | pad left=9 | conv 1 k=2 d=9 | pad left=27 | conv 1 k=2 d=27",
        "4x64x64 | a = conv 4 k=3 s=2 p=1 | from input | avgpool 2 | conv 4 k=1 | add a x",
        "8x32x32 | a, b = split 2 | from b | conv 4 k=5 p=2 g=2 | concat a x | channel_shuffle 2"
        " | dwconv 3 m=2 | sepconv 6 k=3 d=2",
        "4x24x24 | conv 16 k=3 | pixel_shuffle 2 | conv 4 k=3 p=1 | pixel_unshuffle 2 | conv 2 k=3",
        "2x24x24 | a = conv 4 k=3 p=1 | b = maxpool 2 | conv 4 k=3 p=1 | unpool x a | conv 1 k=3",
        "3x20x20 | permute last | linear 6 | ln | permute first | conv 1 k=3",
        "3x31 | conv 4 k=3 | upsample 2 mode=linear | conv 2 k=3 s=2",
        "3x31 | conv 4 k=3 | upsample 3 mode=linear | upsample size=174 | conv 2 k=3",
        "3x33 | upsample size=65 mode=linear align_corners=yes | conv 2 k=3",
        "3x40 | conv 4 k=3 | adaptive_avgpool 16 | conv 2 k=3",
        "3x40 | conv 4 k=3 | adaptive_maxpool 7",
        "3x30x30 | local 2 k=3 s=2 | relu | lrn 2 | gn 1 | dropout",
        "1x1 | deconv 4 k=4 | deconv 2 k=4 s=2 p=1 | deconv 1 k=4 s=2 p=1",
    ],
)
def test_networks_of_all_sorts(text: str) -> None:
    assert agrees(text).notes == []


@pytest.mark.parametrize(
    "text",
    [
        # A gate, by pooling, by a convolution over the whole map, and along one axis only.
        "2x30 | s = conv 2 k=3 p=1 | gap | conv 2 k=1 | sigmoid | mul s x | conv 1 k=3",
        "1x8 | s = identity | conv 1 k=8 | mul s x | conv 1 k=3",
        "1x20x20 | s = conv 1 k=3 p=1 | adaptive_avgpool 20x1 | conv 1 k=5x1 p=2x0 | mul s x",
        # Normalisation over the map, attention.
        "4x20 | conv 4 k=3 | gn 2 | conv 4 k=3 | permute last | attention 2 | permute first"
        " | conv 1 k=3",
    ],
)
def test_what_all_units_see_alike_does_not_count(text: str) -> None:
    agrees(text)


@pytest.mark.parametrize("mode", ["reflect", "replicate", "circular"])
def test_borders_padded_from_within_are_left_out_and_this_is_said(mode: str) -> None:
    found = agrees(f"1x40 | conv 1 k=3 | conv 1 k=5 p=2 mode={mode} | conv 1 k=3 p=1")
    assert found.notes == [
        "not measured at borders, padded with positions from within: conv2, conv3"
    ]
    assert ("conv3", 0) in found.numbers


def test_branches_that_advance_differently_are_measured_too() -> None:
    found = agrees(
        "1x31 | a = conv 1 k=3 s=2 p=1 | from input | crop size=16 | add a x | conv 1 k=3"
    )
    assert ("conv2", 0) not in found.numbers
    assert found.tensors == 4


def test_more_phases_than_are_measured() -> None:
    found = agrees("1x3 | deconv 1 k=80 s=70")
    assert found.units == 64 + 6
    assert found.numbers == {}
    assert found.notes == ["measured in part, as it has too many phases: deconv1"]


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(networks())
def test_random_networks(drawn: Drawn) -> None:
    holds(drawn)


@pytest.mark.long
@settings(max_examples=2000, suppress_health_check=[HealthCheck.filter_too_much])
@given(networks())
def test_many_random_networks(drawn: Drawn) -> None:
    holds(drawn)


def holds(drawn: Drawn) -> None:
    try:
        graph = cnncalc.load(drawn.text((60,) * drawn.rank)).graph()
    except CnncalcError:  # too small for it
        return
    assert measure_fields(graph).mismatched == []


@given(networks())
def test_units_traced_one_by_one_read_what_all_are_said_to(drawn: Drawn) -> None:
    try:
        graph = cnncalc.load(drawn.text((36,) * drawn.rank)).graph()
    except CnncalcError:
        return
    fields = receptive_fields(graph).fields
    tracer = Tracer(graph, fields)
    for axis in range(drawn.rank):
        for name, reach in reaches(graph, local_part(graph, fields, axis), axis).items():
            for unit, mask in enumerate(reach.seen):
                paths = tracer.paths(name, {axis: unit}, clip=True)
                assert mask == sum(1 << at for at in paths), (name, unit)


# The instrument.


@pytest.mark.parametrize(
    ("kind", "given_"),
    [
        ("maxpool", {"kernel": (3,), "stride": (2,), "padding": (1,), "ceil": True}),
        ("maxpool", {"kernel": (2,), "dilation": (3,), "stride": (1,)}),
        ("maxpool", {"kernel": (3,), "stride": (3,), "ceil": True}),
        ("adaptive_maxpool", {"size": (4,)}),
    ],
)
def test_sums_are_over_what_maxima_are_over(kind: str, given_: dict[str, Any]) -> None:
    """A single large element is the maximum of exactly those windows that it lies in."""
    x = Shape((1, 11))
    layer = KINDS[kind](**given_)
    y = layer.output(x)
    graph = Graph({"x": x}, (Node("pool", layer, ("x",), y),), {"output": "pool"})
    found = Instrument(graph).seen([Unit("pool", unit) for unit in range(y[1])], 0)
    maxima = layer.torch(torch, x)(torch.eye(11).unsqueeze(1)).squeeze(1)  # position by unit
    stated = [sum(1 << at for at in range(11) if maxima[at, unit] > 0) for unit in range(y[1])]
    assert found == stated


def test_unpooling_depends_on_both_tensors_and_leaves_the_rest_empty() -> None:
    graph = cnncalc.load("1x5 | a = relu | b = maxpool 2 | unpool b a").graph()
    seen = Instrument(graph).seen([Unit("unpool1", unit) for unit in range(5)], 0)
    assert seen == [0b11, 0b11, 0b1100, 0b1100, 0]


def test_depth_neither_vanishes_nor_overflows() -> None:
    layers = " | ".join(["conv 1 k=3 p=1"] * 1200)
    graph = cnncalc.load(f"1x2500 | {layers}").graph()
    (seen,) = Instrument(graph).seen([Unit("conv1200", 1250)], 0)
    assert spans(seen) == "50 to 2450"


def test_units_in_any_order_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = cnncalc.load("2x30x9 | conv 3 k=5x3 s=2x1 | relu | conv 2 k=3").graph()
    units = [Unit("conv2", 3), Unit("conv1", 0), Unit("conv2", 0), Unit("conv1", 12)]
    at_once = Instrument(graph).seen(units, 0)
    assert [spans(mask) for mask in at_once] == ["6 to 14", "0 to 4", "0 to 8", "24 to 28"]
    monkeypatch.setattr(measuring, "_MOST_ROWS", 1)
    assert Instrument(graph).seen(units, 0) == at_once


def test_the_number_of_threads_is_left_as_it_was() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        agrees("1x9 | conv 1 k=3")
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch sees no GPU")
def test_on_a_gpu() -> None:
    graph = cnncalc.load("resnet18").graph()
    assert measure_fields(graph, "cuda") == measure_fields(graph, "cpu")


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        (0, "nothing"),
        (0b1, "0"),
        (0b11100110, "1 to 2, 5 to 7"),
        (0b10101, "0, 2, 4"),
        (sum(4**i for i in range(20)), "20 positions: 0, 2, 4, 6, …, 38"),
    ],
)
def test_positions_in_words(mask: int, words: str) -> None:
    assert spans(mask) == words


# As a check of verify.


def test_verify_reports_it() -> None:
    found = verify(cnncalc.load("1x40 | conv 1 k=3 | maxpool 2").graph(), device="cpu")
    assert found.checks["receptive_field"].checked > 20
    assert found.to_dict()["checks"]["receptive_field"]["mismatched"] == []


def test_verify_says_what_is_not_measured() -> None:
    graph = cnncalc.load("1x40 | conv 1 k=5 p=2 mode=reflect").graph()
    check = verify(graph, device="cpu").to_dict()["checks"]["receptive_field"]
    assert check["note"] == "not measured at borders, padded with positions from within: conv1"
    assert "skipped" not in check
    check = verify(graph, device="meta").to_dict()["checks"]["receptive_field"]
    assert check["skipped"] == "there are no gradients on the meta device"
    check = verify(cnncalc.load("10 | linear 3").graph(), device="cpu").checks["receptive_field"]
    assert (check.checked, check.skipped) == (0, "no layer has a local receptive field")


def test_what_takes_too_much_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.backends.torch.fields._MOST_ELEMENTS", 10)
    found = measured("1x40 | conv 1 k=3 | relu")
    assert (found.checked, found.notes) == (0, ["not measured, as it takes too much: conv1, relu1"])
    monkeypatch.setattr("cnncalc.backends.torch.fields._MOST_ELEMENTS", 10**9)
    monkeypatch.setattr("cnncalc.backends.torch.fields._MOST_WORK", 100)
    found = measured("1x40 | conv 1 k=3 | conv 1 k=3 | conv 1 k=3")
    assert found.checked
    assert found.notes == ["not measured, as it takes too much: conv1"]


def test_long_inputs_are_cut() -> None:
    found = agrees("1x1000000 | conv 1 k=9 s=2 | conv 1 k=9")
    assert found.numbers["conv2", 0].size == 25
    assert found.notes == []
