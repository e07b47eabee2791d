"""Quizzes in the formats that people and programs read: one module for each, imported when asked for.

A module ``NAME.py`` here has one function, ``write(quiz, key) -> str`` (or ``bytes``): ``key`` asks
for answers and solutions on sheets for people; formats that always carry their answers ignore it.
It is entered in :data:`FORMATS`. A format whose pictures are files beside it has ``files(quiz)``
too. Modules that are no formats are what several share: :mod:`.fragments` are pieces of HTML,
:mod:`.fallbacks` what questions become where a format lacks their type. Use :func:`cnncalc.quiz.model.spans` for stems,
``render.drawing.svg.svg(question.picture)`` for pictures, the ``page`` functions of
:mod:`cnncalc.render` for solutions, and a table from the types of bodies to functions.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import PurePath
from typing import NamedTuple, cast

from cnncalc.errors import UsageError, suggest
from cnncalc.quiz.exam import Quiz


class Format(NamedTuple):
    """What a format is for, and the usual suffix of its files; is it bytes, which go to a file?"""

    about: str
    suffix: str
    binary: bool = False
    #: Are there files beside it?
    beside: bool = False


#: Name (the module's too) to format.
FORMATS: dict[str, Format] = {
    "text": Format("a sheet in plain text", ".txt"),
    "markdown": Format("a sheet in Markdown", ".md"),
    "json": Format("questions, keys and manifest for programs", ".json"),
    "html": Format("a page that checks itself", ".html"),
    "latex": Format("a sheet, or its key, in LaTeX's exam class", ".tex"),
    "moodle": Format("Moodle XML, for its question bank", ".xml"),
    "gift": Format("GIFT, for Moodle and others", ".gift"),
    "qti": Format("a package in QTI 2.1", ".zip", binary=True),
    "canvas": Format("source for text2qti, which makes what Canvas imports", ".txt", beside=True),
    "anki": Format("cards for Anki", ".tsv"),
    "manifest": Format("what rebuilds the quiz", ".json"),
}


def of_file(path: str | None) -> str:
    """The format of a file by its suffix; text for others.

    >>> of_file("exam.tex"), of_file("exam.txt"), of_file(None)
    ('latex', 'text', 'text')
    """
    suffix = "" if path is None else PurePath(path).suffix.lower()
    return next((name for name, one in FORMATS.items() if one.suffix == suffix), "text")


def files(quiz: Quiz, format: str) -> dict[str, bytes]:
    """The files that a format needs beside its own, by their names: pictures."""
    if not (format in FORMATS and FORMATS[format].beside):
        return {}
    found = import_module(f"{__name__}.{format}").files(quiz)
    return cast("dict[str, bytes]", found)


def export(quiz: Quiz, format: str, key: bool = False) -> str | bytes:
    """The quiz in a format; raises :class:`UsageError` for an unknown one."""
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}", hint=suggest(format, FORMATS, "formats"))
    found = import_module(f"{__name__}.{format}").write(quiz, key)
    return cast("str | bytes", found)
