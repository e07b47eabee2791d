"""A statement with its conditions: over which integers it is asked, and what it says there.

Names are integers of at least 1, unless a condition bounds them below. Conditions that fix a name
(``S == 1``, ``H == 32*h``, ``K % 2 == 1``) are put to use at once: what is left are free integers,
and every name is a term in them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc import terms
from cnncalc.errors import CnncalcError, Position, Source, SpecError
from cnncalc.prove.canonical import Canonical
from cnncalc.prove.compiled import compiled
from cnncalc.prove.functions import FUNCTIONS, IllFormed
from cnncalc.prove.language import Evaluation, Names, Undefined, parse
from cnncalc.prove.networks import Networks, Opaque
from cnncalc.prove.polynomials import TooMany
from cnncalc.prove.search import Free
from cnncalc.sizes import is_int, is_term
from cnncalc.terms import Formula, Term, Truth


class Text(NamedTuple):
    """An expression and its place."""

    text: str
    at: Position
    tree: ast.expr

    @classmethod
    def of(cls, text: str, at: Position | None = None, name: str = "<statement>") -> Text:
        at = at or Position(Source(name, text), 1, 1)
        return cls(text, at, parse(text, at))


class Statement:
    """What is to be decided. Raises :class:`CnncalcError` for what is not in the language."""

    def __init__(self, claim: Text, given: Iterable[Text] = ()) -> None:
        self.claim = claim
        self.given = tuple(given)
        #: Names in the order of their first use.
        self.names: list[str] = []
        #: What each name is: a free integer, a number, or a term in free integers.
        self.values: dict[str, Any] = {}
        self.free: dict[str, Free] = {}
        #: Names that conditions define by others; they follow and are not searched.
        self.defined: set[str] = set()
        self._bounds = _Bounds()
        self._define(self.given)
        self.networks = Networks(lambda name: self._lookup(name, claim.at), self.floor)
        self._canonical: Canonical | None = None
        #: Conditions as formulas in the free integers, with those that definitions leave.
        self.conditions: list[Formula] = []
        #: Why there is no formula, if so.
        self.opaque: str | None = None
        self.formula: Truth | None = None
        self._translate()
        self._order()

    # Names.

    def _lookup(self, name: str, at: Position) -> Any:
        if name not in self.values:
            self._introduce(name)
        return self.values[name]

    def _introduce(self, name: str) -> None:
        """A name that nothing defines: a free integer within its bounds."""
        if name not in self.names:
            self.names.append(name)
        low, high = self._bounds.of(name)
        remainder = self._bounds.remainders.get(name)
        if low is not None and low == high:
            self.values[name] = low
        elif remainder is not None and low is not None and low >= 0:
            by, rest = remainder
            inner = f"{name}'"
            self.free[inner] = Free(
                -((rest - low) // by), None if high is None else (high - rest) // by, by
            )
            self.values[name] = terms.name(inner) * by + rest
        else:
            self.free[name] = Free(low, high)
            self.values[name] = terms.name(name)

    def _define(self, given: Iterable[Text]) -> None:
        """Finds bounds, remainders and definitions among the conditions."""
        definitions: list[tuple[str, Text, ast.expr]] = []
        for condition in given:
            for part in _conjuncts(condition.tree):
                found = self._bounds.read(condition, part)
                if found is not None:
                    definitions.append((found[0], condition, found[1]))
        for name, condition, expression in definitions:
            if name in self.values or _uses(expression, name):
                continue
            evaluation = Evaluation(
                condition.text, condition.at, Names(self.values, self._lookup), None
            )
            if any(isinstance(node, ast.Call | ast.Div) for node in ast.walk(expression)):
                continue
            value = evaluation.value(expression)
            if name in self.values or not (is_term(value) or is_int(value)):
                continue
            self.names.append(name)
            self.values[name] = value
            self.defined.add(name)

    def _translate(self) -> None:
        """The statement and its conditions as formulas; opaque where there are none."""
        found: list[Truth] = []
        try:
            for condition in self.given:
                truth = self._evaluation(condition).truth(condition.tree)
                found += [terms.defined(truth), truth] if isinstance(truth, Formula) else [truth]
            claimed = self._evaluation(self.claim).truth(self.claim.tree)
            self.formula = claimed
        except Opaque as error:
            self.opaque = str(error) or "it has no closed form in the names"
            self._discover()
        except Undefined:
            self.opaque = "it divides by zero"
            self._discover()
        except IllFormed as error:
            if not self.free:
                raise error.error from None
            self.opaque = "the network is not well-formed"
            self._discover()
        for name in self.defined:
            low, high = self._bounds.of(name)
            if low is not None:
                found.append(terms.at_most(low, self.values[name]))
            if high is not None:
                found.append(terms.at_most(self.values[name], high))
        found += self.networks.assumed
        for truth in found:
            if truth is not True:
                self.conditions.append(terms.formula(truth))

    def _order(self) -> None:
        """Names in the order of the statement, whatever the conditions introduced first."""
        used = [node for node in ast.walk(self.claim.tree) if isinstance(node, ast.Name)]
        used.sort(key=lambda node: (node.lineno, node.col_offset))
        ranks = {name: rank for rank, name in enumerate(dict.fromkeys(node.id for node in used))}
        last = len(ranks)
        self.names.sort(key=lambda name: ranks.get(name, last))
        self.free = dict(
            sorted(self.free.items(), key=lambda item: ranks.get(item[0].rstrip("'"), last))
        )

    def _discover(self) -> None:
        """Introduces the names of what could not be translated to its end."""
        for text in (*self.given, self.claim):
            called = {id(node.func) for node in ast.walk(text.tree) if isinstance(node, ast.Call)}
            for node in ast.walk(text.tree):
                if isinstance(node, ast.Name) and id(node) not in called:
                    self._lookup(node.id, text.at)

    def _evaluation(self, text: Text) -> Evaluation:
        return Evaluation(text.text, text.at, Names(self.values, self._lookup), self.networks)

    @property
    def asks_networks(self) -> bool:
        """Does the statement, or a condition, have a function of networks or layers in it?"""
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and (node.func.id in FUNCTIONS and FUNCTIONS[node.func.id].asks)
            for text in (self.claim, *self.given)
            for node in ast.walk(text.tree)
        )

    # Bounds.

    def bounds(self, name: str) -> tuple[int | None, int | None]:
        """The lowest and the highest value that conditions leave a name."""
        return self._bounds.of(name)

    @property
    def lowest(self) -> dict[str, int]:
        return {name: free.low for name, free in self.free.items() if free.low is not None}

    def floor(self, value: Term) -> int | None:
        """1 or 0, whichever a whole term is at least (None: neither is seen)."""
        canonical = Canonical(self.lowest)
        try:
            poly = canonical.of(value).poly
        except (TooMany, ZeroDivisionError):
            return None
        if poly is None or not poly.whole:
            return None
        if canonical.positive(poly):
            return 1
        return 0 if canonical.nonnegative(poly) else None

    # Points.

    def point(self, at: Mapping[str, int]) -> dict[str, int]:
        """Values of all names, from values of the free integers."""
        found = {}
        for name in self.names:
            value = self.values[name]
            found[name] = compiled(value)(at) if is_term(value) else value
        return found

    def holds(self, point: Mapping[str, int]) -> bool | str | None:
        """Is the statement true at a point? By itself, on plain numbers.

        None: the point does not meet the conditions, or a network is not well-formed there. A text
        says why there is no value.
        """
        try:
            for condition in self.given:
                try:
                    if self.evaluate(condition, point) is not True:
                        return None
                except Undefined:
                    return None
            return self.evaluate(self.claim, point)
        except IllFormed:
            return None
        except Undefined as error:
            return str(error)

    def evaluate(self, text: Text, point: Mapping[str, int]) -> bool:
        truth = self.at(text, point).truth(text.tree)
        assert isinstance(truth, bool)
        return truth

    def at(self, text: Text, point: Mapping[str, int]) -> Evaluation:
        """An evaluation of a text at a point."""
        names = Names(point)
        return Evaluation(
            text.text, text.at, names, Networks(lambda name: names.lookup(name, text.at), None)
        )

    def sides(self, point: Mapping[str, int]) -> list[tuple[str, Any]]:
        """The sides of a comparison with their values at a point."""
        tree = self.claim.tree
        if not isinstance(tree, ast.Compare):
            return []
        found = []
        evaluation = self.at(self.claim, point)
        for side in (tree.left, *tree.comparators):
            try:
                found.append((evaluation.written(side), evaluation.value(side)))
            except (CnncalcError, IllFormed, Undefined):
                found.append((evaluation.written(side), None))
        return found


def _conjuncts(tree: ast.expr) -> Iterable[ast.expr]:
    if isinstance(tree, ast.BoolOp) and isinstance(tree.op, ast.And):
        for part in tree.values:
            yield from _conjuncts(part)
    else:
        yield tree


def _uses(tree: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
}


class _Bounds:
    """What conditions say of single names: numbers that bound them, remainders."""

    def __init__(self) -> None:
        self.lows: dict[str, int] = {}
        self.highs: dict[str, int] = {}
        self.unbounded: set[str] = set()
        self.remainders: dict[str, tuple[int, int]] = {}

    def of(self, name: str) -> tuple[int | None, int | None]:
        low = self.lows.get(name, None if name in self.unbounded else 1)
        return low, self.highs.get(name)

    def read(self, text: Text, part: ast.expr) -> tuple[str, ast.expr] | None:
        """Takes in a condition; gives ``name, expression`` of one that defines a name."""
        if isinstance(part, ast.Call) and getattr(part.func, "id", "") == "integer":
            self.unbounded.update(node.id for node in part.args if isinstance(node, ast.Name))
        if not isinstance(part, ast.Compare):
            return None
        sides = [part.left, *part.comparators]
        definition = None
        for left, operator, right in zip(sides, part.ops, sides[1:]):
            for a, relation, b in (
                (left, type(operator), right),
                (right, _MIRRORED.get(type(operator)), left),
            ):
                if relation not in _MIRRORED:
                    continue
                if isinstance(a, ast.Name):
                    number = _constant(text, b)
                    if number is not None:
                        self._bound(a.id, relation, number)
                    elif relation is ast.Eq and definition is None:
                        definition = (a.id, b)
                elif relation is ast.Eq and isinstance(a, ast.BinOp):
                    self._remainder(text, a, b)
        return definition

    def _bound(self, name: str, relation: Any, number: Any) -> None:
        number = Fraction(number)
        if relation in (ast.Gt, ast.GtE, ast.Eq):
            low = number.__ceil__() + (relation is ast.Gt and number.denominator == 1)
            self.lows[name] = max(low, self.lows.get(name, low))
        if relation in (ast.Lt, ast.LtE, ast.Eq):
            high = number.__floor__() - (relation is ast.Lt and number.denominator == 1)
            self.highs[name] = min(high, self.highs.get(name, high))

    def _remainder(self, text: Text, a: ast.BinOp, b: ast.expr) -> None:
        if not (isinstance(a.op, ast.Mod) and isinstance(a.left, ast.Name)):
            return
        by, rest = _constant(text, a.right), _constant(text, b)
        if is_int(by) and is_int(rest) and by >= 1 and 0 <= rest < by:
            self.remainders.setdefault(a.left.id, (by, rest))


def _constant(text: Text, tree: ast.expr) -> Any:
    """The value of an expression without names and calls, else None."""
    if any(isinstance(node, ast.Name | ast.Call) for node in ast.walk(tree)):
        return None
    try:
        value = Evaluation(text.text, text.at, Names({}), None).value(tree)
    except (SpecError, Undefined):
        return None
    return value if is_int(value) or isinstance(value, Fraction) else None
