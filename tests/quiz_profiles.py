"""cnncalc/quiz/profiles.json: the difficulties and misconceptions of every template, as measured.

``python tests/quiz_profiles.py`` writes it.
"""

from __future__ import annotations

import json

from cnncalc.quiz.profiles import PATH, measured
from cnncalc.quiz.registry import catalogue


def main() -> None:
    found = {one.id: measured(one)._asdict() for one in catalogue().values()}
    text = json.dumps(found, indent=1, ensure_ascii=False)
    PATH.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
