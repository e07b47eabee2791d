"""The manifest: what rebuilds the quiz (``cnncalc quiz --manifest FILE``)."""

from __future__ import annotations

import json

from cnncalc.quiz.exam import Quiz


def write(quiz: Quiz, key: bool) -> str:
    return json.dumps(quiz.manifest(), indent=2) + "\n"
