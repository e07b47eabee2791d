"""Which files are specs, and what is in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cnncalc.check import rules
from cnncalc.check.places import whole
from cnncalc.check.report import FileReport
from cnncalc.problems import UnreadableFile

_SUFFIXES = (".yaml", ".yml")


def discover(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as they are; of folders ``*.cnn.yaml`` and YAML files with a key ``cnncalc:``, sorted."""
    for path in paths:
        if path.is_dir():
            yield from (file for file in sorted(path.rglob("*")) if _is_spec(file))
        else:
            yield path


def _is_spec(path: Path) -> bool:
    if path.suffix not in _SUFFIXES or not path.is_file():
        return False
    if path.stem.endswith(".cnn"):
        return True
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return any(line.startswith("cnncalc:") for line in text.splitlines())


def read(path: Path) -> str | FileReport:
    """The text of a file, or the report that it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text in UTF-8"
        unread = UnreadableFile(f"the file cannot be read: {reason}")
        place = whole(path.as_posix())
        return FileReport(path.as_posix(), (), (rules.for_error(unread).report(unread, place),))
