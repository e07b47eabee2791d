"""From sympy's expressions to terms."""

from __future__ import annotations

from typing import Any

from cnncalc.terms import (
    Formula,
    Term,
    at_most,
    choice,
    greatest,
    least,
    name,
    negation,
    same,
    term,
)


def make(kind: str, parts: list[Any]) -> Any:
    """The term of a kind of expression, from its parts; None for one that has no term."""
    if any(part is None for part in parts):
        return None
    if kind == "name":
        return name(parts[0])
    if kind == "number":
        return term(parts[0])
    if kind in ("+", "*"):
        first, *others = parts
        for other in others:
            first = first + other if kind == "+" else first * other
        return first
    if kind == "**":
        return term(parts[0]) ** parts[1]
    if kind == "floor":
        return _floor(parts[0])
    if kind == "min":
        return least(parts)
    if kind == "max":
        return greatest(parts)
    if kind == "if":
        return choice(*parts)
    if kind in ("==", "<=", "<"):
        a, b = parts
        return (
            same(a, b)
            if kind == "=="
            else at_most(a, b)
            if kind == "<="
            else (negation(at_most(b, a)))
        )
    return None


def _floor(value: Term) -> Term:
    return Term("floor", value)


__all__ = ["Formula", "make"]
