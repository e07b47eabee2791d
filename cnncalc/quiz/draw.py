"""Random choices that stay the same in every version of Python.

A stream of SHA-256 digests of a text and a counter; nothing here uses ``random`` or ``hash``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")

_WORD = 1 << 64


class Draw:
    """The choices of one question: ``Draw(seed, template, number, …)``.

    >>> draw = Draw("example", 7)
    >>> [draw.between(1, 6) for _ in range(8)]
    [6, 2, 6, 3, 4, 4, 6, 2]
    """

    def __init__(self, *words: object) -> None:
        self._key = "|".join(map(str, words))
        self._count = 0

    def below(self, bound: int) -> int:
        """A number from 0 to ``bound`` − 1, each as likely: words beyond a whole multiple are left."""
        while True:
            digest = sha256(f"{self._key}|{self._count}".encode()).digest()
            self._count += 1
            word = int.from_bytes(digest[:8], "big")
            if word < _WORD - _WORD % bound:
                return word % bound

    def between(self, low: int, high: int) -> int:
        """A number from ``low`` to ``high``, both counted."""
        return low + self.below(high - low + 1)

    def choose(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def sample(self, items: Iterable[T], count: int) -> list[T]:
        """At most ``count`` different items, in random order: the start of a Fisher–Yates shuffle."""
        found = list(items)
        for i in range(min(count, len(found))):
            j = self.between(i, len(found) - 1)
            found[i], found[j] = found[j], found[i]
        return found[:count]

    def shuffled(self, items: Iterable[T]) -> list[T]:
        found = list(items)
        return self.sample(found, len(found))


class Redraw(Exception):
    """These choices make no good question: the next ones are tried."""
