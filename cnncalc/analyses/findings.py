"""What an analysis notices about a network, beside its numbers."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """``level`` is ``error`` where an answer cannot be given as asked, else ``warning``.

    ``node`` is the layer that it is about, None when it is about the whole network.
    """

    level: str
    message: str
    node: str | None = None

    def __str__(self) -> str:
        return self.message


def warning(message: str, node: str | None = None) -> Finding:
    return Finding("warning", message, node)
