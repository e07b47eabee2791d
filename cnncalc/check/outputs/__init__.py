"""The formats of a report: one module each, with a function ``write(report, color) -> str``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from cnncalc.check.report import Report

#: Names as users give them, each a module beside this one, and what they are for.
FORMATS = {
    "text": "for people: source line, caret, note and help",
    "concise": "one line per finding",
    "json": "for programs",
    "sarif": "SARIF 2.1.0, for code scanning",
    "github": "annotations of GitHub Actions",
    "gitlab": "a Code Quality report of GitLab",
    "junit": "JUnit XML: a case per expectation, those that hold too",
    "markdown": "tables for a job summary or a comment",
}


class Writer(Protocol):
    def __call__(self, report: Report, color: bool = False) -> str:
        """The report as text; only ``text`` and ``concise`` know colours."""


def writer(format: str) -> Writer:
    """What writes a format, one of ``FORMATS``."""
    write: Callable[..., str] = import_module(f"{__name__}.{format}").write
    return write
