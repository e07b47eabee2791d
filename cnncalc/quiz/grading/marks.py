"""From answers to marks: students, questions and misconceptions.

- A question is worth its difficulty in points, 1 to 3; parts of it share them.
- The **difficulty index** of a question is the mean share of its points that was reached: 1 is easy.
- Its **discrimination** is the correlation (point-biserial, where all is right or wrong) of its score
  with the points in all *other* questions, from :data:`FEWEST` students on: below 0, those who know
  more get it wrong more often.
- A student **has** a misconception that showed at least twice, in at least half of its chances. A
  chance is an answer that could have shown it; what is left out or unreadable is none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import sqrt
from typing import NamedTuple

from cnncalc.errors import Position
from cnncalc.quiz.answering import OUT, unreadable
from cnncalc.quiz.grading.answers import Answers
from cnncalc.quiz.grading.keys import Keys
from cnncalc.quiz.marking import Mark, mark
from cnncalc.quiz.model import Question

#: A misconception is had that showed as often, and in this share of its chances.
SHOWN, SHARE = 2, Fraction(1, 2)
#: Who has fewer percents of the points of a topic is named there.
LOW = 50
#: Students without which a correlation says nothing.
FEWEST = 5
#: In a quiz of as many questions, and by as much of the points more, another variant's key makes one
#: doubt that a variant is right; who guesses hardly comes to that.
DOUBT_FROM, DOUBT = 10, Fraction(1, 3)


class Answered(NamedTuple):
    """An answer to a question, and its mark; ``problem`` is why it cannot be read."""

    question: Question
    text: str
    mark: Mark
    at: Position | None = None
    problem: str | None = None

    @property
    def out(self) -> bool:
        return self.text in ("", OUT)


class Belief(NamedTuple):
    """How often a misconception showed, of the chances that there were."""

    text: str
    shown: int
    chances: int

    @property
    def had(self) -> bool:
        return self.shown >= SHOWN and self.shown >= SHARE * self.chances


class Student(NamedTuple):
    """``answered`` is empty for who is in the list of students and not among the answers."""

    name: str
    variant: str | None
    answered: tuple[Answered, ...]

    @property
    def points(self) -> Fraction:
        return sum((points(one) for one in self.answered), Fraction(0))

    @property
    def possible(self) -> int:
        return sum(one.question.points for one in self.answered)

    @property
    def share(self) -> Fraction:
        return self.points / self.possible

    def topics(self) -> dict[str, Student]:
        """The same with the questions of each topic alone."""
        found: dict[str, list[Answered]] = {}
        for one in self.answered:
            found.setdefault(one.question.topic, []).append(one)
        return {topic: self._replace(answered=tuple(some)) for topic, some in found.items()}

    @property
    def beliefs(self) -> dict[str, Belief]:
        """The misconceptions that there were chances for, by their ids."""
        words = {
            one.misconception: one.text
            for answer in self.answered
            for one in (*answer.mark.chances, *answer.mark.wrong)
        }
        marks = [answer.mark for answer in self.answered]
        chances = Counter(one.misconception for found in marks for one in found.chances)
        shown = Counter(one.misconception for found in marks for one in found.wrong)
        return {id: Belief(text, shown[id], chances[id]) for id, text in words.items()}


def points(answer: Answered) -> Fraction:
    """What an answer is worth."""
    return answer.mark.score * answer.question.points


class Item(NamedTuple):
    """A question in all its variants, and how it was answered by those who were there."""

    number: int
    answered: tuple[Answered, ...]
    #: The points of the same students in the other questions.
    others: tuple[Fraction, ...]

    @property
    def question(self) -> Question:
        return self.answered[0].question

    @property
    def mean(self) -> Fraction:
        return sum((one.mark.score for one in self.answered), Fraction(0)) / len(self.answered)

    @property
    def discrimination(self) -> float | None:
        if len(self.answered) < FEWEST:
            return None
        return correlation([one.mark.score for one in self.answered], self.others)

    @property
    def out(self) -> int:
        return sum(one.out for one in self.answered)

    def counts(self) -> list[tuple[str, Answered, int]]:
        """Variant, answer (the first of those written alike), and how many gave it, most first."""
        return [
            (found[0][0], found[0][1], len(found)) for found in sorted(self._alike(), key=_order)
        ]

    def _alike(self) -> Iterable[list[tuple[str, Answered]]]:
        found: dict[tuple[str, str], list[tuple[str, Answered]]] = {}
        for one in self.answered:
            variant = one.question.id.rpartition("_")[0][-1:]
            same = "".join(one.text.split()).upper()
            found.setdefault((variant, same), []).append((variant, one))
        return found.values()


def _order(found: list[tuple[str, Answered]]) -> tuple[str, bool, int, str]:
    variant, one = found[0]
    return variant, one.out, -len(found), one.text


class Grading(NamedTuple):
    """All marks of a class."""

    keys: Keys
    students: tuple[Student, ...]
    #: Those whose answers fit another variant far better, each with the marks by its key.
    doubts: tuple[tuple[Student, Student], ...] = ()

    @property
    def title(self) -> str:
        """The header of the quiz, with the variants that were answered."""
        start, _, _ = self.keys.first.title.rpartition(",")
        variants = sorted({str(one.variant) for one in self.present})
        return f"{start}, variant{'s' * (len(variants) > 1)} {', '.join(variants)}"

    @property
    def present(self) -> list[Student]:
        return [one for one in self.students if one.answered]

    def items(self) -> list[Item]:
        """The questions, in their order."""
        rows = [(student.points, student.answered) for student in self.present]
        return [
            Item(
                one.number,
                tuple(answered[i] for _, answered in rows),
                tuple(total - points(answered[i]) for total, answered in rows),
            )
            for i, one in enumerate(self.keys.first.questions)
        ]

    def topics(self) -> dict[str, list[Student]]:
        """What those who were there answered of each topic, in the order of the questions."""
        found: dict[str, list[Student]] = {}
        for student in self.present:
            for topic, part in student.topics().items():
                found.setdefault(topic, []).append(part)
        return found

    def beliefs(self) -> dict[str, list[tuple[Student, Belief]]]:
        """The misconceptions that showed, had by most first, and what each student did of them."""
        found: dict[str, list[tuple[Student, Belief]]] = {}
        for student in self.present:
            for id, belief in student.beliefs.items():
                found.setdefault(id, []).append((student, belief))

        def rank(id: str) -> tuple[int, int, str]:
            some = [belief for _, belief in found[id]]
            return -sum(one.had for one in some), -sum(one.shown for one in some), id

        return {
            id: found[id] for id in sorted(found, key=rank) if any(b.shown for _, b in found[id])
        }

    def problems(self) -> list[Answered]:
        """The answers that cannot be read."""
        return [one for student in self.students for one in student.answered if one.problem]


def grade(keys: Keys, answers: Sequence[Answers], students: Sequence[str] | None = None) -> Grading:
    """The marks; ``students`` are all there are, present or not."""
    keys = keys.of(one.variant for one in answers)
    known: dict[tuple[str, str], tuple[Mark, str | None]] = {}

    def answered(question: Question, given: Answers) -> Answered:
        cell = given.cells.get(question.number)
        text = cell.text if cell else ""
        if text in ("", OUT):
            return Answered(question, text, Mark(Fraction(0)), cell.at if cell else None)
        if (question.id, text) not in known:
            problem = unreadable(question.body, text)
            found = Mark(Fraction(0)) if problem else mark(question, text)
            known[question.id, text] = found, problem
        found, problem = known[question.id, text]
        return Answered(question, text, found, cell.at if cell else None, problem)

    def marked(given: Answers, variant: str) -> Student:
        questions = keys.variants[variant].questions
        return Student(
            given.student, variant, tuple(answered(question, given) for question in questions)
        )

    graded = [marked(one, one.variant) for one in answers]
    doubts = []
    if len(keys.first.questions) >= DOUBT_FROM:
        for given, own in zip(answers, graded):
            others = (marked(given, variant) for variant in keys.variants)
            best = max(others, key=lambda one: one.share)
            if best.share >= own.share + DOUBT:
                doubts.append((own, best))
    there = {one.name for one in graded}
    absent = (name for name in dict.fromkeys(students or ()) if name not in there)
    everyone = (*graded, *(Student(name, None, ()) for name in absent))
    return Grading(keys, everyone, tuple(doubts))


def correlation(xs: Sequence[Fraction], ys: Sequence[Fraction]) -> float | None:
    """Pearson's; None where either does not vary.

    >>> correlation([Fraction(0), Fraction(1)], [Fraction(3), Fraction(5)])
    1.0
    """
    count = len(xs)
    mx, my = sum(xs) / count, sum(ys) / count
    xy = sum(((x - mx) * (y - my) for x, y in zip(xs, ys)), Fraction(0))
    xx = sum(((x - mx) ** 2 for x in xs), Fraction(0))
    yy = sum(((y - my) ** 2 for y in ys), Fraction(0))
    return float(xy) / sqrt(xx * yy) if xx and yy else None
