"""Annotations of GitHub Actions.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands: of each kind
only the first ten of a step are shown, so that the worst come first and the rest is plain text.
"""

from __future__ import annotations

from collections import Counter

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.outputs import concise
from cnncalc.check.outputs.words import counted, paragraphs, relative, summary, worst_first
from cnncalc.check.report import Report

#: Annotations of one kind that a step may show.
MOST = 10
_COMMAND = {"error": "error", "warning": "warning", "note": "notice"}


def write(report: Report, color: bool = False) -> str:
    seen: Counter[str] = Counter()
    shown: list[Diagnostic] = []
    rest: list[Diagnostic] = []
    for found in worst_first(report):
        seen[found.severity] += 1
        (shown if seen[found.severity] <= MOST else rest).append(found)
    lines = [_annotation(found) for found in shown]
    if rest:
        lines.append(f"{counted(len(rest), 'finding')} beyond what a step may annotate:")
        lines += [_harmless(concise.line(found)) for found in rest]
    return "\n".join([*lines, summary(report), ""])


def _annotation(found: Diagnostic) -> str:
    place = found.place
    properties = {
        "title": f"cnncalc ({found.code})",
        "file": relative(place.path),
        "line": place.line,
        "endLine": place.end_line,
        "col": place.column,
        "endColumn": place.end_column,
    }
    if place.end_line != place.line:  # columns are for one line only
        del properties["col"], properties["endColumn"]
    words = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{_COMMAND[found.severity]} {words}::{_data(chr(10).join(paragraphs(found)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _harmless(line: str) -> str:
    """A line that the runner does not take for a command."""
    return f" {line}" if line.lstrip().startswith("::") else line
