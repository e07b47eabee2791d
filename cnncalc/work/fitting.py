"""Do the arrays fit the operation? Asked of the layer that does the same, with its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

from cnncalc.errors import CnncalcError, LimitError, UsageError
from cnncalc.network import load
from cnncalc.sizes import Shape, axis_names, is_int
from cnncalc.work.reading import counted
from cnncalc.worked import Worked

#: More multiplications (or elements of windows) than this are not worked by hand.
MOST_STEPS = 20_000

PerAxis = Any  # an integer, or one for each axis


def fitted(
    kind: str, channels: int, sizes: Sequence[int], *positional: Any, **arguments: Any
) -> tuple[int, ...]:
    """The output sizes of a layer, spatial axes only; raises :class:`UsageError` as it would."""
    if not 1 <= len(sizes) <= 3:
        raise UsageError(
            f"{len(sizes)} spatial axes: {kind} takes 1 to 3",
            hint="x is a signal, an image or a volume, with channels before it if w has them too",
        )
    words = [kind, *map(_written, positional)]
    words += [f"{name}={_written(value)}" for name, value in arguments.items()]
    try:
        net = load(f"{Shape((channels, *sizes))} | {' '.join(words)}")
        return tuple(net.analyze().output.spatial)
    except CnncalcError as error:
        raise UsageError(error.message, hint=error.hint) from None


def _written(value: PerAxis) -> str:
    """``3``, ``3x1``, ``no``, as in the language."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "x".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def axes(value: PerAxis, rank: int, what: str, least: int = 0) -> list[int]:
    """A setting for each axis; raises :class:`UsageError` for what is none."""
    found = list(value) if isinstance(value, (list, tuple)) else [value] * rank
    if len(found) != rank:
        raise UsageError(
            f"{what} has {len(found)} values for {counted(rank)}",
            hint="write one for all axes, or one each, as in 3x1",
        )
    if not all(is_int(one) and one >= least for one in found):
        raise UsageError(
            f"{what} must be an integer of at least {least}, got {_written(value)}",
            hint="write one for all axes, or one each, as in 3x1",
        )
    return found


def derived(
    formula: Callable[..., Any], sizes: Sequence[int], *settings: Sequence[int]
) -> list[str]:
    """How the sizes of the output come about, from the formula itself: one line for all equal ones."""
    lines: dict[str, list[str]] = {}
    for name, n, *values in zip(axis_names(len(sizes)), sizes, *settings):
        found = formula(Worked(n), *map(Worked, values))
        lines.setdefault(f"{found} = {found.value}", []).append(name)
    return [f"{_listed(names)}: {line}" for line, names in lines.items()]


def _listed(names: Sequence[str]) -> str:
    """``depth, height and width``."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last


def bounded(output: Sequence[int], each: Sequence[int], times: int = 1) -> None:
    """Raises :class:`LimitError` where so many outputs of so many terms are more than anyone reads."""
    steps = max(prod(output) * prod(each), prod(output)) * times
    if steps > MOST_STEPS:
        raise LimitError(
            f"this takes {steps:,} steps, more than {MOST_STEPS:,}",
            hint="these are for examples worked by hand: take a part of the arrays",
        )


__all__ = ["MOST_STEPS", "axes", "bounded", "derived", "fitted"]
