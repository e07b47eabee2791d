"""What callers give, checked: names, values by name, a batch, a type of elements."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.analyses.memory import DTYPES
from cnncalc.errors import UsageError, suggest
from cnncalc.sizes import Size, at_least, is_int, is_symbolic
from cnncalc.spec.lines import is_name


def names(given: Any, what: str) -> tuple[str, ...]:
    """One name, or several; raises :class:`UsageError` for anything else.

    >>> names("conv1", "layers"), names(["conv1", "conv2"], "layers")
    (('conv1',), ('conv1', 'conv2'))
    """
    found = (given,) if isinstance(given, str) else given
    if isinstance(found, Iterable):
        found = tuple(found)
        if all(isinstance(one, str) for one in found):
            return found
    raise UsageError(f"{what} must be a name or a list of names, got {given!r}")


def values(given: Any, what: str, example: str) -> Mapping[str, Any]:
    """Values by name; none where nothing is given."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise UsageError(f"{what} must be a mapping, got {given!r}", hint=f"write {what}={example}")
    return given


def sizes(at: Any, more: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Values for symbols, those given as keywords among them."""
    return {**values(at, "at", '{"H": 224}'), **more} if more else at


def source(given: Any) -> Any:
    """A path or a text."""
    if not isinstance(given, (str, os.PathLike)):
        raise UsageError(
            f"a network is a path, the name of a bundled spec or one line of text, got {given!r}",
            hint="write load('resnet50') or load('3x32x32 | conv 8 k=3')",
        )
    return given


def dtype(given: str) -> str:
    """A type of elements."""
    if given not in DTYPES:
        raise UsageError(f"unknown dtype {given!r}", hint=suggest(str(given), DTYPES, "dtypes"))
    return given


def batch(given: Any) -> Size:
    """A number of images, or the name of a symbol for it."""
    if isinstance(given, str):
        if is_name(given):
            from cnncalc import symbolic

            return symbolic.symbol(given)
        given = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else given
    if not (is_int(given) or is_symbolic(given)) or at_least(given, 1) is False:
        raise UsageError(
            f"a batch must be an integer of at least 1, got {given}", hint="--batch 8, or --batch N"
        )
    return given


def worded(assume: Mapping[str, Any] | None) -> dict[str, str]:
    """What is assumed, as JSON says it."""
    return {name: str(expression) for name, expression in (assume or {}).items()}


__all__ = ["batch", "dtype", "names", "sizes", "source", "values", "worded"]
