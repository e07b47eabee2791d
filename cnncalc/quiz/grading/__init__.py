"""Grading: marks of a class, how good its questions were, and which misconceptions who has."""

from cnncalc.quiz.grading.answers import Answers, AnswersError, read_answers, read_students
from cnncalc.quiz.grading.keys import Keys, read_keys
from cnncalc.quiz.grading.marks import Answered, Grading, Student, grade

__all__ = [
    "Answered",
    "Answers",
    "AnswersError",
    "Grading",
    "Keys",
    "Student",
    "grade",
    "read_answers",
    "read_keys",
    "read_students",
]
