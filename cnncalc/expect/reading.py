"""What is written in ``expect:``, read: numbers, lists, and messages for what means nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.errors import SpecError, suggest
from cnncalc.problems import BadExpectation
from cnncalc.sizes import Number
from cnncalc.spec.expressions import Names, evaluate
from cnncalc.spec.quantities import quantity
from cnncalc.spec.syntax import Entry, Piece
from cnncalc.spec.values import describe


def number(piece: Piece, names: Names) -> Number:
    """An expression, or a number with a suffix: ``4.1G``."""
    suffixed = quantity(piece.text)
    if suffixed is not None:
        return suffixed
    value: Any = evaluate(piece, names)
    if isinstance(value, (bool, str, list)):
        raise BadExpectation(
            f"a number is expected here, got {describe(value)}",
            at=piece.at,
            hint="write 25557032, 4.1G, or an expression of the parameters",
        )
    return value


def items(entry: Entry) -> tuple[Entry, ...] | None:
    """The entries of a list; None for one value and for a mapping."""
    if isinstance(entry.value, (Piece, Mapping)):
        return None
    return entry.value


def named(entry: Entry, message: str, example: str) -> Mapping[str, Entry]:
    """The entries of a mapping; raises :class:`SpecError` for anything else."""
    if isinstance(entry.value, Mapping):
        return entry.value
    raise BadExpectation(message, at=entry.at, hint=f"write {example}")


def size_hint(name: str, symbols: Iterable[str]) -> str:
    """What to write instead of a name that is no size of the input."""
    known = list(symbols)
    if not known:
        return "all sizes are numbers: write input: 3xHxW with at: {H: 32, W: 32}, or leave it out"
    return suggest(name, known, "sizes")


def unknown(name: str, known: Iterable[str], entry: Entry, what: str) -> SpecError:
    """A key that means nothing."""
    hint = suggest(name, known, what)
    return BadExpectation(f"unknown expectation {name!r}", at=entry.key or entry.at, hint=hint)
