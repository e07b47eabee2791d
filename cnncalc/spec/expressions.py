"""The values of expressions, which are never run by Python.

Values are ints, exact fractions, symbolic sizes, truth values, words, lists, and tensors with
their sizes (``x.c``, ``skip.h``).
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any, Protocol

from cnncalc.errors import Position, SpecError
from cnncalc.problems import BadExpression, NeedsNumber, NoValue, UnknownName
from cnncalc.sizes import (
    at_least,
    equal,
    is_fraction,
    is_int,
    is_symbolic,
    maximum,
    minimum,
    text,
    undecided,
    whole,
)
from cnncalc.spec.limits import Limits
from cnncalc.spec.lines import strip
from cnncalc.spec.operators import COMPARISONS, FUNCTIONS, OPERATIONS
from cnncalc.spec.parsing import ALLOWED, parse_expression, short
from cnncalc.spec.syntax import Piece
from cnncalc.spec.values import SIZES, Iterations, Tensor, describe, instead, known

#: Operators that Python has and the language has not.
_FOREIGN: dict[type[ast.AST], str] = {
    ast.BitXor: "^",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.MatMult: "@",
    ast.Invert: "~",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}
_LITERALS = {"yes": True, "no": False, "true": True, "false": False, "True": True, "False": False}


class Names(Protocol):
    """Where an expression finds its names."""

    limits: Limits

    def lookup(self, name: str, at: Position) -> Any:
        """The value of ``name``; raises :class:`SpecError` when there is none."""


def evaluate(piece: Piece, names: Names) -> Any:
    """The value of an expression; raises :class:`SpecError` with its place."""
    text = piece.text
    if text.isascii() and text.isdigit() and len(text) < 18:
        return int(text)
    piece = strip(piece)
    return _Evaluation(piece, names).value(parse_expression(piece, names.limits))


class _Evaluation:
    def __init__(self, piece: Piece, names: Names) -> None:
        self.piece = piece
        self.names = names
        self.depth = 0

    def error(
        self,
        node: ast.AST,
        message: str,
        hint: str | None = None,
        error: type[SpecError] = NoValue,
    ) -> SpecError:
        return error(message, at=self.at(node), hint=hint)

    def at(self, node: ast.AST) -> Position:
        return self.piece.at.shifted(getattr(node, "col_offset", 0))

    def written(self, node: ast.AST) -> str:
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", None)
        return self.piece.text[start:end]

    def value(self, node: ast.expr) -> Any:
        method: Callable[[Any], Any] | None = getattr(self, f"on_{type(node).__name__}", None)
        if method is None:
            raise self.foreign(node)
        self.depth += 1
        self.names.limits.check(
            "depth", self.depth, "an expression nested too deeply", self.piece.at
        )
        value = method(node)
        self.depth -= 1
        return value

    def foreign(self, node: ast.AST, operator: ast.AST | None = None) -> SpecError:
        """Something that Python reads and the language does not have."""
        known = _FOREIGN.get(type(operator)) if operator else None
        written = known or short(self.written(node))
        hint = "a power is written **, as in 2**3" if written == "^" else ALLOWED
        if isinstance(node, ast.Tuple):
            hint = "one value for each axis is written with an x, as in k=3x3"
        message = f"{written!r} is not part of the language"
        return self.error(node, message, hint, BadExpression)

    def number(self, node: ast.expr) -> Any:
        return self.checked(node, self.value(node))

    def checked(self, node: ast.AST, value: Any) -> Any:
        if is_int(value) or is_fraction(value) or is_symbolic(value):
            return value
        raise self.error(node, f"a number is wanted here, got {describe(value)}", instead(value))

    def truth(self, node: ast.expr) -> bool:
        value = self.value(node)
        if isinstance(value, bool):
            return value
        raise self.error(
            node, f"yes or no is wanted here, got {describe(value)}", "compare it, as in s != 1"
        )

    def bounded(self, node: ast.AST, value: Any) -> Any:
        if is_int(value):
            self.names.limits.check("bits", value.bit_length(), "a number too large", self.at(node))
        return value

    def on_Constant(self, node: ast.Constant) -> Any:
        if isinstance(node.value, (bool, str)):
            return node.value
        if is_int(node.value):
            return self.bounded(node, node.value)
        if isinstance(node.value, float):
            from fractions import Fraction

            written = self.written(node).replace("_", "")
            exponent = written.lower().partition("e")[2]
            if exponent and abs(int(exponent)) > 99:
                raise self.error(
                    node, f"{written} is too large or too small", "exponents go from -99 to 99"
                )
            return whole(Fraction(written))
        raise self.foreign(node)

    def on_Name(self, node: ast.Name) -> Any:
        if node.id in _LITERALS:
            return _LITERALS[node.id]
        return self.names.lookup(node.id, self.at(node))

    def on_List(self, node: ast.List) -> Any:
        return [self.value(item) for item in node.elts]

    def on_IfExp(self, node: ast.IfExp) -> Any:
        return self.value(node.body if self.truth(node.test) else node.orelse)

    def on_BoolOp(self, node: ast.BoolOp) -> bool:
        stop = isinstance(node.op, ast.Or)
        for item in node.values:
            if self.truth(item) is stop:
                return stop
        return not stop

    def on_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return not self.truth(node.operand)
        value = self.number(node.operand)
        if isinstance(node.op, ast.USub):
            return -value
        if isinstance(node.op, ast.UAdd):
            return value
        raise self.foreign(node, node.op)

    def on_BinOp(self, node: ast.BinOp) -> Any:
        a, b = self.number(node.left), self.number(node.right)
        operation = OPERATIONS.get(type(node.op))
        if operation is None:
            raise self.foreign(node, node.op)
        if isinstance(node.op, (ast.Div, ast.FloorDiv, ast.Mod)) and at_least(b, 1) is False:
            below = "zero" if equal(b, 0) else "a number below 1"
            if equal(b, 0) or not isinstance(node.op, ast.Div):
                raise self.error(node, f"division by {below}", "the divisor must be at least 1")
        if isinstance(node.op, ast.Pow):
            return self.power(node, a, b)
        return self.bounded(node, whole(operation(a, b)))

    def power(self, node: ast.BinOp, base: Any, exponent: Any) -> Any:
        if is_symbolic(exponent):
            return base**exponent
        if not is_int(exponent) or exponent < 0:
            raise self.error(
                node.right,
                f"an exponent must be an integer of at least 0, got {describe(exponent)}",
                "write 1/2**3 for 2**-3; roots are not part of the language",
            )
        bits = base.bit_length() if is_int(base) else 64
        self.names.limits.check("bits", bits * exponent, "a number too large", self.at(node))
        return whole(base**exponent)

    def on_Compare(self, node: ast.Compare) -> bool:
        left = self.value(node.left)
        for operation, right_node in zip(node.ops, node.comparators):
            right = self.value(right_node)
            compare = COMPARISONS.get(type(operation))
            if compare is None:
                raise self.foreign(node, operation)
            if isinstance(left, (bool, str)) or isinstance(right, (bool, str)):
                if type(operation) not in (ast.Eq, ast.NotEq):
                    raise self.error(
                        node, "words and yes/no have no order", "compare them with == or !="
                    )
                answer: bool | None = (left == right) is isinstance(operation, ast.Eq)
            else:
                answer = compare(self.checked(node, left), self.checked(right_node, right))
            if answer is None:
                raise self.error(
                    node,
                    f"whether {self.piece.text} holds depends on the symbols",
                    f"give them values: --at {_symbols(left, right)}",
                    NeedsNumber,
                )
            if not answer:
                return False
            left = right
        return True

    def on_Call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            what = f"{name} is not a function" if name else "only functions are followed by ("
            raise self.error(node, what, "the functions are min max ceil floor abs", BadExpression)
        if node.keywords or not node.args:
            example = f"{name}(3, 4)" if name in ("min", "max") else f"{name}(7/2)"
            raise self.error(node, f"{name} takes numbers", f"write {example}", BadExpression)
        values = [self.number(item) for item in node.args]
        if name in ("min", "max"):
            return whole((minimum if name == "min" else maximum)(values))
        if len(values) != 1:
            message = f"{name} takes one number, got {len(values)}"
            raise self.error(node, message, f"write {name}(7/2)", BadExpression)
        return FUNCTIONS[name](values[0])

    def on_Attribute(self, node: ast.Attribute) -> Any:
        owner = self.value(node.value)
        if isinstance(owner, Tensor):
            return self.size_of(node, owner)
        if isinstance(owner, dict):
            return self.member(node, owner)
        if isinstance(owner, list) and all(isinstance(item, dict) for item in owner):
            return [self.member(node, item) for item in owner]
        hint = instead(owner) if isinstance(owner, (Iterations, list)) else "layers have .c .h .w"
        raise self.error(
            node,
            f"{short(self.written(node.value))} is {describe(owner)} and has no .{node.attr}",
            hint,
        )

    def size_of(self, node: ast.Attribute, tensor: Tensor) -> Any:
        index = SIZES.get(node.attr)
        shape = tensor.shape
        if index is None or (index < 0 and -index > shape.rank):
            sizes = ", ".join(f".{size}" for size, i in SIZES.items() if i >= 0 or -i <= shape.rank)
            raise self.error(
                node, f"{tensor.name} is {shape} and has no .{node.attr}", f"it has {sizes}"
            )
        return shape[index]

    def member(self, node: ast.Attribute, names: dict[str, Any]) -> Any:
        if node.attr not in names:
            raise UnknownName(
                f"no layer is called {node.attr!r} there",
                at=self.at(node),
                word=node.attr,
                known=names,
                what="names in that iteration",
            )
        return known(names[node.attr])

    def on_Subscript(self, node: ast.Subscript) -> Any:
        owner = self.value(node.value)
        if isinstance(owner, Iterations) and owner.closed:
            raise self.error(node, *owner.closed, NeedsNumber)
        every = isinstance(node.slice, ast.Slice) and self.written(node).endswith("[*]")
        items = owner.done if isinstance(owner, Iterations) else owner
        if not isinstance(items, list):
            raise self.error(
                node,
                f"{short(self.written(node.value))} is {describe(owner)} and cannot be indexed",
                "only lists and named loops are followed by [",
            )
        if every:
            return list(items)
        index = self.number(node.slice)
        undecided(index)
        if not is_int(index) or not 0 <= index < len(items):
            loop = isinstance(owner, Iterations)
            what = f"iterations of {owner.name} so far" if loop else "values"
            raise self.error(
                node.slice,
                f"index {text(index)} is not among the {len(items)} {what}",
                f"indices go from 0 to {len(items) - 1}" if items else "none is there yet",
            )
        return items[index]


def _symbols(*values: Any) -> str:
    names = {item.name for value in values if is_symbolic(value) for item in value.free_symbols}
    return ",".join(f"{name}=…" for name in sorted(names))
