"""Practice at the terminal: what is typed, what is told, what is kept, and what is asked again."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import practice_files
import pytest
from commandline import COMMAND, Result, cnncalc, environment, interruptible, process
from console import output
from quiz_samples import awkward, usual

from cnncalc import quiz
from cnncalc.errors import UsageError
from cnncalc.quiz import blueprint, catalogue, mark
from cnncalc.quiz.answering import form, right, unreadable
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.marking import Mark
from cnncalc.quiz.model import TYPES, Question, Single, Symbolic
from cnncalc.quiz.practice import Progress, by_need, load, path, play, save
from cnncalc.quiz.practice.progress import DAYS, Item

TODAY = date(2026, 10, 1)


class Typist:
    """A screen whose lines are given."""

    def __init__(self, *lines: str, width: int = 98, waits: bool = False) -> None:
        self.lines = list(lines)
        self.width, self.waits = width, waits
        self.said: list[tuple[str, str]] = []

    def say(self, text: str = "", role: str = "") -> None:
        self.said.append((text, role))

    def read(self, prompt: str) -> str:
        self.said.append((prompt, ""))
        if not self.lines:
            raise EOFError
        found = self.lines.pop(0)
        if found == "^C":
            raise KeyboardInterrupt
        return found

    @property
    def text(self) -> str:
        return "\n".join(text for text, _ in self.said)


def of_type(type: str) -> Question:
    return next(one for one in usual().questions if one.type == type)


def session(*lines: str, of: tuple[Question, ...], **screen: object) -> tuple[Typist, object]:
    typist = Typist(*lines, **screen)  # type: ignore[arg-type]
    return typist, play(of, typist, lambda question, mark: None)


# Answers.


@pytest.mark.parametrize("one", [*usual().questions, *awkward().questions], ids=lambda one: one.id)
def test_keys_can_be_read_and_typed(one: Question) -> None:
    assert unreadable(one.body, one.key) is None
    assert form(one.body)
    assert right(one.body)
    for bad in ("", "?", "A; B; %", "T" * 40, "1;" * 40, "1/9C", f"{one.key}{one.key[-1]}?"):
        assert unreadable(one.body, bad), bad
        assert mark(one, bad) == Mark(Fraction(0)), bad


def rewritten(one: Question) -> list[str]:
    """Its key as people write it."""
    key = one.key
    if one.body.type == "single":
        return [key.lower(), f"{key})", f"({key})", f" {key}."]
    if one.body.type == "truefalse":
        words = ["True" if letter == "T" else "false" for letter in key]
        return [", ".join(words), " ".join(words), "; ".join(key), key.lower()]
    if one.body.type == "matching":
        return [", ".join(key), "/".join(key), key.lower(), " ".join(f"{x})" for x in key)]
    if one.body.type == "table":
        plain = key.replace(",", "")
        return [plain.replace(";", ","), plain.replace(";", ""), key.replace(";", ",")]
    if one.body.type == "numeric":
        return [f"x = {key}", key.replace(",", " "), key.replace("-", "−")]
    return [key.replace("**", "^"), key.replace("*C", "C"), key.lower(), key.replace("**2", "²")]


@pytest.mark.parametrize("one", usual().questions, ids=lambda one: one.id)
def test_answers_may_be_written_in_several_ways(one: Question) -> None:
    for text in rewritten(one):
        assert unreadable(one.body, text) is None, text
        assert mark(one, text).right, text


@pytest.mark.parametrize(
    ("type", "answer", "said"),
    [
        ("single", "Z", "'Z' is no letter from A to"),
        ("truefalse", "TFX", "'X' is not one of T, F"),
        ("truefalse", "T", "'T' has no letter for each of the"),
        ("numeric", "twelve", "'twelve' is no number"),
        ("matching", "%", "'%' is not one of A, B"),
        ("table", "1", "'1' are not"),
        ("symbolic", "1/9C", "write * between factors"),
        ("symbolic", "9*Q", "'Q' is not known here, only C"),
        ("symbolic", "params('resnet50')", "is not known here"),
        ("symbolic", "C == C", "a comparison"),
        ("symbolic", "()", "a list"),
        ("symbolic", "(C, C)", "a list"),
    ],
)
def test_what_cannot_be_read_is_asked_again(type: str, answer: str, said: str) -> None:
    one = of_type(type)
    typist, score = session(answer, one.key, of=(one,))
    assert said in re.sub(r"\s+", " ", typist.text)
    assert [found.right for _, found in score.marks] == [True]  # type: ignore[attr-defined]


@pytest.mark.parametrize("type", TYPES)
def test_every_type_is_answered_and_its_misconceptions_are_named(type: str) -> None:
    one = of_type(type)
    wrong = next(one.body.wrongs())
    body = one.body
    answers = {
        "single": lambda: "ABCDE"[
            next(i for i, o in enumerate(body.options) if o.wrong == wrong)  # type: ignore[union-attr]
        ].lower(),
        "truefalse": lambda: "".join("TF"[letter == "T"] for letter in one.key).lower(),
        "numeric": lambda: str(wrong.value),
        "matching": lambda: "ABCDEFGH"[body.choices.index(str(wrong.value))] * len(one.key),  # type: ignore[union-attr]
        "table": lambda: "; ".join(
            str(gap.wrong[0].value if gap.wrong else 0) for gap in body.gaps
        ),  # type: ignore[union-attr]
        "symbolic": lambda: str(wrong.value).replace("**", "^"),
    }
    typist, score = session(answers[type](), of=(one,))
    text = re.sub(r"\s+", " ", typist.text)
    assert wrong.feedback in text
    assert f"The answer: {right(one.body)}" in text
    assert "Look again at these:" in text
    assert score.shown()[0][1] >= 1  # type: ignore[attr-defined]


def test_formulas_are_told_in_their_letters() -> None:
    one = of_type("symbolic")
    assert isinstance(one.body, Symbolic)
    typist, _ = session("C + C", of=(one,))
    assert "**" not in typist.text.partition("The answer:")[2]


# A session.


def test_the_working_is_shown_when_asked_for() -> None:
    one, other = of_type("single"), of_type("numeric")
    typist, _ = session("why", one.key, "why", "skip", "why", of=(one, other))
    assert "The working follows the answer" in typist.text
    working = one.to_dict()["solution"]
    assert all(line.strip() in typist.text for line in working if len(line) < 80)
    assert f"Left out. The answer: {right(other.body)}" in typist.text
    assert all(
        line.strip() in typist.text for line in other.to_dict()["solution"] if len(line) < 80
    )


def test_who_sits_there_is_waited_for() -> None:
    one, other = of_type("single"), of_type("numeric")
    typist, score = session(one.key, "why", "", other.key, "", of=(one, other), waits=True)
    assert typist.text.count("why shows the working") == 3
    assert len(score.marks) == 2  # type: ignore[attr-defined]
    assert typist.lines == []


@pytest.mark.parametrize("end", ["quit", "exit", "^C", None])
def test_an_early_end_prints_the_score(end: str | None) -> None:
    one, other = of_type("single"), of_type("numeric")
    typist, score = session(*[one.key, end][: 1 + bool(end)], of=(one, other))
    assert "Score: 1 of 1, 100 %" in typist.text
    assert score.interrupted == (end == "^C")  # type: ignore[attr-defined]


def test_the_score_is_by_topic() -> None:
    first, *rest = usual().questions
    typist, score = session(first.key, *["skip"] * len(rest), of=usual().questions)
    counts = {topic: count for topic, (_, count) in score.by_topic().items()}  # type: ignore[attr-defined]
    assert sum(counts.values()) == len(usual().questions)
    assert f"Score: 1 of {len(usual().questions)}" in typist.text
    assert list(score.by_topic()) != []  # type: ignore[attr-defined]


def test_partly_right_answers_are_told_so() -> None:
    one = of_type("truefalse")
    letters = one.key
    typist, _ = session("TF"[letters[0] == "T"] + letters[1:], of=(one,))
    assert re.search(r"Partly right, \d\d %\.", typist.text)


@pytest.mark.parametrize("width", [20, 40, 60])
def test_narrow_terminals_are_not_overrun(width: int) -> None:
    lines = [line for one in usual().questions for line in ("help", one.key, "why")]
    typist, _ = session(*lines, of=usual().questions, width=width)
    words = [line for text, _ in typist.said for line in text.split("\n")]
    assert all(
        len(line) <= width for line in words if " " in line.strip() and not line.endswith(": ")
    )


# Progress.


def after(*marks: tuple[Fraction | int, date], template: str = "conv-output-size") -> Item:
    one = question(catalogue()[template], Seed(1))
    progress = Progress()
    for score, day in marks:
        progress = progress.after(one, Mark(Fraction(score)), day)
    return progress.templates[template]


def test_boxes_are_climbed_when_due_and_left_at_once() -> None:
    day, item = TODAY, after((1, TODAY))
    assert (item.box, item.due) == (2, TODAY + timedelta(DAYS[1]))
    assert after((1, TODAY), (1, TODAY)).box == 2  # not due: nothing learned
    marks: list[tuple[Fraction | int, date]] = []
    for _ in range(6):
        marks.append((1, day))
        day = after(*marks).due
    assert after(*marks).box == len(DAYS)
    fallen = after(*marks, (Fraction(1, 2), day))
    assert (fallen.box, fallen.due, fallen.seen, fallen.right) == (1, day, 7, 6)


def believer() -> tuple[Progress, Question, str]:
    """Someone who has just shown a misconception."""
    one = question(catalogue()["conv-output-size"], Seed(1))
    assert isinstance(one.body, Single)
    letter, wrong = next(
        (letter, option.wrong) for letter, option in zip("ABCDE", one.body.options) if option.wrong
    )
    return Progress().after(one, mark(one, letter), TODAY), one, wrong.misconception


def test_misconceptions_are_kept_until_they_stay_away() -> None:
    progress, one, name = believer()
    item = progress.misconceptions[name]
    assert (item.box, item.templates) == (1, ("conv-output-size",))
    assert progress.needs(TODAY) == {"conv-output-size": (1, TODAY)}
    assert progress.believed("conv-output-size", TODAY) == [name]
    better = progress.after(one, mark(one, one.key), TODAY)
    assert better.misconceptions[name].box == 2
    assert better.believed("conv-output-size", TODAY) == []
    worse = better.after(one, mark(one, "?"), TODAY)
    assert worse.misconceptions[name].box == 2  # it did not show, and was not overcome


def test_what_is_due_comes_first_with_a_chance_to_show_it() -> None:
    progress, _, name = believer()
    found = by_need(blueprint(5), progress, TODAY)
    assert found[0].template == "conv-output-size"
    assert name in {wrong.misconception for wrong in found[0].body.wrongs()}
    assert [one.number for one in found] == [1, 2, 3, 4, 5]
    assert len({one.template for one in found}) == 5


def test_what_is_not_due_comes_last() -> None:
    wanted = blueprint(3, topics={"params": 3}, types={"single": 3})
    fitting = [one for one in catalogue().values() if (one.topic, one.type) == ("params", "single")]
    known = fitting[0]
    progress = Progress().after(question(known, Seed(1)), Mark(Fraction(1)), TODAY)
    soon = by_need(wanted, progress, TODAY)
    later = by_need(wanted, progress, TODAY + timedelta(1))
    assert later[0].template == known.id
    assert soon[0].template != known.id


def test_practice_is_the_same_for_the_same_progress_and_day() -> None:
    progress, _, _ = believer()
    first, again, other = (
        [one.to_dict() for one in by_need(blueprint(4), progress, day)]
        for day in (TODAY, TODAY, TODAY + timedelta(1))
    )
    assert first == again
    assert first != other


def test_progress_is_kept_in_a_file(tmp_path: Path) -> None:
    file = str(tmp_path / "new" / "folder" / "progress.json")
    assert load(file) == Progress()
    progress, _, _ = believer()
    save(progress, file)
    assert load(file) == progress
    assert os.listdir(tmp_path / "new" / "folder") == ["progress.json"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"progress": 2}', '{"progress": 1, "answered": 1, "templates": {"a": {}}}',
     '{"progress": 1, "answered": 0, "misconceptions": {}, "templates": {"a": {"box": 9}}}',
     "[" * 100_000],
)  # fmt: skip
def test_other_files_are_left_alone(text: str, tmp_path: Path) -> None:
    file = tmp_path / "progress.json"
    file.write_text(text)
    with pytest.raises(UsageError, match="no progress of practice"):
        load(str(file))
    assert file.read_text() == text


def test_progress_has_its_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CNNCALC_PROGRESS", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    assert path() == str(tmp_path / ".local" / "share" / "cnncalc" / "progress.json")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert path() == str(tmp_path / "data" / "cnncalc" / "progress.json")
    monkeypatch.setenv("CNNCALC_PROGRESS", "mine.json")
    assert path() == "mine.json"


# The command.


def played(*arguments: str, stdin: str = "") -> Result:
    return cnncalc("quiz", "--play", "--today", "2026-10-01", *arguments, stdin=stdin)


def test_answers_by_line(tmp_path: Path) -> None:
    asked = quiz.quiz(blueprint(4), 7)
    file = str(tmp_path / "p.json")
    lines = "\n".join(one.key for one in asked.questions)
    found = played("--seed", "7", "-n", "4", "--progress", file, stdin=lines)
    assert (found.code, found.err) == (0, "")
    assert "4 questions: 0 due, 4 new" in found.out
    assert "Score: 4 of 4, 100 %" in found.out
    assert "\x1b" not in found.out
    assert load(file).answered == 4
    assert {one.template for one in asked.questions} == {*load(file).templates}


def test_a_manifest_is_played(tmp_path: Path) -> None:
    file = str(tmp_path / "q.json")
    cnncalc("quiz", "--seed", "5", "-n", "2", "-f", "manifest", "-o", file)
    key = "\n".join(one.key for one in quiz.quiz(blueprint(2), 5, "B").questions)
    found = played("--manifest", file, "--variant", "B", "--no-progress", "-q", stdin=key)
    assert "Score: 2 of 2" in found.out


def test_no_progress_keeps_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CNNCALC_PROGRESS", str(tmp_path / "p.json"))
    assert played("-n", "1", "--no-progress", stdin="skip\n").code == 0
    assert os.listdir(tmp_path) == []
    assert played("-n", "1", stdin="skip\n").code == 0
    assert os.listdir(tmp_path) == ["p.json"]


def test_nothing_answered_is_no_score(tmp_path: Path) -> None:
    found = played("-n", "2", "--progress", str(tmp_path / "p.json"))
    assert found.code == 0
    assert "No question was answered." in found.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--key",), "without --key"),
        (("--json",), "without --json"),
        (("-f", "html"), "without --format"),
        (("-o", "x"), "without --output"),
        (("--list",), "without --list"),
        (("--progress", "x", "--no-progress"), "--progress and --no-progress"),
        (("--progress", "/proc/p.json"), "cannot keep the progress"),
        (("--progress", "/"), "cannot read the progress"),
        (("--today", "tomorrow", "--no-progress"), "no day"),
        (("--topic", "colour", "--no-progress"), "there is no 'colour'"),
    ],
)
def test_bad_requests(arguments: tuple[str, ...], said: str) -> None:
    found = played(*arguments, stdin="skip\n")
    assert found.code == 2
    assert said in found.err
    assert "hint:" in found.err


@pytest.mark.parametrize("option", ["--no-progress", "--today=2026-10-01", "--progress=x"])
def test_options_of_practice_are_for_practice(option: str) -> None:
    assert "add --play" in cnncalc("quiz", option).err


def test_bytes_that_are_no_text_are_told() -> None:
    found = cnncalc("quiz", "--play", "--no-progress", "-n", "1", stdin=b"\xff\n")
    assert (found.code, "not in UTF-8" in found.err) == (2, True)


# A real terminal.


class Terminal:
    """The command in a terminal of its own."""

    def __init__(self, *arguments: str, columns: int = 80, **changes: str) -> None:
        self.master, slave = pty.openpty()
        import fcntl
        import struct
        import termios

        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [*COMMAND, "quiz", "--play", *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment(TERM="xterm", **changes),
            start_new_session=True,
            preexec_fn=interruptible,
        )
        os.close(slave)
        self.text = ""

    def until(self, wanted: str, seconds: float = 30) -> None:
        end = time.monotonic() + seconds
        while wanted not in self.text:
            assert time.monotonic() < end, f"no {wanted!r} in {self.text[-2000:]!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.text += os.read(self.master, 65536).decode()
                except OSError:  # it has ended
                    assert wanted in self.text, self.text[-2000:]

    def type(self, line: str) -> None:
        os.write(self.master, f"{line}\n".encode())

    def ends(self) -> int:
        code = self.process.wait(30)
        os.close(self.master)
        return code


def test_in_a_terminal_with_colours_and_control_c(tmp_path: Path) -> None:
    file = str(tmp_path / "p.json")
    asked = quiz.quiz(blueprint(3), 7)
    found = Terminal("--seed", "7", "-n", "3", "--progress", file, columns=50)
    found.until("> ")
    found.type(asked.questions[0].key)
    found.until("Enter goes on")
    assert "\x1b[32m" in found.text
    found.type("")
    found.until("2/3")
    os.killpg(found.process.pid, signal.SIGINT)
    found.until("Score: 1 of 1")
    assert found.ends() == 130
    assert load(file).answered == 1


def test_in_a_terminal_without_colours_and_control_d() -> None:
    found = Terminal("--seed", "7", "-n", "3", "--no-progress", NO_COLOR="1")
    found.until("> ")
    found.type("skip")
    found.until("Enter goes on")
    os.write(found.master, b"\x04")
    found.until("Score: 0 of 1")
    assert found.ends() == 0
    assert "\x1b[3" not in found.text
    assert "\x1b[1m" not in found.text


def test_a_kill_loses_no_answer(tmp_path: Path) -> None:
    file = str(tmp_path / "p.json")
    found = Terminal("--seed", "7", "-n", "3", "--progress", file)
    found.until("> ")
    found.type("skip")
    found.until("Enter goes on")
    found.process.kill()
    found.ends()
    assert json.loads(Path(file).read_text())["answered"] == 1


def test_practice_is_the_same_in_every_process() -> None:
    asked = ("quiz", "--play", "--no-progress", "--today", "2026-10-01", "-n", "3")
    first = process(*asked, stdin="skip\n" * 3, PYTHONHASHSEED="1")
    assert first == process(*asked, stdin="skip\n" * 3, PYTHONHASHSEED="2")
    assert first.code == 0


def test_files_of_the_documentation_are_current() -> None:
    for name, content in practice_files.files().items():
        there = (practice_files.FOLDER / name).read_text(encoding="utf-8")
        assert there == content, f"{name}: run python tests/practice_files.py"


def test_the_session_of_the_documentation_shows_a_misconception_and_a_score() -> None:
    typed = "docs/practice/typed.txt"
    told = output(f"cnncalc quiz --play --no-progress --manifest docs/practice/quiz.json < {typed}")
    assert "Wrong. You " in told
    assert "Score: " in told
    assert "is no letter" not in told
