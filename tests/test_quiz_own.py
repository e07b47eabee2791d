"""Banks of a teacher's own: what is asked from them, what rebuilds it, and what is told of bad ones."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
from collections import Counter
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from commandline import answer, cnncalc

from cnncalc.errors import CnncalcError
from cnncalc.quiz import bank, blueprint, catalogue, export, like, profiles, quiz, rebuilt
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import FORMATS
from cnncalc.quiz.profiles import measured, profile
from cnncalc.quiz.several import Several

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "docs" / "examples" / "bank.yaml"
ITEMS: list[dict[str, Any]] = yaml.load(EXAMPLE.read_text(encoding="utf-8"), yaml.BaseLoader)[
    "items"
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A copy of the example, in the working directory."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(EXAMPLE, tmp_path / "own.yaml")
    return "own.yaml"


def templates(*asked: str) -> list[str]:
    return [one["template"] for one in json.loads(answer("quiz", "--json", *asked))["questions"]]


# What is asked.


def test_the_documentation_shows_the_example() -> None:
    document = (ROOT / "docs" / "quiz.md").read_text(encoding="utf-8")
    assert f"```yaml\n{EXAMPLE.read_text(encoding='utf-8')}```\n" in document


def test_entries_become_questions() -> None:
    made = {one.id: one for one in bank.load(str(EXAMPLE)).templates}
    assert list(made) == [item["id"] for item in ITEMS]
    for item in ITEMS:
        one = made[item["id"]]
        assert (one.topic, one.type, one.title) == (item["topic"], item["type"], item["asks"])
        assert one.bank == str(EXAMPLE)
    single, judged, matched = (question(made[item["id"]], Seed(3)) for item in ITEMS)
    options = {option.value: option.feedback for option in single.body.options}
    assert options == {
        ITEMS[0]["right"]: "Right.",
        **{one["says"]: f"You {one['mistake']}." for one in ITEMS[0]["wrong"]},
    }
    assert {one.text: one.true for one in judged.body.statements} == {
        one.get("true") or one["false"]: "true" in one for one in ITEMS[1]["statements"]
    }
    assert {pair.left: pair.right for pair in matched.body.pairs} == ITEMS[2]["pairs"]
    assert {*matched.body.choices} - {*ITEMS[2]["pairs"].values()} == {
        ITEMS[2]["others"][0]["says"]
    }
    assert judged.sources == ("Lecture 5 slide 20", "Lecture 5 slide 21")
    assert matched.sources == ()


def test_a_bank_is_added_to_what_is_drawn_from(own: str) -> None:
    mine = {item["id"] for item in ITEMS}
    some = templates("--bank", own, "--topic", "history:2,pooling:3")
    assert {*some} & mine == {"first-convolutional-network", "alexnet-news"}
    assert len({*some} - mine) == 3
    assert {one for seed in "123456" for one in templates("--bank", own, "--topic", "activation",
            "-n", "4", "--seed", seed)} > {"dead-unit"}  # fmt: skip
    assert {*templates("--bank", own, "--only-bank", "-n", "3")} == mine
    assert templates("--bank", own, "--only-bank", "--type", "single", "-n", "1") == [
        "first-convolutional-network"
    ]


def test_several_banks(own: str) -> None:
    text = Path(own).read_text(encoding="utf-8")
    Path("two.yaml").write_text(re.sub(r"(- id: |asks: .)", r"\1two-", text), encoding="utf-8")
    found = templates("--bank", own, "--bank", "two.yaml", "--topic", "history", "-n", "4")
    assert len({*found}) == 4
    assert sum(one.startswith("two-") for one in found) == 2


def test_questions_may_begin_alike(own: str) -> None:
    """Teachers ask "Which of these is right?" more than once; the answers are others."""
    first = _entry("single", _SINGLE)
    second = _entry("single", _SINGLE.replace("right: r", "right: s"), id="y")
    Path(own).write_text(first + second.partition("items:\n")[2])
    for variant in "ABC":
        asked = ("--bank", own, "--only-bank", "-n", "2", "--variant", variant)
        assert {*templates(*asked)} == {"x", "y"}


@pytest.mark.parametrize("banks", [5, [5], [{}], [{"path": "own.yaml"}], {"a": "b"}])
def test_broken_records_of_banks(banks: Any, own: str) -> None:
    made = quiz(blueprint(1, banks=[own], only_banks=True))
    Path("quiz.json").write_text(json.dumps(made.manifest() | {"banks": banks}))
    assert "this is no manifest of a quiz" in cnncalc("quiz", "--manifest", "quiz.json").err


def test_own_questions_are_listed(own: str) -> None:
    found = json.loads(answer("quiz", "--list", "--json", "--bank", own))
    assert [one["template"] for one in found] == [*catalogue(), *(item["id"] for item in ITEMS)]
    assert [one["bank"] for one in found[-4:]] == [None, own, own, own]
    assert found[-1]["misconceptions"] == [ITEMS[2]["others"][0]["mistake"]]
    table = answer("quiz", "--list", "--bank", own, "--only-bank", "--topic", "history")
    assert table.count(own) == 2
    assert "dead-unit" not in table


def test_a_blueprint_names_banks_beside_it(own: str) -> None:
    folder = Path("exam")
    folder.mkdir()
    (folder / "exam.yaml").write_text("topics: {history: 2, rf: 1}\nbank: [../own.yaml]\n")
    found = json.loads(answer("quiz", "--blueprint", "exam/exam.yaml", "--json"))
    assert Counter(one["topic"] for one in found["questions"]) == {"history": 2, "rf": 1}
    assert [one["path"] for one in found["manifest"]["banks"]] == [
        os.path.join("exam", "../own.yaml")
    ]
    (folder / "exam.yaml").write_text("bank: ../own.yaml\n")
    asked = ("--blueprint", "exam/exam.yaml", "-n", "3", "--only-bank")
    assert {*templates(*asked)} == {item["id"] for item in ITEMS}
    (folder / "exam.yaml").write_text("questions: 3\nbank: nothing.yaml\n")
    told = cnncalc("quiz", "--blueprint", "exam/exam.yaml")
    assert told.err.startswith("exam/exam.yaml:2:7: error: cannot read the bank exam/nothing.yaml")
    (folder / "exam.yaml").write_text("bank: {a: b}\n")
    told = cnncalc("quiz", "--blueprint", "exam/exam.yaml")
    assert "exam/exam.yaml:1:7: error: bank: must be a file, or a list of files" in told.err


@pytest.mark.parametrize("format", FORMATS)
def test_own_questions_go_to_every_format(format: str, own: str) -> None:
    made = quiz(blueprint(3, banks=[own], only_banks=True))
    found = export(made, format, key=True)
    other = export(like(made, "B"), format, key=True)
    assert found
    assert found != other
    if isinstance(found, str) and format != "manifest":
        assert "AlexNet" in found


def test_own_questions_are_practised(own: str) -> None:
    asked = ("quiz", "--play", "--bank", own, "--only-bank", "-n", "3", "--progress", "p.json")
    found = answer(*asked, "--today", "2026-01-02", stdin="A\nskip\nskip\nskip\n")
    assert "3 questions: 0 due, 3 new" in found
    assert re.search(r"^\d/3  history, difficulty \d$", found, re.M)
    assert re.search(r"^    history +\S+ of 2$", found, re.M)
    kept = json.loads(Path("p.json").read_text())
    assert {*kept["templates"]} == {item["id"] for item in ITEMS}
    assert "3 due, 0 new" in answer(*asked, "--today", "2026-02-02")
    # Without the bank, what is due of it is passed over.
    assert "1 question: 0 due, 1 new" in answer(
        "quiz", "--play", "-n", "1", "--progress", "p.json", "--today", "2026-02-02"
    )


def test_measurements_of_ours_are_not_taken_for_those_of_an_own_one(
    own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """profiles.json may still have the id of a template that we no longer have."""
    kept = {item["id"]: profiles.Profile((3,), ("forgot everything",)) for item in ITEMS}
    monkeypatch.setattr(profiles, "_kept", lambda: kept)
    for one in bank.load(own).templates:
        assert profile(one) == measured(one) != kept[one.id]


def test_from_python(own: str) -> None:
    wanted = blueprint(topics={"history": 2, "size": 1}, banks=[Path(own)])
    made = quiz(wanted, seed=5)
    assert Counter(one.topic for one in made.questions) == {"history": 2, "size": 1}
    assert [one.path for one in made.banks] == [own]
    assert rebuilt(made.manifest()).questions == made.questions
    other = quiz(wanted, 5, "B").questions
    assert other == like(made, "B").questions == rebuilt(made.manifest(), "B").questions
    (loaded,) = wanted.banks
    assert quiz(blueprint(topics={"history": 2, "size": 1}, banks=[loaded]), 5).questions == (
        made.questions
    )


# Manifests.


@pytest.fixture
def kept(own: str) -> tuple[str, str]:
    """A manifest, and the quiz that it stands for."""
    asked = ("quiz", "--bank", own, "--topic", "history:2,size:1", "--seed", "3")
    assert answer(*asked, "-f", "manifest", "-o", "quiz.json") == ""
    return "quiz.json", answer(*asked, "--key")


def test_a_manifest_rebuilds_what_comes_from_a_bank(own: str, kept: tuple[str, str]) -> None:
    manifest, expected = kept
    assert answer("quiz", "--manifest", manifest, "--key") == expected
    assert answer("quiz", "--manifest", manifest, "--variant", "B") == answer(
        "quiz", "--bank", own, "--topic", "history:2,size:1", "--seed", "3", "--variant", "B"
    )
    digest = sha256(Path(own).read_bytes()).hexdigest()
    assert json.loads(Path(manifest).read_text())["banks"] == [{"path": own, "sha256": digest}]


def test_banks_that_nothing_was_drawn_from_are_not_needed_again(own: str) -> None:
    answer("quiz", "--bank", own, "--topic", "rf:2", "-f", "manifest", "-o", "quiz.json")
    Path(own).unlink()
    assert len(answer("quiz", "--manifest", "quiz.json").splitlines()) > 5


def test_a_manifest_is_refused_whose_bank_has_changed(own: str, kept: tuple[str, str]) -> None:
    with open(own, "a", encoding="utf-8") as file:
        file.write("# a comment\n")
    found = cnncalc("quiz", "--manifest", kept[0])
    assert (found.code, found.out) == (2, "")
    assert "own.yaml has changed since this quiz was made" in found.err
    assert "hint: put the file back as it was (its sha256 was " in found.err


def test_a_bank_may_be_elsewhere_now(own: str, kept: tuple[str, str]) -> None:
    manifest, expected = kept
    Path("old").mkdir()
    Path(own).rename("old/bank.yaml")
    found = cnncalc("quiz", "--manifest", manifest)
    assert (found.code, found.out) == (2, "")
    assert "cannot read the bank own.yaml: No such file or directory" in found.err
    assert "--bank FILE says where" in found.err
    asked = ("quiz", "--manifest", manifest, "--bank", "old/bank.yaml")
    assert answer(*asked, "--key") == expected
    Path("other.yaml").write_text("bank: 1\n")
    told = cnncalc(*asked, "--bank", "other.yaml")
    assert "other.yaml is no bank of this quiz, or has changed" in told.err
    assert "leave the other options out" in cnncalc(*asked, "--only-bank").err


def test_grading_rebuilds_from_a_bank(own: str, kept: tuple[str, str]) -> None:
    """From a manifest; and another variant from a quiz in JSON."""
    manifest, _ = kept
    keys = {}
    for variant in "AB":
        made = rebuilt(json.loads(Path(manifest).read_text()), variant)
        keys[variant] = [one.key for one in made.questions]
    Path("key.json").write_text(answer("quiz", "--manifest", manifest, "--json"))
    with open("answers.csv", "w", newline="") as file:
        rows = [["student", "variant", 1, 2, 3], ["Ada", "A", *keys["A"]], ["Bo", "B", *keys["B"]]]
        csv.writer(file).writerows(rows)

    def shares(*asked: str) -> list[bool]:
        found = json.loads(answer("quiz", "grade", *asked, "answers.csv", "-f", "json"))
        return [one["points"] == one["possible"] for one in found["students"]]

    assert shares(manifest) == shares("key.json") == [True, True]
    Path(own).rename("moved.yaml")
    assert shares(manifest, "--bank", "moved.yaml") == [True, True]
    assert shares("key.json", "--bank", "moved.yaml") == [True, True]
    found = cnncalc("quiz", "grade", manifest, "answers.csv")
    assert "error: cannot read the bank own.yaml" in found.err
    found = cnncalc("quiz", "grade", "key.json", "answers.csv")
    assert (
        "answers.csv:3:4: error: there is no key for variant B, only for A: cannot read"
        in found.err
    )
    assert "--bank FILE says where" in found.err


def test_words_that_look_like_numbers_are_marked_as_words(own: str) -> None:
    """In JSON "0.5" is text; a key that made a number of it did not know the mistake again."""
    Path("own.yaml").write_text(
        _entry(
            "matching",
            "pairs: {half: 0.5, whole: '1'}\n"
            "    others: [{says: '0.50', mistake: took a digit for a difference}]",
        )
    )
    Path("key.json").write_text(answer("quiz", "--bank", own, "--only-bank", "-n", "1", "--json"))
    (asked,) = json.loads(Path("key.json").read_text())["questions"]
    wrong = "ABC"[asked["choices"].index("0.50")]
    Path("answers.csv").write_text(f"student,1\nAda,{wrong}{wrong}\n")
    found = json.loads(answer("quiz", "grade", "key.json", "answers.csv", "-f", "json"))
    assert [one["text"] for one in found["misconceptions"]] == ["took a digit for a difference"]


# What is told of bad files.


def _entry(type: str, rest: str, **changed: str) -> str:
    """A file with one question; ``changed`` keys of it, left out where empty."""
    keys = {"id": "x", "topic": "training", "type": type, "asks": '"Why?"', "because": '"So."'}
    lines = [f"{key}: {value}" for key, value in (keys | changed).items() if value]
    return "bank: 1\nitems:\n  - " + "\n    ".join([*lines, rest]) + "\n"


_WRONG = (
    "wrong: [{says: a, mistake: took a}, {says: b, mistake: took b}, {says: c, mistake: took c}]"
)
_SINGLE = f"right: r\n    {_WRONG}"
_JUDGED = "statements: [{true: a}, {false: b, mistake: took b}]"
_PAIRS = "pairs: {a: b, c: d}"

BAD = {
    "empty": ("", "1:1: error: the bank is empty"),
    "only a comment": ("# mine\n", "1:1: error: the bank is empty"),
    "a list": ("- a\n", "1:1: error: a bank of questions must be a mapping of keys to values, got a list"),
    "no version": ("items: []\n", "1:1: error: bank: is missing"),
    "another version": ("bank: 2\n", "1:7: error: this is version 1 of the format, the file says '2'"),
    "no items": ("bank: 1\n", "1:1: error: items: is missing"),
    "empty items": ("bank: 1\nitems: []\n", "2:8: error: items: must be a list, got an empty one"),
    "items of a mapping": ("bank: 1\nitems: {a: b}\n", "2:8: error: items: must be a list, got a mapping"),
    "an item that is none": ("bank: 1\nitems: [a]\n", "2:9: error: a question must be a mapping of keys to values, got 'a'"),
    "unknown key above": (_entry("single", _SINGLE).replace("items", "itmes"), "2:1: error: unknown key 'itmes' in a bank"),
    "no YAML": ("bank: 1\nitems:\n  - id: a\n   b: c\n", "4:4: error: not YAML"),
    "a key twice": (_entry("single", f"{_SINGLE}\n    right: q"), "10:5: error: the key 'right' is given twice"),
    "two documents": (_entry("single", _SINGLE) + "---\na: b\n", "10:1: error: a second document in one file"),
    "unknown key": (_entry("single", _SINGLE.replace("right", "rihgt")), "8:5: error: unknown key 'rihgt' in a question"),
    "key of another type": (_entry("single", f"{_SINGLE}\n    show: 4"), "10:5: error: a question of type single has no show:"),
    "no id": (_entry("single", _SINGLE, id=""), "3:5: error: id: is missing"),
    "bad id": (_entry("single", _SINGLE, id="My id"), "3:9: error: 'My id' is no id"),
    "id of ours": (_entry("single", _SINGLE, id="stack-rf"), "3:9: error: the id 'stack-rf' is taken: cnncalc has it"),
    "id twice": (
        _entry("single", _SINGLE) + _entry("single", _SINGLE).partition("items:\n")[2],
        "10:9: error: the id 'x' is taken: line 3 has it",
    ),
    "unknown type": (_entry("essay", _SINGLE), "5:11: error: type: there is no 'essay' in a bank"),
    "no type": (_entry("", _SINGLE), "3:5: error: type: is missing"),
    "type of templates": (_entry("numeric", _SINGLE), "5:11: error: type: there is no 'numeric' in a bank"),
    "unknown topic": (_entry("single", _SINGLE, topic="trainign"), "4:12: error: topic: there is no 'trainign'"),
    "no topic": (_entry("single", _SINGLE, topic=""), "3:5: error: topic: is missing"),
    "topic of ours above": ("bank: 1\ntopics: [rf]\nitems: [a]\n", "2:10: error: 'rf' is a topic already"),
    "bad topic above": ('bank: 1\ntopics: ["a:2"]\nitems: [a]\n', "2:11: error: 'a:2' is no name of a topic"),
    "no question": (_entry("single", _SINGLE, asks=""), "3:5: error: asks: is missing"),
    "empty question": (_entry("single", _SINGLE, asks='" "'), "6:12: error: asks: is empty"),
    "open code": (_entry("single", _SINGLE, asks='"What is `conv 8?"'), "6:12: error: asks: a ` is not closed"),
    "no explanation": (_entry("single", _SINGLE, because=""), "3:5: error: because: is missing"),
    "empty sources": (_entry("single", _SINGLE, source="[]"), "8:13: error: source: must be a list, got an empty one"),
    "a title of lists": (_entry("single", _SINGLE, title="[a]"), "8:12: error: title: must be a single value, got a list"),
    "no right answer": (_entry("single", _WRONG), "3:5: error: right: is missing"),
    "right is a mapping": (_entry("single", f"right: {{a: b}}\n    {_WRONG}"), "8:12: error: right: must be a single value, got a mapping"),
    "no wrong answers": (_entry("single", "right: r"), "3:5: error: wrong: is missing"),
    "too few wrong answers": (
        _entry("single", "right: r\n    wrong: [{says: a, mistake: took a}]"),
        "9:12: error: a single choice needs at least three wrong answers, got 1",
    ),
    "right among the wrong": (_entry("single", _SINGLE.replace("right: r", "right: b")), "9:48: error: the answer 'b' stands twice"),
    "a wrong answer twice": (_entry("single", _SINGLE.replace("says: c", "says: a")), "9:76: error: the answer 'a' stands twice"),
    "no feedback": (_entry("single", _SINGLE.replace(", mistake: took b", "")), "9:41: error: mistake: is missing"),
    "feedback with You": (_entry("single", _SINGLE.replace("took b", "You took b")), "9:60: error: mistake: 'You took b' does not continue"),
    "feedback with a stop": (_entry("single", _SINGLE.replace("took b", "took b.")), "9:60: error: mistake: 'took b.' does not continue"),
    "feedback of signs": (_entry("single", _SINGLE.replace("took b", '"?!"')), "9:61: error: mistake: '?!' does not continue"),
    "a wrong answer of a word": (_entry("single", _SINGLE.replace("{says: b, mistake: took b}", "b")), "9:41: error: each of wrong: must be a mapping"),
    "all true": (_entry("truefalse", _JUDGED.replace("false: b", "true: b")), "8:17: error: some statements must be true, and some false; all are true"),
    "true and false": (_entry("truefalse", _JUDGED.replace("true: a", "true: a, false: c")), "8:28: error: a statement is true: or false:, got both"),
    "neither": (_entry("truefalse", _JUDGED.replace("true: a", "mistake: took a")), "8:18: error: a statement is true: or false:, got none of them"),
    "a statement twice": (_entry("truefalse", _JUDGED.replace("false: b", "false: a")), "8:37: error: the statement 'a' stands twice"),
    "false without a mistake": (_entry("truefalse", "statements: [{true: a}, {false: b}]"), "8:37: error: a false statement has a mistake"),
    "show too many": (_entry("truefalse", f"{_JUDGED}\n    show: 3"), "9:11: error: show: must be a number from 2 to 2, got '3'"),
    "show a word": (_entry("truefalse", f"{_JUDGED}\n    show: all"), "9:11: error: show: must be a number from 2 to 2, got 'all'"),
    "one pair": (_entry("matching", "pairs: {a: b}"), "8:12: error: a matching needs at least two pairs, got 1"),
    "a list of pairs": (_entry("matching", "pairs: [a]"), "8:12: error: pairs: must be a mapping of keys to values, got a list"),
    "half a pair": (_entry("matching", "pairs: {a: , c: d}"), "8:16: error: what goes with 'a' is empty"),
    "a right side twice": (_entry("matching", "pairs: {a: b, c: b}"), "8:22: error: the right side 'b' stands twice"),
    "a right side among the others": (
        _entry("matching", f"{_PAIRS}\n    others: [{{says: d, mistake: took d}}]"),
        "9:21: error: the right side 'd' stands twice",
    ),
    "more others than letters": (
        _entry("matching", f"{_PAIRS}\n    others: [" + ", ".join(f"{{says: o{i}, mistake: took it}}" for i in range(25)) + "]"),
        "9:13: error: at most 24 others have letters beside two pairs, got 25",
    ),
    "nested": ("bank: 1\nitems: " + "[" * 99, "error: YAML nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=list(BAD))
def test_bad_banks_are_told_with_their_place(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_text(text, encoding="utf-8")
    found = cnncalc("quiz", "--bank", "own.yaml")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("own.yaml:"), found.err
    assert said in found.err
    assert found.err.count("error: ") == 1, (
        "a mistake is told once, and nothing that follows from it"
    )
    assert "  hint: " in found.err
    assert "--limit" not in found.err


def test_what_is_meant_well_is_read() -> None:
    """The texts that the bad ones are made from."""
    for type, rest in (("single", _SINGLE), ("truefalse", _JUDGED), ("matching", _PAIRS)):
        (one,) = bank.parse(_entry(type, rest))
        assert question(one, Seed(1)).type == type
        assert one.sources == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"bank: 1 # \xe4\n", "own.yaml:1:11: error: the byte 0xe4 is not UTF-8"),
        ("# ä\nbank: 1 # ".encode() + b"\xff\n", "own.yaml:2:11: error: the byte 0xff is not UTF-8"),
        (b"\x7fELF\x00\x01\xff", "the bank own.yaml is no text in UTF-8: it has zero bytes"),
        ("bank: 1\n".encode("utf-16"), "the bank own.yaml is no text in UTF-8: it has zero bytes"),
        (b"a: \x07\n", "own.yaml:1:4: error: not YAML: the character '\\x07' is not allowed"),
        (b"- a\n" * 200_000, "own.yaml:100000:3: error: too many YAML values"),
        (b" " * 1_000_001, "the bank own.yaml has more than 1,000,000 bytes"),
    ],
)  # fmt: skip
def test_what_is_no_text_is_told(
    data: bytes, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_bytes(data)
    found = cnncalc("quiz", "--bank", "own.yaml")
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert "hint: " in found.err
    assert "--limit" not in found.err


def test_a_bank_with_the_mark_of_windows_is_read(own: str) -> None:
    text = Path(own).read_text(encoding="utf-8")
    Path("windows.yaml").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    asked = ("--only-bank", "-n", "3", "--seed", "2")
    assert answer("quiz", "--bank", "windows.yaml", *asked) == answer("quiz", "--bank", own, *asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--bank", "nothing.yaml"), "cannot read the bank nothing.yaml: No such file or directory"),
        (("--bank", "."), "cannot read the bank .: Is a directory"),
        (("--bank", "own.yaml", "--bank", "own.yaml"), "the bank own.yaml is given twice"),
        (("--bank", "own.yaml", "--bank", "./own.yaml"), "the bank ./own.yaml is given twice, as own.yaml"),
        (("--bank", "own.yaml", "--bank", "more.yaml"), "more.yaml:5:9: error: the id 'first-convolutional-network' is taken: own.yaml has it"),
        (("--only-bank",), "no bank is given"),
        (("--topic", "history"), "there is no 'history'"),
        (("--bank", "own.yaml", "--topic", "histroy"), "did you mean 'history'?"),
        (("--bank", "own.yaml", "--only-bank", "-n", "4"), "only 3 of 4 questions"),
        (("--bank", "own.yaml", "--topic", "history:3"), "none is left with topic history"),
    ],
)  # fmt: skip
def test_bad_requests(asked: tuple[str, ...], said: str, own: str) -> None:
    text = Path(own).read_text(encoding="utf-8")
    Path("more.yaml").write_text(f"{text}# more\n", encoding="utf-8")
    found = cnncalc("quiz", *asked)
    assert (found.code, found.out) == (2, "")
    assert said in found.err
    assert "hint: " in found.err


def test_everything_wrong_is_told_in_the_order_of_the_file() -> None:
    text = _entry(
        "single", "right: r\n    wrong: [{says: a}, {says: a, mistake: You.}]", id="X", topic="y"
    )
    with pytest.raises(Several) as found:
        bank.parse(text + "  - a\n", "own.yaml")
    places = [re.match(r"own.yaml:(\d+):(\d+): ", str(one)) for one in found.value.problems]
    lines = [(int(at[1]), int(at[2])) for at in places if at]
    assert lines == sorted(lines)
    assert [line for line, _ in lines] == [3, 4, 9, 9, 9, 10]


def test_very_many_mistakes_are_cut_short() -> None:
    entry = _entry("single", _SINGLE).partition("items:\n")[2]
    with pytest.raises(Several, match="and 180 errors more"):
        bank.parse("bank: 1\nitems:\n" + entry * 300, "own.yaml")


def test_what_is_typed_wrongly_never_crashes(own: str) -> None:
    """The example with a few random changes: it is read, or its mistakes have places."""
    text = Path(own).read_text(encoding="utf-8")
    random = Random(8)
    outcomes: Counter[bool] = Counter()
    for _ in range(300):
        changed = text
        for _ in range(random.randint(1, 3)):
            at = random.randrange(len(changed))
            end = at + random.choice([0, 1, 1, 5, 40])
            changed = changed[:at] + random.choice(["", "", "x", ":", "- ", "\n", '"', "`", "{", "\t", "[]"]) + changed[end:]  # fmt: skip
        try:
            found = bank.parse(changed, "own.yaml")
        except CnncalcError as error:
            told = error.problems if isinstance(error, Several) else [error]
            assert all(one.at and one.hint for one in told)
            outcomes[False] += 1
        else:
            assert all(question(one, Seed(1)).template == one.id for one in found)
            outcomes[True] += 1
    assert min(outcomes.values()) > 30


def test_ours_go_through_the_same_reader() -> None:
    path = next(Path(bank.__file__).parent.glob("*.yaml"))
    text = path.read_text(encoding="utf-8")
    assert {one.bank for one in bank.templates()} == {""}
    assert {one.id for one in bank.parse(text)} <= {*catalogue()}
    with pytest.raises(CnncalcError, match="does not continue"):
        bank.parse(text.replace('mistake: "took', 'mistake: "You took', 1))


# Points and topics.


@pytest.mark.parametrize("format", ["text", "markdown", "latex"])
def test_sheets_say_what_questions_are_worth(format: str, own: str) -> None:
    made = quiz(blueprint(9, banks=[own]), seed=4)
    text = export(made, format)
    assert isinstance(text, str)
    worth = [one.difficulty for one in made.questions]
    assert {*worth} > {1, 2}
    shown = {
        "text": r"^\d+\. +\((\d) points?\) ",
        "markdown": r"^## \d+ \((\d) points?\)$",
        "latex": r"^\\question\[(\d)\]$",
    }[format]
    assert list(map(int, re.findall(shown, text, re.M))) == worth
    if format != "latex":  # which counts them itself
        assert f"\n9 questions, {sum(worth)} points\n" in text
        assert "(1 point)" in text


def test_a_question_that_begins_with_code_has_its_number() -> None:
    (one,) = bank.parse(_entry("single", _SINGLE, asks='"`a = 1`\\n\\nWhat?"'))
    text = export(Quiz(1, "A", (question(one, Seed(1)),)), "text")
    assert "\n1.  (1 point)\n\n    a = 1\n\n    What?\n" in text


def test_grading_says_the_marks_by_topic() -> None:
    files = [str(ROOT / "docs" / "practice" / name) for name in ("key-A.json", "key-B.json", "answers.csv")]  # fmt: skip
    found = json.loads(answer("quiz", "grade", *files, "-q", "-f", "json"))
    table = answer("quiz", "grade", *files, "-q", "--by", "topic", "-f", "csv")
    rows = {row["topic"]: row for row in csv.DictReader(table.splitlines())}
    words = {
        "size": "output size",
        "params": "parameters",
        "computation": "small computations by hand",
    }
    assert [one["topic"] for one in found["topics"]] == [*words]
    for topic in found["topics"]:
        marks = {one["student"]: one["topics"][topic["topic"]] for one in found["students"]}
        shares = {name: Fraction(mark["points"]) / mark["possible"] for name, mark in marks.items()}
        row = rows[words[topic["topic"]]]
        asked = [one for one in found["questions"] if one["topic"] == topic["topic"]]
        assert int(row["questions"]) == topic["questions"] == len(asked)
        assert int(row["possible"]) == topic["possible"] == sum(one["points"] for one in asked)
        assert float(row["percent"]) == pytest.approx(
            float(100 * sum(shares.values()) / len(shares)), abs=0.5
        )
        low = {name for name, share in shares.items() if share < 0.495}
        assert {*re.findall(r"[A-Z][a-z]+", row["who"] or "")} == low
    assert "\nTopics\n" in answer("quiz", "grade", *files, "-q")
