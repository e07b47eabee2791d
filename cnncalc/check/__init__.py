"""Model specs held to their budgets, like a linter."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from cnncalc.check import rules
from cnncalc.check.checking import check_text
from cnncalc.check.diagnostics import Diagnostic, Edit, Fix, Place
from cnncalc.check.files import discover, read
from cnncalc.check.places import whole
from cnncalc.check.report import FileReport, ModelReport, Report
from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError


def check(
    paths: Iterable[str | PathLike[str]] = (".",), settings: Settings | None = None
) -> Report:
    """Specs in files and folders, held to the rules and to what they expect of themselves.

    Raises :class:`cnncalc.UsageError` for settings that mean nothing. A file that cannot be read
    or is no spec is a finding, not an error.
    """
    chosen = settings or Settings()
    return Report(tuple(check_file(path, chosen) for path in discover(map(Path, paths))))


def check_file(path: Path, settings: Settings) -> FileReport:
    try:
        return check_text(read(path), path.as_posix(), settings)
    except CnncalcError as error:
        place = whole(path.as_posix())
        return FileReport(path.as_posix(), (), (rules.for_error(error).report(error, place),))


__all__ = [
    "Diagnostic",
    "Edit",
    "FileReport",
    "Fix",
    "ModelReport",
    "Place",
    "Report",
    "Settings",
    "check",
    "check_file",
    "check_text",
]
