"""Reports of a grading: by student, by question, by answer, and by misconception."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from cnncalc.quiz.answering import right
from cnncalc.quiz.bodies import plain
from cnncalc.quiz.grading.marks import LOW, Answered, Belief, Grading, Item, Student
from cnncalc.quiz.model import amount
from cnncalc.quiz.registry import topic_words
from cnncalc.render import Column, Report, Table, render
from cnncalc.render.report import Cell
from cnncalc.results import opening
from cnncalc.shares import points


def report(graded: Grading, by: str | None = None, color: bool = False) -> Report:
    """One of :data:`PARTS`, or all; CSV and LaTeX, which have one table, then have the students."""
    if by is not None:
        return Report(lambda: data(graded), PARTS[by](graded))

    def joined(format: str) -> Callable[[], str]:
        return lambda: "\n".join(
            render(Report(dict, table), format, color=color)
            for table in (make(graded) for make in PARTS.values())
            if table.rows
        )

    together = {format: joined(format) for format in ("table", "markdown")}
    return Report(lambda: data(graded), _students(graded), own=together)


def _students(graded: Grading) -> Table:
    several = len({one.variant for one in graded.present}) > 1
    columns = [
        Column("student", "student"),
        *([Column("variant", "variant")] if several else []),
        Column("points", "points", right=True),
        Column("possible", "of", right=True),
        Column("percent", "%", right=True),
        Column("right", "right", right=True),
        Column("left_out", "left out", right=True),
        Column("misconceptions", "misconceptions (shown/chances)"),
    ]
    rows = [_student(one, several) for one in graded.students]
    return Table(f"Students: {graded.title}", columns, rows, facts=_facts(graded))


def _facts(graded: Grading) -> list[tuple[str, str]]:
    present = graded.present
    words = f"{_percent(_mean(present))} % of the points, {amount(len(present), 'student')}"
    found = [("mean", words)]
    absent = [one.name for one in graded.students if not one.answered]
    return [*found, ("absent", ", ".join(absent))] if absent else found


def _student(one: Student, several: bool) -> list[Cell]:
    variant: list[Cell] = [one.variant] if several else []
    if not one.answered:
        return [one.name, *variant, None, None, None, None, None, ""]
    return [
        one.name,
        *variant,
        _decimal(one.points),
        one.possible,
        _percent(one.share),
        sum(answer.mark.right for answer in one.answered),
        sum(answer.out for answer in one.answered),
        "; ".join(f"{b.text} ({b.shown}/{b.chances})" for b in _had(one)),
    ]


def _had(one: Student) -> list[Belief]:
    return sorted(
        (belief for belief in one.beliefs.values() if belief.had), key=lambda b: (-b.shown, b.text)
    )


def _questions(graded: Grading) -> Table:
    columns = [
        Column("question", "question", right=True),
        Column("template", "template"),
        Column("type", "type"),
        Column("points", "points", right=True),
        Column("difficulty_index", "difficulty index", right=True),
        Column("discrimination", "discrimination", right=True),
        Column("right", "right", right=True),
        Column("partly", "partly", right=True),
        Column("wrong", "wrong", right=True),
        Column("left_out", "left out", right=True),
    ]
    return Table("Questions", columns, [_question(one) for one in graded.items()])


def _question(one: Item) -> list[Cell]:
    question = one.question
    fine = sum(answer.mark.right for answer in one.answered)
    partly = sum(0 < answer.mark.score < 1 for answer in one.answered)
    return [
        one.number,
        question.template,
        question.type,
        question.points,
        f"{float(one.mean):.2f}",
        None if one.discrimination is None else f"{one.discrimination:.2f}",
        fine,
        partly,
        len(one.answered) - fine - partly - one.out,
        one.out,
    ]


def _topics(graded: Grading) -> Table:
    columns = [
        Column("topic", "topic"),
        Column("questions", "questions", right=True),
        Column("possible", "points", right=True),
        Column("percent", "mean %", right=True),
        Column("who", f"below {LOW} %"),
    ]
    rows: list[list[Cell]] = []
    for topic, parts in graded.topics().items():
        shares = [(points(one.share, 1), one.name) for one in parts]
        rows.append(
            [
                topic_words(topic),
                len(parts[0].answered),
                parts[0].possible,
                _percent(_mean(parts)),
                ", ".join(f"{name} {share}" for share, name in sorted(shares) if share < LOW),
            ]
        )
    return Table("Topics", columns, rows)


def _mean(students: Sequence[Student]) -> Fraction:
    return sum((one.share for one in students), Fraction(0)) / len(students)


def _answers(graded: Grading) -> Table:
    several = len({one.variant for one in graded.present}) > 1
    columns = [
        Column("question", "question", right=True),
        *([Column("variant", "variant")] if several else []),
        Column("answer", "answer"),
        Column("students", "students", right=True),
        Column("mark", "mark"),
        Column("misconceptions", "misconceptions"),
    ]
    rows: list[list[Cell]] = []
    for item in graded.items():
        for variant, one, count in item.counts():
            found: list[Cell] = [item.number, *([variant] if several else [])]
            words = "; ".join(dict.fromkeys(wrong.text for wrong in one.mark.wrong))
            rows.append([*found, one.text or None, count, _verdict(one), words])
    return Table("Answers", columns, rows)


def _verdict(one: Answered) -> str:
    if one.out:
        return "left out"
    if one.problem:
        return "unreadable"
    partly = f"{_percent(one.mark.score)} %"
    return "right" if one.mark.right else partly if one.mark.score else "wrong"


def _misconceptions(graded: Grading) -> Table:
    columns = [
        Column("misconception", "misconception"),
        Column("students", "had by", right=True),
        Column("shown", "shown", right=True),
        Column("chances", "chances", right=True),
        Column("percent", "%", right=True),
        Column("who", "who (shown/chances); once in brackets"),
    ]
    rows: list[list[Cell]] = []
    for some in graded.beliefs().values():
        shown, chances = (sum(column) for column in zip(*(belief[1:] for _, belief in some)))
        who = [(one, belief) for one, belief in some if belief.shown]
        rows.append(
            [
                some[0][1].text,
                sum(belief.had for _, belief in some),
                shown,
                chances,
                _percent(Fraction(shown, chances)),
                ", ".join(_who(*pair) for pair in sorted(who, key=lambda p: -p[1].shown)),
            ]
        )
    return Table("Misconceptions", columns, rows)


def _who(one: Student, belief: Belief) -> str:
    text = f"{one.name} {belief.shown}/{belief.chances}"
    return text if belief.had else f"({text})"


#: Name to table.
PARTS: dict[str, Callable[[Grading], Table]] = {
    "student": _students,
    "topic": _topics,
    "question": _questions,
    "answer": _answers,
    "misconception": _misconceptions,
}


def data(graded: Grading) -> dict[str, Any]:
    """JSON: everything."""
    return {
        **opening(graded.title),
        "students": [_student_data(one) for one in graded.students],
        "topics": [
            {
                "topic": topic,
                "questions": len(parts[0].answered),
                "possible": parts[0].possible,
                "share": _rational(_mean(parts)),
            }
            for topic, parts in graded.topics().items()
        ],
        "questions": [_question_data(one) for one in graded.items()],
        "misconceptions": [
            {
                "misconception": id,
                "text": some[0][1].text,
                "shown": sum(belief.shown for _, belief in some),
                "chances": sum(belief.chances for _, belief in some),
                "students": [
                    {"student": one.name, **_belief(belief)} for one, belief in some if belief.shown
                ],
            }
            for id, some in graded.beliefs().items()
        ],
    }


def _student_data(one: Student) -> dict[str, Any]:
    if not one.answered:
        return {"student": one.name, "variant": None, "points": None, "answers": []}
    return {
        "student": one.name,
        "variant": one.variant,
        "points": _rational(one.points),
        "possible": one.possible,
        "topics": {
            topic: {"points": _rational(part.points), "possible": part.possible}
            for topic, part in one.topics().items()
        },
        "answers": [
            {
                "question": answer.question.number,
                "id": answer.question.id,
                "answer": answer.text or None,
                "score": _rational(answer.mark.score),
                "problem": answer.problem,
                "misconceptions": [wrong.misconception for wrong in answer.mark.wrong],
            }
            for answer in one.answered
        ],
        "misconceptions": [
            {"misconception": id, **_belief(belief)}
            for id, belief in one.beliefs.items()
            if belief.shown
        ],
    }


def _question_data(one: Item) -> dict[str, Any]:
    r = one.discrimination
    return {
        "question": one.number,
        "template": one.question.template,
        "topic": one.question.topic,
        "type": one.question.type,
        "points": one.question.points,
        "difficulty_index": _rational(one.mean),
        "discrimination": None if r is None else round(r, 4),
        "left_out": one.out,
        "answers": [
            {
                "variant": variant,
                "answer": answer.text or None,
                "students": count,
                "right": right(answer.question.body) if answer.mark.right else None,
                "score": _rational(answer.mark.score),
                "misconceptions": [wrong.misconception for wrong in answer.mark.wrong],
            }
            for variant, answer, count in one.counts()
        ],
    }


def _belief(one: Belief) -> dict[str, Any]:
    return {"shown": one.shown, "chances": one.chances, "has": one.had}


def _rational(value: Fraction) -> int | str:
    return plain(int(value) if value.denominator == 1 else value)


def _decimal(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _percent(value: Fraction) -> str:
    return str(points(value, 1))
