"""Findings that were there before: written down once, silenced from then on.

A finding is known by its file, code, model and source line, so that it is the same one when lines
move and when the number in its message changes; equal ones are counted.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.check import rules
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.report import FileReport, Report
from cnncalc.check.rule import ErrorRule
from cnncalc.check.settings import Settings
from cnncalc.errors import UsageError

#: Version of the file.
SCHEMA = 1
_TOOL = "cnncalc check"


class Known(NamedTuple):
    """What a finding is known by; ``path`` is relative to the folder of the baseline."""

    path: str
    code: str
    source: str
    model: str = ""

    def __str__(self) -> str:
        model = f" ({self.model})" if self.model else ""
        return f"{self.path}: {self.code}{model}{f': {self.source}' if self.source else ''}"


class Applied(NamedTuple):
    """A report without what the baseline silences, how much that is, and what it has in vain."""

    report: Report
    silenced: int
    unneeded: list[Known]


class Baseline:
    """What is known, and how often, of files below ``folder``."""

    def __init__(self, folder: Path, known: Counter[Known] | None = None) -> None:
        self.folder = folder
        self.known = known if known is not None else Counter()

    def apply(self, report: Report, settings: Settings) -> Applied:
        """Raises nothing: files that the baseline does not have are as they were."""
        left = self.known.copy()
        files = [self._without(file, left) for file in report.files]
        silenced = self.known.total() - left.total()
        judged = self._judged(report, settings)
        unneeded = sorted(one for one in left.elements() if judged(one))
        return Applied(Report(tuple(files)), silenced, unneeded)

    def renewed(self, report: Report, settings: Settings) -> Baseline:
        """The same after ``report``: all that it found, and what it did not look at."""
        judged = self._judged(report, settings)
        kept = Counter({one: number for one, number in self.known.items() if not judged(one)})
        found = Counter(map(self._key, report.diagnostics))
        return Baseline(self.folder, kept | found)

    def _without(self, file: FileReport, left: Counter[Known]) -> FileReport:
        shown: list[Diagnostic] = []
        for found in file.diagnostics:
            key = self._key(found)
            if left[key] > 0:
                left[key] -= 1
            else:
                shown.append(found)
        silenced = len(file.diagnostics) - len(shown)
        return file._replace(diagnostics=tuple(shown), suppressed=file.suppressed + silenced)

    def _key(self, found: Diagnostic) -> Known:
        path = self._path(found.place.path)
        return Known(path, found.code, found.excerpt.strip(), found.model or "")

    def _path(self, path: str) -> str:
        return Path(os.path.relpath(path, self.folder)).as_posix()

    def _judged(self, report: Report, settings: Settings) -> _Judged:
        broken = {
            self._path(file.path)
            for file in report.files
            if any(isinstance(rules.rules()[one.code], ErrorRule) for one in file.diagnostics)
            or not all(model.metrics for model in file.models)
        }
        checked = {self._path(file.path) for file in report.files}
        return _Judged(self.folder, checked, broken, settings)

    def text(self) -> str:
        """The file, the same for the same findings."""
        files: dict[str, list[dict[str, Any]]] = {}
        for known, count in sorted(self.known.items()):
            one = {"code": known.code, "source": known.source, "model": known.model, "count": count}
            files.setdefault(known.path, []).append({key: one[key] for key in one if one[key]})
        data = {"schema": SCHEMA, "tool": _TOOL, "files": files}
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


class _Judged(NamedTuple):
    """Did a run see whether something known is still there?"""

    folder: Path
    checked: set[str]
    broken: set[str]
    settings: Settings

    def __call__(self, one: Known) -> bool:
        path = self.folder / one.path
        if one.path not in self.checked:
            return not path.exists()
        if not self.settings.selects(one.code, str(path)):
            return False
        return one.path not in self.broken or isinstance(rules.rules().get(one.code), ErrorRule)


def load(path: Path) -> Baseline:
    """What ``--write-baseline`` wrote. Raises :class:`UsageError` for anything else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"cannot read the baseline {path}: {error.strerror}",
            hint="write one with --baseline FILE --write-baseline",
        ) from None
    except (ValueError, RecursionError):
        raise _refused(path, "it is not JSON") from None
    if not isinstance(data, dict) or data.get("tool") != _TOOL:
        raise _refused(path, f"it is not of {_TOOL}")
    if data.get("schema") != SCHEMA:
        raise _refused(path, f"this reads schema {SCHEMA}, it has {data.get('schema')!r}")
    known: Counter[Known] = Counter()
    try:
        for name, entries in data["files"].items():
            for entry in entries:
                words = (entry["code"], entry.get("source", ""), entry.get("model", ""))
                if not all(isinstance(word, str) for word in words):
                    raise TypeError
                known[Known(name, *words)] += int(entry.get("count", 1))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise _refused(path, "its files are not as they were written") from None
    return Baseline(_folder(path), known)


def write(path: Path, baseline: Baseline) -> None:
    try:
        path.write_text(baseline.text(), encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(
            f"cannot write the baseline {path}: {error.strerror}", hint="choose another file"
        ) from None


def begun(path: Path) -> Baseline:
    """The baseline in a file, an empty one where there is no file yet."""
    return load(path) if path.exists() else Baseline(_folder(path))


def _folder(path: Path) -> Path:
    return Path(os.path.abspath(path)).parent


def _refused(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{path} is not a baseline: {why}",
        hint="write it anew with --baseline FILE --write-baseline",
    )
