"""``--convention`` and ``reconcile`` at the command line: columns, ledgers, formats, errors."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from commandline import cnncalc
from test_imports import HEAVY, imported

from cnncalc import load
from cnncalc.conventions import NAMES
from cnncalc.reconcile import reconcile

LINE = "3x32x32 | conv 10 k=5 p=2 | bn | relu | adaptive_avgpool 3 | flatten | linear 10"


def test_columns_in_every_format() -> None:
    out = cnncalc("analyze", LINE, "--convention", "fvcore,thop", "-f", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["fvcore"] for row in rows] == [
        "768000",
        "20480",
        "0",
        "10240",
        "0",
        "900",
        "799620",
    ]
    assert rows[-1]["thop"] == str(768000 + 4 * 10240 + (10 * 32 * 32 + 90) + 900)
    markdown = cnncalc("analyze", LINE, "-c", "fvcore", "-c", "thop", "-f", "markdown").out
    assert (
        markdown.splitlines()[2].startswith("| layer | kind |") or "| fvcore | thop |" in markdown
    )
    text = cnncalc("analyze", LINE, "--convention", "fvcore").out
    assert "799,620 (800 k) flop, fvcore@0.1.5.post20221221" in text
    assert "uncounted: relu x1" in text


def test_json_adds_conventions_and_keeps_its_keys() -> None:
    plain = json.loads(cnncalc("analyze", LINE, "--json").out)
    found = json.loads(cnncalc("analyze", LINE, "--json", "-c", "mac,fvcore,torchinfo@1.8").out)
    added = found.pop("conventions")
    assert found == plain
    assert list(added) == ["mac", "fvcore", "torchinfo@1.8.0"]
    fvcore = added["fvcore"]
    assert fvcore["total"] == sum(fvcore["layers"].values()) == sum(fvcore["terms"].values())
    assert fvcore["unit"] == "flop"
    assert fvcore["version"] == "0.1.5.post20221221"
    assert fvcore["uncounted"] == {"relu": {"operations": ["relu"], "layers": ["relu1"]}}
    assert set(fvcore["layers"]) == {layer["name"] for layer in found["layers"]}


def test_folded_rows_sum_their_layers() -> None:
    folded = cnncalc("analyze", "resnet18", "-c", "thop", "--depth", "1", "-f", "csv").out
    rows = list(csv.DictReader(io.StringIO(folded)))
    assert sum(int(row["thop"]) for row in rows[:-1]) == int(rows[-1]["thop"])
    assert len(rows) < 20


def test_macs_prints_the_number_of_one_convention() -> None:
    assert cnncalc("macs", "vgg16", "--convention", "thop").out == "15470314496\n"
    several = cnncalc("macs", "vgg16", "--convention", "thop,fvcore", "-f", "csv").out
    assert [row["total"] for row in csv.DictReader(io.StringIO(several))] == [
        "15470314496",
        "15470289408",
    ]


def test_symbols() -> None:
    found = json.loads(
        cnncalc(
            "analyze", "vgg16", "--symbolic", "-q", "--json", "-c", "fvcore,ultralytics-thop"
        ).out
    )["conventions"]
    assert "floor(H/32)" in found["fvcore"]["total"]
    other = found["ultralytics-thop"]
    assert other["total"] is None
    assert list(other["no_closed_form"]) == ["adaptive_avgpool1"]
    assert other["evaluated"] == {"at": {"H": 224, "W": 224}, "total": 15470314496}
    text = cnncalc("macs", "vgg16", "--symbolic", "-q", "-c", "ultralytics-thop").out
    assert "no closed form at adaptive_avgpool1" in text
    assert "15,470,314,496 (15.5 G) at H=224, W=224" in text
    nowhere = cnncalc("macs", "3xHxW | adaptive_avgpool 2", "-c", "thop", "-q").out
    assert "give the sizes with --at" in nowhere


def test_ledger_of_resnet50_sums_to_each_total() -> None:
    tools = ("mac", "fvcore", "thop", "ptflops", "deepspeed")
    out = cnncalc("reconcile", "resnet50", "--tools", ",".join(tools), "-f", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    running, seen = 0, []
    for row in rows:
        if row["entry"] == "total":
            if seen:
                assert running == int(row["total"])
            running = int(row["total"])
            seen.append((row["tool"], running))
        else:
            running += int(row["change"])
            assert running == int(row["total"])
            assert row["rules"]
    assert seen == [
        ("mac", 4_089_184_256),
        ("fvcore", 4_111_512_576),
        ("thop", 4_133_742_592),
        ("ptflops", 4_132_436_968),
        ("deepspeed", 8_211_108_352),
    ]
    entries = {(row["tool"], row["entry"]): row["change"] for row in rows}
    assert entries["fvcore", "batch normalisation"] == "22227968"
    assert entries["deepspeed", "2 operations for each MAC"] == "4089184256"
    assert entries["ptflops", "counted again"] == "10511872"


@pytest.mark.parametrize("network", ["lenet5", "mobilenet_v2", "unet_same", "vit", LINE])
def test_every_step_leads_from_total_to_total(network: str) -> None:
    ledger = reconcile(load(network), NAMES, batch=2)
    assert len(ledger.steps) == len(NAMES) - 1
    for step in ledger.steps:
        change = sum(change.amount for change in step.changes)
        assert step.before.total + change == step.after.total


def test_ledger_in_symbols_and_where_there_are_none() -> None:
    found = json.loads(
        cnncalc("reconcile", "resnet50", "-t", "mac,fvcore", "--symbolic", "-q", "--json").out
    )
    (step,) = found["steps"]
    assert (step["from"], step["to"]) == ("mac", "fvcore")
    assert any("floor" in change["amount"] for change in step["changes"])
    assert "evaluated" not in found
    text = cnncalc("reconcile", "vgg16", "-t", "mac,ultralytics-thop", "--symbolic", "-q").out
    assert "15,470,314,496" in text
    assert "H=224, W=224; ultralytics-thop has no closed form at adaptive_avgpool1" in text
    wrong = cnncalc("reconcile", "3xHxW | adaptive_avgpool 3", "-t", "mac,thop")
    assert wrong.code == 2
    assert "hint: give every symbol a number" in wrong.err


def test_formats_of_reconcile() -> None:
    words = ("reconcile", "lenet5", "--tools", "mac,torch")
    assert "| torch | 2 operations for each MAC |" in cnncalc(*words, "-f", "markdown").out
    assert r"\begin{tabular}" in cnncalc(*words, "-f", "latex").out
    data = json.loads(cnncalc(*words, "--json").out)
    assert data["conventions"]["torch"]["total"] == 2 * data["conventions"]["mac"]["total"]
    assert data["steps"][0]["difference"] == data["conventions"]["mac"]["total"]


def test_listing() -> None:
    found = json.loads(cnncalc("reconcile", "--list", "--json").out)["conventions"]
    assert {one["name"] for one in found.values()} == set(NAMES)
    assert all(rule["source"] for one in found.values() for rule in one["rules"].values())
    assert "torchinfo@1.8.0" in cnncalc("reconcile", "--list").out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("reconcile",), "reconcile needs a network"),
        (("reconcile", "resnet50", "-t", "fvcor"), "did you mean 'fvcore'?"),
        (("analyze", "resnet50", "-c", "keras"), "unknown convention 'keras'"),
        (("macs", "resnet50", "-c", "torchinfo@3"), "no rules for torchinfo@3"),
        (("analyze", "resnet50", "-c", ","), "no convention is named"),
        (("reconcile", "3x4x4 | conv 8 k=9"), "kernel 9 is larger than its padded input"),
    ],
)
def test_errors(words: tuple[str, ...], message: str) -> None:
    found = cnncalc(*words)
    assert found.code == 2
    assert message in found.err
    assert "Traceback" not in found.err


def test_counting_by_a_tool_imports_no_tool(tmp_path: Path) -> None:
    loaded = imported("analyze", "resnet18", "-c", ",".join(NAMES), folder=tmp_path)
    assert not loaded & {*HEAVY, "thop", "ptflops", "torchinfo", "onnx", "deepspeed"}
    assert not imported("reconcile", "resnet18", folder=tmp_path) & HEAVY
