"""``cnncalc rf``: every answer it gives, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from commandline import Result, cnncalc

DILATED = "1x64x64 | conv 1 k=3 d=2 | conv 1 k=3 d=2 | conv 1 k=3 d=2"
UNEVEN = "1x9x9 | a = conv 1 k=3 s=2 p=1 | from input | crop size=5 | c = add a x"


def rf(*arguments: str) -> Result:
    found = cnncalc("rf", *arguments)
    assert "Traceback" not in found.err
    return found


def answered(*arguments: str) -> str:
    found = rf(*arguments)
    assert found.code == 0, found.err
    return found.out


def document(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(answered(*arguments, "--json"))
    return found


def test_one_line() -> None:
    assert answered("resnet50") == "427x427, jump 32, start -213, center 0\n"


def test_of_a_layer() -> None:
    assert answered("vgg16", "--layer", "conv3") == "10x10, jump 2, start -4, center 1/2\n"
    found = rf("vgg16", "--layer", "conv33")
    assert found.code == 2
    assert found.err.startswith(
        "error: VGG-16 has no layer 'conv33'\n  hint: did you mean 'conv3'?"
    )


def test_of_the_input() -> None:
    assert answered("vgg16", "--layer", "input") == "1x1, jump 1, start 0, center 0\n"


def test_a_layer_after_the_last_map_sees_the_same_everywhere() -> None:
    assert answered("resnet50", "--layer", "linear1") == "619x619, start -213, center 96\n"


def test_gates_are_told_apart() -> None:
    assert answered("efficientnet_b0") == (
        "851x851, jump 32, start -425, center 0; every unit also sees the whole image through "
        "stage1.mbconv1.se1.gap1\n"
    )
    context = document("efficientnet_b0")["context"]
    assert context["through"] == "stage1.mbconv1.se1.gap1"
    assert context["interval"][0][0] < 0 < 223 < context["interval"][0][1]


def test_all_layers() -> None:
    lines = answered("lenet5", "--all").splitlines()
    assert lines[0].split() == (
        [
            "layer",
            "kind",
            "output",
            "size",
            "jump",
            "start",
            "end",
            "center",
            "padding",
            "all",
            "units",
            "see",
        ]
    )
    assert lines[2].split()[:9] == ["conv1", "conv", "20x28x28", "5x5", "1", "-2", "2", "0", "2"]
    assert [row["name"] for row in document("lenet5", "--all")["layers"]][:2] == ["conv1", "relu1"]


def test_details() -> None:
    found = answered(DILATED, "--details")
    for words in (
        "size                                        13               13",
        "positions read                  7 of 13 (53.8 %)  7 of 13 (53.8 %)",
        "standard deviation",
    ):
        assert " ".join(words.split()) in " ".join(found.split())


def test_the_document_has_everything() -> None:
    found = document(DILATED)
    assert found["layer"] == "conv3"
    assert found["receptive_field"]["end"] == [12, 12]
    assert found["receptive_field"]["padding"] == [0, 0]
    support = found["support"][0]
    assert (support["read"], support["size"], support["fraction"]) == (7, 13, "7/13")
    effective = found["effective"][0]
    assert (effective["paths"], effective["center"], effective["variance"]) == (729, 6, 8)
    assert (effective["first"], effective["last"], effective["width"]) == (0, 10, 11)
    assert found["paths"][0]["min"]["size"] == found["paths"][0]["max"]["size"] == 13
    assert found["context"] is None
    assert [finding["level"] for finding in found["findings"]] == ["warning"]


def test_phases_of_a_unet() -> None:
    """Measured by autograd in test_receptive_field: 188 in 4 of 16 phases, 204 in 12."""
    found = answered("unet", "--phases")
    assert "sizes   188 in 4 of 16 phases, 204 in 12 (height, width)" in found
    sizes = [one["size"] for one in document("unet", "--phases")["phases"][0]]
    assert sizes == [188] * 4 + [204] * 12


def test_phases_need_a_field_that_slides() -> None:
    found = rf("resnet50", "--layer", "gap1", "--phases")
    assert found.code == 2
    assert "gap1 has no phases along height" in found.err


@pytest.mark.parametrize(
    ("which", "line"),
    [
        ("min", "11x11, jump 32, start -5, center 0"),
        ("max", "427x427, jump 32, start -213, center 0"),
    ],
)
def test_along_one_path(which: str, line: str) -> None:
    assert answered("resnet50", "--path", which) == f"{line}\n"
    assert document("resnet50", "--path", which)["path"] == which


def test_lists_both_paths() -> None:
    lines = answered("unet", "--paths").splitlines()
    rows = [line.split() for line in lines]
    assert ["min", "height,", "width", "crop4", "down[0].skip.relu2", "5", "1", "88"] in rows
    assert ["max", "height,", "width", "up[0]", "double1.relu2", "140", "8", "0"] in rows
    layers = document("unet", "--paths")["paths"][0]["min"]["layers"]
    assert layers[0] == "input"
    assert layers[-1] == "conv1"


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ("0,0", "214x214: height 0 to 213, width 0 to 213; 45,796 of 45,796 pixels read"),
        ("3,6", "224x224: height 0 to 223, width 0 to 223; 50,176 of 50,176 pixels read"),
    ],
)
def test_what_a_unit_sees(unit: str, line: str) -> None:
    assert answered("resnet50", "--unit", unit) == f"{line}\n"


def test_a_unit_near_the_border() -> None:
    found = document("1x9x9 | conv 1 k=3 p=1 d=2", "--unit", "0,3")
    assert (found["first"], found["last"], found["read"]) == ([1, 2], [3, 6], 6)
    assert found["unclipped"] == [[-1, 3], [2, 6]]


def test_a_unit_of_branches_that_advance_differently() -> None:
    """No one field describes all units, but each of them sees what it sees."""
    found = document(UNEVEN, "--unit", "4,4")
    assert (found["first"], found["last"]) == ([6, 6], [8, 8])


def test_branches_that_advance_differently_are_an_error() -> None:
    found = rf(UNEVEN)
    assert (found.code, found.out) == (1, "undefined\n")
    assert found.err == (
        "error: c: its branches advance differently along height (a by 2, crop1 by 1 input "
        "positions per unit): unit 0 sees positions -1 to 2 (4), unit 4 6 to 9 (4); no one size "
        "and jump describe its receptive field. Give both branches the same total stride\n"
    )
    assert rf(UNEVEN, "--layer", "a").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resnet50", "--unit", "1"], "has 2 indices (height,width), got 1"),
        (["resnet50", "--unit", "7,0"], "has no unit 7 along height"),
        (["resnet50", "--unit", "-1,0"], "has no unit -1 along height"),
        (["resnet50", "--unit", "a,b"], "--unit a,b: not an index for each axis"),
        (["resnet50", "--unit", ""], "--unit : not an index for each axis"),
        (["resnet50", "--symbolic", "--unit", "0,0"], "not numbers"),
        (["resnet50", "--layer", "linear1", "--unit", "0,0"], "have no place"),
        (["resnet50", "--all", "--phases"], "--all and --phases are different answers"),
        (["resnet50", "--all", "--layer", "conv1"], "--all and --layer are different answers"),
        (["resnet50", "--paths", "--path", "min"], "--path and --paths are different answers"),
        (["resnet50", "--layer", "linear1", "--path", "min"], "which path to linear1"),
        (["10 | linear 5"], "has no feature map"),
        (["10 | a = linear 5", "--layer", "a"], "a has no receptive field"),
    ],
)
def test_what_is_refused(arguments: list[str], message: str) -> None:
    found = rf(*arguments)
    assert (found.code, found.out) == (2, "")
    assert message in found.err
    assert "hint:" in found.err


@pytest.mark.parametrize("name", ["field.svg", "FIELD.SVG"])
def test_draws(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert answered(DILATED, "--unit", "3,4", "-o", str(path)) == ""
    drawn = path.read_text(encoding="utf-8")
    assert drawn.startswith(("<svg", "<?xml"))
    assert "What unit (3, 4) of conv3 sees" in drawn


def test_draws_a_unit_of_branches_that_advance_differently(tmp_path: Path) -> None:
    assert rf(UNEVEN, "-o", str(tmp_path / "field.svg")).code == 0
    assert (tmp_path / "field.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--unit", "77,0"], "has no unit 77 along height"),
        (["--phases"], "--phases and -o"),
        (["--json"], "and --json are different answers"),
        (["--symbolic"], "not numbers"),
    ],
)
def test_what_is_not_drawn(tmp_path: Path, arguments: list[str], message: str) -> None:
    found = rf("resnet50", *arguments, "-o", str(tmp_path / "field.svg"))
    assert (found.code, found.out) == (2, "")
    assert message in found.err
    assert not (tmp_path / "field.svg").exists()


def test_symbols() -> None:
    assert answered("vgg16", "--symbolic") == "212x212, jump 32, start -90, center 31/2\n"
    found = document("CxHxW | conv 8 k=C | conv 8 k=3 s=2")
    assert found["receptive_field"]["size"] == ["C + 2", "C + 2"]
    assert found["support"] == [None, None]
    assert found["effective"] == [None, None]


def test_a_field_that_is_not_known_is_not_passed_over_in_silence() -> None:
    found = rf("1x100 | conv 1 k=3 | upsample 2000")
    assert (found.code, found.out) == (0, "3, jump 1, start 0, center 1\n")
    assert found.err.splitlines() == [
        "warning: upsample1: its receptive field differs between more than 1,024 units, and is not "
        "listed",
        "warning: upsample1 has no field that can be told: this is the field of conv1",
    ]


def test_a_block_is_what_it_puts_out() -> None:
    assert answered("unet", "--layer", "down[0].skip") == "5x5, jump 1, start 0, center 2\n"


@pytest.mark.parametrize(
    ("mode", "unit", "positions"),
    [
        ("zeros", 0, [0, 1, 2]),
        ("reflect", 0, [0, 1, 2]),
        ("replicate", 0, [0, 1, 2]),
        ("circular", 0, [0, 1, 2, 14, 15]),
        ("circular", 15, [0, 1, 13, 14, 15]),
    ],
)
def test_padding_that_repeats_the_image(mode: str, unit: int, positions: list[int]) -> None:
    found = document(f"1x16 | conv 1 k=5 p=2 mode={mode}", "--unit", str(unit))
    assert (found["first"], found["last"], found["read"]) == (
        [positions[0]],
        [positions[-1]],
        len(positions),
    )


def test_phases_are_hinted_at() -> None:
    assert answered("unet") == (
        "204x204, jump 1, start 0, center 92; the largest of 16x16 phases (--phases)\n"
    )


def test_symbolic_sizes_with_phases() -> None:
    assert answered("unet", "--symbolic").startswith("204x204, jump 1, start 0, center 92")


def test_no_layer_has_a_field() -> None:
    found = rf("10 | linear 5", "--all")
    assert (found.code, found.out) == (2, "")
    assert "has no feature map" in found.err
