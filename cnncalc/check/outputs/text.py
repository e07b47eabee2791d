"""For people: the source line, a caret, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.report import Report


def write(report: Report) -> str:
    lines = [line for found in report.diagnostics for line in (*block(found), "")]
    return "\n".join([*lines, summary(report), ""])


def block(found: Diagnostic) -> Iterator[str]:
    """One finding as compilers print it."""
    node = f"{found.node}: " if found.node else ""
    yield f"{found.severity}[{found.code}]: {node}{found.message}"
    number = str(found.place.line)
    margin = " " * len(number)
    yield f"{margin}--> {found.place}" + (f" ({found.model})" if found.model else "")
    if found.excerpt.strip():
        width = max(1, found.place.end_column - found.place.column)
        label = f" {found.label}" if found.label else ""
        yield f"{margin} |"
        yield f"{number} | {found.excerpt}"
        yield f"{margin} | {' ' * (found.place.column - 1)}{'^' * width}{label}"
    for note in found.notes:
        yield f"{margin} = note: {note}"
    if found.help:
        yield f"{margin} = help: {found.help}"


def summary(report: Report) -> str:
    counts = [f"{n} {severity}{'s' * (n != 1)}" for severity, n in report.counts.items() if n]
    files = f"{len(report.files)} file{'s' * (len(report.files) != 1)}"
    held = f"{report.expected} expectation{'s' * (report.expected != 1)}"
    return f"{files}, {held} checked: {', '.join(counts) or 'nothing found'}"
