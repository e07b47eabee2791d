"""What an analysis notices about a network, beside its numbers."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """``level`` is ``error`` where an answer cannot be given as asked, else ``warning``.

    ``node`` is the layer that it is about, None when it is about the whole network; ``topic`` what
    sort of thing was noticed.
    """

    level: str
    message: str
    node: str | None = None
    topic: str = "general"

    def __str__(self) -> str:
        return self.message


def warning(message: str, node: str | None = None, topic: str = "general") -> Finding:
    return Finding("warning", message, node, topic)


#: A topic: no output depends on it.
UNUSED = "unused"
#: A topic: branches of a join that advance differently, or look at different places.
ALIGNMENT = "alignment"
#: A topic: positions within a field that are not read.
HOLES = "holes"
