"""A simulated class: students who hold misconceptions answer by them, and otherwise right, or slip."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import NamedTuple

from cnncalc.quiz.engine import VERSION
from cnncalc.quiz.exam import Quiz, rebuilt
from cnncalc.quiz.model import (
    LETTERS,
    Body,
    Matching,
    Numeric,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    Wrong,
)


def of(variant: str, seed: int, **templates: int) -> Quiz:
    """A quiz of these templates (``_`` for ``-``), as often, whatever other ones there are."""
    ids = [id.replace("_", "-") for id, count in templates.items() for _ in range(count)]
    questions = [{"template": id, "difficulty": None} for id in ids]
    manifest = {"quiz": VERSION, "seed": seed, "variant": variant, "questions": questions}
    return rebuilt(manifest)


class Pupil(NamedTuple):
    name: str
    variant: str
    held: tuple[str, ...] = ()


def taught(quiz: Quiz) -> dict[str, int]:
    """In how many questions each misconception can show."""
    return Counter(
        name
        for one in quiz.questions
        for name in {wrong.misconception for wrong in one.body.wrongs()}
    )


def decides(quiz: Quiz, held: Sequence[str]) -> Counter[str]:
    """How many questions each misconception decides for who holds these: the first that can show."""
    found: Counter[str] = Counter()
    for one in quiz.questions:
        can = {wrong.misconception for wrong in one.body.wrongs()}
        found.update([name for name in held if name in can][:1])
    return found


def answer(body: Body, held: Sequence[str], slip: float, random: Random) -> str:
    """What is written: by the first misconception that can show; otherwise right, or a slip."""
    wrongs = list(body.wrongs())
    for name in held:
        if any(wrong.misconception == name for wrong in wrongs):
            return believed(body, {name}, random)
    if random.random() >= slip:
        return body.key
    chosen = random.choice(wrongs).misconception if wrongs else ""
    return believed(body, {chosen}, random, once=True) if chosen else "0"


def believed(body: Body, names: set[str], random: Random, once: bool = False) -> str:
    """The answer of who has these misconceptions; ``once``: in one part of it only."""

    def has(wrong: Wrong | None) -> bool:
        return wrong is not None and wrong.misconception in names

    if isinstance(body, Single):
        places = [i for i, option in enumerate(body.options) if has(option.wrong)]
        return LETTERS[random.choice(places)]
    if isinstance(body, TrueFalse):
        places = [i for i, one in enumerate(body.statements) if has(one.wrong)]
        places = [random.choice(places)] if once else places
        return "".join("TF"["FT".index(x)] if i in places else x for i, x in enumerate(body.key))
    if isinstance(body, Matching):
        letters = [LETTERS[i] for i, c in enumerate(body.choices) if c in _values(body, names)]
        return random.choice(letters) + body.key[1:]
    if isinstance(body, Table):
        places = [i for i, gap in enumerate(body.gaps) if any(map(has, gap.wrong))]
        places = [random.choice(places)] if once else places
        return "; ".join(
            str(next(wrong.value for wrong in gap.wrong if has(wrong))) if i in places else gap.key
            for i, gap in enumerate(body.gaps)
        )
    assert isinstance(body, (Numeric, Symbolic))
    return str(next(wrong.value for wrong in body.wrong if has(wrong)))


def _values(body: Matching, names: set[str]) -> set[str]:
    return {str(one.value) for one in body.others if one.misconception in names}


def sheet(pupils: Sequence[Pupil], quizzes: Mapping[str, Quiz], slip: float, random: Random) -> str:
    """The class's answers as a file."""
    output = io.StringIO()
    writer = csv.writer(output)
    numbers = [one.number for one in next(iter(quizzes.values())).questions]
    writer.writerow(["student", "variant", *numbers])
    for pupil in pupils:
        questions = quizzes[pupil.variant].questions
        answers = [answer(one.body, pupil.held, slip, random) for one in questions]
        writer.writerow([pupil.name, pupil.variant, *answers])
    return output.getvalue()
