"""What several formats say in the same words."""

from __future__ import annotations

import os
from pathlib import PurePath

from cnncalc.check.diagnostics import SEVERITIES, Diagnostic
from cnncalc.check.report import Report

_COLORS = {"error": "1;31", "warning": "1;33", "note": "1;36", "place": "34", "bold": "1"}


def sentence(found: Diagnostic) -> str:
    """The message, with the layer and the model that it is about."""
    node = f"{found.node}: " if found.node else ""
    model = f" ({found.model})" if found.model else ""
    return f"{node}{found.message}{model}"


def paragraphs(found: Diagnostic) -> list[str]:
    """The message and all that is known beside it, where the source line is shown elsewhere."""
    notes = [f"note: {note}" for note in found.notes]
    return [sentence(found), *notes, *([f"help: {found.help}"] if found.help else [])]


def worst_first(report: Report) -> list[Diagnostic]:
    return sorted(report.diagnostics, key=lambda found: SEVERITIES.index(found.severity))


def counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def summary(report: Report) -> str:
    """The last line, the most important one."""
    checked = f"{counted(len(report.files), 'file')}, {counted(report.expected, 'expectation')}"
    found = [counted(number, word) for word, number in report.counts.items() if number]
    silenced = sum(file.suppressed for file in report.files)
    quiet = f" ({silenced:,} silenced)" if silenced else ""
    fixable = sum(one.fix is not None for one in report.diagnostics)
    fix = f"; {fixable:,} fixable with --fix" if fixable else ""
    return f"{checked} checked: {', '.join(found) or 'nothing found'}{quiet}{fix}"


def relative(path: str) -> str:
    """As hosts of code want it: from the current folder where it lies in it, with slashes."""
    pure = PurePath(path)
    if pure.is_absolute():
        try:
            pure = pure.relative_to(os.getcwd())
        except ValueError:
            return pure.as_posix()
    return pure.as_posix()


def painted(text: str, style: str, color: bool) -> str:
    return f"\033[{_COLORS[style]}m{text}\033[0m" if color and text else text
