"""The bundled specs, by name, specs in files, and those of one line."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

from cnncalc.errors import UsageError, nearest, suggest
from cnncalc.spec import Limits, Spec, parse_line, parse_yaml

_SUFFIXES = (".yaml", ".yml")


def folder() -> Path:
    """Where the bundled specs are: in the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "specs"
    return installed if installed.is_dir() else package.parent / "specs"


class Found(NamedTuple):
    """A spec: its text, the name to call it, and the preset that was asked for."""

    text: str
    name: str
    preset: str | None = None


def names() -> list[str]:
    """Names of the bundled networks, sorted: presets of a family instead of the family."""
    return sorted(name for path in _files() for name in _presets(_text(path)) or [path.stem])


def _files() -> list[Path]:
    return sorted(folder().glob("*.yaml"))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


_PRESETS = re.compile(r"^presets:[^\n]*\n((?:[ #][^\n]*\n|\n)*)", re.MULTILINE)
_PRESET = re.compile(r"^  ([A-Za-z_]\w*):", re.MULTILINE)


def _presets(text: str) -> list[str]:
    """Names of the presets of a bundled spec, without parsing it as YAML (a zoo is many files)."""
    block = _PRESETS.search(text)
    return _PRESET.findall(block.group(1)) if block else []


def _bundled(name: str) -> Found | None:
    path = folder() / f"{name}.yaml"
    if path.is_file():
        text = _text(path)
        return Found(text, path.name, name if name in _presets(text) else None)
    for path in _files():
        text = _text(path)
        if f"  {name}:" in text and name in _presets(text):
            return Found(text, path.name, name)
    return None


def spec_of(source: str | Path, limits: Limits | None = None) -> Spec:
    """The spec that is meant: by one line of text, a path or the name of a bundled one."""
    if isinstance(source, str) and ("|" in source or _is_sizes(source)):
        return parse_line(source)
    found = find(source)
    spec = parse_yaml(found.text, found.name, limits)
    if found.preset is None:
        return spec
    if found.preset not in spec.presets:
        hint = suggest(found.preset, spec.presets, "presets")
        raise UsageError(f"{found.name} has no preset {found.preset!r}", hint=hint)
    return spec.preset(found.preset)


def _is_sizes(text: str) -> bool:
    """An input without layers, which is a one-line network cut short rather than a name."""
    if not text[:1].isdigit() or "x" not in text:
        return False
    try:
        return not Path(text).exists()
    except OSError:
        return True


def find(source: str | Path) -> Found:
    """A path, ``-`` for standard input, ``FILE:PRESET``, or a bundled spec or preset by name.

    Raises :class:`UsageError` when there is no such thing.
    """
    word = os.fspath(source)
    shown = word if len(word) <= 60 else f"{word[:59]}…"
    try:
        if word == "-":
            return Found(_standard_input(), "<stdin>")
        file, colon, preset = word.rpartition(":")
        if colon and Path(file).suffix in _SUFFIXES and Path(file).is_file():
            return Found(_decoded(Path(file).read_bytes()), file, preset)
        path = Path(word)
        if path.is_file() or path.is_fifo():
            return Found(_decoded(path.read_bytes()), word)
        if word and path.is_dir():
            raise UsageError(f"{word} is a folder", hint=_in_folder(path))
        bundled = _bundled(word) if _is_word(word) else None
        if bundled:
            return bundled
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        what = "standard input" if word == "-" else shown
        raise UsageError(
            f"{what} is not text in UTF-8: byte 0x{byte:02x} at {error.start}",
            hint="save it as UTF-8, or name another file",
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot read {shown}: {reason}", hint="name a readable text file, or see `cnncalc zoo`"
        ) from None
    raise _missing(word, shown, path)


def _decoded(data: bytes) -> str:
    return data.decode("utf-8-sig")


def _standard_input() -> str:
    stream = getattr(sys.stdin, "buffer", None)
    return sys.stdin.read() if stream is None else _decoded(stream.read())


def _in_folder(path: Path) -> str:
    found = sorted(item for item in path.iterdir() if item.suffix in _SUFFIXES)
    return f"name a spec in it, as {found[0]}" if found else "it has no spec (*.yaml) in it"


def _missing(word: str, shown: str, path: Path) -> UsageError:
    near = nearest(path.stem, names())
    if path.suffix in _SUFFIXES or os.sep in word:
        beside = [item.name for item in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        close = nearest(path.name, beside)
        hint = "check the path, or name a bundled spec (see `cnncalc zoo`)"
        if close:
            hint = f"did you mean {path.parent / close}?"
        elif near:
            hint = f"a bundled spec is called {near!r}"
        return UsageError(f"there is no file {shown}", hint=hint)
    hint = f"did you mean {near!r}?" if near else "see `cnncalc zoo` for the bundled specs"
    return UsageError(
        f"{shown!r} is no file, no bundled spec and no one-line network",
        hint=f"{hint} (one line: 3x32x32 | conv 10 k=5)",
    )


def named(name: str) -> Found:
    """A bundled spec, or a preset of one, by name. Raises :class:`UsageError` for any other word."""
    found = _bundled(name) if _is_word(name) else None
    if found is None:
        near = nearest(name, names())
        hint = f"did you mean {near!r}?" if near else "`cnncalc zoo` lists them"
        raise UsageError(f"there is no bundled spec {name!r}", hint=hint)
    return found


def _is_word(name: str) -> bool:
    return name.replace("_", "").isalnum()
