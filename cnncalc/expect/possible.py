"""What a number can be at all; who expects anything else has made a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

from cnncalc.errors import Position
from cnncalc.expect.outcome import Outcome, shown
from cnncalc.problems import BadExpectation
from cnncalc.sizes import Number, is_fraction, is_int
from cnncalc.spec.syntax import Entry


class Range(NamedTuple):
    """From ``lowest`` on, where there is a lowest; whole numbers, or fractions too."""

    lowest: int | None = None
    whole: bool = False

    def __str__(self) -> str:
        what = "a whole number" if self.whole else "a number"
        return what if self.lowest is None else f"{what} of at least {self.lowest}"

    def has(self, value: Number) -> bool:
        """Can it be this number? Symbols may stand for any."""
        if not _is_number(value):
            return True
        return not (self._below(value) or (self.whole and value // 1 != value))

    def _below(self, value: Any) -> bool:
        return self.lowest is not None and bool(value < self.lowest)

    def reached(self, low: Number | None, high: Number | None) -> bool:
        """Is there such a number from ``low`` to ``high``, where there are these limits?"""
        if not _is_number(high):
            return True
        if self._below(high):
            return False
        if not _is_number(low):
            return True
        return bool(-(-low // 1) <= high // 1 if self.whole else low <= high)


#: Parameters, MACs, bytes; sizes of tensors; anything.
COUNT, SIZE, ANY = Range(0, whole=True), Range(1, whole=True), Range()


class Impossible(BadExpectation):
    """A number, or a list of sizes, that nothing can be; ``outcome`` is what became of it."""

    def __init__(self, message: str, at: Position, hint: str, outcome: Outcome) -> None:
        super().__init__(message, at=at, hint=hint)
        self.outcome = outcome


def kept_by_none(
    name: str, limits: Mapping[str, tuple[Entry, Number]], can: Range
) -> BadExpectation | None:
    """What is wrong with limits that no such number keeps."""
    low, high = (limits[word][1] if word in limits else None for word in ("min", "max"))
    if can.reached(low, high):
        return None
    if can.reached(None, high):
        said = f"at least {shown(low)} and at most {shown(high)}"
        hint = f"it is {can}: write the lower limit as min and the higher one as max"
    else:
        said, hint = f"at most {shown(high)}", f"it is {can}"
    entry, _ = list(limits.values())[-1]
    return BadExpectation(f"{name} cannot be {said}", at=entry.at, hint=hint)


def _is_number(value: Any) -> TypeGuard[Any]:
    return is_int(value) or is_fraction(value)
