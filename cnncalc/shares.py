"""Parts of a whole in percent, for people: never 0 or 100 for what is neither."""

from __future__ import annotations

from typing import Any


def percent(part: Any, whole: Any) -> str:
    """In whole percents; in tenths below 10, and where 100 would not be all.

    >>> [percent(part, 1000) for part in (0, 50, 55, 555, 998, 1000)]
    ['0 %', '5 %', '5.5 %', '56 %', '99.8 %', '100 %']
    """
    found = _rounded(100 * part, whole)
    if found * whole == 100 * part or (10 * part >= whole and found != 100):
        return f"{found:,} %"
    return tenths(part, whole)


def tenths(part: Any, whole: Any) -> str:
    """In tenths of a percent.

    >>> [tenths(part, 10**4) for part in (0, 1, 10, 5555, 9999, 10**4)]
    ['0.0 %', '<0.1 %', '0.1 %', '55.6 %', '>99.9 %', '100.0 %']
    """
    found = _rounded(1000 * part, whole)
    if found == 0 and part != 0:
        return "<0.1 %"
    if found == 1000 and part < whole:
        return ">99.9 %"
    return f"{found // 10:,}.{found % 10} %"


def points(part: Any, whole: Any) -> int:
    """A mark, in whole percents.

    >>> [points(part, 1000) for part in (0, 1, 555, 999, 1000)]
    [0, 1, 56, 99, 100]
    """
    if part in (0, whole):
        return 100 if part else 0
    return min(max(_rounded(100 * part, whole), 1), 99)


def _rounded(part: Any, whole: Any) -> int:
    """The quotient, halves up; of fractions too, without floating point."""
    return int((2 * part + whole) // (2 * whole))
