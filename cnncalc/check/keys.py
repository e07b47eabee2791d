"""What a file of settings may say: each key with what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.check import codes
from cnncalc.check.diagnostics import SEVERITIES
from cnncalc.check.outputs import FORMATS
from cnncalc.check.patterns import Pattern
from cnncalc.errors import Position, UsageError, suggest
from cnncalc.spec.limits import Limits

#: What ``fail-on`` takes.
FAIL_ON = (*SEVERITIES, "never")


class Written(NamedTuple):
    """A value's key, the folder that its paths are relative to, and where it is written."""

    key: str
    folder: Path
    at: Position | None = None
    #: The place of the key and of one under it.
    inner: Callable[..., Position] | None = None

    def under(self, name: str) -> Position | None:
        return self.inner(self.key, name) if self.inner else self.at

    def wrong(self, problem: str, hint: str, at: Position | None = None) -> UsageError:
        return UsageError(f"{self.key} {problem}", at=at or self.at, hint=hint)


class Key(NamedTuple):
    """``read`` gives the value that an option of the same name has; ``doc`` says what it is for."""

    read: Callable[[Any, Written], Any]
    doc: str


def words(value: Any, written: Written) -> tuple[str, ...]:
    """A list of texts, or one of them with commas."""
    if isinstance(value, str):
        return tuple(filter(None, (part.strip() for part in value.split(","))))
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise written.wrong("must be a list of texts", f'write {written.key} = ["…"]')


def formats(value: Any, written: Written) -> tuple[str, ...]:
    """Formats as ``FMT`` or ``FMT:FILE``."""
    found = words(value, written)
    for word in found:
        format = word.partition(":")[0]
        if format not in FORMATS:
            hint = suggest(format, FORMATS, "formats")
            raise UsageError(f"unknown output format {format!r}", at=written.at, hint=hint)
    return found


def _codes(value: Any, written: Written) -> tuple[str, ...]:
    found = words(value, written)
    codes.hold(found, written.key, written.at)
    return found


def patterns(globs: Iterable[str], folder: Path) -> tuple[Pattern, ...]:
    return tuple(Pattern(glob, folder.absolute().as_posix()) for glob in globs)


def _exclude(value: Any, written: Written) -> tuple[Pattern, ...]:
    return patterns(words(value, written), written.folder)


def _file(value: Any, written: Written) -> str:
    if isinstance(value, str) and value:
        return str(written.folder / value)
    raise written.wrong("must be the name of a file", f'write {written.key} = "baseline.json"')


def _flag(value: Any, written: Written) -> bool:
    if isinstance(value, bool):
        return value
    raise written.wrong(f"must be true or false, got {value!r}", f"write {written.key} = true")


def _fail_on(value: Any, written: Written) -> str:
    return _one_of(value, FAIL_ON, written, written.at)


def _one_of(value: Any, known: tuple[str, ...], written: Written, at: Position | None) -> str:
    if value in known and isinstance(value, str):
        return value
    hint = suggest(str(value), known, "values")
    raise written.wrong(f"is {' or '.join(known)}, got {value!r}", hint, at)


def _pairs(value: Any, written: Written) -> tuple[tuple[str, str], ...]:
    """Names with numbers or expressions."""
    for name, one in _mapping(value, written, "{H = 224, W = 224}").items():
        if isinstance(one, bool) or not isinstance(one, (int, str)):
            raise written.wrong(
                f"{name} must be a number, or an expression in quotes",
                f"write {written.key} = {{{name} = 224}}",
                written.under(name),
            )
    return tuple((name, str(one)) for name, one in value.items())


def _limits(value: Any, written: Written) -> Limits:
    for name, one in _mapping(value, written, "{layers = 1000000}").items():
        at = written.under(name)
        if name not in Limits._fields:
            hint = suggest(name, Limits._fields, "limits")
            raise written.wrong(f"has no {name!r}", hint, at)
        if isinstance(one, bool) or not isinstance(one, int) or one < 1:
            hint = f"write {written.key} = {{{name} = 1000000}}"
            raise written.wrong(f"{name} must be an integer of at least 1, got {one!r}", hint, at)
    return Limits(**value)


def _severity(value: Any, written: Written) -> tuple[tuple[str, str], ...]:
    for code, one in _mapping(value, written, '{A501 = "error"}').items():
        codes.hold([code], written.key, written.under(code))
        _one_of(one, SEVERITIES, written, written.under(code))
    return tuple(value.items())


def _per_file(value: Any, written: Written) -> tuple[tuple[Pattern, tuple[str, ...]], ...]:
    found = []
    for glob, one in _mapping(value, written, '{"old/**" = ["A"]}').items():
        inner = Written(f"{written.key} of {glob}", written.folder, written.under(glob))
        [pattern] = patterns([glob], written.folder)
        found.append((pattern, _codes(one, inner)))
    return tuple(found)


def _mapping(value: Any, written: Written, example: str) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    raise written.wrong("must be a table", f"write {written.key} = {example}")


KEYS = {
    "select": Key(_codes, "codes, or beginnings of codes, of the rules that are on"),
    "ignore": Key(_codes, "codes, or beginnings of codes, of the rules that are off"),
    "extend-select": Key(_codes, "codes that are on beside those of `select`"),
    "per-file-ignores": Key(_per_file, "codes that are off in the files of a glob"),
    "severity": Key(_severity, "`error`, `warning` or `note` for codes or their beginnings"),
    "fail-on": Key(_fail_on, "`error`, `warning`, `note` or `never`"),
    "output-format": Key(formats, "a format, or several, each as `FMT` or `FMT:FILE`"),
    "exclude": Key(_exclude, "globs of files and folders that are left out"),
    "force-exclude": Key(_flag, "leave them out even when they are named"),
    "baseline": Key(_file, "the file of findings that are known"),
    "at": Key(_pairs, "values for symbols, for the specs that have them"),
    "set": Key(_pairs, "values for parameters, for the specs that have them"),
    "limits": Key(_limits, "the limits of `--limit`"),
}
