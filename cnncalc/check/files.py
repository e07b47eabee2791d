"""Which files are specs, and what is in them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePath

from cnncalc.check.patterns import Pattern
from cnncalc.errors import UsageError
from cnncalc.problems import UnreadableFile

SUFFIXES = (".yaml", ".yml")
#: The key at the top, with a version; a mapping under such a key (a job of a CI) is something else.
_VERSION = re.compile(rb"^(?:\{[ \t]*)?[\"']?cnncalc[\"']?[ \t]*:[ \t]*[^\s#]", re.MULTILINE)
#: Nobody's own specs are in these, nor in hidden folders and virtual environments.
_FOREIGN = ("node_modules", "site-packages", "__pycache__")
#: A file in which no key was found this far is none of ours.
_LOOK = 1_000_000
#: No spec is larger, whatever ``--limit file=`` says: /dev/zero would fill the memory.
_MOST = 100_000_000


def discover(
    paths: Iterable[str | os.PathLike[str]], exclude: Iterable[Pattern] = (), force: bool = False
) -> list[Path]:
    """Specs by path, each once: files as they are named, those of folders sorted.

    In folders these are ``*.cnn.yaml``, ``*.cnn.yml``, and YAML files with a key ``cnncalc:``;
    links to folders are not followed. ``exclude`` is about what is found in folders, with ``force``
    also about what is named. What is not there is kept: that it cannot be read is a finding.
    """
    patterns = tuple(exclude)
    found: dict[str, Path] = {}
    for named in paths:
        path = shown(named)
        if force and _left_out(path, patterns):
            continue
        files = [path]
        if path.is_dir():
            about = [one for one in patterns if force or not one.matches(path)]
            files = sorted(_below(path, tuple(about)), key=lambda file: file.parts)
        for file in files:
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def shown(path: str | os.PathLike[str]) -> Path:
    """A path as findings have it: from the current folder where it lies in it."""
    absolute, here = os.path.abspath(path), os.getcwd()
    inside = absolute == here or absolute.startswith(here.rstrip(os.sep) + os.sep)
    return Path(os.path.relpath(absolute, here) if inside else path)


def _below(folder: Path, patterns: tuple[Pattern, ...]) -> Iterator[Path]:
    unread: list[Path] = []
    for here, folders, files in os.walk(
        folder, onerror=lambda error: unread.append(Path(error.filename))
    ):
        at = Path(here)
        folders[:] = [name for name in folders if not _skipped(at / name, patterns)]
        for name in files:
            path = at / name
            if not _excluded(path, patterns) and _is_spec(path):
                yield path
    yield from unread


def _left_out(path: Path, patterns: tuple[Pattern, ...]) -> bool:
    """Would a walk from the current folder not come to this file or folder?"""
    inside = not path.is_absolute() and ".." not in path.parts
    folders = [path, *path.parents] if path.is_dir() else path.parents
    above = [folder for folder in folders if folder.name] if inside else []
    return _excluded(path, patterns) or any(_skipped(folder, patterns) for folder in above)


def _skipped(folder: Path, patterns: tuple[Pattern, ...]) -> bool:
    return (
        is_foreign(folder.name) or (folder / "pyvenv.cfg").is_file() or _excluded(folder, patterns)
    )


def is_foreign(folder: str) -> bool:
    """Is a folder of this name left out, wherever it lies?"""
    return folder.startswith(".") or folder in _FOREIGN


def _excluded(path: Path, patterns: tuple[Pattern, ...]) -> bool:
    return any(pattern.matches(path) for pattern in patterns)


def _is_spec(path: Path) -> bool:
    if path.exists() and not path.is_file():
        return False
    try:
        return is_spec(path, lambda: _beginning(path))
    except OSError:
        return False


def _beginning(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(_LOOK)


def is_spec(path: PurePath, read: Callable[[], bytes]) -> bool:
    """Is a file of a folder a spec? It is only read where its name does not say."""
    if path.suffix not in SUFFIXES:
        return False
    return path.stem.endswith(".cnn") or bool(_VERSION.search(read()[:_LOOK].removeprefix(_MARK)))


#: What some editors put before a text.
_MARK = b"\xef\xbb\xbf"


def read(path: Path) -> str:
    """The text of a file, its line ends as they are; raises :class:`UnreadableFile`."""
    if path.is_dir():  # a walk could not enter it
        raise UnreadableFile(
            "cannot be read: no permission to list the folder",
            hint="make it readable, or leave it out with --exclude",
        )
    try:
        return decoded(_bytes(path))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(
            f"cannot be read: {reason}", hint="name a readable text file, or a folder"
        ) from None


def _bytes(path: Path) -> bytes:
    """All of a file; raises ValueError for one that does not end, or might as well not."""
    with open(path, "rb") as file:
        data = file.read(_MOST + 1)
    if len(data) > _MOST:
        raise ValueError(f"more than {_MOST:,} bytes")
    return data


def decoded(data: bytes) -> str:
    """Raises :class:`UnreadableFile` for what is no text."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"cannot be read: byte 0x{data[error.start]:02x} at {error.start} is not UTF-8",
            hint="save it as UTF-8",
        ) from None


def rewrite(path: Path, text: str) -> None:
    """Puts ``text`` into a file that was read; raises :class:`UsageError`."""
    try:
        mark = _MARK if path.read_bytes().startswith(_MARK) else b""
        path.write_bytes(mark + text.encode("utf-8"))
    except OSError as error:
        raise UsageError(
            f"cannot write {path}: {error.strerror}", hint="make the file writable"
        ) from None
