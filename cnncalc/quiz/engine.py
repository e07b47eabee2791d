"""From a template and a seed to a question: draws until one is good, and measures it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.errors import CnncalcError
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made
from cnncalc.quiz.model import Body, Matching, Question, Single, Symbolic, Table, TrueFalse
from cnncalc.quiz.registry import Template
from cnncalc.render.page import Page

#: Version of the questions that a seed stands for: a change that gives other ones counts it up.
VERSION = 1
#: As many draws are tried.
MOST_DRAWS = 400
#: The most steps and traps of a question of difficulty 1, and of difficulty 2.
EASY, MEDIUM = 4, 8
LEVELS = (1, 2, 3)


class QuizError(CnncalcError):
    """A quiz that cannot be made as it is asked for."""


class Seed(NamedTuple):
    """What decides a question's numbers, beside its template."""

    seed: int
    variant: str = "A"
    number: int = 1


def question(
    template: Template,
    seed: Seed,
    level: int | None = None,
    unlike: Iterable[str] = (),
    most: int = MOST_DRAWS,
) -> Question:
    """The question of a template for a seed, of a difficulty if one is given.

    ``unlike``: texts of questions that it must not repeat; one of a template that is asked only once
    does not, even if it begins like another one. Raises :class:`QuizError` where no draw
    is good.
    """
    said = {*unlike}
    why = "no draw fits"
    for attempt in range(most):
        draw = Draw(VERSION, seed.seed, template.id, seed.number, seed.variant, attempt)
        try:
            made = template.make(draw)
        except Redraw as problem:
            why = str(problem)
            continue
        if made.body.type != template.type:
            raise TypeError(f"{template.id} is of type {template.type}, made {made.body.type}")
        found = difficulty(made)
        new = template.once or wording(made) not in said
        if new and (level is None or found == level):
            return _question(template, seed, made, found, draw)
        why = "no draw has this difficulty, or is new"
    raise QuizError(
        f"{template.id}: no question for seed {seed.seed}{seed.variant}, number {seed.number}: "
        f"{why}",
        hint="choose another seed, fewer questions of this kind, or another difficulty",
    )


def _question(template: Template, seed: Seed, made: Made, level: int, draw: Draw) -> Question:
    body = made.body
    if isinstance(body, Single):
        body = body.with_key_at(draw.below(len(body.options)))
    word = template.id.replace("-", "_")
    return Question(
        id=f"{word}_s{seed.seed}{seed.variant}_{seed.number:02}",
        number=seed.number,
        template=template.id,
        topic=template.topic,
        difficulty=level,
        stem=made.stem,
        body=body,
        solution=made.solution,
        sources=template.sources,
        claims=made.claims,
        command=made.command,
        picture=made.picture,
    )


def wording(found: Made | Question) -> str:
    """What makes two questions the same to who reads them: all but the order of options."""
    body = found.body
    parts: tuple[str, ...] = ()
    if isinstance(body, TrueFalse):
        parts = tuple(one.text for one in body.statements)
    elif isinstance(body, Matching):
        parts = tuple(pair.left for pair in body.pairs)
    elif isinstance(body, Table):
        parts = tuple(" | ".join(row) for row in body.filled(lambda number, gap: ""))
    picture = found.picture.description if found.picture else ""
    return "\n".join([found.stem, picture, *sorted(parts)])


def difficulty(made: Made) -> int:
    """1, 2 or 3, by steps and traps.

    Steps are the derived lines of the solution, its steps in words, and what the type itself asks
    for; traps are the misconceptions that lead to another answer.
    """
    effort = _derived(made.solution) + made.steps + _parts(made.body) + made.traps
    return 1 if effort <= EASY else 2 if effort <= MEDIUM else 3


def _derived(solution: Page) -> int:
    lines = [line for section in solution.sections for _, some in section.groups for line in some]
    return sum(len(line.forms) > 1 for line in lines)


def _parts(body: Body) -> int:
    """How many things are to be found, beside the first."""
    if isinstance(body, TrueFalse):
        return len(body.statements) - 1
    if isinstance(body, Table):
        return len(body.gaps) - 1
    return {Matching: 1, Symbolic: 1}.get(type(body), 0)
