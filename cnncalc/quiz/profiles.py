"""What the questions of each template are like: measured on some of them, and kept beside the code.

Measuring all templates takes many seconds, so the package has what was measured
(``python tests/quiz_profiles.py`` measures again).
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.registry import Template

PATH = Path(__file__).parent / "profiles.json"
_DRAWS = 12


class Profile(NamedTuple):
    """The difficulties and the misconceptions (in words) of some questions of a template."""

    levels: tuple[int, ...]
    misconceptions: tuple[str, ...]


def measured(template: Template, draws: int = _DRAWS) -> Profile:
    """The profile of as many questions, each with numbers of its own."""
    found = [question(template, Seed(0, "A", number)) for number in range(1, draws + 1)]
    texts = {wrong.text for one in found for wrong in one.body.wrongs() if wrong.text}
    return Profile(tuple(sorted({one.difficulty for one in found})), tuple(sorted(texts)))


@cache
def profile(template: Template) -> Profile:
    """What was measured; one that is new, or a teacher's own, is measured now."""
    kept = None if template.bank else _kept().get(template.id)
    return kept or measured(template)


@cache
def _kept() -> dict[str, Profile]:
    found = json.loads(PATH.read_text("utf-8"))
    return {
        id: Profile(tuple(one["levels"]), tuple(one["misconceptions"])) for id, one in found.items()
    }
