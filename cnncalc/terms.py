"""Terms and formulas: what a statement says, before anything is decided about it.

A term is a rational number that depends on named integers; a formula is a truth that does. Both
are kept as they were written: no division is cancelled, so that where a statement is defined can be
read off it. The formulas of the project work on terms as they do on ints.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from typing import Any, Union

#: An exact number.
Exact = int | Fraction
#: A number, or a term that stands for one.
Value = Union[int, Fraction, "Term"]  # a name in quotes cannot be joined by |
#: A truth value, or a formula that stands for one.
Truth = Union[bool, "Formula"]


class _Operation:
    """An operation on what it is made of; equal to another one that is written alike."""

    __slots__ = ("_hash", "args", "op")

    def __init__(self, op: str, *args: Any) -> None:
        self.op = op
        self.args = args
        self._hash = hash((op, args))

    def __eq__(self, other: object) -> bool:
        return self is other or (
            isinstance(other, type(self))
            and self._hash == other._hash
            and (self.op, self.args) == (other.op, other.args)
        )

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class Term(_Operation):
    """``number``, ``name``, ``+``, ``*``, ``/``, ``**``, ``floor``, ``min``, ``max`` or ``if``."""

    __slots__ = ()

    def __str__(self) -> str:
        return _text(self, 0)

    def __add__(self, other: Value) -> Term:
        terms = self.args if self.op == "+" else (self,)
        return Term("+", *terms, term(other))

    def __radd__(self, other: Value) -> Term:
        return Term("+", term(other), self)

    def __neg__(self) -> Term:
        return Term("*", term(-1), self)

    def __pos__(self) -> Term:
        return self

    def __sub__(self, other: Value) -> Term:
        return self + (-other)

    def __rsub__(self, other: Value) -> Term:
        return Term("+", term(other), -self)

    def __mul__(self, other: Value) -> Term:
        return Term("*", self, term(other))

    def __rmul__(self, other: Value) -> Term:
        return Term("*", term(other), self)

    def __truediv__(self, other: Value) -> Term:
        return Term("/", self, term(other))

    def __rtruediv__(self, other: Value) -> Term:
        return Term("/", term(other), self)

    def __floordiv__(self, other: Value) -> Term:
        return Term("floor", self / other)

    def __rfloordiv__(self, other: Value) -> Term:
        return Term("floor", other / self)

    def __mod__(self, other: Value) -> Term:
        return self - other * (self // other)

    def __rmod__(self, other: Value) -> Term:
        return other - self * (other // self)

    def __pow__(self, other: Value) -> Term:
        return Term("**", self, term(other))

    def __rpow__(self, other: Value) -> Term:
        return Term("**", term(other), self)

    def __floor__(self) -> Term:
        return Term("floor", self)

    def __ceil__(self) -> Term:
        return -Term("floor", -self)

    def __abs__(self) -> Term:
        return Term("max", self, -self)


class Formula(_Operation):
    """``==`` or ``<=`` of two terms; ``not``, ``and``, ``or`` of formulas, read left to right."""

    __slots__ = ()

    def __str__(self) -> str:
        if self.op in ("==", "<="):
            return f"{self.args[0]} {self.op} {self.args[1]}"
        if self.op == "not":
            return f"not ({self.args[0]})"
        return f" {self.op} ".join(f"({part})" for part in self.args)


def term(value: Value) -> Term:
    """The value as a term."""
    return value if isinstance(value, Term) else Term("number", value)


def name(word: str) -> Term:
    return Term("name", word)


def least(values: Iterable[Value]) -> Term:
    return Term("min", *map(term, values))


def greatest(values: Iterable[Value]) -> Term:
    return Term("max", *map(term, values))


def choice(test: Truth, then: Value, otherwise: Value) -> Value:
    """``then if test else otherwise``."""
    if isinstance(test, bool):
        return then if test else otherwise
    return Term("if", test, term(then), term(otherwise))


def same(a: Value, b: Value) -> Truth:
    if isinstance(a, Term) or isinstance(b, Term):
        return Formula("==", term(a), term(b))
    return a == b


def at_most(a: Value, b: Value) -> Truth:
    if isinstance(a, Term) or isinstance(b, Term):
        return Formula("<=", term(a), term(b))
    return a <= b


def negation(truth: Truth) -> Truth:
    if isinstance(truth, bool):
        return not truth
    return truth.args[0] if truth.op == "not" else Formula("not", truth)


def both(truths: Iterable[Truth]) -> Truth:
    """All of them, in order: what follows a false one is not asked."""
    return _joined("and", truths, stop=False)


def either(truths: Iterable[Truth]) -> Truth:
    """One of them, in order: what follows a true one is not asked."""
    return _joined("or", truths, stop=True)


def _joined(op: str, truths: Iterable[Truth], stop: bool) -> Truth:
    kept: list[Formula] = []
    for truth in truths:
        if isinstance(truth, bool):
            if truth is not stop:
                continue
            if not kept:
                return stop
            kept.append(FALSE if stop is False else TRUE)
            break
        kept.extend(truth.args if truth.op == op else (truth,))
    if not kept:
        return not stop
    return kept[0] if len(kept) == 1 else Formula(op, *kept)


def formula(truth: Truth) -> Formula:
    """The truth as a formula."""
    if isinstance(truth, bool):
        return TRUE if truth else FALSE
    return truth


TRUE = Formula("==", term(0), term(0))
FALSE = Formula("==", term(0), term(1))


def defined(item: Term | Formula) -> Truth:
    """Where nothing is divided by zero, given that and, or, if are read left to right."""
    if isinstance(item, Formula):
        if item.op in ("and", "or"):
            return _defined_in_order(item.args, item.op == "and")
        return both(defined(part) for part in item.args)
    if item.op in ("number", "name"):
        return True
    if item.op == "if":
        test, then, otherwise = item.args
        chosen = both(
            (
                either((negation(test), defined(then))),
                either((test, defined(otherwise))),
            )
        )
        return both((defined(test), chosen))
    inner = both(defined(part) for part in item.args)
    if item.op == "/":
        return both((inner, negation(_zero(item.args[1]))))
    if item.op == "**":
        base, exponent = item.args
        if exponent.op == "number" and exponent.args[0] >= 0:
            return inner
        safe = either((at_most(0, exponent), negation(_zero(base))))
        return both((inner, safe))
    return inner


def _zero(value: Term) -> Truth:
    if value.op == "number":
        return bool(value.args[0] == 0)
    return Formula("==", value, term(0))


def _defined_in_order(parts: tuple[Formula, ...], conjunction: bool) -> Truth:
    """A part is asked only when those before it hold (of ``or``: do not)."""
    found: Truth = True
    for part in reversed(parts):
        go_on = negation(part) if conjunction else part
        found = both((defined(part), True if found is True else either((go_on, found))))
    return found


def names_in(item: Term | Formula) -> Iterator[str]:
    """Names, each once, in the order of their first use."""
    seen: dict[str, None] = {}
    visited: set[Term | Formula] = set()
    stack: list[Term | Formula] = [item]
    while stack:
        one = stack.pop()
        if one in visited:
            continue
        visited.add(one)
        if one.op == "name":
            seen.setdefault(one.args[0])
        elif one.op != "number":
            stack.extend(reversed(one.args))
    return iter(seen)


def replaced(item: Any, values: Mapping[str, Value]) -> Any:
    """The term or formula with values for names."""
    memory: dict[Any, Any] = {}

    def walk(one: Any) -> Any:
        if one.op == "number":
            return one
        if one.op == "name":
            return term(values[one.args[0]]) if one.args[0] in values else one
        found = memory.get(one)
        if found is None:
            found = memory[one] = type(one)(one.op, *map(walk, one.args))
        return found

    return walk(item)


#: More bits than this are not computed.
MOST_BITS = 100_000


class TooLarge(ArithmeticError):
    """A number of more than ``MOST_BITS`` bits."""


def power(base: Any, exponent: Any) -> Any:
    """base ** exponent, exactly; raises ZeroDivisionError, or :class:`TooLarge`."""
    if isinstance(base, Term) or isinstance(exponent, Term):
        return term(base) ** exponent
    if exponent.denominator != 1:
        raise ValueError("an exponent must be an integer")
    bits = max(base.numerator.bit_length(), base.denominator.bit_length())
    if bits > 1 and bits * abs(exponent) > MOST_BITS:
        raise TooLarge
    return simplest(Fraction(base) ** int(exponent))


def simplest(value: Exact) -> Exact:
    """A fraction that is an integer, as an int."""
    return value.numerator if value.denominator == 1 else value


def quotient(a: Any, b: Any) -> Any:
    """a / b, exactly; raises ZeroDivisionError."""
    if isinstance(a, Term) or isinstance(b, Term):
        return term(a) / b
    return simplest(Fraction(a) / Fraction(b))


_LEVELS = {"+": 1, "*": 2, "/": 2, "**": 4}


def _text(item: Term, level: int) -> str:
    op, args = item.op, item.args
    if op == "number":
        text = str(args[0])
        return f"({text})" if level > 1 and (args[0] < 0 or "/" in text) else text
    if op == "name":
        return str(args[0])
    if op in ("floor", "min", "max"):
        return f"{op}({', '.join(_text(part, 0) for part in args)})"
    if op == "if":
        return f"({args[1]} if {args[0]} else {args[2]})"
    own = _LEVELS[op]
    if op == "*" and args[0] == term(-1):
        text = f"-{_text(args[1], 3)}"
        own = 1
    elif op == "+":
        text = reduce(_sum, (_text(part, 1) for part in args))
    else:
        text = f"{_text(args[0], own)}{op}{_text(args[1], own + 1)}"
    return f"({text})" if own < level or (op == "**" and level == 4) else text


def _sum(a: str, b: str) -> str:
    return f"{a} - {b[1:]}" if b.startswith("-") else f"{a} + {b}"
