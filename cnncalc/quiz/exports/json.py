"""JSON: everything there is to know about each question, and the manifest."""

from __future__ import annotations

import json

from cnncalc.quiz.exam import Quiz


def write(quiz: Quiz, key: bool) -> str:
    return json.dumps(quiz.to_dict(), indent=2, ensure_ascii=False) + "\n"
