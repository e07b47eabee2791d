"""Which questions practice asks: what is due first, then what is new, then what is due soonest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from cnncalc.quiz.blueprints import Blueprint, Slot, chosen
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.engine import Seed, question, wording
from cnncalc.quiz.model import Question
from cnncalc.quiz.practice.progress import Progress

#: Draws that may be made to find a question that can show a misconception.
_TRIES = 12


def by_need(wanted: Blueprint, progress: Progress, today: date) -> list[Question]:
    """The questions of a blueprint that are needed most; the same for the same progress and day.

    Raises :class:`~cnncalc.quiz.engine.QuizError` where the templates cannot meet the blueprint.
    """
    seed = Draw("practice", today, progress.answered).below(1 << 31)
    templates = wanted.templates()
    ranks = _ranks(templates, progress, today)
    slots = chosen(wanted, seed, templates.values(), ranks)
    slots.sort(key=lambda slot: ranks[slot.template.id])
    found: list[Question] = []
    for number, slot in enumerate(slots, 1):
        due = progress.believed(slot.template.id, today)
        found.append(_question(slot, Seed(seed, "A", number), due, found))
    return found


def _ranks(templates: Iterable[str], progress: Progress, today: date) -> dict[str, int]:
    """Due ones in the order of their need, then all new ones, then the others by when they are due."""
    needs = progress.needs(today)
    due = sorted(needs, key=lambda id: (*needs[id], id))
    later = sorted({item.due for id, item in progress.templates.items() if id not in needs})
    ranks = dict.fromkeys(templates, len(due))
    for id, item in progress.templates.items():
        if id not in needs:
            ranks[id] = len(due) + 1 + later.index(item.due)
    return ranks | {id: rank for rank, id in enumerate(due)}


def _question(slot: Slot, seed: Seed, due: list[str], before: list[Question]) -> Question:
    """A question that can show the misconception that is due, if a few draws find one."""
    said = [wording(one) for one in before]
    first = None
    for i in range(_TRIES if due else 1):
        other = seed._replace(number=seed.number + 1000 * i)
        found = question(slot.template, other, slot.level, said)._replace(number=seed.number)
        if not due or due[0] in {wrong.misconception for wrong in found.body.wrongs()}:
            return found
        first = first or found
    assert first is not None
    return first
