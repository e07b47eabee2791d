"""Codes as users name them: whole, by their beginning, or all at once."""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.check import rules
from cnncalc.check.rule import FAMILIES
from cnncalc.check.settings import Settings, names
from cnncalc.errors import Position, UsageError, nearest

_LETTERS = ", ".join(FAMILIES)


def known(prefix: str) -> bool:
    """Does ``prefix`` stand for any rule?"""
    return bool(prefix) and any(names(prefix, code) for code in rules.rules())


def hint(prefix: str) -> str:
    """What may have been meant by a code that no rule has."""
    near = nearest(prefix, rules.rules())
    if near:
        return f"did you mean {near!r}?"
    family = [code for code in rules.rules() if code[0] == prefix[:1].upper()]
    listed = (
        f"codes of this family: {', '.join(family)}" if family else f"it begins with {_LETTERS}"
    )
    return f"{listed} (`cnncalc rules` lists all)"


def hold(prefixes: Iterable[str], what: str, at: Position | None = None) -> None:
    """Raises :class:`UsageError` for a code that no rule has; ``what`` names the option."""
    for prefix in prefixes:
        if not known(prefix):
            raise UsageError(f"{what}: no rule has the code {prefix!r}", at=at, hint=hint(prefix))


def hold_settings(settings: Settings) -> None:
    """The same for all codes of ``settings``."""
    hold(settings.select, "select")
    hold(settings.ignore, "ignore")
    hold(settings.extend_select, "extend_select")
    hold((prefix for prefix, _ in settings.severity), "severity")
    for _, codes in settings.per_file_ignores:
        hold(codes, "per_file_ignores")
