"""``cnncalc quiz grade``: marks of a class, and what it has not understood."""

from __future__ import annotations

import click

from cnncalc.cli.options import Common, answering, colored
from cnncalc.cli.streams import say
from cnncalc.errors import UsageError
from cnncalc.shares import percent

#: What the report can be by.
_PARTS = ("student", "topic", "question", "answer", "misconception")


@click.command(
    "grade", epilog="\b\nExample:\n  cnncalc quiz grade exam.json answers.csv --by misconception"
)
@click.argument("keys", nargs=-1, metavar="KEY…")
@click.argument("answers", metavar="ANSWERS")
@click.option("--by", type=click.Choice(_PARTS), help="One of the tables, not all.")
@click.option("--bank", multiple=True, metavar="FILE", help="Where a bank of the quiz is now.")
@click.option("--students", metavar="FILE", help="All students there are, one in each line.")
@click.option("--ignore", multiple=True, metavar="email,group", help="Columns that say nothing.")
@answering
def command(
    keys: tuple[str, ...],
    answers: str,
    by: str | None,
    bank: tuple[str, ...],
    students: str | None,
    ignore: tuple[str, ...],
    common: Common,
) -> None:
    """Grades answers to a quiz.

    KEY is the quiz in JSON (-f json --key) or its manifest; give several for variants, or one that
    the others are rebuilt from. ANSWERS is a CSV file: a row for each student, with the columns
    student, variant (where there are several) and 1, 2, 3, …; - is standard input. CSV and
    LaTeX have one table: the students, unless --by says another.
    """
    if not keys:
        raise UsageError(
            f"only {answers} is named, and a key and answers are needed",
            hint="first the key, then the answers: cnncalc quiz grade exam.json answers.csv",
        )
    from cnncalc.quiz.grading import grade, read_answers, read_keys, read_students
    from cnncalc.quiz.grading.report import report

    found = read_keys(keys, bank)
    known = read_students(students) if students else None
    ignored = [name for text in ignore for name in text.split(",")]
    graded = grade(found, read_answers(answers, found, known, ignored), known)
    if not common.quiet:
        for one in graded.problems():
            say(
                f"{one.at}: warning: question {one.question.number}: {one.problem}; it is marked wrong"
            )
        for own, other in graded.doubts:
            say(
                f"{own.answered[0].at}: warning: {own.name} has {percent(own.share, 1)} of the points "
                f"as variant {own.variant}, and would have {percent(other.share, 1)} as variant "
                f"{other.variant}: is the variant right?"
            )
    common.show(report(graded, by, colored(common.color, common.output)))
