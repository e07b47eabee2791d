"""Percentages for people: close to what they stand for, and 0 or 100 only where it is exactly that."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.shares import percent, tenths

#: Both, with the most that what they print may be off where it has no decimals.
FORMATS = [(percent, Fraction(1, 2)), (tenths, Fraction(0))]


@pytest.mark.parametrize(("written", "coarse"), FORMATS)
@given(st.data())
def test_all_and_nothing_are_exact(
    written: Callable[[int, int], str], coarse: Fraction, data: st.DataObject
) -> None:
    whole = data.draw(st.one_of(st.integers(1, 3000), st.integers(1, 10**12)))
    near = st.sampled_from([0, 1, whole // 1000, whole - whole // 999, whole - 1, whole])
    part = data.draw(st.one_of(st.integers(0, whole), near).filter(lambda part: 0 <= part <= whole))
    share, text = Fraction(100 * part, whole), written(part, whole).removesuffix(" %")
    assert (text in ("100", "100.0")) == (part == whole)
    assert (text in ("0", "0.0")) == (part == 0)
    if text[0] in "<>":
        assert share < Fraction(1, 10) if text[0] == "<" else share > Fraction(999, 10)
        return
    off = coarse if "." not in text else Fraction(1, 20)
    assert abs(Fraction(text) - share) <= off


def test_of_fractions() -> None:
    assert percent(Fraction(2, 3), 1) == "67 %"
    assert tenths(Fraction(1, 16), 1) == "6.3 %"
    assert percent(Fraction(1999, 2000), 1) == ">99.9 %"
