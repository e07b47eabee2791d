"""What has been learned: Leitner's boxes for templates and misconceptions, kept in a file.

An item is in one of five boxes; :data:`DAYS` says after how many days each is asked again. A right
answer to what is due (or new) moves it up a box, a wrong one moves it down to the first. A right
answer to what is not due yet changes nothing: repeating at once teaches little.

Items are templates and misconceptions. A misconception becomes one when it shows; it moves up when a
question that could have shown it is answered all right.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.quiz.marking import Mark
from cnncalc.quiz.model import Question, Wrong

#: Version of the file.
VERSION = 1
#: Days until what is in the first box, the second, … is asked again.
DAYS = (0, 1, 3, 7, 21)


class Item(NamedTuple):
    """A template or a misconception: its box (from 1), and when it is due."""

    box: int
    due: date
    seen: int = 0
    right: int = 0
    #: Of a misconception: its words, and the templates that showed it.
    text: str = ""
    templates: tuple[str, ...] = ()

    def after(self, right: bool, today: date) -> Item:
        """The item after an answer."""
        box = self.box
        if not right:
            box = 1
        elif self.due <= today:
            box = min(self.box + 1, len(DAYS))
        due = self.due if right and self.due > today else _due(box, today)
        return self._replace(box=box, due=due, seen=self.seen + 1, right=self.right + right)


class Progress(NamedTuple):
    """All items by their ids, and how many questions were answered."""

    answered: int = 0
    templates: Mapping[str, Item] = {}
    misconceptions: Mapping[str, Item] = {}

    def after(self, question: Question, mark: Mark, today: date) -> Progress:
        """The progress after an answer."""
        new = Item(1, today)
        asked = self.templates.get(question.template, new).after(mark.right, today)
        believed = dict(self.misconceptions)
        for wrong in mark.wrong:
            before = believed.get(wrong.misconception, new)
            believed[wrong.misconception] = _shown(before, wrong, question).after(False, today)
        if mark.right:
            for name in {one.misconception for one in mark.chances} & {*believed}:
                believed[name] = believed[name].after(True, today)
        templates = {**self.templates, question.template: asked}
        return Progress(self.answered + 1, templates, believed)

    def needs(self, today: date) -> dict[str, tuple[int, date]]:
        """The templates that are due, themselves or for a misconception; the lower the more urgent."""
        found: dict[str, tuple[int, date]] = {}
        for id, item in self._about():
            need = (item.box, item.due)
            if item.due <= today and need < found.get(id, (len(DAYS) + 1, today)):
                found[id] = need
        return found

    def believed(self, template: str, today: date) -> list[str]:
        """The misconceptions that are due and that this template has shown, most urgent first."""
        found = [
            (item.box, item.due, name)
            for name, item in self.misconceptions.items()
            if template in item.templates and item.due <= today
        ]
        return [name for _, _, name in sorted(found)]

    def _about(self) -> list[tuple[str, Item]]:
        of_misconceptions = (
            (id, item) for item in self.misconceptions.values() for id in item.templates
        )
        return [*self.templates.items(), *of_misconceptions]

    def to_dict(self) -> dict[str, Any]:
        return {
            "progress": VERSION,
            "answered": self.answered,
            "templates": {id: _item(one) for id, one in sorted(self.templates.items())},
            "misconceptions": {
                id: {**_item(one), "text": one.text, "templates": list(one.templates)}
                for id, one in sorted(self.misconceptions.items())
            },
        }


def _due(box: int, today: date) -> date:
    return today + timedelta(days=DAYS[box - 1])


def _shown(item: Item, wrong: Wrong, question: Question) -> Item:
    templates = tuple(sorted({*item.templates, question.template}))
    return item._replace(text=wrong.text, templates=templates)


def _item(one: Item) -> dict[str, Any]:
    return {"box": one.box, "due": one.due.isoformat(), "seen": one.seen, "right": one.right}


# Files.


def path() -> str:
    """Where progress is kept unless said otherwise: ``CNNCALC_PROGRESS``, or the user's data folder."""
    own = os.environ.get("CNNCALC_PROGRESS")
    if own:
        return own
    if sys.platform == "win32":  # pragma: no cover
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    else:
        given = os.environ.get("XDG_DATA_HOME", "")
        base = given if os.path.isabs(given) else str(Path.home() / ".local" / "share")
    return os.path.join(base, "cnncalc", "progress.json")


def load(path: str) -> Progress:
    """The progress in a file, none where there is no file; raises :class:`UsageError`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Progress()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"cannot read the progress in {path}: {error}", hint="--progress FILE names another"
        ) from None
    try:
        return _read(json.loads(text))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UsageError(
            f"{path} is no progress of practice",
            hint="move it away to begin anew, or name another with --progress FILE",
        ) from None


def _read(data: Any) -> Progress:
    if data["progress"] != VERSION:
        raise ValueError(data["progress"])
    return Progress(
        int(data["answered"]),
        {str(id): _read_item(one) for id, one in data["templates"].items()},
        {str(id): _read_item(one) for id, one in data["misconceptions"].items()},
    )


def _read_item(data: Mapping[str, Any]) -> Item:
    if data["box"] not in range(1, len(DAYS) + 1):
        raise ValueError(data["box"])
    return Item(
        data["box"],
        date.fromisoformat(data["due"]),
        int(data["seen"]),
        int(data["right"]),
        str(data.get("text", "")),
        tuple(map(str, data.get("templates", ()))),
    )


def save(progress: Progress, path: str) -> None:
    """Into a file, whole or not at all; raises :class:`UsageError`."""
    place = Path(os.path.realpath(path))
    beside = place.with_name(f"{place.name}.{os.getpid()}.new")
    text = json.dumps(progress.to_dict(), indent=1, ensure_ascii=False) + "\n"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        os.replace(beside, place)
    except OSError as error:
        raise UsageError(
            f"cannot keep the progress in {path}: {error.strerror}",
            hint="--progress FILE names another file, --no-progress keeps none",
        ) from None
