"""For people: the source line, a caret, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import combining, east_asian_width

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.outputs.words import painted, summary
from cnncalc.check.report import Report

#: A longer source line is shown around the finding.
MOST = 100


def write(report: Report, color: bool = False) -> str:
    lines = [line for found in report.diagnostics for line in (*block(found, color), "")]
    return "\n".join([*lines, painted(summary(report), "bold", color), ""])


def block(found: Diagnostic, color: bool = False) -> Iterator[str]:
    """One finding as compilers print it."""
    node = f"{found.node}: " if found.node else ""
    head = painted(f"{found.severity}[{found.code}]", found.severity, color)
    yield f"{head}{painted(f': {node}{found.message}', 'bold', color)}"
    number = str(found.place.line)
    margin = " " * len(number)

    def bar(text: str, sign: str = "|", before: str = margin) -> str:
        return f"{painted(f'{before} {sign}', 'place', color)}{f' {text}' if text else ''}"

    arrow = painted(f"{margin}-->", "place", color)
    yield f"{arrow} {found.place}" + (f" ({found.model})" if found.model else "")
    if found.excerpt.strip():
        shown, before, under = _shown(found)
        label = f" {found.label}" if found.label else ""
        yield bar("")
        yield bar(shown, before=number)
        yield bar(before + painted(f"{under}{label}", found.severity, color))
    beside = [*(("note", note) for note in found.notes)]
    if found.help:
        beside.append(("help", found.help))
    for word, text in beside:
        for i, line in enumerate(text.splitlines()):
            yield bar(f"{word}: {line}" if i == 0 else f"      {line}", "=" if i == 0 else " ")


def _shown(found: Diagnostic) -> tuple[str, str, str]:
    """The line, the blanks before the carets and the carets, for a terminal's columns."""
    text = found.excerpt.replace("\t", " ")
    start = found.place.column - 1
    end = found.place.end_column - 1 if found.place.end_line == found.place.line else len(text)
    cut = max(0, start - 60)
    before, after = ("…" if cut else ""), ("…" if len(text) > cut + MOST else "")
    line = f"{before}{text[cut : cut + MOST]}{after}"
    blanks = _width(before) + _width(text[cut:start])
    return line, " " * blanks, "^" * max(1, _width(text[start : min(end, cut + MOST)]))


def _width(text: str) -> int:
    """Columns that a terminal gives to a text."""
    return sum(0 if combining(c) else 1 + (east_asian_width(c) in "WF") for c in text)
