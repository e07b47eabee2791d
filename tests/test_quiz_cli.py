"""``cnncalc quiz``: the same bytes each time, what it lists, and what is told about bad requests."""

from __future__ import annotations

import json
from collections import Counter
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


def test_lists_the_templates_that_are_asked_for(tmp_path: Path) -> None:
    def ids(*asked: str) -> list[str]:
        return [one["template"] for one in json.loads(answer("quiz", "--list", "--json", *asked))]

    assert ids("--topic", "memory,macs") == [
        one.id for one in catalogue().values() if one.topic in ("memory", "macs")
    ]
    assert ids("--topic", "rf", "--type", "table") == ["rf-table"]
    easy, all_of_it = ids("--topic", "rf", "--difficulty", "1"), ids("--topic", "rf")
    assert 0 < len(easy) < len(all_of_it)
    path = tmp_path / "exam.yaml"
    path.write_text("topics: {memory: 2}")
    assert ids("--blueprint", str(path)) == ids("--topic", "memory")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("quiz.html", "<!DOCTYPE html>"),
        ("QUIZ.TEX", "%"),
        ("quiz.json", "{"),
        ("quiz.xml", "<?xml"),
        ("quiz.zip", "PK"),
        ("quiz.txt", "cnncalc"),
        ("quiz", "cnncalc"),
    ],
)
def test_the_suffix_of_a_file_says_its_format(name: str, start: str, tmp_path: Path) -> None:
    path = tmp_path / name
    assert answer("quiz", "-n", "1", "--topic", "training", "-o", str(path)) == ""
    assert path.read_bytes().startswith(start.encode())
    assert answer("quiz", "-n", "1", "-f", "anki", "-o", str(path)) == ""
    assert path.read_text().startswith("#separator:tab")


def test_the_blueprint_of_the_documentation_is_met(tmp_path: Path) -> None:
    document = (Path(__file__).parent.parent / "docs/quiz.md").read_text(encoding="utf-8")
    text = document.partition("```yaml\n")[2].partition("```")[0]
    assert text.startswith("questions: 8\n")
    path = tmp_path / "exam.yaml"
    path.write_text(text)
    found = json.loads(answer("quiz", "--blueprint", str(path), "--json"))["questions"]
    types = Counter(one["type"] for one in found)
    assert (types["single"], types["numeric"], types["table"] + types["truefalse"]) == (4, 2, 2)
    assert Counter(one["topic"] for one in found) == {"size": 5, "params": 3}
    assert {one["difficulty"] for one in found} == {2, 3}


def test_counts_may_be_left_open_in_a_blueprint(tmp_path: Path) -> None:
    path = tmp_path / "exam.yaml"
    path.write_text("questions: 6\ntypes: {single: 3, numeric: 2, matching: any, table: any}\n")
    found = json.loads(answer("quiz", "--blueprint", str(path), "--json"))["questions"]
    types = [one["type"] for one in found]
    assert (types.count("single"), types.count("numeric")) == (3, 2)
    assert {*types} - {"single", "numeric"} <= {"matching", "table"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--topic", "colour"), "there is no 'colour'"),
        (("--topic", "rf,size", "--topic", "size:3"), "size is given twice"),
        (("--topic", "size:x"), "not NAME or NAME:COUNT"),
        (("--type", "single:3", "-n", "2"), "3 questions, not 2"),
        (("--difficulty", "4"), "there is no '4'"),
        (("--variant", "AA"), "a variant is a letter"),
        (("--seed", "-1"), "at least 0"),
        (("-f", "docx"), "unknown format 'docx'"),
        (("--manifest", "nothing.json"), "cannot read nothing.json"),
        (("--blueprint", "nothing.yaml"), "cannot read nothing.yaml"),
        (("-n", "5", "--type", "table", "--topic", "training"), "not enough templates"),
        (("--topic", "training:9", "--type", "single"), "then none is left with topic training"),
        (("-n", "4", "--type", "single:3"), "add what the others may be, as in truefalse\n"),
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
        ("topics: {rf: many}", "1:14: error: topics: rf must be a whole number, or any"),
        ("topics: [rf, colour]", "1:14: error: topics: there is no 'colour'"),
        ("questions: few", "1:12: error: questions: must be a whole number from 1 to 500"),
        ("questions: 0", "1:1: error: a quiz has 1 to 500 questions"),
        (
            "questions: 4\ntopics: {rf: 5}",
            "2:1: error: the counts of topics add up to 5 questions, not 4",
        ),
        ("questions: 4\ntypes: {single: 3}", "add what the others may be, as in truefalse: any"),
        ("\n", "1:1: error: the blueprint is empty"),
    ],
)
def test_bad_blueprints_are_told_with_their_place(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "exam.yaml"
    path.write_text(text)
    assert said in cnncalc("quiz", "--blueprint", str(path)).err
