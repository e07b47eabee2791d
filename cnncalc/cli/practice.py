"""``cnncalc quiz --play``: the terminal that a session takes place at."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from shutil import get_terminal_size

import click

from cnncalc.cli.options import colored
from cnncalc.cli.streams import spelled
from cnncalc.errors import UsageError
from cnncalc.quiz.marking import Mark
from cnncalc.quiz.model import Question
from cnncalc.quiz.practice import Progress, load, path, play, save
from cnncalc.render.plain import WIDTH

_STYLES: dict[str, dict[str, object]] = {
    "title": {"bold": True},
    "right": {"fg": "green", "bold": True},
    "wrong": {"fg": "red"},
    "quiet": {"dim": True},
}


class Terminal:
    """Standard input and output; what is read from a file or pipe is shown as if it were typed."""

    def __init__(self, color: str = "auto") -> None:
        self.waits = sys.stdin.isatty() and sys.stdout.isatty()
        self.width = (
            max(20, min(WIDTH, get_terminal_size((WIDTH, 24)).columns)) if self._wide else WIDTH
        )
        self._color = colored(color, None)

    @property
    def _wide(self) -> bool:
        return sys.stdout.isatty() or "COLUMNS" in os.environ

    def say(self, text: str = "", role: str = "") -> None:
        if self._color and role:
            text = click.style(text, **_STYLES[role])  # type: ignore[arg-type]
        sys.stdout.write(spelled(text, sys.stdout.encoding) + "\n")
        sys.stdout.flush()

    def read(self, prompt: str) -> str:
        if self.waits:
            return input(prompt)
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError:
            raise UsageError("standard input is not in UTF-8", hint="save it as UTF-8") from None
        if not line:
            raise EOFError
        self.say(f"{prompt}{line.rstrip()}")
        return line


def session(
    asked: Callable[[Progress, date], Sequence[Question]],
    file: str | None,
    keep: bool,
    today: str | None,
    color: str,
) -> None:
    """Loads the progress, plays the questions that ``asked`` chooses, and keeps the progress."""
    day = _day(today)
    place = (file or path()) if keep else None
    progress = load(place) if place else Progress()
    questions = asked(progress, day)
    if place:
        save(progress, place)  # tells now, not after an answer, that it cannot be kept
    screen = Terminal(color)
    needed = progress.needs(day)
    due = sum(question.template in needed for question in questions)
    new = sum(question.template not in progress.templates for question in questions)
    count = f"{len(questions)} question{'s' * (len(questions) != 1)}"
    screen.say(f"{count}: {due} due, {new} new. help says what to type.", "quiet")

    def note(question: Question, mark: Mark) -> None:
        nonlocal progress
        progress = progress.after(question, mark, day)
        if place:
            save(progress, place)

    score = play(questions, screen, note)
    if place and score.marks:
        screen.say(_next(progress, day), "quiet")
    if score.interrupted:
        click.get_current_context().exit(130)


def _next(progress: Progress, today: date) -> str:
    items = [*progress.templates.values(), *progress.misconceptions.values()]
    first = min(item.due for item in items)
    count = len(progress.needs(max(first, today)))
    return f"Due {'today' if first <= today else first.isoformat()}: {count} to repeat."


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no day", hint="write --today 2026-10-31") from None
