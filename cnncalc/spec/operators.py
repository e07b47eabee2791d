"""What the operators and functions of the language compute."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from cnncalc.sizes import at_least, divides, equal, floor_div, is_quasi, is_symbolic, ratio, rounded


def _modulo(a: Any, b: Any) -> Any:
    known = is_symbolic(a) and not is_quasi(a) and divides(b, a)  # isl simplifies by itself
    return 0 if known else a - b * floor_div(a, b)


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: ratio,
    ast.FloorDiv: floor_div,
    ast.Mod: _modulo,
    ast.Pow: lambda a, b: a**b,
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool | None]] = {
    ast.Eq: equal,
    ast.NotEq: lambda a, b: _not(equal(a, b)),
    ast.GtE: at_least,
    ast.LtE: lambda a, b: at_least(b, a),
    ast.Lt: lambda a, b: _not(at_least(a, b)),
    ast.Gt: lambda a, b: _not(at_least(b, a)),
}
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "min": lambda value: value,
    "max": lambda value: value,
    "ceil": partial(rounded, "ceil"),
    "floor": partial(rounded, "floor"),
    "abs": abs,
}
