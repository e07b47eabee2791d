"""Verdicts on random statements, held against all points of a box.

The statements are computed by Python here, with its own floor division on plain ints: another
evaluation than the one under test.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.prove import PROVED, REFUTED, UNDECIDED, prove

NAMES = ("a", "b", "c")
_FUNCTIONS: dict[str, Any] = {
    "floor": floor, "ceil": ceil, "min": min, "max": max, "abs": abs, "Fraction": Fraction,
}  # fmt: skip


@st.composite
def expressions(draw: st.DrawFn, depth: int = 3, linear: bool = False) -> str:
    """An expression in a, b, c, as text that Python and cnncalc read alike."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from([*NAMES, *NAMES, "1", "2", "3", "5"]))
    inner = expressions(depth - 1, linear)
    a, b = draw(inner), draw(inner)
    number = draw(st.sampled_from(["2", "3", "4"]))
    other = number if linear else b
    return draw(
        st.sampled_from(
            [
                f"({a} + {b})",
                f"({a} - {b})",
                f"{a}*{other}",
                f"({a} // {number})",
                f"({a} // (-{number}))",
                f"({a} // {other})",
                f"({a} % {other})",
                f"floor({_fraction(a, other)})",
                f"ceil({_fraction(a, number)})",
                f"min({a}, {b})",
                f"max({a}, {b})",
                f"abs({a})",
                f"({a} if {a} <= {b} else {b})",
            ]
        )
    )


def _fraction(a: str, b: str) -> str:
    return f"({a}) / ({b})"


@st.composite
def statements(draw: st.DrawFn, linear: bool = False) -> str:
    a, b = draw(expressions(linear=linear)), draw(expressions(linear=linear))
    relation = draw(st.sampled_from(["==", "==", "!=", "<=", "<", ">="]))
    first = f"{a} {relation} {b}"
    shape = draw(st.integers(0, 5))
    if shape > 1:
        return first
    c, d = draw(expressions(2, linear)), draw(expressions(2, linear))
    return f"{first} {'and' if shape else 'or'} {c} >= {d}"


@st.composite
def identities(draw: st.DrawFn) -> str:
    """Statements that hold, or nearly do: floors moved about, sides multiplied out."""
    a = draw(expressions(2, linear=True))
    b = draw(expressions(2, linear=True))
    d = draw(st.sampled_from(["2", "3", "b", "c", "2*c", "b*c"]))
    shift = draw(st.sampled_from(["", "", "", " + 1", " - 1"]))
    return draw(
        st.sampled_from(
            [
                f"ceil({_fraction(a, d)}) == floor({_fraction(f'{a} + {d} - 1', d)}){shift}",
                f"floor({_fraction(f'{a} + {d}*({b})', d)}) == floor({_fraction(a, d)}) + ({b}){shift}",
                f"({a} // {d}) // 2 == {a} // (2*({d})){shift}",
                f"({a} // 3) // {d} == ({a}{shift}) // (3*({d}))",
                f"({a} + {b})*({a} - ({b})) == ({a})*({a}) - ({b})*({b}){shift}",
                f"{a} % ({d}) <= {d}{shift}",
                f"max({a}, {b}) + min({a}, {b}) == {a} + {b}{shift}",
                f"({a})*({a}) + ({b})*({b}) >= 2*({a})*({b}){shift}",
                f"-((-({a})) // ({d})) == ceil({_fraction(a, d)}){shift}",
            ]
        )
    )


def truth(text: str, point: dict[str, int]) -> bool | None:
    """What Python computes, with exact fractions; None where it divides by zero."""
    code = text.replace(") / (", ") / Fraction(")
    try:
        return bool(eval(code, {"__builtins__": {}}, {**_FUNCTIONS, **point}))
    except ZeroDivisionError:
        return None


def box(low: int, high: int) -> list[dict[str, int]]:
    values = range(low, high + 1)
    points = [dict(zip(NAMES, one)) for one in product(values, repeat=len(NAMES))]
    return sorted(points, key=lambda point: sum(map(abs, point.values())))


SMALL, MIXED = box(1, 6), box(-3, 3)


def hold(text: str, conditions: tuple[str, ...], points: list[dict[str, int]]) -> str:
    """Holds the verdict against the points; returns it."""
    found = prove(text, conditions)
    used = [name for name in NAMES if name in (found.counterexample or {})]
    if found.verdict == REFUTED:
        assert found.counterexample is not None
        assert truth(text, dict(found.counterexample)) is not True
        if found.smallest:
            least = sum(map(abs, found.counterexample.values()))
            for point in points:
                if sum(abs(point[name]) for name in used) < least:
                    assert truth(text, point) is True, (text, point)
    else:
        for point in points:
            assert truth(text, point) is True, (text, point, found)
    return found.verdict


@given(statements())
def test_statements_about_positive_integers(text: str) -> None:
    hold(text, (), SMALL)


@given(statements(linear=True))
def test_linear_statements_are_decided(text: str) -> None:
    """isl decides what has no products of names: nothing stays open."""
    assert hold(text, (), SMALL) != UNDECIDED


@given(identities())
def test_near_identities(text: str) -> None:
    hold(text, (), SMALL)


@given(statements())
def test_statements_about_all_integers(text: str) -> None:
    """Negative numbers and zero too: // and % round down as Python's do, divisors of any sign."""
    hold(text, ("integer(a)", "integer(b)", "integer(c)"), MIXED)


@given(identities())
def test_near_identities_of_all_integers(text: str) -> None:
    hold(text, ("integer(a)", "integer(b)", "integer(c)"), MIXED)


@given(statements(linear=True), expressions(2, linear=True), st.sampled_from([">=", "==", "<"]))
def test_conditions(text: str, left: str, relation: str) -> None:
    """A statement under a condition: only points that meet it count."""
    condition = f"{left} {relation} b + 1"
    meets = [point for point in SMALL if truth(condition, point) is True]
    if not meets:
        return
    found = prove(text, [condition])
    if found.verdict == REFUTED:
        assert found.counterexample is not None
        point = {**dict.fromkeys(NAMES, 1), **found.counterexample}
        assert truth(condition, point) is True
        assert truth(text, point) is not True
    else:
        for point in meets:
            assert truth(text, point) is True, (text, condition, point, found)


@pytest.mark.parametrize("remainder", range(4))
def test_remainders_that_are_given(remainder: int) -> None:
    given_ = [f"a % 4 == {remainder}"]
    assert prove(f"(a - {remainder})*b % 4 == 0", given_).verdict == PROVED
    assert prove(f"a // 4 * 4 + {remainder} == a", given_).verdict == PROVED
    found = prove(f"a*b // 4 == (a - {remainder})*b // 4 + 1", given_)
    assert found.verdict == REFUTED
    assert found.counterexample is not None
    assert found.counterexample["a"] % 4 == remainder


def test_the_oracle_can_fail() -> None:
    """The box would notice a wrong proof."""
    assert truth("a // 2 * 2 == a", {"a": 3, "b": 1, "c": 1}) is False
    assert truth("1 // (a - 1) == 1", {"a": 1, "b": 1, "c": 1}) is None
