"""The bundled specs, by name, and specs in files."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cnncalc.errors import UsageError, nearest

_SUFFIXES = (".yaml", ".yml")


def folder() -> Path:
    """Where the bundled specs are: in the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "specs"
    return installed if installed.is_dir() else package.parent / "specs"


def names() -> list[str]:
    """Names of the bundled specs, sorted."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def find(source: str | Path) -> tuple[str, str]:
    """Text of a spec and the name to call it: a path, ``-`` for standard input, a bundled name.

    Raises :class:`UsageError` when there is no such thing.
    """
    if source == "-":
        return sys.stdin.read(), "<stdin>"
    word = os.fspath(source)
    path = Path(word)
    try:
        if path.is_file():
            return path.read_text(encoding="utf-8"), word
        if path.is_dir():
            raise UsageError(f"{word} is a folder", hint="name a spec in it")
        bundled = folder() / f"{word}.yaml"
        if word.replace("_", "").isalnum() and bundled.is_file():
            return bundled.read_text(encoding="utf-8"), f"{word}.yaml"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{word}: {reason}", hint="name a readable text file in UTF-8") from None
    raise _missing(word, path)


def _missing(word: str, path: Path) -> UsageError:
    near = nearest(path.stem, names())
    if path.suffix in _SUFFIXES or os.sep in word:
        beside = [item.name for item in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
        close = nearest(path.name, beside)
        hint = f"did you mean {path.parent / close}?" if close else "check the path"
        if near and not close:
            hint = f"a bundled spec is called {near!r}"
        return UsageError(f"there is no file {word}", hint=hint)
    hint = f"did you mean {near!r}?" if near else "see `cnncalc zoo` for the bundled specs"
    return UsageError(
        f"{word!r} is no file, no bundled spec and no one-line network",
        hint=f"{hint} (one line: 3x32x32 | conv 10 k=5)",
    )
