"""Settings in files: ``cnncalc.toml``, or ``[tool.cnncalc]`` in ``pyproject.toml``."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.check.keys import KEYS, Written
from cnncalc.errors import Position, Source, UsageError, suggest

NAME = "cnncalc.toml"
_SHARED = "pyproject.toml"
_WHERE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Config(NamedTuple):
    """Values by key, as options mean them; ``path`` is the file, None where there is none."""

    path: Path | None = None
    values: Mapping[str, Any] = {}


def find(paths: Iterable[str | os.PathLike[str]]) -> Config:
    """The file nearest to what is checked: in the folder that all ``paths`` share, or above it.

    In a folder with both files ``cnncalc.toml`` counts; a ``pyproject.toml`` without
    ``[tool.cnncalc]`` does not. Raises :class:`cnncalc.UsageError` for what is wrong in the file.
    """
    folder = _shared(paths)
    for above in (folder, *folder.parents):
        for name in (NAME, _SHARED):
            path = above / name
            if path.is_file():
                table = _table(path)
                if table is not None:
                    return Config(path, table.values(above))
    return Config()


def load(path: Path) -> Config:
    """A file that is named; what it says of paths is then from the current folder.

    Raises :class:`cnncalc.UsageError` for a file that is not there, and for what is wrong in it.
    """
    table = _table(path)
    if table is None:
        raise UsageError(
            f"{path} has no [tool.cnncalc]", hint="add the table, or name another file"
        )
    return Config(path, table.values(Path.cwd()))


def _shared(paths: Iterable[str | os.PathLike[str]]) -> Path:
    """The folder that all paths lie in."""
    absolute = [Path(os.path.abspath(path)) for path in paths]
    folders = [path if path.is_dir() else path.parent for path in absolute]
    try:
        return Path(os.path.commonpath(folders)) if folders else Path.cwd()
    except ValueError:  # on different drives
        return Path.cwd()


class _Table(NamedTuple):
    """What a file says, and its text."""

    source: Source
    header: str
    data: Mapping[str, Any]

    def values(self, folder: Path) -> dict[str, Any]:
        """The values read; ``folder`` is what paths are relative to."""
        found = {}
        for key, value in self.data.items():
            if key not in KEYS:
                hint = suggest(key, KEYS, "keys")
                raise UsageError(f"unknown key {key!r}", at=self.position(key), hint=hint)
            place = self.position(key)
            found[key] = KEYS[key].read(value, Written(key, folder, place, self.position))
        return found

    def position(self, *names: str) -> Position:
        """Where a key is written, or one of the table under it; as near as the text tells."""
        here = Position(self.source, 1, 1)
        path = tuple(filter(None, self.header.split(".")))
        wanted = (*path, *names)
        table: tuple[str, ...] = ()
        for number, line in enumerate(self.source.text.splitlines(), start=1):
            header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
            if header:
                table = _parts(header.group(1))
                nearest, column = table, line.index("[") + 1
            else:
                key = re.match(r"""\s*((?:[\w.-]|"[^"]*"|'[^']*')+)\s*=""", line)
                if key is None:
                    continue
                nearest, column = (*table, *_parts(key.group(1))), key.start(1) + 1
            if wanted[: len(nearest)] == nearest:
                here = Position(self.source, number, column)
                if nearest == wanted:
                    break
                inner = re.search(rf"""[{{,]\s*["']?({re.escape(wanted[-1])})["']?\s*=""", line)
                if inner and len(wanted) == len(nearest) + 1:
                    here = Position(self.source, number, inner.start(1) + 1)
                    break
        return here


def _parts(dotted: str) -> tuple[str, ...]:
    found = re.findall(r""""[^"]*"|'[^']*'|[^.\s]+""", dotted)
    return tuple(part.strip("\"'") for part in found)


def _table(path: Path) -> _Table | None:
    """The table of a file that is ours; None where it has none."""
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8", hint="save it as UTF-8") from None
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}", hint="name a readable file of settings"
        ) from None
    source = Source(_name(path), text)
    if path.name == _SHARED and "cnncalc" not in text:
        return None
    data = _parsed(source)
    ours = data.get("tool", {}).get("cnncalc") if isinstance(data.get("tool"), dict) else None
    if ours is None:
        return None if path.name == _SHARED else _Table(source, "", data)
    if not isinstance(ours, dict):
        raise UsageError(
            "tool.cnncalc must be a table", at=Position(source, 1, 1), hint="write [tool.cnncalc]"
        )
    return _Table(source, "tool.cnncalc", ours)


def _parsed(source: Source) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(source.text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _WHERE.search(str(error))
        line, column = map(int, found.groups()) if found else (source.text.count("\n") + 1, 1)
        problem = str(error).partition(" (at ")[0]
        raise UsageError(
            f"not TOML: {problem[:1].lower()}{problem[1:]}",
            at=Position(source, line, column),
            hint="see https://toml.io",
        ) from None


def _name(path: Path) -> str:
    """As findings have it: from the current folder where it lies in it."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return path.as_posix()
