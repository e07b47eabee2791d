"""The file of answers: a row for each student, a column for each question.

The first row names the columns: ``student``, ``variant`` (needed where there are several), and the
questions by number (``1``, ``Q1``) or by id. Answers are written as :mod:`cnncalc.quiz.marking` says;
an empty cell was left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cnncalc.errors import CnncalcError, Position, Source, SpecError, UsageError, suggest
from cnncalc.quiz.grading.cells import Cell, rows
from cnncalc.quiz.grading.keys import Keys
from cnncalc.quiz.model import LETTERS, Question
from cnncalc.quiz.several import Several

STUDENT, VARIANT = "student", "variant"


class AnswersError(Several):
    """All that is wrong with a file of answers."""


class Answers(NamedTuple):
    """What a student answered; ``cells`` has the question's number to text and place."""

    student: str
    variant: str
    cells: dict[int, Cell]


def read_answers(
    path: str,
    keys: Keys,
    students: Sequence[str] | None = None,
    ignored: Iterable[str] = (),
) -> list[Answers]:
    """The rows of a file, in its order; ``-`` is standard input.

    ``students`` are all there may be, ``ignored`` columns that say nothing here. Raises
    :class:`AnswersError` for what does not fit.
    """
    name, text = _text(path)
    return parse(name, text, keys, students, ignored)


def read_students(path: str) -> list[str]:
    """The names in the column ``student`` of a file, or its first where none is called so."""
    table = list(rows(*_text(path)))
    names = [cell.text.lower() for cell in table[0]] if table else []
    place = names.index(STUDENT) if STUDENT in names else 0
    found = [row[place].text for row in table[STUDENT in names :] if len(row) > place]
    if not any(found):
        raise UsageError(f"{path} names no students", hint="write one in each line")
    return [name for name in found if name]


def _text(path: str) -> tuple[str, str]:
    import sys

    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return ("<stdin>" if path == "-" else path), data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not in UTF-8", hint="save it as CSV in UTF-8") from None
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", hint="name a file") from None


class _Columns(NamedTuple):
    """What stands in which place of a row."""

    student: int
    variant: int | None
    questions: dict[int, int]
    width: int


def parse(
    name: str,
    text: str,
    keys: Keys,
    students: Sequence[str] | None = None,
    ignored: Iterable[str] = (),
) -> list[Answers]:
    """The same from a text."""
    source = Source(name, text)
    problems: list[CnncalcError] = []
    table = list(rows(name, text))
    if not table:
        at = Position(source, 1, 1)
        raise SpecError("there are no rows", at=at, hint="the first one is: student,1,2,3")
    columns = _columns(table[0], keys, {one.strip().lower() for one in ignored}, problems)
    if problems:
        raise AnswersError(problems)
    found: list[Answers] = []
    seen: dict[str, Position] = {}
    for row in table[1:]:
        if not any(cell.text for cell in row):  # a spreadsheet's empty row
            continue
        try:
            one = _row(row, columns, keys)
            _check_student(one.student, row[columns.student].at, seen, students)
        except CnncalcError as problem:
            problems.append(problem)
        else:
            found.append(one)
    if problems:
        raise AnswersError(problems)
    if not found:
        raise SpecError("nobody answered", at=table[0][0].at, hint="add a row for each student")
    return found


def _columns(
    header: list[Cell], keys: Keys, ignored: set[str], problems: list[CnncalcError]
) -> _Columns:
    """Where the columns are; what is wrong with their names goes to ``problems``."""
    questions = keys.first.questions
    by_name = {name: one.number for quiz in keys.variants.values() for one in quiz.questions
               for name in _names(one)}  # fmt: skip
    words = [cell.text.lower() for cell in header]
    known = sum(word in (STUDENT, VARIANT, *by_name) or word in ignored for word in words)
    if STUDENT not in words and 2 * known < len(words):  # a row of answers
        raise SpecError(
            "the first row does not name the columns",
            at=header[0].at,
            hint="write above the others: student,1,2,3",
        )
    special: dict[str, int] = {}
    places: dict[int, int] = {}
    for place, cell in enumerate(header):
        word = cell.text.lower()
        number = by_name.get(word)
        if word in ignored:
            continue
        if word in (STUDENT, VARIANT):
            taken = word in special
            special.setdefault(word, place)
        elif number is not None:
            taken = number in places
            places.setdefault(number, place)
        else:
            problems.append(_unknown(cell, questions, by_name))
            continue
        if taken:
            problems.append(
                SpecError(f"a second column {cell.text!r}", at=cell.at, hint="leave one out")
            )
    end = header[-1].at
    if STUDENT not in special:
        problems.append(
            SpecError(
                "there is no column 'student'",
                at=header[0].at,
                hint="name the column that says who answered so: student,1,2,3",
            )
        )
    missing = [str(one.number) for one in questions if one.number not in places]
    if missing and len(problems) == (STUDENT not in special):
        what = "questions" if len(missing) > 1 else "question"
        problems.append(
            SpecError(
                f"too few columns: none for {what} {', '.join(missing)}",
                at=end.shifted(len(header[-1].text)),
                hint="an empty column is for a question that nobody answered",
            )
        )
    if len(keys.variants) > 1 and VARIANT not in special:
        problems.append(
            SpecError(
                f"there is no column 'variant', and keys for {', '.join(keys.variants)}",
                at=header[0].at,
                hint="say in each row which variant it answers",
            )
        )
    return _Columns(special.get(STUDENT, 0), special.get(VARIANT), places, len(header))


def _names(question: Question) -> tuple[str, ...]:
    return (str(question.number), f"q{question.number}", question.id.lower())


def _unknown(cell: Cell, questions: Sequence[Question], by_name: Iterable[str]) -> SpecError:
    if not cell.text:
        return SpecError("a column without a name", at=cell.at, hint="name it, or leave it out")
    if re.fullmatch(r"[Qq]?\d+", cell.text):
        return SpecError(
            f"there is no question {cell.text}, only {len(questions)}",
            at=cell.at,
            hint="is this the key of another quiz?",
        )
    near = suggest(cell.text, [STUDENT, VARIANT, *by_name], "columns")
    meant = f"{near[:-1]}, or leave it out with" if near.startswith("did") else "leave it out with"
    return SpecError(
        f"unknown column {cell.text!r}", at=cell.at, hint=f"{meant} --ignore {cell.text.lower()}"
    )


def _row(row: list[Cell], columns: _Columns, keys: Keys) -> Answers:
    if len(row) != columns.width:
        few = len(row) < columns.width
        at = row[-1].at.shifted(len(row[-1].text)) if few else row[columns.width].at
        raise SpecError(
            f"too {'few' if few else 'many'} columns: {len(row)}, not {columns.width}",
            at=at,
            hint="leave cells empty for what was left out"
            if few
            else 'write an answer with a comma in quotes: "1,728"',
        )
    student = row[columns.student]
    if not student.text:
        raise SpecError("this row names no student", at=student.at, hint="name everyone")
    variant = keys.first.variant
    if columns.variant is not None:
        cell = row[columns.variant]
        variant = cell.text.upper()
        if len(variant) != 1 or variant not in LETTERS:
            got = repr(cell.text) if cell.text else "nothing"
            raise SpecError(
                f"a variant is a letter from A to Z, got {got}", at=cell.at, hint="write A"
            )
        if not keys.has(variant):
            known, why = ", ".join(keys.variants), keys.problem
            raise SpecError(
                f"there is no key for variant {variant}, only for {known}"
                + (f": {why.message}" if why else ""),
                at=cell.at,
                hint=why.hint if why else None,
            )
    cells = {number: row[place] for number, place in columns.questions.items()}
    return Answers(student.text, variant, cells)


def _check_student(
    name: str, at: Position, seen: dict[str, Position], students: Sequence[str] | None
) -> None:
    if name in seen:
        first = seen[name]
        raise SpecError(
            f"{name!r} has a row already, in line {first.line}", at=at, hint="leave one of them out"
        )
    seen[name] = at
    if students is not None and name not in students:
        raise SpecError(
            f"{name!r} is none of the students", at=at, hint=suggest(name, students, "students")
        )
