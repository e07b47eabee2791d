"""Formats for programs, each read back by a parser that is not ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import answer
from commandline import cnncalc as run
from reading import contains, markdown, rows

import cnncalc

NET = "1x28x28 | conv 20 k=5 p=2 | relu | maxpool 2 | flatten | linear 10"
#: Parameters and MACs of NET by hand: 20·(25 + 1) and 3920·10 + 10; 28·28·20·25 and 39200.
PARAMS, MACS = 520 + 39_210, 392_000 + 39_200
COMMANDS = ("analyze", "shape", "rf", "params", "macs")


# JSON.


def document(*arguments: str) -> Any:
    return json.loads(answer(*arguments, "--json"))


#: The worked example of the design, section 8; keys may be added, none changed.
EXAMPLE = json.loads("""
{"schema": 1, "cnncalc": "0.1.0", "name": "LeNet-5", "inputs": {"input": [1, 28, 28]}, "at": {},
 "convention": {"name": "mac", "unit": "MAC"},
 "layers": [{"name": "conv1", "kind": "conv", "inputs": ["input"], "output": [20, 28, 28],
             "params": 520, "buffers": 0, "macs": 392000, "flops": 784000,
             "receptive_field": {"size": [5, 5], "jump": [1, 1], "start": [-2, -2],
                                 "center": [0, 0]}}],
 "totals": {"params": 520, "buffers": 0, "macs": 392000, "flops": 784000,
            "activation_bytes": 62720, "peak_activation_bytes": 65856},
 "output": [20, 28, 28], "warnings": []}
""")


def test_json_of_the_design(tmp_path: Path) -> None:
    path = tmp_path / "lenet.yaml"
    path.write_text("name: LeNet-5\ninput: 1x28x28\nlayers:\n  - conv 20 k=5 p=2\n")
    expected = {**EXAMPLE, "cnncalc": cnncalc.__version__}
    found = document("analyze", str(path))
    assert contains(found, expected)
    assert [key for key in found if key in expected] == list(expected)
    assert answer("analyze", str(path), "-f", "json") == answer("analyze", str(path), "--json")


def test_contains_tells_documents_apart() -> None:
    assert contains({"a": [1, {"b": None, "c": 0}]}, {"a": [1, {"b": None}]})
    assert not contains({"a": 1}, {"b": 1})
    assert not contains({"a": 1}, {"a": True})
    assert not contains({"a": [1, 2]}, {"a": [1]})
    assert not contains({"a": 1}, {"a": "1"})


def test_json_of_resnet50() -> None:
    found = document("analyze", "resnet50")
    assert found["totals"]["params"] == 25_557_032
    assert found["totals"]["macs"] == 4_089_184_256
    assert found["output"] == [1000]
    assert found["at"] == {"H": 224, "W": 224}
    last = [row for row in found["layers"] if row["name"] == found["last_feature_map"]]
    assert [row["receptive_field"] for row in last] == [
        {
            "size": [427, 427],
            "jump": [32, 32],
            "start": [-213, -213],
            "end": [213, 213],
            "center": [0, 0],
            "padding": [213, 213],
        }
    ]
    assert len(found["layers"]) == 175  # never folded
    for key in ("params", "buffers", "macs", "flops"):
        assert sum(row[key] for row in found["layers"]) == found["totals"][key]


def test_json_of_closed_forms() -> None:
    found = json.loads(run("analyze", "3xHxW | conv 4 k=3 | maxpool 2", "--json").out)
    assert found["inputs"] == {"input": [3, "H", "W"]}
    assert found["layers"][0]["output"] == [4, "H - 2", "W - 2"]
    assert found["output"] == [4, "floor(H/2) - 1", "floor(W/2) - 1"]
    assert found["totals"]["macs"] == "108*H*W - 216*H - 216*W + 432"
    assert found["totals"]["params"] == 112
    assert found["warnings"] == ["well-formed only if H >= 4 and W >= 4"]


def test_json_of_fractions_and_of_what_is_undefined() -> None:
    found = document("analyze", "3x8x8 | deconv 4 k=2 s=2 | flatten | linear 2")
    fields = [row["receptive_field"] for row in found["layers"]]
    assert fields[0]["jump"] == ["1/2", "1/2"]
    assert fields[1]["jump"] == fields[2]["jump"] == [None, None]
    vector = document("analyze", "10 | linear 2")
    assert vector["layers"][0]["receptive_field"] is None
    assert vector["last_feature_map"] is None


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        ("shape", {"output": [10]}),
        ("params", {"params": PARAMS, "buffers": 0}),
        ("macs", {"macs": MACS, "flops": 2 * MACS}),
        (
            "rf",
            {
                "layer": "maxpool1",
                "receptive_field": {
                    "size": [6, 6],
                    "jump": [2, 2],
                    "start": [-2, -2],
                    "center": ["1/2", "1/2"],
                },
            },
        ),
    ],
)
def test_json_of_one_answer(command: str, keys: dict[str, Any]) -> None:
    head = {"schema": 1, "name": NET, "inputs": {"input": [1, 28, 28]}, "at": {}}
    assert contains(document(command, NET), {**head, **keys})


def test_json_keeps_every_letter(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text('name: "Übung „1“ <b>|*"\ninput: 3x8x8\nlayers: [relu]\n', encoding="utf-8")
    assert document("analyze", str(path))["name"] == "Übung „1“ <b>|*"
    assert "Übung „1“" in answer("analyze", str(path), "--json")


# CSV.


def test_csv_of_the_table() -> None:
    header, *body = rows(answer("analyze", NET, "-f", "csv"))
    assert header == ["layer", "kind", "output", "receptive_field", "jump", "params", "macs"]
    assert body == [
        ["conv1", "conv", "20x28x28", "5x5", "1", "520", "392000"],
        ["relu1", "relu", "20x28x28", "5x5", "1", "0", "0"],
        ["maxpool1", "maxpool", "20x14x14", "6x6", "2", "0", "0"],
        ["flatten1", "flatten", "3920", "32x32", "", "0", "0"],
        ["linear1", "linear", "10", "32x32", "", "39210", "39200"],
        ["total", "", "10", "", "", str(PARAMS), str(MACS)],
    ]


def test_csv_is_never_folded() -> None:
    _, *body = rows(answer("analyze", "resnet50", "-f", "csv"))
    assert len(body) == 175 + 1
    *layers, total = body
    assert sum(int(row[5]) for row in layers) == int(total[5]) == 25_557_032
    assert sum(int(row[6]) for row in layers) == int(total[6]) == 4_089_184_256


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("shape", [["output", "shape"], ["output", "10"]]),
        ("params", [["name", "params", "buffers"], [NET, str(PARAMS), "0"]]),
        ("macs", [["name", "macs", "flops"], [NET, str(MACS), str(2 * MACS)]]),
        (
            "rf",
            [
                ["axis", "size", "jump", "start", "end", "center", "padding"],
                ["height", "6", "2", "-2", "3", "1/2", "2"],
                ["width", "6", "2", "-2", "3", "1/2", "2"],
            ],
        ),
    ],
)
def test_csv_of_one_answer(command: str, expected: list[list[str]]) -> None:
    assert rows(answer(command, NET, "-f", "csv")) == expected


def test_csv_quotes_what_it_must(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("name: 'a \"net\", mine'\ninput: 3x8x8\nlayers: [relu]\n")
    assert rows(answer("params", str(path), "-f", "csv"))[1] == ['a "net", mine', "0", "0"]


# Markdown.


def test_markdown_of_the_table() -> None:
    header, body, rest = markdown(answer("analyze", NET, "-f", "markdown"))
    assert header == ["layer", "kind", "output", "field", "jump", "params", "MACs"]
    assert body[0] == ["conv1", "conv", "20x28x28", "5x5", "1", "520", "392,000"]
    assert body[-1] == ["**total**", "", "**10**", "", "", "**39,730**", "**431,200**"]
    assert len(body) == 6
    assert rest[0].startswith("**1x28x28 \\| conv 20 k=5 p=2")
    assert "- parameters: 39,730 (39.7 k); buffers 0" in rest


@pytest.mark.parametrize("command", COMMANDS)
def test_markdown_of_every_command(command: str) -> None:
    header, body, _ = markdown(answer(command, NET, "-f", "markdown"))
    assert header
    assert body


def test_markdown_escapes(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("name: 'a|b *c* `d` <e> _f_'\ninput: 3x8x8\nlayers: [relu]\n")
    text = answer("params", str(path), "-f", "markdown")
    assert markdown(text)[1] == [["a|b *c* `d` <e> _f_", "0", "0"]]
    assert r"a\|b \*c\* \`d\` \<e> \_f\_" in text
