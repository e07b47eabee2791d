"""``cnncalc quiz``: the same bytes each time, what it lists, and what is told about bad requests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commandline import answer, cnncalc, process

from cnncalc.quiz import catalogue


def test_the_same_seed_gives_the_same_bytes() -> None:
    first = process("quiz", "--seed", "7", "-n", "6", "--json", PYTHONHASHSEED="1")
    again = process("quiz", "--seed", "7", "-n", "6", "--json", PYTHONHASHSEED="2")
    assert first == again
    assert first.code == 0
    assert len(json.loads(first.out)["questions"]) == 6


def test_the_usual_sheet_is_the_same_twice() -> None:
    asked = ("quiz", "--seed", "7", "-n", "20")
    first, again = (process(*asked, PYTHONHASHSEED=seed) for seed in ("1", "2"))
    assert first == again
    assert (first.code, first.err) == (0, "")
    assert first.out.splitlines()[0].endswith("quiz, seed 7, variant A")
    assert "\n20. " in first.out
    assert process(*asked, "--variant", "B").out != first.out


def test_a_manifest_rebuilds_the_quiz(tmp_path: Path) -> None:
    path = str(tmp_path / "quiz.json")
    asked = ("quiz", "--seed", "3", "-n", "4", "--variant", "D")
    assert answer(*asked, "-f", "manifest", "-o", path) == ""
    assert answer("quiz", "--manifest", path, "--key") == answer(*asked, "--key")
    assert answer("quiz", "--manifest", path, "--variant", "A") == answer(*asked[:-1], "A")
    changed = json.loads(Path(path).read_text()) | {"sha256": "0"}
    Path(path).write_text(json.dumps(changed))
    assert "not the questions" in cnncalc("quiz", "--manifest", path).err
    assert cnncalc("quiz", "--manifest", path, "-q").err == ""


def test_a_blueprint_says_what_to_ask(tmp_path: Path) -> None:
    path = tmp_path / "exam.yaml"
    path.write_text("topics: {size: 2, params: 1}\ntypes: {numeric: 1, matching: 1, single: 1}\n")
    found = json.loads(answer("quiz", "--blueprint", str(path), "--json"))["questions"]
    assert sorted(one["topic"] for one in found) == ["params", "size", "size"]
    assert sorted(one["type"] for one in found) == ["matching", "numeric", "single"]


def test_lists_all_templates() -> None:
    found = json.loads(answer("quiz", "--list", "--json"))
    assert [one["template"] for one in found] == list(catalogue())
    assert all(one["misconceptions"] and one["difficulty"] for one in found)
    assert "conv-output-size" in answer("quiz", "--list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--topic", "colour"), "there is no 'colour'"),
        (("--topic", "size:x"), "not NAME or NAME:COUNT"),
        (("--type", "single:3", "-n", "2"), "3 questions, not 2"),
        (("--difficulty", "4"), "there is no '4'"),
        (("--variant", "AA"), "a variant is a letter"),
        (("--seed", "-1"), "at least 0"),
        (("-f", "docx"), "unknown format 'docx'"),
        (("--manifest", "nothing.json"), "cannot read nothing.json"),
        (("--blueprint", "nothing.yaml"), "cannot read nothing.yaml"),
        (("-n", "5", "--type", "table", "--topic", "training"), "not enough templates"),
        (("-o", "/nowhere/quiz.txt"), "cannot write"),
        (("--blueprint", "x", "--topic", "rf"), "leave --topic"),
        (("--manifest", "x", "-n", "3"), "everything but the variant"),
    ],
)
def test_bad_requests(arguments: tuple[str, ...], said: str) -> None:
    found = cnncalc("quiz", *arguments)
    assert found.code == 2
    assert found.out == ""
    assert said in found.err
    assert "hint:" in found.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- rf", "1:1: error: a blueprint is a mapping"),
        ("topic: rf", "1:1: error: unknown key 'topic'"),
        ("topics: {rf: many}", "1:14: error: topics: rf must be a number"),
        ("topics: [rf, colour]", "1:14: error: topics: there is no 'colour'"),
        ("questions: few", "1:12: error: questions: must be a number"),
    ],
)
def test_bad_blueprints_are_told_with_their_place(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "exam.yaml"
    path.write_text(text)
    assert said in cnncalc("quiz", "--blueprint", str(path)).err
