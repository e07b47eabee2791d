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
from cnncalc.errors import CnncalcError
from cnncalc.reconcile import reconcile

LINE = "3x32x32 | conv 10 k=5 p=2 | bn | relu | adaptive_avgpool 3 | flatten | linear 10"


def test_columns_in_every_format() -> None:
    out = cnncalc("analyze", LINE, "--convention", "fvcore,thop", "-f", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["fvcore"] for row in rows] == [
        "768000",
        "20480",
        "",  # uncounted: nothing, and not a 0
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


@pytest.mark.parametrize(
    ("words", "notes"),
    [
        (("macs", LINE, "-c", "fvcore"), ["note: fvcore: uncounted: relu x1"]),
        (("macs", LINE, "-c", "thop,fvcore", "-f", "csv"), ["note: fvcore: uncounted: relu x1"]),
        (("analyze", LINE, "-c", "fvcore", "-f", "csv"), ["note: fvcore: uncounted: relu x1"]),
        (
            ("reconcile", LINE, "-t", "mac,fvcore", "-f", "csv"),
            ["note: fvcore: uncounted: relu x1"],
        ),
        (
            ("macs", "3x8x8 | conv 4 k=3 | relu", "-c", "netscope", "--batch", "2"),
            [
                "note: netscope: counts all images of the batch",
                "note: netscope: apart: 288 comparisons",
            ],
        ),
        # where the answer itself says so
        (("analyze", LINE, "-c", "fvcore"), []),
        (("macs", LINE, "-c", "fvcore", "--json"), []),
        (("macs", LINE, "-c", "thop"), []),
        (("macs", LINE, "-c", "fvcore", "-q"), []),
    ],
)
def test_what_is_uncounted_is_said_beside_bare_numbers(
    words: tuple[str, ...], notes: list[str]
) -> None:
    assert cnncalc(*words).err.splitlines() == notes


def test_uncounted_layers_have_no_number() -> None:
    """A rule that says 0 is a 0; no rule is a dash, in a folded row only where it is all there is."""
    rows = {
        line.split()[0]: line.split()[-2:]
        for line in cnncalc("analyze", LINE, "-c", "fvcore,thop").out.splitlines()
        if line
    }
    assert rows["relu1"] == ["-", "0"]
    assert rows["flatten1"] == ["0", "0"]
    assert rows["bn1"] == ["20,480", "40,960"]
    folded = cnncalc("analyze", "lenet5", "-c", "fvcore", "--depth", "1", "-f", "csv").out
    assert [row["fvcore"] for row in csv.DictReader(io.StringIO(folded))][:2] == ["392000", ""]


@pytest.mark.parametrize(
    "form", [("--leading",), ("--derivative", "H"), ("--emit", "python"), ("--by", "stage")]
)
@pytest.mark.parametrize("command", ["analyze", "macs"])
def test_closed_forms_are_of_macs_alone(command: str, form: tuple[str, ...]) -> None:
    wrong = cnncalc(command, "lenet5", "--symbolic", "-c", "fvcore", *form)
    assert wrong.code == 2
    assert "error: --by, --leading, --derivative and --emit are of MACs" in wrong.err
    assert "hint: leave out --convention" in wrong.err


def test_notebooks_show_the_columns_too() -> None:
    shown = load(LINE).analyze(conventions=["thop"])._repr_html_()
    assert ">thop</th>" in shown
    assert ">40,960</td>" in shown


def test_python_takes_one_name_or_several_and_nothing_else() -> None:
    net = load(LINE)
    assert [one.total for one in net.count("fvcore")] == [799_620]
    assert [one.total for one in net.count("mac,fvcore")] == [768_900, 799_620]
    assert len(net.reconcile("mac,fvcore").steps) == 1
    for wrong in (None, 3, [3]):
        with pytest.raises(CnncalcError, match="conventions must be a name or a list of names"):
            net.count(wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("torchvision", "that is mac"),
        ("deepspeed-MACs", "that is mac"),
        ("Fvcore", "did you mean 'fvcore'?"),
        ("@2.13", "known conventions: "),
    ],
)
def test_unknown_conventions(name: str, hint: str) -> None:
    found = cnncalc("macs", "lenet5", "-c", name)
    assert found.code == 2
    assert f"error: unknown convention {name!r}\n  hint: {hint}" in found.err


def test_traces_do_not_see_what_leads_to_no_output() -> None:
    net = load("3x8x8 | c = conv 4 k=3 bias=no | bn | relu | from c | gap")
    fvcore, onnx, thop = net.count("fvcore,onnx-tool,thop")
    weights = 36 * 4 * 27
    assert fvcore.total == weights + 4 * 36
    assert [str(one) for one in fvcore.uncounted] == ["bn x1", "relu x1"]
    assert onnx.total == weights + 4 * 36 + 4 * 4  # nothing is folded into the convolution
    assert thop.total == weights + 4 * 4 * 36 + 4 * 36 + 4


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
    assert "give every symbol a number, with --at, --set or --batch" in nowhere


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


def test_entries_say_what_explains_them() -> None:
    """Several rules of a tool name their operations, and what has no rule is said."""
    (step,) = load("resnet18").reconcile(["torch", "deepspeed"]).steps
    rules = {change.entry: change.rules for change in step.changes}
    assert rules["batch normalisation"]["torch"] == ("uncounted: bn x20",)
    assert rules["pooling"]["torch"] == ("uncounted: maxpool x1, gap x1",)
    (step,) = load("resnet18").reconcile(["mac", "deepspeed"]).steps
    assert {change.entry: change.rules for change in step.changes}["2 operations for each MAC"] == {
        "deepspeed": (
            "2 for each MAC, M for the bias (conv)",
            "2 for each MAC, 0 for the bias (linear)",
        )
    }
    # Queries, keys and values are projected by a function, not by a module.
    (step,) = load("8x4x4 | tokens | attention 2").reconcile(["fvcore", "ptflops"]).steps
    (macs,) = (change for change in step.changes if change.entry == "multiply–accumulates")
    assert macs.amount == -16 * 3 * 8 * 8
    assert macs.rules["ptflops"][-1] == "uncounted: linear of attention x1"


def test_ledger_says_sizes_and_batch() -> None:
    words = ("reconcile", "lenet5", "--tools", "mac,torch", "--batch", "2")
    assert cnncalc(*words).out.startswith("LeNet-5: 1x28x28 -> 10, batch 2\n")
    assert json.loads(cnncalc(*words, "--json").out)["batch"] == 2


def test_lists_continue_their_items() -> None:
    words = ("reconcile", "lenet5", "--tools", "torch")
    assert "\n  - uncounted: relu x3, maxpool x2\n" in cnncalc(*words, "-f", "markdown").out
    assert "\n\\quad uncounted: relu x3, maxpool x2\n" in cnncalc(*words, "-f", "latex").out


def test_whole_quotients_of_adaptive_windows_have_a_formula() -> None:
    """thop's floating point rounds nothing there, whatever the batch."""
    found = cnncalc("macs", "3x14x14 | adaptive_avgpool 7", "-c", "thop", "--batch", "N")
    assert found.out == f"{3 * 14 * 14 + 3 * 7 * 7}*N\n"
    found = cnncalc("macs", "3x14x14 | adaptive_avgpool 5", "-c", "thop", "--batch", "N")
    assert "no closed form at adaptive_avgpool1" in found.out


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
