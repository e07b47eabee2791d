"""Numbers for people: exact, and rounded for the eye."""

from __future__ import annotations

from cnncalc.sizes import Size, is_int, text

_UNITS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def counted(value: Size, unit: str = "", short: bool = True) -> str:
    """``4,089,184,256 (4.09 G)``: exact, and rounded to three digits for the eye."""
    if not is_int(value):
        return f"{text(value)}{' ' + unit if unit else ''}"
    exact = f"{value:,}{' ' + unit if unit else ''}"
    for size, prefix in _UNITS:
        if short and value >= max(size, 10_000):
            return f"{exact} ({value / size:.3g} {prefix}{unit})"
    return exact
