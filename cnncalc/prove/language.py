"""The language of statements: Python's expressions, parsed with :mod:`ast`, evaluated here.

On numbers the value is exact; on names it is a term or a formula. Both go through the same code,
so what is proved is what would be computed.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from cnncalc import terms
from cnncalc.errors import CnncalcError, LimitError, Position, SpecError, suggest
from cnncalc.prove.functions import FUNCTIONS, IllFormed, Misuse
from cnncalc.prove.reading import HINT, indent, parse, shifted
from cnncalc.sizes import ratio
from cnncalc.tensors import ShapeError, elementwise, flatten, shape
from cnncalc.terms import Formula, Term, TooLarge, Truth

#: Statements nested deeper than this are refused.
MOST_LEVELS = 100


class Undefined(ArithmeticError):
    """The value does not exist at this point: a division by zero."""


class Names:
    """Where a statement finds its names: values by name, and what to do with a new one."""

    def __init__(
        self, values: Mapping[str, Any], unknown: Callable[[str, Position], Any] | None = None
    ) -> None:
        self.values = dict(values)
        self.unknown = unknown

    def lookup(self, name: str, at: Position) -> Any:
        if name not in self.values:
            if self.unknown is None:
                raise SpecError(f"{name!r} has no value here", at=at, hint="write a number")
            self.values[name] = self.unknown(name, at)
        return self.values[name]


class Evaluation:
    """One evaluation of a statement; ``networks`` answers what functions ask about networks."""

    def __init__(self, text: str, at: Position, names: Names, networks: Any = None) -> None:
        self.text = text
        self.start = at
        self.names = names
        self.networks = networks
        self.depth = 0
        self.lead = indent(text)

    def index(self, node: ast.AST) -> int:
        return getattr(node, "col_offset", 0) + self.lead

    def at(self, node: ast.AST) -> Position:
        return shifted(self.start, self.text, self.index(node))

    def written(self, node: ast.AST) -> str:
        stop = getattr(node, "end_col_offset", 0) + self.lead
        text = " ".join(self.text[self.index(node) : stop].split())
        return text if len(text) <= 60 else f"{text[:59]}…"

    def error(self, node: ast.AST, message: str, hint: str | None = None) -> SpecError:
        return SpecError(message, at=self.at(node), hint=hint or HINT)

    def value(self, node: ast.AST) -> Any:
        method: Callable[[Any], Any] | None = getattr(self, f"on_{type(node).__name__}", None)
        if method is None:
            raise self.error(node, f"{self.written(node)!r} is not part of the language")
        self.depth += 1
        if self.depth > MOST_LEVELS:
            raise LimitError(
                f"a statement nested more than {MOST_LEVELS} deep",
                at=self.at(node),
                hint="nest less",
            )
        try:
            return method(node)
        except TooLarge:
            raise LimitError(
                "a number too large", at=self.at(node), hint="exponents must stay small"
            ) from None
        except ShapeError as error:
            raise self.error(node, str(error), error.hint) from None
        finally:
            self.depth -= 1

    def truth(self, node: ast.AST) -> Truth:
        value = self.value(node)
        if isinstance(value, (bool, Formula)):
            return value
        raise self.error(
            node,
            f"{self.written(node)!r} is {kind_of(value)}, and neither true nor false",
            "compare two sides, as in 2*n == n + n",
        )

    def number(self, node: ast.AST) -> Any:
        value = self.value(node)
        if is_number(value):
            return value
        raise self.error(
            node, f"a number is wanted here, got {kind_of(value)}", _instead(value, "a number")
        )

    # Nodes.

    def on_Constant(self, node: ast.Constant) -> Any:
        value = node.value
        if isinstance(value, (bool, str)):
            return value
        if type(value) is int:
            if value.bit_length() > 4096:
                raise TooLarge
            return value
        if isinstance(value, float):
            written = self.written(node).replace("_", "")
            exponent = written.lower().partition("e")[2]
            if exponent and abs(int(exponent)) > 99:
                raise self.error(
                    node, f"{written} is too large or too small", "use exponents to 99"
                )
            return terms.simplest(Fraction(written))
        raise self.error(node, f"{self.written(node)!r} is not part of the language")

    def on_Name(self, node: ast.Name) -> Any:
        if node.id in FUNCTIONS:
            raise self.error(
                node, f"{node.id} is a function", f"call it: {FUNCTIONS[node.id].usage}"
            )
        return self.names.lookup(node.id, self.at(node))

    def on_List(self, node: ast.List) -> Any:
        return [self.value(item) for item in node.elts]

    on_Tuple = on_List

    def on_IfExp(self, node: ast.IfExp) -> Any:
        test = self.truth(node.test)
        if isinstance(test, bool):
            return self.value(node.body if test else node.orelse)
        then, otherwise = self.value(node.body), self.value(node.orelse)
        if isinstance(then, (bool, Formula)) and isinstance(otherwise, (bool, Formula)):
            return terms.either(
                (terms.both((test, then)), terms.both((terms.negation(test), otherwise)))
            )
        if is_number(then) and is_number(otherwise):
            return terms.choice(test, then, otherwise)
        raise self.error(node, "both choices of if must be numbers, or both comparisons")

    def on_BoolOp(self, node: ast.BoolOp) -> Truth:
        stop = isinstance(node.op, ast.Or)
        found: list[Truth] = []
        for item in node.values:
            truth = self.truth(item)
            found.append(truth)
            if truth is stop:  # what follows is not asked
                break
        return (terms.either if stop else terms.both)(found)

    def on_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return terms.negation(self.truth(node.operand))
        value = self.value(node.operand)
        if isinstance(node.op, ast.USub) and (is_number(value) or isinstance(value, list)):
            return elementwise(lambda a: -a, value)
        if isinstance(node.op, ast.UAdd) and (is_number(value) or isinstance(value, list)):
            return value
        raise self.error(node, f"{self.written(node)!r} is not part of the language")

    def on_BinOp(self, node: ast.BinOp) -> Any:
        operation = _OPERATIONS.get(type(node.op))
        if operation is None:
            hint = "a power is written **, as in 2**3" if isinstance(node.op, ast.BitXor) else None
            raise self.error(node, f"{self.written(node)!r} is not part of the language", hint)
        left, right = self.value(node.left), self.value(node.right)
        for side, value in ((node.left, left), (node.right, right)):
            if not (is_number(value) or isinstance(value, list)):
                raise self.error(
                    side,
                    f"a number or a tensor is wanted here, got {kind_of(value)}",
                    _instead(value, "a number"),
                )
        try:
            return elementwise(operation, left, right)
        except ZeroDivisionError:
            raise Undefined(f"{self.written(node)} divides by zero") from None
        except ValueError:
            raise self.error(
                node.right,
                "an exponent must be an integer",
                "roots are not part of the language: compare squares",
            ) from None

    def on_Compare(self, node: ast.Compare) -> Truth:
        values = [self.value(node.left)]
        found: list[Truth] = []
        for operator, right in zip(node.ops, node.comparators):
            values.append(self.value(right))
            compare = _COMPARISONS.get(type(operator))
            if compare is None:
                raise self.error(node, f"{self.written(node)!r} is not part of the language")
            truth = self._compared(node, compare, isinstance(operator, ast.NotEq), *values[-2:])
            found.append(truth)
            if truth is False:
                break
        return terms.both(found)

    def _compared(
        self, node: ast.AST, compare: Callable[[Any, Any], Truth], differs: bool, a: Any, b: Any
    ) -> Truth:
        for value in (a, b):
            if isinstance(value, (bool, Formula, str)):
                raise self.error(
                    node,
                    f"numbers and tensors are compared, not {kind_of(value)}",
                    "join comparisons with and, or, not",
                )
        if is_number(a) != is_number(b) and not list(flatten(b if is_number(a) else a)):
            raise self.error(
                node,
                "a list without elements is compared with a number",
                "all elements are compared with it, and there is none",
            )
        if differs:
            return terms.negation(everywhere(terms.same, a, b))
        return everywhere(compare, a, b)

    def on_Subscript(self, node: ast.Subscript) -> Any:
        value = self.value(node.value)
        if not isinstance(value, list):
            raise self.error(node, f"{self.written(node.value)!r} is {kind_of(value)}, not a list")
        index = self.value(node.slice)
        if type(index) is not int or not -len(value) <= index < len(value):
            raise self.error(
                node.slice,
                f"{self.written(node.slice)} is not an index of {len(value)} values",
                f"indices go from 0 to {len(value) - 1}",
            )
        return value[index]

    def on_Call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else self.written(node.func)
        function = FUNCTIONS.get(name)
        if function is None:
            raise self.error(
                node.func, f"{name} is not a function", suggest(name, FUNCTIONS, "functions")
            )
        keywords: dict[str, Any] = {}
        for item in node.keywords:
            if item.arg is None or item.arg in keywords:
                raise self.error(node, f"{name}: arguments are given one by one", function.usage)
            keywords[item.arg] = self.value(item.value)
        positional = [self.value(item) for item in node.args]
        try:
            bound = inspect.signature(function.run).bind(
                *([self] if function.asks else []), *positional, **keywords
            )
        except TypeError as error:
            raise self.error(
                node, f"{name}: {error}", f"write {function.usage}: {function.about}"
            ) from None
        try:
            return function.run(*bound.args, **bound.kwargs)
        except CnncalcError as error:
            if error.at is None:
                error.at = self.at(node)
            raise
        except IllFormed as outside:
            if outside.error.at is None:
                outside.error.at = self.at(node)
            raise
        except Misuse as error:
            place = self.at(node)
            if error.argument is not None and error.argument < len(node.args):
                place = self.at(node.args[error.argument])
            hint = error.hint or f"write {function.usage}: {function.about}"
            raise SpecError(f"{name}: {error}", at=place, hint=hint) from None
        except ZeroDivisionError:
            raise Undefined(f"{self.written(node)} divides by zero") from None
        except (TypeError, AttributeError, ValueError, IndexError):
            given = ", ".join(map(kind_of, (*positional, *keywords.values())))
            raise self.error(
                node,
                f"{name} does not take {given}",
                f"write {function.usage}: {function.about}",
            ) from None


def everywhere(compare: Callable[[Any, Any], Truth], a: Any, b: Any) -> Truth:
    """Does the comparison hold for all elements? A single number is compared with each element."""
    if isinstance(a, list) and isinstance(b, list) and shape(a) != shape(b):
        return False
    return terms.both(flatten(elementwise(compare, a, b)))


def is_number(value: Any) -> bool:
    return type(value) is int or isinstance(value, (Fraction, Term))


def kind_of(value: Any) -> str:
    """What a value is, for messages."""
    if isinstance(value, (bool, Formula)):
        return "a comparison"
    if isinstance(value, str):
        return f"the text {value[:40]!r}"
    if isinstance(value, list):
        return "a tensor"
    if isinstance(value, Term):
        return "a formula"
    return f"the number {value}"


def _instead(value: Any, wanted: str) -> str:
    if isinstance(value, str):
        return "a network in quotes is given to a function, as in params('3x8x8 | conv 4 k=3')"
    if isinstance(value, list):
        return "take one element, as in output('lenet5')[0]"
    return f"write {wanted}"


def _floor_div(a: Any, b: Any) -> Any:
    return a // b


_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: ratio,
    ast.FloorDiv: _floor_div,
    ast.Mod: lambda a, b: a - b * (a // b),
    ast.Pow: terms.power,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Truth]] = {
    ast.Eq: terms.same,
    ast.NotEq: lambda a, b: terms.negation(terms.same(a, b)),
    ast.LtE: terms.at_most,
    ast.GtE: lambda a, b: terms.at_most(b, a),
    ast.Lt: lambda a, b: terms.negation(terms.at_most(b, a)),
    ast.Gt: lambda a, b: terms.negation(terms.at_most(a, b)),
}

__all__ = ["CnncalcError", "Evaluation", "Names", "Undefined", "parse"]
