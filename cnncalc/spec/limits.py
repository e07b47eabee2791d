"""How much a spec may ask for before we say no; a hostile file meets these, a real one does not."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.errors import LimitError, Position, UsageError, suggest


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
                f"{what}: more than the limit of {allowed:,}",
                at=at,
                hint=f"if that is meant, raise it: --limit {name}={_above(allowed)}",
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


def _above(allowed: int) -> int:
    return allowed * 10
