"""Symbolic sizes: one canonical text, and decisions that counting over many sizes confirms."""

from __future__ import annotations

import operator
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor
from typing import Any

import pytest
import sympy
from counting import GRID, H, K, S, W, chains, counted, either, sized
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc import formulas, presburger, sizes, symbolic
from cnncalc.sizes import Size, is_symbolic
from cnncalc.symbolic import symbol, text

many = settings(max_examples=10 * settings.default.max_examples)


# Canonical text


def resnet_stem(size: Size) -> Size:
    return formulas.slide(formulas.slide(size, 7, 2, 6), 3, 2, 2)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (formulas.slide(H, 7, 2, 6), "floor((H + 1)/2)"),
        (resnet_stem(H), "floor((H + 3)/4)"),
        (formulas.slide(resnet_stem(H), 3, 2, 2), "floor((H + 7)/8)"),
        (formulas.slide(H, 3, 1, 2), "H"),
        (formulas.slide(H, 5), "H - 4"),
        (formulas.slide(H, 2, 2), "floor(H/2)"),
        (formulas.slide(2 * H, 2, 2), "H"),
        (formulas.slide_ceil(H, 3, 2), "floor(H/2)"),
        (formulas.slide_ceil(H, 2, 2), "floor((H + 1)/2)"),
        (formulas.spread(H, 2, 2), "2*H"),
        (formulas.spread(formulas.slide(H, 2, 2), 2, 2), "2*floor(H/2)"),
        (formulas.slide(formulas.spread(formulas.slide(H, 2, 2), 2, 2), 4, 4), "floor(H/4)"),
        (symbolic.floor_div(2 * H + 1, 4), "floor(H/2)"),
        (symbolic.floor_div(6 * H + 3, 2 * S), "floor((3*H + 1)/S)"),
        (symbolic.floor_div(6 * H + 3, 4 * S), "floor((3*H + 1)/(2*S))"),
        (symbolic.floor_div(-H, 2), "-H + floor(H/2)"),
        (formulas.slide(H, K, S), "floor((H - K)/S) + 1"),
        (formulas.slide(H * S, S, S), "H"),
        (symbolic.exact_div(H * K, K), "H"),
        (symbolic.exact_div(H, 2), "H/2"),
        (symbolic.function("floor", H / 2 + sympy.Rational(1, 2)), "floor((H + 1)/2)"),
        (symbolic.function("ceil", H / 2), "floor((H + 1)/2)"),
        (symbolic.expand((H + 1) * (W - 1)), "H*W - H + W - 1"),
    ],
)
def test_canonical_text(size: Any, expected: str) -> None:
    assert text(size) == expected
    again = sympy.sympify(text(size), locals={name.name: name for name in (H, W, K, S)})
    assert sympy.expand(again - size) == 0


def test_constants_become_plain_numbers() -> None:
    assert type(symbolic.expand(H - H + 3)) is int
    assert symbolic.exact_div(H, 2 * H) == Fraction(1, 2)
    assert type(symbolic.exact_div(4 * H, 2 * H)) is int
    assert type(symbolic.substitute(resnet_stem(H), {"H": 224})) is int
    assert symbolic.substitute(H * W, {"H": 3}) == 3 * W
    assert type(symbolic.minimum([H, 1])) is int
    assert type(symbolic.maximum([sympy.Integer(2), 1])) is int


# Decisions


QUESTIONS: dict[str, tuple[Callable[..., bool | None], Callable[[Any, Any], bool]]] = {
    "equal": (sizes.equal, operator.eq),
    "at_least": (sizes.at_least, operator.ge),
    "divides": (lambda a, b: sizes.divides(b, a), lambda a, b: a % b == 0),
}


def answers(holds: Callable[[Any, Any], bool], a: Any, b: Any) -> set[bool]:
    left, right = counted(a), counted(b)
    return {holds(left(*point), right(*point)) for point in GRID}


@pytest.mark.parametrize("question", QUESTIONS)
@many
@given(a=sized, b=sized, plus=st.integers(0, 2))
def test_decisions_are_never_wrong(question: str, a: Any, b: Any, plus: int) -> None:
    decide, holds = QUESTIONS[question]
    if question == "divides":
        b = max(2, plus + 2)
    pairs = [(a, b), (a, a), (a + plus, a), (a, a + plus)]
    for left, right in pairs[: 1 if question == "divides" else None]:
        decided = decide(left, right)
        if decided is not None:
            assert answers(holds, left, right) == {decided}


@pytest.mark.parametrize("question", QUESTIONS)
@many
@given(a=chains(H), b=st.one_of(chains(H), st.integers(1, 5)))
def test_decisions_on_one_symbol_are_complete(question: str, a: Any, b: Any) -> None:
    """Without products it is decided: what is left open does depend on the size."""
    decide, holds = QUESTIONS[question]
    if question == "divides" and not isinstance(b, int):
        b = 2
    left, right = counted(a), counted(b)
    found = {holds(left(size), right(size)) for size in range(1, 400)}
    assert decide(a, b) is (found.pop() if len(found) == 1 else None)


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        (sizes.equal(H, H), True),
        (sizes.equal(H + 1, H), False),
        (sizes.equal(H, W), None),
        (sizes.equal(H, 0), False),
        (sizes.equal(H, 1), None),
        (sizes.equal(2 * formulas.slide(H, 2, 2), H), None),
        (sizes.equal(2 * H, 2 * W + 1), False),
        (sizes.equal(formulas.slide(formulas.slide(H, 3, 2, 2), 3, 2, 2), formulas.slide(H, 1, 4)), True),
        (sizes.equal(H * W, W * H), True),
        (sizes.equal(H * W, 0), False),
        (sizes.equal(H * W, 12), None),
        (sizes.at_least(H, 1), True),
        (sizes.at_least(H, 2), None),
        (sizes.at_least(0, H), False),
        (sizes.at_least(H * W, 1), True),
        (sizes.at_least(2 * H, formulas.slide(H, 3, 2, 2)), True),
        (sizes.at_least(symbolic.maximum([H, W]), W), True),
        (sizes.at_least(H, symbolic.minimum([H, W])), True),
        (sizes.divides(2, 2 * H), True),
        (sizes.divides(2, 2 * H + 1), False),
        (sizes.divides(2, H), None),
        (sizes.divides(K, H * K), True),
        (sizes.divides(2 * K, K), False),
        (sizes.divides(3, formulas.spread(H, 3, 3)), True),
    ],
)  # fmt: skip
def test_decisions(decided: bool | None, expected: bool | None) -> None:
    assert decided is expected


@pytest.mark.parametrize(
    "name", ["mod", "floor", "Max", "min", "and", "exists", "rat", "true", "e", "I"]
)
def test_any_name_does_for_a_symbol(name: str) -> None:
    size = symbol(name)
    assert sizes.equal(2 * sizes.floor_div(size, 2), size) is None
    assert sizes.at_least(2 * sizes.floor_div(size + 1, 2), size) is True
    assert symbolic.condition("==", 4 * sizes.floor_div(size, 4), size) == f"{name} mod 4 = 0"


def test_names_that_contain_one_another_stay_apart() -> None:
    names = [symbol(name) for name in ("h", "hh", "h_", "_0", "_1", "x1")]
    total = sum(names[1:], names[0])
    assert sizes.at_least(total, names[0] + 5) is True
    assert sizes.at_least(total, names[0] + 6) is None
    for i, one in enumerate(names):
        for j, other in enumerate(names):
            assert sizes.at_least(one + other, 2 * one) is (True if i == j else None)


@pytest.mark.parametrize(
    "outside",
    [
        H * W - 3, H**2 - 9, sympy.floor(H / W) - 1, sizes.floor_div(H, K) - W, H * sizes.floor_div(W, 2) - 4,
        sympy.Max(H * W, 4, evaluate=False) - 7,
    ],
)  # fmt: skip
def test_outside_the_fragment_is_open_and_silent(
    outside: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    assert sizes.equal(outside, 0) is None
    assert sizes.at_least(outside, 0) is None
    assert symbolic.condition("==", outside, 0) is None
    assert presburger.always_zero("H +", ("H",)) is None
    assert capfd.readouterr() == ("", "")


# Largest and smallest


@many
@given(st.lists(sized, min_size=1, max_size=4))
def test_largest_and_smallest_of_sizes(values: list[Any]) -> None:
    for function, plain in ((sizes.maximum, max), (sizes.minimum, min)):
        found, each = counted(function(values)), [counted(value) for value in values]
        for point in GRID:
            assert found(*point) == plain(value(*point) for value in each)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (symbolic.maximum([H, H + 1, 2 * H]), "2*H"),
        (symbolic.maximum([3 * H, H + 4]), "Max(3*H, H + 4)"),
        (symbolic.maximum([H, H + 1, 1]), "H + 1"),
        (symbolic.maximum([64 * H * W, 32 * H * W, 12]), "Max(12, 64*H*W)"),
        (symbolic.maximum([S, 1]), "S"),
        (symbolic.maximum([H + formulas.slide(H, K, S), H]), "Max(H, H + floor((H - K)/S) + 1)"),
        (symbolic.minimum([H, H + 1, W]), "Min(H, W)"),
        (symbolic.minimum([formulas.slide(H, 2, 2), H]), "floor(H/2)"),
    ],
)
def test_what_never_decides_is_dropped(found: Any, expected: str) -> None:
    assert text(sympy.sympify(found)) == expected


# The operations that sizes.py chooses between


@many
@given(sized, sized, st.integers(1, 5))
def test_operations_of_symbols_are_those_of_their_numbers(a: Any, b: Any, divisor: int) -> None:
    operations: list[tuple[Any, Callable[[Any, Any], Any]]] = [
        (sizes.floor_div(a, divisor), lambda x, y: x // divisor),
        (sizes.ceil_div(a, divisor), lambda x, y: ceil(Fraction(x, divisor))),
        (sizes.exact_div(divisor * a, divisor), lambda x, y: x),
        (sizes.ratio(a, divisor), lambda x, y: Fraction(x, divisor)),
        (sizes.expand(a * b), lambda x, y: x * y),
        (sizes.product((a, b, 2)), lambda x, y: 2 * x * y),
    ]
    x, y = counted(a), counted(b)
    for point in GRID[::21]:
        at = dict(zip("HWK", point, strict=True))
        for found, expected in operations:
            value = symbolic.substitute(found, at) if is_symbolic(found) else found
            assert value == expected(x(*point), y(*point))
            assert type(value) in (int, Fraction)


@many
@given(either, st.integers(1, 5), st.sampled_from((1, 2, 3, K, K + 1, 2 * K, K - 9, -2)))
def test_floor_and_ceil_of_the_language(a: Any, times: int, by: Any) -> None:
    quotient = times * a / by
    numerator, denominator = counted(times * a), counted(by)
    for name, rounded in (("floor", floor), ("ceil", ceil)):
        found = symbolic.function(name, quotient)
        for point in GRID[::5]:
            at = dict(zip("HWK", point, strict=True))
            value = symbolic.substitute(found, at) if is_symbolic(found) else found
            assert value == rounded(Fraction(numerator(*point), denominator(*point)))


def test_operations_on_numbers() -> None:
    assert (sizes.floor_div(7, 2), sizes.ceil_div(7, 2), sizes.exact_div(6, 2)) == (3, 4, 3)
    assert sizes.ratio(6, 4) == Fraction(3, 2)
    assert type(sizes.ratio(6, 3)) is int
    assert type(sizes.ratio(Fraction(3, 2), Fraction(1, 2))) is int
    assert sizes.floor_div(Fraction(7, 2), 1) == 3
    assert (sizes.maximum([1, Fraction(3, 2)]), sizes.minimum([2, 1])) == (Fraction(3, 2), 1)
    assert (sizes.equal(2, 2), sizes.at_least(1, 2), sizes.divides(2, 4)) == (True, False, True)
    assert not sizes.is_int(True)
    assert [sizes.text(value) for value in (12, Fraction(1, 2), H / 2)] == ["12", "1/2", "H/2"]


def test_shapes() -> None:
    shape = sizes.Shape((3, 8, 10))
    assert (shape.channels, shape.spatial, shape.rank, shape.numel) == (3, (8, 10), 2, 240)
    assert str(shape) == "3x8x10"
    assert str(sizes.Shape((3, H, W))) == "3xHxW"
    assert str(sizes.Shape((3, resnet_stem(H), 5))) == "3 x floor((H + 3)/4) x 5"
    assert sizes.axis_names(3) == ("depth", "height", "width")
    assert sizes.axis_names(4) == ("axis 0", "axis 1", "axis 2", "axis 3")
