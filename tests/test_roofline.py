"""Bytes moved, arithmetic intensity, and the roofline."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from commandline import cnncalc as run

import cnncalc
from cnncalc.analyses.memory import DTYPES
from cnncalc.errors import UsageError
from cnncalc.roofline import devices, nanoseconds
from cnncalc.symbolic import substitute


@pytest.mark.parametrize(
    ("line", "moved"),
    [
        # inputs, output, weights with their bias
        ("3x8x8 | conv 4 k=3 p=1", [192 + 256 + 112]),
        ("64 | linear 10", [64 + 10 + 650]),
        # a norm reads scale, shift, mean and variance, and not its counter
        ("4x8x8 | bn", [256 + 256 + 16]),
        # a tensor that is read twice comes once
        ("4x8x8 | a = relu | add a x", [512, 512]),
        ("4x8x8 | a = relu | b = relu | add a b", [512, 512, 768]),
        # views move nothing
        ("4x8x8 | flatten | dropout", [0, 0]),
    ],
)
def test_bytes_worked_by_hand(line: str, moved: list[int]) -> None:
    found = cnncalc.load(line).roofline(dtype="int8")
    assert [row.moved for row in found.layers] == moved
    assert found.moved == sum(moved)


def test_devices_are_known_in_any_case() -> None:
    net = cnncalc.load("64 | linear 10")
    assert net.roofline("A100") == net.roofline("a100")
    with pytest.raises(UsageError, match="unknown device") as caught:
        net.roofline("H1000")
    assert caught.value.hint == "did you mean 'h100'?"


def test_what_moves_nothing_has_no_time() -> None:
    words = ("roofline", "3x8x8 | flatten | linear 4", "--device", "a100")
    row = run(*words, "-f", "csv").out.splitlines()[1]
    assert row == "flatten1,flatten,192,0,0,,,"
    assert json.loads(run(*words, "--json").out)["layers"][0]["nanoseconds"] is None


def test_results_print_as_the_commands_do() -> None:
    net = cnncalc.load("resnet18")
    step, on = net.training(optimizer="adam", batch=2), net.roofline("a100", fold_bn=True)
    ledger, table = net.reconcile(["mac", "thop"]), net.analyze(conventions=["thop"])
    assert str(table) == run("analyze", "resnet18", "-c", "thop").out
    assert str(step) == run("train", "resnet18", "--optimizer", "adam", "--batch", "2").out
    assert str(on) == run("roofline", "resnet18", "--device", "a100", "--fold-bn").out
    assert str(ledger) == run("reconcile", "resnet18", "--tools", "mac,thop").out
    for one in (table, step, on, ledger):
        assert one._repr_html_().count("<table>") == 2
    (count,) = net.count("thop")
    assert str(count) == "1824033792 MAC, thop@0.1.1.post2209072238"


def test_a_batch_reads_weights_once() -> None:
    one, many = (cnncalc.load("64 | linear 10").roofline(batch=n).moved for n in (1, 100))
    assert (one, many) == (4 * (74 + 650), 4 * (7400 + 650))


def test_intensity_is_exact_and_symbolic() -> None:
    net = cnncalc.load("CxHxW | conv 8 k=3 p=1 bias=no")
    concrete = net.roofline(at={"C": 3, "H": 8, "W": 8})
    assert concrete.intensity == Fraction(72 * 3 * 64, 4 * (3 * 64 + 8 * 64 + 216))
    symbolic = net.roofline(batch="N")
    assert substitute(symbolic.intensity, {"C": 3, "H": 8, "W": 8, "N": 1}) == concrete.intensity


def test_the_slower_one_decides() -> None:
    """By hand on an A100: 312 T operations and 2,039 GB a second meet at 76.5 MACs a byte."""
    found = cnncalc.load("512x14x14 | conv 512 k=3 p=1 bias=no | relu").roofline(
        "a100", dtype="float16", batch=64
    )
    conv, relu = found.layers
    macs = 64 * 512 * 512 * 9 * 196
    moved = 2 * (2 * 64 * 512 * 196 + 512 * 512 * 9)
    assert (conv.macs, conv.moved, conv.intensity) == (macs, moved, Fraction(macs, moved))
    assert found.ridge == Fraction(312 * 10**12, 2 * 2_039 * 10**9)
    assert (conv.bound, relu.bound) == ("compute", "memory")
    assert conv.seconds == Fraction(2 * macs, 312 * 10**12)
    assert relu.seconds == Fraction(relu.moved, 2_039 * 10**9)
    assert found.seconds == conv.seconds + relu.seconds
    assert conv.nanoseconds == -(-2 * macs * 10**9 // (312 * 10**12))


def test_nanoseconds_are_rounded_up() -> None:
    assert [nanoseconds(Fraction(n, 10**10)) for n in (0, 1, 10, 11)] == [0, 1, 1, 2]


def test_folding_saves_traffic() -> None:
    net = cnncalc.load("resnet50")
    before, after = net.roofline("h100"), net.roofline("h100", fold_bn=True)
    assert after.macs == before.macs
    assert after.moved < before.moved
    assert after.seconds < before.seconds  # type: ignore[operator]


def test_devices_state_what_they_must() -> None:
    found = devices()
    assert {"v100", "t4", "a100", "h100", "h200", "l4", "rtx4090"} <= {*found}
    for device in found.values():
        assert "datasheet" in device.source or "whitepaper" in device.source
        assert set(device.peak) <= {*DTYPES}
        assert "float32" in device.peak
        assert 10**11 < device.bandwidth < 10**13
        assert all(10**12 < peak < 10**16 for peak in device.peak.values())
        assert 10**10 < device.memory < 10**12
        # tensor cores are no slower at fewer bits
        order = [
            device.peak[name] for name in ("float32", "float16", "int8") if name in device.peak
        ]
        assert order == sorted(order)


@pytest.mark.parametrize(
    ("device", "options", "message"),
    [
        ("h10", {}, "unknown device 'h10'"),
        ("v100", {"dtype": "int8"}, "no peak is stated for int8 on the NVIDIA V100"),
        ("h100", {"symbolic": True}, "a device needs numbers for all sizes and the batch"),
        ("h100", {"batch": "N"}, "a device needs numbers for all sizes and the batch"),
    ],
)
def test_what_has_no_roofline(device: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        cnncalc.load("resnet18").roofline(device, **options)
    assert caught.value.hint


def test_command() -> None:
    found = run("roofline", "resnet50", "--device", "h100", "--dtype", "float16", "--json")
    data = json.loads(found.out)
    assert (data["schema"], data["device"]["name"]) == (1, "h100")
    totals = data["totals"]
    assert totals["bytes_moved"] == sum(row["bytes_moved"] for row in data["layers"])
    assert {row["bound"] for row in data["layers"]} <= {"memory", "compute", None}
    assert (
        "computes from 148 MACs/byte on"
        in run("roofline", "resnet50", "--device", "h100", "--dtype", "float16").out
    )
    plain = run("roofline", "lenet5")
    assert "bound" not in plain.out
    assert json.loads(run("roofline", "lenet5", "--json").out)["device"] is None


def test_devices_are_listed() -> None:
    found = run("roofline", "--devices")
    assert found.code == 0
    assert all(name in found.out for name in devices())
    listed = json.loads(run("roofline", "--devices", "--json").out)["devices"]
    assert [one["name"] for one in listed] == list(devices())


def test_a_network_is_needed() -> None:
    found = run("roofline")
    assert (found.code, "--devices" in found.err) == (2, True)
