"""Model specs held to their budgets, like a linter."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

from cnncalc.check.checking import check_text
from cnncalc.check.codes import hold_settings
from cnncalc.check.diagnostics import Diagnostic, Edit, Fix, Place
from cnncalc.check.files import discover
from cnncalc.check.report import FileReport, ModelReport, Report
from cnncalc.check.running import check_item, run
from cnncalc.check.settings import Settings


def check(
    paths: Iterable[str | PathLike[str]] = (".",),
    settings: Settings | None = None,
    *,
    jobs: int = 1,
) -> Report:
    """Specs in files and folders, held to the rules and to what they expect of themselves.

    With ``jobs`` above 1 many files are shared among that many processes (a script then needs
    ``if __name__ == "__main__":``). No configuration file is read, see
    :func:`cnncalc.check.config.find`.

    Raises :class:`cnncalc.UsageError` for settings that mean nothing. A file that cannot be read
    or is no spec is a finding, not an error.
    """
    chosen = settings or Settings()
    hold_settings(chosen)
    return Report(tuple(run(discover(paths), chosen, jobs)))


def check_file(path: Path, settings: Settings) -> FileReport:
    """One file."""
    return check_item(path, settings)


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
