"""Terms and formulas as functions of plain numbers, for trying many points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cnncalc.terms import Formula, Term, power, quotient

Compiled = Callable[[Mapping[str, int]], Any]


def compiled(item: Term | Formula) -> Compiled:
    """A function from values of the names to the number or the truth.

    It raises ZeroDivisionError where the item is undefined.
    """
    memory: dict[Term | Formula, Compiled] = {}

    def build(one: Term | Formula) -> Compiled:
        found = memory.get(one)
        if found is None:
            found = memory[one] = _compile(one, build)
        return found

    return build(item)


def _compile(one: Term | Formula, build: Callable[[Any], Compiled]) -> Compiled:
    op, args = one.op, one.args
    if op == "number":
        constant = args[0]
        return lambda at: constant
    if op == "name":
        word = args[0]
        return lambda at: at[word]
    if op == "floor" and args[0].op == "/":
        over, under = map(build, args[0].args)
        return lambda at: over(at) // under(at)
    parts = tuple(map(build, args))
    if op in _MANY:
        many = _MANY[op]
        return lambda at: many(part(at) for part in parts)
    if op == "if":
        test, then, otherwise = parts
        return lambda at: then(at) if test(at) else otherwise(at)
    if len(parts) == 1:
        single, (inner,) = _ONE[op], parts
        return lambda at: single(inner(at))
    pair, (left, right) = _TWO[op], parts
    return lambda at: pair(left(at), right(at))


_MANY: dict[str, Callable[[Iterable[Any]], Any]] = {
    "and": all,
    "or": any,
    "min": min,
    "max": max,
    "+": sum,
}
_ONE: dict[str, Callable[[Any], Any]] = {"floor": lambda a: a // 1, "not": lambda a: not a}
_TWO: dict[str, Callable[[Any, Any], Any]] = {
    "*": lambda a, b: a * b,
    "/": quotient,
    "**": power,
    "==": lambda a, b: a == b,
    "<=": lambda a, b: a <= b,
}
