"""One line per finding, as editors and grep like it."""

from __future__ import annotations

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.outputs.words import painted, sentence, summary
from cnncalc.check.report import Report


def write(report: Report, color: bool = False) -> str:
    lines = [line(found, color) for found in report.diagnostics]
    return "\n".join([*lines, summary(report), ""])


def line(found: Diagnostic, color: bool = False) -> str:
    """``path:line:column: severity[CODE]: message``."""
    word = painted(f"{found.severity}[{found.code}]", found.severity, color)
    return f"{found.place}: {word}: {' '.join(sentence(found).split())}"
