"""The commands: what they answer to people and scripts."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click
import pytest
from commandline import Result, answer
from commandline import cnncalc as run
from reading import markdown, rows

import cnncalc
from cnncalc.cli.app import COMMANDS, SECTIONS, app
from cnncalc.expect import unmet
from cnncalc.zoo import folder

NET = "1x28x28 | conv 20 k=5 p=2 | relu | maxpool 2 | flatten | linear 10"
#: Parameters and MACs of NET by hand: 20·(25 + 1) and 3920·10 + 10; 28·28·20·25 and 39200.
PARAMS, MACS = 520 + 39_210, 392_000 + 39_200
FIRST = ["analyze", "shape", "rf", "params", "macs"]


# One-line answers.


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("shape", "10"),
        ("params", str(PARAMS)),
        ("macs", str(MACS)),
        ("rf", "6x6, jump 2, start -2, center 1/2"),
    ],
)
def test_answers_for_scripts(command: str, line: str) -> None:
    assert answer(command, NET) == f"{line}\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        # What the issue shows.
        (
            ["rf", "3x64x64 | conv 8 k=3 p=1 | conv 8 k=3 s=2 p=1 | conv 8 k=3 s=2 p=1"],
            "9x9, jump 4, start -4, center 0",
        ),
        (["shape", "unet"], "2x388x388"),
        (["params", "unet"], "31030658"),
        (["macs", "resnet50"], "4089184256"),
        (["rf", "resnet50"], "427x427, jump 32, start -213, center 0"),
        (["shape", "resnet50", "--set", "classes=10"], "10"),
        (["shape", "unet", "--at", "H=188,W=220"], "2x4x36"),
        (["shape", "unet", "--at", "H=188", "--at", "W=220"], "2x4x36"),
        (["macs", "lenet5", "--batch", "8"], str(8 * 6_522_000)),
        (["params", "lenet5", "--batch", "8"], "1256080"),
        (["shape", "3xHxW | conv N k=3", "--set", "N=7", "--at", "H=9,W=9"], "7x7x7"),
        (["params", "3x8x8 | conv (1+1) k=1", "--quiet"], "8"),
    ],
)
def test_answers_about_specs(arguments: list[str], line: str) -> None:
    assert answer(*arguments) == f"{line}\n"


def test_closed_forms() -> None:
    result = run("macs", "3xHxW | conv 64 k=7 s=2 p=3 bias=no", "--symbolic")
    assert (result.code, result.out) == (0, "9408*floor((H + 1)/2)*floor((W + 1)/2)\n")
    result = run("shape", "vgg16", "--symbolic", "--quiet")
    assert result == Result(0, "1000\n", "")


def test_several_outputs_are_a_line_each() -> None:
    text = "input: 3x8x8\nlayers: [a = conv 4 k=3, b = maxpool 2]\noutputs: {deep: b, wide: a}\n"
    assert answer("shape", "-", stdin=text) == "deep 4x3x3\nwide 4x6x6\n"
    data = json.loads(answer("shape", "-", "--json", stdin=text))
    assert data["outputs"] == {"deep": [4, 3, 3], "wide": [4, 6, 6]}
    assert rows(answer("shape", "-", "-f", "csv", stdin=text)) == [
        ["output", "shape"],
        ["deep", "4x3x3"],
        ["wide", "4x6x6"],
    ]


def test_no_feature_map() -> None:
    assert run("rf", "10 | linear 3") == Result(
        2,
        "",
        "error: 10 | linear 3 has no feature map\n"
        "  hint: the input needs spatial axes, as 3x32x32, and a layer before flatten or gap\n",
    )


# Tables for people.


def test_table() -> None:
    assert (
        answer("analyze", NET)
        == """\
1x28x28 | conv 20 k=5 p=2 | relu | maxpool 2 | flatten | linear 10: 1x28x28 -> 10

layer     kind       output  field  jump  params     MACs
--------  -------  --------  -----  ----  ------  -------
conv1     conv     20x28x28    5x5     1     520  392,000
relu1     relu     20x28x28    5x5     1       0        0
maxpool1  maxpool  20x14x14    6x6     2       0        0
flatten1  flatten      3920  32x32     -       0        0
linear1   linear         10  32x32     -  39,210   39,200
--------  -------  --------  -----  ----  ------  -------
total                    10               39,730  431,200

output           10
parameters       39,730 (39.7 k); buffers 0
MACs             431,200 (431 k), convention mac: biases not counted
FLOPs            862,400 (862 k), 2 for each MAC
activations      141,160 B (141 kB) written, 125,440 B (125 kB) at the peak (float32)
receptive field  6x6, jump 2, start -2, center 1/2 (maxpool1)
"""
    )


def table(text: str) -> list[list[str]]:
    """The cells of the first two columns of a table, from its rules down."""
    lines = text.splitlines()
    rules = [i for i, line in enumerate(lines) if re.fullmatch(r"-[- ]+-", line)]
    return [re.split(r"  +", line) for line in lines[rules[0] + 1 : rules[1]]]


def test_long_networks_fold_their_blocks() -> None:
    found = table(answer("analyze", "resnet50"))
    names = [row[0] for row in found]
    assert names == [
        *("conv1", "bn1", "relu1", "maxpool1"),
        *(f"bottleneck{i}" for i in range(1, 17)),
        *("gap1", "flatten1", "linear1"),
    ]
    assert found[4][1] == "bottleneck (12)"
    full = json.loads(answer("analyze", "resnet50", "--json"))["layers"]
    block = [row for row in full if row["name"].startswith("bottleneck1.")]
    assert found[4][-2:] == [f"{sum(row[key] for row in block):,}" for key in ("params", "macs")]


def test_all_layers_and_deeper_folds() -> None:
    folded = table(answer("analyze", "resnet50"))
    assert len(table(answer("analyze", "resnet50", "--all"))) == 175
    assert table(answer("analyze", "resnet50", "--depth", "1")) == folded
    # the shortcuts of four bottlenecks, with two layers each, are blocks in blocks
    assert len(table(answer("analyze", "resnet50", "--depth", "2"))) == 175 - 4
    assert len(table(answer("analyze", "lenet5"))) == 10
    assert table(answer("analyze", "lenet5", "--depth", "1")) == table(answer("analyze", "lenet5"))


def test_folds_of_nested_blocks() -> None:
    names = {
        depth: [row[0] for row in table(answer("analyze", "unet", "--depth", str(depth)))]
        for depth in (1, 2)
    }
    assert names[1][:5] == ["down[0]", "down[1]", "down[2]", "down[3]", "double1"]
    assert names[2][:4] == ["down[0].skip", "down[0].maxpool1", "down[1].skip", "down[1].maxpool1"]


def test_batches_and_types_are_named() -> None:
    text = answer("analyze", NET, "--batch", "4", "--dtype", "float16")
    assert (
        "MACs             1,724,800 (1.72 M), convention mac: biases not counted, batch 4" in text
    )
    assert "282,320 B (282 kB) written, 250,880 B (251 kB) at the peak (float16, batch 4)" in text
    assert "at               H=28, W=28" in answer("analyze", "lenet5")


def test_several_inputs_and_outputs_are_named() -> None:
    text = (
        "name: Twin\ninputs: {left: 3x8x8, right: 3x4x4}\nlayers: [from left, a = conv 4 k=3, "
        "from right, b = conv 5 k=3]\noutputs: {wide: a, deep: b}\n"
    )
    shown = answer("analyze", "-", stdin=text)
    assert shown.startswith("Twin: left 3x8x8, right 3x4x4 -> wide 4x6x6, deep 5x2x2\n")
    assert "\noutput           wide 4x6x6, deep 5x2x2\n" in shown


# The zoo.


def test_zoo() -> None:
    text = answer("zoo")
    for name in cnncalc.bundled():
        assert re.search(rf"^{name} ", text, re.MULTILINE)
    found = {row["name"]: row for row in json.loads(answer("zoo", "--json"))}
    assert sorted(found) == cnncalc.bundled()
    assert found["unet"]["params"] == 31_030_658
    assert found["unet"]["inputs"] == {"input": [1, 572, 572]}
    assert found["unet"]["outputs"] == {"output": [2, 388, 388]}
    header, *body = rows(answer("zoo", "-f", "csv"))
    assert header == ["name", "input", "output", "params", "macs", "source"]
    assert [row[0] for row in body] == cnncalc.bundled()
    assert [row[0] for row in markdown(answer("zoo", "-f", "markdown"))[1]] == cnncalc.bundled()


@pytest.mark.parametrize("name", ["unet", "lenet5", "resnet"])
def test_zoo_shows_a_spec_as_it_is(name: str) -> None:
    text = (folder() / f"{name}.yaml").read_text(encoding="utf-8")
    assert answer("zoo", name) == text
    shown = json.loads(answer("zoo", name, "--json"))
    assert (shown["schema"], shown["name"], shown["spec"]) == (1, name, text)
    assert answer("zoo", name, "-f", "markdown") == f"```yaml\n{text}```\n"


@pytest.mark.parametrize("name", ["resnet101", "vgg16", "efficientnet_b3", "vit_b_16"])
def test_zoo_shows_one_of_a_family_as_a_spec_of_its_own(name: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    assert answer("zoo", name, "-o", str(path)) == ""
    ours, theirs = cnncalc.load(path), cnncalc.load(name)
    assert "presets:" not in path.read_text(encoding="utf-8")
    assert (ours.name, ours.source) == (theirs.name, theirs.source)
    assert ours.analyze().to_dict() == theirs.analyze().to_dict()
    assert set(ours.spec.expect) == set(theirs.spec.expect)
    assert unmet(ours) == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("rsnet50", "did you mean 'resnet50'?"),
        ("../pyproject", "`cnncalc zoo` lists them"),
        ("", "`cnncalc zoo` lists them"),
        ("3x8x8 | relu", "`cnncalc zoo` lists them"),
    ],
)
def test_zoo_has_bundled_specs_alone(name: str, hint: str) -> None:
    message = f"error: there is no bundled spec {name!r}\n  hint: {hint}\n"
    assert run("zoo", name) == Result(2, "", message)


# Help.


def test_version() -> None:
    assert answer("--version") == f"cnncalc {cnncalc.__version__}\n"


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help(command: str | None, flag: str) -> None:
    text = answer(*([command] if command else []), flag)
    assert text.startswith(f"Usage: cnncalc {command or '[OPTIONS]'}")
    assert "-h, --help" in text
    if command is None:
        assert list(COMMANDS)[: len(FIRST)] == FIRST
        for name in COMMANDS:
            assert re.search(rf"^  {name}  +\w", text, re.MULTILINE)
    elif command == "check":
        for option in ("--at", "--set", "--output-format", "--output", "--color", "--quiet"):
            assert option in text
    elif command not in ("work", "schema"):  # operations with options; one answer
        no_network = ("prove", "claims", "rules", "quiz", "zoo")
        asked = () if command in no_network else ("--at", "--set")
        for option in (*asked, "--format", "--json", "--output", "--color", "--quiet"):
            assert option in text


def test_every_command_says_what_it_does() -> None:
    for name in COMMANDS:
        command = app.get_command(click.Context(app), name)
        assert command is not None
        assert command.help
        first = command.help.strip().splitlines()[0]
        assert first == COMMANDS[name].does
        assert first.endswith(".")
        assert len(first) < 60


def test_the_list_of_commands_has_sections() -> None:
    text = answer("--help")
    found = re.findall(r"^(\w[^\n]*):\n((?:  \w.*\n)+)", text, re.MULTILINE)
    shown = {title: re.findall(r"^  (\w+)  +\w", body, re.MULTILINE) for title, body in found}
    assert {title: list(section) for title, section in SECTIONS.items()}.items() <= shown.items()


CLAIMS = """
claims: 1
document: A course
items:
  - {id: even, section: "1", says: twice a number is even, check: "2*n % 2 == 0", verdict: proved}
"""


@pytest.mark.parametrize("name", COMMANDS)
def test_the_example_of_a_command_runs(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "verify":
        pytest.importorskip("torch")
        pytest.importorskip("fvcore")
    example = f"cnncalc {name} {COMMANDS[name].example}"
    assert answer(name, "--help").endswith(f"\n  Example:\n    {example}\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "net.yaml").write_text(answer("zoo", "lenet5"))
    (tmp_path / "claims.yaml").write_text(CLAIMS)
    monkeypatch.chdir(tmp_path)
    found = run(*shlex.split(example)[1:])
    assert found.code == 0
    assert "error" not in found.err
    assert found.out or list(tmp_path.glob("*.json"))
    if name == "check":
        assert re.fullmatch(r"1 file, [1-9] expectations checked: nothing found\n", found.out)


def test_asking_for_help_twice_shows_one_example() -> None:
    assert answer("analyze", "--help") == answer("analyze", "--help")
    assert answer("rewrite", "--help").count("Example:") == 1


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("analyse", "Did you mean 'analyze'?"),
        ("param", "Did you mean 'params'?"),
        ("resnet50", "Say what you want to know: cnncalc analyze resnet50"),
        ("3x8x8 | relu", 'Say what you want to know: cnncalc analyze "3x8x8 | relu"'),
        ("xyzzy", "cnncalc --help lists the commands."),
    ],
)
def test_what_is_meant_by_a_word_that_is_no_command(word: str, hint: str) -> None:
    found = run(word)
    assert (found.code, found.out) == (2, "")
    assert found.err.endswith(f"\nError: No such command {word!r}. {hint}\n")


def test_csv_has_all_layers_unless_folding_was_asked_for() -> None:
    automatic = answer("analyze", "resnet18", "-f", "csv").splitlines()
    folded = answer("analyze", "resnet18", "-f", "csv", "--depth", "1").splitlines()
    assert len(automatic) == 69 + 2
    assert len(folded) == 15 + 2
    assert (automatic[0], automatic[-1]) == (folded[0], folded[-1])


def test_total_row_names_every_output(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(
        "input: 3x8x8\nlayers:\n  - a = conv 4 k=3\n  - b = conv 2 k=3\noutputs: [a, b]\n"
    )
    assert "a 4x6x6, b 2x4x4" in answer("analyze", str(path))
