"""How much a spec may ask for before we say no; a hostile file meets these, a real one does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

from cnncalc.errors import LimitError, Position, UsageError, suggest

P = ParamSpec("P")
R = TypeVar("R")

_UNITS = {
    "file": "bytes",
    "values": "values",
    "depth": "levels",
    "layers": "layers and iterations",
    "expression": "characters",
    "bits": "bits",
}


class Limits(NamedTuple):
    """Settable with ``--limit NAME=N`` and ``load(..., limits=Limits(layers=…))``."""

    #: Bytes of a spec.
    file: int = 1_000_000
    #: YAML values, aliases expanded.
    values: int = 100_000
    #: Nesting of YAML, and of blocks, loops and branches.
    depth: int = 60
    #: Layers and loop iterations after expansion.
    layers: int = 100_000
    #: Characters of an expression.
    expression: int = 1_000
    #: Bits of an integer.
    bits: int = 512

    def check(self, name: str, amount: int, what: str, at: Position | None = None) -> None:
        """Raises :class:`LimitError` when ``amount`` exceeds the limit ``name``."""
        allowed: int = getattr(self, name)
        if amount > allowed:
            raise LimitError(
                f"{what}: more than the limit of {allowed:,} {_UNITS[name]}",
                at=at,
                hint=f"if that is meant, raise it: --limit {name}={10 * allowed}",
            )

    @classmethod
    def parse(cls, settings: dict[str, int]) -> Limits:
        """The defaults with some changed; raises :class:`UsageError` for an unknown name."""
        for name in settings:
            if name not in cls._fields:
                raise UsageError(
                    f"unknown limit {name!r}", hint=suggest(name, cls._fields, "limits")
                )
        return cls(**settings)


def within_stack(function: Callable[P, R]) -> Callable[P, R]:
    """Turns nesting that a raised limit allows, but Python's stack does not, into an error."""

    @wraps(function)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except RecursionError:
            raise LimitError(
                "nested too deeply for Python's stack",
                hint="nest less, or lower --limit depth to be told where",
            ) from None

    return guarded
