"""Grading: keys and answers are read or refused with their places; a simulated class is understood."""

from __future__ import annotations

import csv
import io
import json
import re
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
import quiz_class
from commandline import answer, cnncalc
from quiz_class import Pupil
from quiz_samples import awkward, every, usual

from cnncalc import quiz
from cnncalc.errors import CnncalcError, UsageError
from cnncalc.quiz import blueprint, export, mark
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.grading import Keys, grade, read_keys
from cnncalc.quiz.grading.answers import AnswersError, parse
from cnncalc.quiz.grading.cells import rows
from cnncalc.quiz.grading.keys import body
from cnncalc.quiz.grading.marks import Belief, correlation
from cnncalc.quiz.model import Single


def test_bodies_are_read_as_they_were_written() -> None:
    for made in (usual(), awkward()):
        for one in made.questions:
            found = body(json.loads(json.dumps(one.to_dict())))
            assert found.to_dict() == one.body.to_dict()
            assert [w.text for w in found.wrongs()] == [w.text for w in one.body.wrongs()] or (
                made is awkward()
            )


@pytest.mark.long
def test_every_template_is_read_back() -> None:
    for one in every().questions:
        found = body(json.loads(json.dumps(one.to_dict())))
        assert found.to_dict() == one.body.to_dict()
        assert mark(one._replace(body=found), one.key).right


# Keys.


def written(folder: Path, made: Quiz, format: str = "json") -> str:
    file = folder / f"{format}{made.variant}.json"
    file.write_text(str(export(made, format, key=True)))
    return str(file)


@cache
def small(variant: str = "A", seed: int = 7) -> Quiz:
    return quiz_class.of(
        variant,
        seed,
        conv_output_size=1,
        small_map_output_size=1,
        spot_size_error=1,
        output_size_statements=1,
    )


def keys(*variants: str) -> Keys:
    return Keys({variant: small(variant) for variant in variants or "A"})


def test_keys_are_quizzes_or_manifests(tmp_path: Path) -> None:
    for format in ("json", "manifest"):
        found = read_keys([written(tmp_path, small(), format)])
        assert [one.key for one in found.first.questions] == [one.key for one in small().questions]
        other = found.of(["B"]).variants["B"]
        assert [one.key for one in other.questions] == [one.key for one in small("B").questions]


def test_a_key_may_be_corrected_by_hand(tmp_path: Path) -> None:
    file = Path(written(tmp_path, small()))
    data = json.loads(file.read_text())
    one = next(one for one in data["questions"] if one["type"] == "numeric")
    one["value"] = 4321
    file.write_text(json.dumps(data))
    assert "4,321" in {one.key for one in read_keys([str(file)]).first.questions}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cannot read"),
        ("[]", "no manifest"),
        ("[" * 100_000, "cannot read"),
        ("{}", "no manifest"),
        ('{"manifest": {}, "questions": []}', "no quiz in JSON"),
        ('{"manifest": {"seed": 1, "variant": "A"}, "questions": [{"id": 1}]}', "no quiz in JSON"),
    ],
)
def test_other_files_are_no_keys(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(text)
    with pytest.raises(UsageError, match=said):
        read_keys([str(file)])


def test_manifests_of_other_questions_are_refused(tmp_path: Path) -> None:
    file = Path(written(tmp_path, small(), "manifest"))
    file.write_text(json.dumps(json.loads(file.read_text()) | {"sha256": "0"}))
    with pytest.raises(UsageError, match="gives other questions"):
        read_keys([str(file)])


def test_keys_are_of_one_quiz(tmp_path: Path) -> None:
    a, b = (written(tmp_path, small(variant)) for variant in "AB")
    assert [*read_keys([a, b]).variants] == ["A", "B"]
    with pytest.raises(UsageError, match="second key for variant A"):
        read_keys([a, a])
    other = quiz.quiz(blueprint(3, topics={"params": 3}), 1, "C")
    with pytest.raises(UsageError, match="not of the same quiz"):
        read_keys([a, written(tmp_path, other)])


# Files of answers.


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a;b\r\n1,5;2\r\n", [["a", "b"], ["1,5", "2"]]),
        ("a\tb\r1\t\r", [["a", "b"], ["1", ""]]),
        ('a,"b, ""c"""\n"x\ny", z ', [["a", 'b, "c"'], ["x\ny", "z"]]),
        ('"a,b,c";d\n', [["a,b,c", "d"]]),
        ("\n\na,b\n\n,\n", [["a", "b"], ["", ""]]),
        ("", []),
    ],
)
def test_cells(text: str, expected: list[list[str]]) -> None:
    assert [[cell.text for cell in row] for row in rows("x", text)] == expected


def test_cells_know_their_places() -> None:
    found = [str(cell.at) for row in rows("x", 'a, "b\nb" ,c\n1,22,\n') for cell in row]
    assert found == ["x:1:1", "x:1:4", "x:2:5", "x:3:1", "x:3:3", "x:3:6"]
    assert all(
        len(row) == len(other)
        for row, other in zip(csv.reader(io.StringIO("a,b\n1,2\n")), rows("x", "a,b\n1,2\n"))
    )


HEADER = "student,1,2,3,4\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a.csv:1:1: error: there are no rows"),
        ("Ada,A,12,TF,3\n", "a.csv:1:1: error: the first row does not name the columns"),
        ("name,1,2,3,4\nAda,,,,\n", "name the column that says who answered so"),
        ("student,variant,1,2,3,4\nAda,,,,,\n", "a variant is a letter from A to Z, got nothing"),
        ("student,1,2,3\nAda,A,B,C\n", "a.csv:1:14: error: too few columns: none for question 4"),
        ("student,1\nAda,A\n", "a.csv:1:10: error: too few columns: none for questions 2, 3, 4"),
        ("student,1,2,3,4,5\n", "a.csv:1:17: error: there is no question 5, only 4"),
        ("studnet,1,2,3,4\n", "a.csv:1:1: error: unknown column 'studnet'"),
        ("studnet,1,2,3,4\n", "did you mean 'student', or leave it out with --ignore studnet"),
        ("student,mail,1,2,3,4\n", "a.csv:1:9: error: unknown column 'mail'"),
        ("student,,1,2,3,4\n", "a.csv:1:9: error: a column without a name"),
        ("student,1,Q1,2,3,4\n", "a.csv:1:11: error: a second column 'Q1'"),
        ("1,2,3,4\nA,A,A,A", "a.csv:1:1: error: there is no column 'student'"),
        (HEADER, "a.csv:1:1: error: nobody answered"),
        (HEADER + "Ada,A,B,C\n", "a.csv:2:10: error: too few columns: 4, not 5"),
        (HEADER + "Ada,A,1,728,TT,A\n", "a.csv:2:16: error: too many columns: 6, not 5"),
        (HEADER + ",A,B,C,D\n", "a.csv:2:1: error: this row names no student"),
        (HEADER + "Ada,,,,\nBob,,,,\nAda,,,,\n", "a.csv:4:1: error: 'Ada' has a row already, in line 2"),
        (HEADER + "Eve,A,,,\n", "a.csv:2:1: error: 'Eve' is none of the students"),
        (HEADER + "Ada ,,,,\nAda,,,\nAda,,,,", "a.csv:4:1: error: 'Ada' has a row"),
        (HEADER + 'Ada,"A,,,\n', "a.csv:2:5: error: this quote is not closed"),
        (HEADER + 'Ada,"A"B,,,\n', "a.csv:2:8: error: text after a closed quote"),
        ("student,variant,1,2,3,4\nAda,B,,,,\n", "a.csv:2:5: error: there is no key for variant B"),
        ("student,variant,1,2,3,4\nAda,xy,,,,\n", "a.csv:2:5: error: a variant is a letter"),
    ],
)  # fmt: skip
def test_bad_answers_are_told_with_their_places(text: str, said: str) -> None:
    with pytest.raises(CnncalcError) as found:
        parse("a.csv", text, keys(), ["Ada", "Bob"])
    assert said in str(found.value)
    assert "hint:" in str(found.value)


def test_empty_rows_of_a_spreadsheet_say_nothing() -> None:
    found = parse("a.csv", HEADER + "Ada,A,,,\n,,,,\nBob,B,,,\n,,,,\n,,,,\n", keys())
    assert [one.student for one in found] == ["Ada", "Bob"]


def test_all_errors_are_told_at_once() -> None:
    text = HEADER + "Eve,,,,\nAda,A\nBob,,,,\nBob,,,,\n"
    with pytest.raises(AnswersError) as found:
        parse("a.csv", text, keys(), ["Ada", "Bob"])
    assert [str(one.at) for one in found.value.problems] == ["a.csv:2:1", "a.csv:3:6", "a.csv:5:1"]
    many = HEADER + "".join(f"x{i}\n" for i in range(50))
    with pytest.raises(AnswersError, match="and 30 errors more"):
        parse("a.csv", many, keys())


def test_several_keys_need_a_variant() -> None:
    with pytest.raises(CnncalcError, match="no column 'variant', and keys for A, B"):
        parse("a.csv", HEADER + "Ada,,,,\n", keys("A", "B"))


def test_columns_are_named_in_several_ways() -> None:
    one = small().questions[3]
    header = f"mail;Q1;2;{one.id};q3;Student\n"
    (found,) = parse("a.csv", f"{header}x;A;B;D;C;Ada\n", keys(), None, ["Mail"])
    assert {number: cell.text for number, cell in found.cells.items()} == dict(
        zip((1, 2, 4, 3), "ABDC")
    )


# Marks.


def right_row(name: str, made: Quiz, *changes: tuple[int, str]) -> str:
    answers = [one.key for one in made.questions]
    for number, text in changes:
        answers[number - 1] = text
    return ",".join([name, *(f'"{text}"' for text in answers)]) + "\n"


def test_points_left_out_and_unreadable() -> None:
    made = small()
    text = HEADER + right_row("Ada", made) + right_row("Bob", made, (1, ""), (2, "-"), (3, "?"))
    found = grade(keys(), parse("a.csv", text, keys()), ["Ada", "Bob", "Cem"])
    ada, bob, cem = found.students
    assert ada.points == ada.possible == sum(one.difficulty for one in made.questions)
    assert bob.points == made.questions[3].difficulty
    assert (sum(one.out for one in bob.answered), cem.answered) == (2, ())
    assert [str(one.at) for one in found.problems()] == ["a.csv:3:12"]
    assert [one.mean for one in found.items()] == [*[Fraction(1, 2)] * 3, 1]
    assert all(belief.shown == 0 for belief in bob.beliefs.values())


def test_misconceptions_are_counted_of_their_chances() -> None:
    made = small()
    one = next(one for one in made.questions if isinstance(one.body, Single))
    assert isinstance(one.body, Single)
    letter, wrong = next(
        ("ABCDE"[i], option.wrong) for i, option in enumerate(one.body.options) if option.wrong
    )
    text = HEADER + right_row("Ada", made, (one.number, letter)) + right_row("Bob", made)
    found = grade(keys(), parse("a.csv", text, keys()))
    ada, bob = (student.beliefs[wrong.misconception] for student in found.students)
    assert (ada.shown, bob.shown) == (1, 0)
    assert ada.chances == bob.chances >= 1
    assert not ada.had
    assert [*found.beliefs()] == [wrong.misconception]


@pytest.mark.parametrize(
    ("shown", "chances", "had"), [(1, 1, False), (2, 2, True), (2, 4, True), (2, 5, False), (3, 6, True)]
)  # fmt: skip
def test_who_has_a_misconception(shown: int, chances: int, had: bool) -> None:
    assert Belief("x", shown, chances).had == had


def test_discrimination_tells_good_questions() -> None:
    import statistics

    random = Random(1)
    xs = [Fraction(random.randrange(5), 4) for _ in range(30)]
    ys = [x + random.randrange(3) for x in xs]
    expected = statistics.correlation(list(map(float, xs)), list(map(float, ys)))
    assert correlation(xs, ys) == pytest.approx(expected)
    assert correlation([Fraction(1)] * 3, ys[:3]) is None

    made = small()
    able = [right_row(f"good{i}", made) for i in range(4)]
    weak = [right_row(f"weak{i}", made, (1, "-"), (2, "-"), (4, "-")) for i in range(4)]
    able = [row.replace(f'"{made.questions[2].key}"', '"-"') for row in able]
    found = grade(keys(), parse("a.csv", HEADER + "".join(able + weak), keys()))
    first, _, third, _ = (one.discrimination for one in found.items())
    assert first is not None
    assert third is not None
    assert first > 0 > third
    few = grade(keys(), parse("a.csv", HEADER + "".join(weak), keys()))
    assert {one.discrimination for one in few.items()} == {None}


def test_answers_are_counted() -> None:
    made = small()
    letter = next(x for x in "ABCD" if x != made.questions[0].key)
    changes = [(), ((1, letter),), ((1, letter.lower()),), ((1, ""),)]
    text = HEADER + "".join(right_row(f"s{i}", made, *some) for i, some in enumerate(changes))
    first = grade(keys(), parse("a.csv", text, keys())).items()[0]
    assert [(one.text, count) for _, one, count in first.counts()] == [
        (letter, 2),
        (made.questions[0].key, 1),
        ("", 1),
    ]


def test_a_mixed_up_variant_is_doubted(tmp_path: Path) -> None:
    """Bob answered B, and his row says A; a weak student is not accused of it."""
    a, b = quizzes().values()
    header = ",".join(["student", "variant", *(str(one.number) for one in a.questions)]) + "\n"
    half = [(one.number, "-") for one in a.questions[::2]]
    rows = [
        right_row("Ada,A", a), right_row("Bob,A", b), right_row("Cem,B", b),
        right_row("Dan,A", a, *half), right_row("Eve,B", a, *half),
    ]  # fmt: skip
    file = tmp_path / "answers.csv"
    file.write_text(header + "".join(rows))
    paths = [written(tmp_path, made) for made in (a, b)]
    found = cnncalc("quiz", "grade", *paths, str(file))
    assert found.code == 0
    doubted = [line for line in found.err.splitlines() if "is the variant right?" in line]
    assert [re.search(r"csv:(\d+):\d+: warning: (\w+) has", line).groups() for line in doubted] == [  # type: ignore[union-attr]
        ("3", "Bob"),
        ("6", "Eve"),
    ]
    assert "would have 100 % as variant B" in doubted[0]
    assert "is the variant" not in cnncalc("quiz", "grade", *paths, str(file), "-q").err


def test_a_key_alone_is_too_little() -> None:
    found = cnncalc("quiz", "grade", "key.json")
    assert found.code == 2
    assert found.err == (
        "error: only key.json is named, and a key and answers are needed\n"
        "  hint: first the key, then the answers: cnncalc quiz grade exam.json answers.csv\n"
    )


# The simulated class.

#: Of the answers that no misconception decides, as many are slips: to any other answer alike.
SLIP = 0.05
#: At most as many of those without a misconception may be accused of it.
FALSE = Fraction(1, 200)


@cache
def quizzes() -> dict[str, Quiz]:
    return {
        variant: quiz_class.of(
            variant,
            3,
            conv_output_size=5,
            small_map_output_size=3,
            layer_table=3,
            output_size_statements=2,
            spot_size_error=2,
            spot_rf_error=4,
            parameter_matching=3,
            spot_params_error=3,
            spot_macs_error=4,
            convolve_by_hand=2,
            strided_by_hand=2,
            dilated_by_hand=2,
            maxpool_backward=2,
        )
        for variant in "AB"
    }


def pupils(made: dict[str, Quiz]) -> list[Pupil]:
    """Each misconception that can show twice alone, pairs that do not hide each other, and none."""
    found: list[tuple[str, tuple[str, ...]]] = []
    for variant, one in made.items():
        often = [name for name, count in quiz_class.taught(one).items() if count >= 2]
        found += [(variant, (name,)) for name in often]
        pairs = [
            pair
            for pair in combinations(often, 2)
            if all(
                count == quiz_class.taught(one)[name]
                for name, count in quiz_class.decides(one, pair).items()
            )
            and len(quiz_class.decides(one, pair)) == 2
        ]
        found += [(variant, pair) for pair in pairs[:15]]
        found += [(variant, ())] * 30
    return [Pupil(f"student {i}", variant, held) for i, (variant, held) in enumerate(found, 1)]


@pytest.mark.parametrize("seed", range(2))
def test_a_simulated_class_is_understood(seed: int, tmp_path: Path) -> None:
    """Whole: keys in JSON and a file of answers; every misconception is found where it is held."""
    made = quizzes()
    everyone = pupils(made)
    file = tmp_path / "answers.csv"
    file.write_text(quiz_class.sheet(everyone, made, SLIP, Random(seed)), newline="")
    files = [written(tmp_path, one) for one in made.values()]
    report = json.loads(answer("quiz", "grade", *files, str(file), "--json"))
    assert len(everyone) > 90
    assert len({name for pupil in everyone for name in pupil.held}) >= 8

    accused, innocent = 0, 0
    for pupil, row in zip(everyone, report["students"]):
        had = {one["misconception"] for one in row["misconceptions"] if one["has"]}
        assert {*pupil.held} <= had, f"{pupil} is not understood: {row['misconceptions']}"
        often = {n for n, count in quiz_class.taught(made[pupil.variant]).items() if count >= 2}
        accused += len(had - {*pupil.held})
        innocent += len(often - {*pupil.held})
    assert innocent > 500
    assert accused <= FALSE * innocent
    check_report(report, everyone)


def check_report(report: dict[str, Any], everyone: list[Pupil]) -> None:
    """Who has what, from the misconceptions' side, and questions that tell students apart."""
    for found in report["misconceptions"]:
        who = {one["student"] for one in found["students"] if one["has"]}
        held = {pupil.name for pupil in everyone if found["misconception"] in pupil.held}
        assert held <= who
        assert found["shown"] == sum(one["shown"] for one in found["students"])
        assert found["shown"] <= found["chances"]
    for one in report["questions"]:
        assert sum(answer["students"] for answer in one["answers"]) == len(everyone)
        assert 0 <= Fraction(one["difficulty_index"]) <= 1


# The command.


def graded(tmp_path: Path, *options: str, code: int = 0) -> str:
    made = small()
    rows = [right_row("Ada", made), right_row("Bob", made, (1, "-"), (3, "?"))]
    file = tmp_path / "answers.csv"
    file.write_text(HEADER + "".join(rows))
    found = cnncalc("quiz", "grade", written(tmp_path, made), str(file), *options)
    assert found.code == code, found.err
    if "-q" not in options and not code:
        assert "answers.csv:3:" in found.err
        assert "warning: question 3:" in found.err
    return found.out


@pytest.mark.parametrize("format", ["table", "markdown"])
def test_reports_for_people_have_all_tables(format: str, tmp_path: Path) -> None:
    text = graded(tmp_path, "-f", format)
    for words in ("Students", "Questions", "Answers", "Ada", "spot-size-error", "unreadable"):
        assert words in text
    assert "seed 7, variant A" in text


def test_reports_in_csv_have_one(tmp_path: Path) -> None:
    found = list(csv.DictReader(io.StringIO(graded(tmp_path, "-f", "csv"))))
    assert [one["student"] for one in found] == ["Ada", "Bob"]
    assert found[0]["points"] == found[0]["possible"]
    assert "documentclass" in graded(tmp_path, "-f", "latex", "-q")
    for part, column in (
        ("question", "difficulty_index"),
        ("answer", "mark"),
        ("student", "right"),
    ):
        text = graded(tmp_path, "-f", "csv", "--by", part, "-q")
        assert column in text.splitlines()[0].split(",")


def test_reports_go_to_files(tmp_path: Path) -> None:
    assert graded(tmp_path, "-o", str(tmp_path / "report.json"), "--json") == ""
    data = json.loads((tmp_path / "report.json").read_text())
    assert data["schema"] == 1
    assert [one["student"] for one in data["students"]] == ["Ada", "Bob"]
    assert data["students"][1]["answers"][2]["problem"]


def test_students_who_are_absent_are_listed(tmp_path: Path) -> None:
    roster = tmp_path / "class.txt"
    roster.write_text("Ada\nBob\nCem\n")
    text = graded(tmp_path, "--students", str(roster))
    assert "absent" in text
    assert "Cem" in text
    roster.write_text("name,student\nx,Ada\n")
    graded(tmp_path, "--students", str(roster), code=2)
    roster.write_text("\n")
    graded(tmp_path, "--students", str(roster), code=2)


def test_answers_may_come_from_a_pipe(tmp_path: Path) -> None:
    made = small()
    text = "\ufeff" + HEADER + right_row("Ada", made)
    assert "Ada" in answer("quiz", "grade", written(tmp_path, made), "-", stdin=text)
    found = cnncalc("quiz", "grade", written(tmp_path, made), "-", stdin=b"\xff\xfe")
    assert (found.code, "UTF-8" in found.err) == (2, True)


def test_the_quiz_and_its_grading_do_not_mix() -> None:
    found = cnncalc("quiz", "--seed", "7", "grade", "key.json", "answers.csv")
    assert (found.code, "--seed stands before grade" in found.err) == (2, True)
    assert cnncalc("quiz", "grade", "nothing.json", "nothing.csv").code == 2
    assert cnncalc("quiz", "marks").code == 2
