"""What became of an expectation: plain values, which rules and updates look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cnncalc.errors import Position
from cnncalc.sizes import Number, Shape, is_int, is_symbolic, text
from cnncalc.spec.syntax import Entry

#: How what is found is held against what is written.
EXACT, AT_LEAST, AT_MOST, INCREASE = "exact", "at least", "at most", "increase"


class Outcome(NamedTuple):
    """One expectation and what became of it.

    ``key`` says what it is about: the key of ``expect:`` that it is under, ``shapes`` also for the
    ``output`` of a layer, ``increase`` for a ``max_increase``, ``at`` for a size that the network
    has to fit. ``name`` says exactly what is expected to be ``wanted``, ``at`` where that is
    written. ``held`` is None where nothing could be compared, ``why`` then says what is missing; it
    also says why a comparison was not decided.
    """

    key: str
    name: str
    wanted: str
    got: str
    held: bool | None
    at: Position
    relation: str = EXACT
    #: The limit and the number, where it is about one.
    bound: Number | None = None
    value: Number | None = None
    #: The shape that was found, where it is about one, and the sizes expected instead of its own
    #: (None where a size is as expected, or any will do).
    shape: Shape | None = None
    instead: tuple[Number | None, ...] = ()
    #: What stands in the spec: one value, or a list of them.
    entry: Entry | None = None
    #: The layer, block or iteration that it is about; None: the whole network.
    part: str | None = None
    #: What the base has, of an increase.
    base: Number | None = None
    why: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        why = f" ({self.why})" if self.why else ""
        return f"{self.at}: {self.name}: expected {self.wanted}, got {self.got}{why}"


def shown(value: Number | None) -> str:
    """A number for people: ``25,557,032``."""
    if value is None:
        return "undefined"
    return f"{value:,}" if is_int(value) else text(value)


def sizes(values: Iterable[Number | str]) -> str:
    """Sizes for people: ``[64, 112, 112]``."""
    return f"[{', '.join(one if isinstance(one, str) else text(one) for one in values)}]"


def depends(values: Sequence[Number]) -> str:
    """Said where there is no answer for all values of the symbols at once."""
    found = {one.name for value in values if is_symbolic(value) for one in value.free_symbols}
    return f"not decided for all {', '.join(sorted(found))}" if found else ""
