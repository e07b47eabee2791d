"""Quizzes in the formats that people and programs read: one module for each, imported when asked for.

A module ``NAME.py`` here has one function, ``write(quiz, key) -> str`` (or ``bytes``): ``key`` asks
for answers and solutions on sheets for people; formats that always carry their answers ignore it.
It is entered in :data:`FORMATS`. Use :func:`cnncalc.quiz.model.spans` for stems,
``render.drawing.svg.svg(question.picture)`` for pictures, the ``page`` functions of
:mod:`cnncalc.render` for solutions, and a table from the types of bodies to functions.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple, cast

from cnncalc.errors import UsageError, suggest
from cnncalc.quiz.exam import Quiz


class Format(NamedTuple):
    """What a format is for, and the usual suffix of its files; is it bytes, which go to a file?"""

    about: str
    suffix: str
    binary: bool = False


#: Name (the module's too) to format.
FORMATS: dict[str, Format] = {
    "text": Format("a sheet in plain text", ".txt"),
    "markdown": Format("a sheet in Markdown", ".md"),
    "json": Format("questions, keys and manifest for programs", ".json"),
    "manifest": Format("what rebuilds the quiz", ".json"),
}


def export(quiz: Quiz, format: str, key: bool = False) -> str | bytes:
    """The quiz in a format; raises :class:`UsageError` for an unknown one."""
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=suggest(format, FORMATS, "formats"))
    found = import_module(f"{__name__}.{format}").write(quiz, key)
    return cast("str | bytes", found)
