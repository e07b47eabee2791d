"""Large numbers as people write them: ``4.1G`` is 4,100,000,000."""

from __future__ import annotations

import re

from cnncalc.sizes import Number, whole

_SUFFIXED = re.compile(r"(?<![\w.])(\d+)(?:\.(\d+))?\s*([kMGT])(?!\w)")
_POWERS = {"k": 3, "M": 6, "G": 9, "T": 12}


def quantity(text: str) -> Number | None:
    """The number that ``4.1G`` or ``32 M`` stands for, exactly; None for any other text."""
    found = _SUFFIXED.fullmatch(text.strip())
    return _scaled(found) if found else None


def spelled_out(text: str) -> str:
    """An expression with such numbers in it, in the language."""
    return _SUFFIXED.sub(lambda found: f"({_scaled(found)})", text)


def _scaled(found: re.Match[str]) -> Number:
    from fractions import Fraction

    digits, decimals, suffix = found.groups(default="")
    number = int(digits + decimals) * 10 ** _POWERS[suffix]
    return whole(Fraction(number, 10 ** len(decimals)))
