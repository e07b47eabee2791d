"""Fixes put into the text: safe ones, which change no number that was right."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.check.checking import check_text
from cnncalc.check.diagnostics import Edit, Fix
from cnncalc.check.report import FileReport
from cnncalc.check.settings import Settings

#: Fixes may make others possible; more rounds than this are a cycle.
MOST_ROUNDS = 20


def fixed(text: str, fixes: Iterable[Fix]) -> str:
    """``text`` with the fixes that do not overlap, those nearer to its top first."""
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offsets(edit: Edit) -> tuple[int, int]:
        place = edit.place
        return (
            starts[place.line - 1] + place.column - 1,
            starts[place.end_line - 1] + place.end_column - 1,
        )

    taken: list[tuple[int, int, str]] = []
    for fix in sorted(fixes, key=lambda fix: [offsets(edit) for edit in fix.edits]):
        wanted = [(*offsets(edit), edit.text) for edit in fix.edits]
        if all(end <= a or b <= start for start, end, _ in wanted for a, b, _ in taken):
            taken += [one for one in wanted if one not in taken]
    for start, end, new in sorted(taken, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def fix_text(text: str, path: str, settings: Settings) -> tuple[str, FileReport]:
    """The text with all that can be fixed, and the report of what is left."""
    for _ in range(MOST_ROUNDS):
        report = check_text(text, path, settings)
        better = fixed(text, (one.fix for one in report.diagnostics if one.fix))
        if better == text:
            break
        text = better
    return text, report
