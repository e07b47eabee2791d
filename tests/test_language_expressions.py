"""Expressions: the values of every operator and function, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from writing import graph, line, output, sizes

from cnncalc.errors import CnncalcError, Position, Source
from cnncalc.sizes import Shape
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.limits import Limits
from cnncalc.spec.syntax import Piece
from cnncalc.spec.values import Tensor

NAMES: dict[str, Any] = {
    "a": 7,
    "b": -3,
    "half": Fraction(1, 2),
    "on": True,
    "widths": [4, 8, 16],
    "x": Tensor("x", Shape((3, 5, 6, 7))),
    "flat": Tensor("flat", Shape((12,))),
    "signal": Tensor("signal", Shape((2, 9))),
}


class Names:
    limits = Limits()

    def lookup(self, name: str, at: Position) -> Any:
        return NAMES[name]


def value(text: str) -> Any:
    return evaluate(Piece(text, Position(Source("<test>", text), 1, 1)), Names())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3", 3),
        ("007", 7),
        ("1_000", 1000),
        ("a", 7),
        ("a + b", 4),
        ("a - b", 10),
        ("a * b", -21),
        ("-a", -7),
        ("+a", 7),
        ("--a", 7),
        ("a // 2", 3),
        ("b // 2", -2),
        ("a % 2", 1),
        ("b % 2", 1),
        ("a / 2", Fraction(7, 2)),
        ("a / 7", 1),
        ("6 / 4 * 2", 3),
        ("2 ** 10", 1024),
        ("2**3**2", 512),
        ("a ** 0", 1),
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("1.1", Fraction(11, 10)),
        (".5", Fraction(1, 2)),
        ("2.0", 2),
        ("1e3", 1000),
        ("1e-2", Fraction(1, 100)),
        ("1.5e1", 15),
        ("0.1 + 0.2", Fraction(3, 10)),
        ("64 * 1.1", Fraction(352, 5)),
        ("half * 4", 2),
        ("min(a, 3)", 3),
        ("min(a, 3, b)", -3),
        ("max(a, 3)", 7),
        ("max(half, 1)", 1),
        ("ceil(7/2)", 4),
        ("ceil(-7/2)", -3),
        ("ceil(4)", 4),
        ("floor(7/2)", 3),
        ("floor(-7/2)", -4),
        ("floor(64 * 1.1)", 70),
        ("ceil(64 * 1.1)", 71),
        ("abs(b)", 3),
        ("abs(-half)", Fraction(1, 2)),
        ("widths[1]", 8),
        ("widths[a - 5]", 16),
        ("1 if on else 2", 1),
        ("1 if not on else 2", 2),
        ("1 if a > 9 else 2 if a > 5 else 3", 2),
        ("x.c", 3),
        ("x.d", 5),
        ("x.h", 6),
        ("x.w", 7),
        ("x.h * x.w", 42),
        ("flat.c", 12),
        ("signal.w", 9),
        ("signal.l", 9),
    ],
)
def test_numbers(text: str, expected: Any) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("yes", True),
        ("no", False),
        ("true", True),
        ("False", False),
        ("on", True),
        ("not on", False),
        ("a == 7", True),
        ("a != 7", False),
        ("a < 7", False),
        ("a <= 7", True),
        ("a > 6", True),
        ("a >= 8", False),
        ("half < 1", True),
        ("1/2 == half", True),
        ("0.5 == 1/2", True),
        ("1 < a < 8", True),
        ("1 < a < 5", False),
        ("on and a == 7", True),
        ("no and 1 // 0", False),
        ("on or 1 // 0", True),
        ("no or no or yes", True),
        ("on == yes", True),
        ("on != no", True),
        ("'same' == 'same'", True),
        ("'same' != 'valid'", True),
    ],
)
def test_truths(text: str, expected: bool) -> None:
    assert value(text) is expected


def test_lists() -> None:
    assert value("[1, 1 + 1, half]") == [1, 2, Fraction(1, 2)]
    assert value("widths") == [4, 8, 16]
    assert value("widths[*]") == [4, 8, 16]


numbers = st.integers(-50, 50)


@given(numbers, numbers, st.integers(1, 9))
def test_arithmetic_is_that_of_exact_fractions(a: int, b: int, c: int) -> None:
    found = value(f"(({a}) + ({b}) / {c}) * ({b}) - ({a}) * 1.5")
    assert found == (a + Fraction(b, c)) * b - a * Fraction(3, 2)
    assert type(found) is int or found.denominator > 1


@given(numbers, st.integers(1, 9))
def test_rounding_brackets_the_quotient(a: int, b: int) -> None:
    low, high = value(f"floor(({a}) / {b})"), value(f"ceil(({a}) / {b})")
    assert low * b <= a <= high * b
    assert high - low == (0 if a % b == 0 else 1)
    assert low == value(f"({a}) // {b}")
    assert value(f"({a}) % {b}") == a - b * low


def test_decimals_are_exact_where_floats_are_not() -> None:
    # 1.1 * 80 is 88.00000000000001 as floats, which would round up to 89.
    assert output(line("3x8x8 | conv ceil(80*1.1) k=1")) == "88x8x8"
    widened = graph("- conv ceil(80*width) k=1", top="params: {width: 1.1}")
    assert output(widened) == "88x8x8"
    assert output(graph("- conv ceil(n*1.1) k=1", top="params: {n: 80}")) == "88x8x8"


def test_decimals_from_outside_are_exact() -> None:
    network = "3x8x8 | conv ceil(80*width) k=1"
    assert output(line(network, settings={"width": "1.1"})) == "88x8x8"
    assert output(line(network, settings={"width": 1.1})) == "88x8x8"


def test_x_is_the_current_tensor() -> None:
    found = line("3x9x7 | conv x.c*4 k=1 | maxpool 2 | conv x.h*x.w k=1 | flatten | linear x.c//2")
    assert [str(node.shape) for node in found] == ["12x9x7", "12x4x3", "12x4x3", "144", "72"]


def test_x_in_a_branch_is_that_of_the_branch() -> None:
    found = graph("- add:\n    - - conv 2*x.c k=1\n      - conv x.c//2 k=1\n    - []")
    assert [node.shape.channels for node in found] == [6, 3, 3]


def test_spaces_stand_in_brackets_only() -> None:
    assert output(line("3x8x8 | conv (2 * (1 + 1)) k=(1 if x.c == 3 else 3)")) == "4x8x8"
    with pytest.raises(CnncalcError, match="does not take the value"):
        line("3x8x8 | conv 2 * 2 k=1")


def test_names_of_quantities_are_not_kinds() -> None:
    top = "params: {conv: 5, relu: 2}"
    assert output(graph("- conv conv k=1 s=relu", top=top)) == "5x4x4"


@pytest.mark.parametrize(
    ("network", "channels"),
    [
        ("3xHxW | conv ceil(x.h/2) k=1", "floor((H + 1)/2)"),
        ("3xHxW | conv floor(x.h/2) k=1", "floor(H/2)"),
        ("3xHxW | conv x.h//2+1 k=1", "floor(H/2) + 1"),
        ("3x(4*h)xW | conv x.h%4+x.h//2+1 k=1", "2*h + 1"),
        ("3x(4*h)xW | conv x.h/4 k=1", "h"),
        ("3xHxW | conv ceil(x.h*1.5) k=1", "H + floor((H + 1)/2)"),
        ("3xHxW | conv max(x.h,1) k=1", "H"),
        ("3xHxW | conv min(x.h+1,x.h) k=1", "H"),
        ("3xHxW | conv (4 if x.h*x.w>=1 else 5) k=1", "4"),
        ("3xHxW | conv (4 if x.h!=0 else 5) k=1", "4"),
        ("3xHxW | conv abs(x.h) k=1", "H"),
        ("3xHxW | conv x.h**2 k=1", "H**2"),
        ("3xHxW | conv 2**x.h k=1", "2**H"),
    ],
)
def test_closed_forms(network: str, channels: str) -> None:
    assert sizes(line(network))[0] == channels


@pytest.mark.parametrize("network", ["3xHxW | conv x.h/2 k=1", "3xHxW | conv 1.5*x.h k=1"])
def test_closed_forms_that_are_not_whole(network: str) -> None:
    with pytest.raises(CnncalcError, match="out must be an integer of at least 1") as caught:
        line(network)
    assert caught.value.hint == "// divides and rounds down, ceil(…) rounds up"
