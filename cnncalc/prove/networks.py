"""What statements ask about networks and layers, on numbers and on names.

On names an answer is computed once, for symbols that stand for positive integers, and then taken
over to whatever terms the names stand for; what the network needs in order to be well-formed becomes
an assumption of the statement.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from cnncalc.analyses.cost import Cost, node_cost
from cnncalc.errors import CnncalcError, SpecError, suggest
from cnncalc.layers import KINDS, ArgumentError
from cnncalc.network import Network, load
from cnncalc.prove.answers import Opaque, Question, StandIn, answers
from cnncalc.prove.functions import IllFormed, Misuse
from cnncalc.results import Analysis
from cnncalc.sizes import Shape, is_int, is_symbolic, is_term
from cnncalc.spec.bind import free_symbols
from cnncalc.spec.lines import RESERVED, split_axes, strip
from cnncalc.spec.misnamed import FROM, REUSE
from cnncalc.spec.parsing import parse_expression
from cnncalc.spec.syntax import Call, Piece
from cnncalc.spec.validate import given_names, joins
from cnncalc.terms import Formula, Term, at_most, both, formula, names_in, replaced, same, term


class Networks:
    """Answers questions for one statement, and keeps what it had to assume.

    ``lookup`` gives the value of a name that a one-line network leaves open; ``floor`` says of a
    term whether it is at least 1 or 0 wherever the statement is asked (None: not known).
    """

    def __init__(self, lookup: Any, floor: Any) -> None:
        self.lookup = lookup
        self.floor = floor
        self.assumed: dict[Formula, None] = {}

    def answer(self, answer: str, net: str, layer: str | None, given: Mapping[str, Any]) -> Any:
        network = _load(net)
        symbols, words = open_names(net)
        values = dict(given)
        for name in given:
            if name not in (*symbols, *words, *network.spec.params):
                hint = suggest(name, (*symbols, *words, *network.spec.params), "names in it")
                raise Misuse(f"the network has no parameter and no symbol {name!r}", hint)
        for name in (*symbols, *words):
            if name not in values and name not in network.spec.at:
                values[name] = self.lookup(name)
        at = tuple((name, values[name]) for name in symbols if name in values)
        settings = tuple((name, value) for name, value in values.items() if name not in symbols)
        question = Question(answer, net, layer, at, settings)
        terms = {name: value for name, value in (*at, *settings) if is_term(value)}
        if not terms:
            return _numeric(question)
        stand_ins = {name: self._stand_in(name, value) for name, value in terms.items()}
        found, needs = _symbolic(
            question._replace(
                at=tuple((name, stand_ins.get(name, value)) for name, value in at),
                settings=tuple((name, stand_ins.get(name, value)) for name, value in settings),
            )
        )
        behind = {
            name: value if self.floor(value) == 1 else value + 1 for name, value in terms.items()
        }
        self.assumed.update(
            (part, None) for need in needs if isinstance(part := replaced(need, behind), Formula)
        )
        return _with(found, behind)

    def _stand_in(self, name: str, value: Term) -> StandIn:
        low = self.floor(value)
        if low is None:
            raise Opaque
        return StandIn(name, low)

    def cost(self, kind: str, values: tuple[Any, ...], bias: bool) -> Cost:
        """What one layer costs."""
        flat = _flat(values)
        if not any(map(is_term, flat)):
            return _layer_cost(kind, values, bias)
        for value in flat:
            if is_term(value) and self.floor(value) != 1:
                self.assumed[_relation(value, ">=", 1)] = None
                self.assumed[_relation(value, "==", value.__floor__())] = None
        template, needs = _cost_template(kind, _shape_of(values), bias)
        behind = {f"v{index}": value for index, value in enumerate(flat)}
        self.assumed.update((replaced(need, behind), None) for need in needs)
        return Cost(*(_with(part, behind) for part in template))


def _with(found: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(found, list):
        return [_with(part, values) for part in found]
    if not is_term(found):
        return found
    return replaced(found, values)


@lru_cache(maxsize=256)
def _load(net: str) -> Network:
    return load(net)


@lru_cache(maxsize=1024)
def open_names(net: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Symbols of the inputs, and other names that a one-line network uses and does not define."""
    network = _load(net)
    spec = network.spec
    symbols = [n for n in free_symbols(spec, network.limits) if n not in spec.params]
    words: dict[str, None] = {}
    if spec.one_line:
        known = {*given_names(spec.layers), *symbols, *RESERVED}
        for statement in spec.layers:
            if isinstance(statement, Call):
                words.update(
                    (word, None) for word in _words(statement, network) if word not in known
                )
    return tuple(symbols), tuple(words)


def _words(call: Call, network: Network) -> Iterator[str]:
    """Names in the arguments of a layer line that are not words of the language."""
    cls = KINDS.get(call.kind)
    if cls is None or call.kind in (FROM, REUSE):
        return
    pieces = [(cls.aliases.get(key), piece) for key, piece in call.keys.items()]
    if not joins(cls):
        pieces += [(cls.value, piece) for piece in call.values]
    for key, piece in pieces:
        argument = cls.arguments.get(key or "")
        if argument is not None and piece.text in argument.words:
            continue
        for part in split_axes(piece) or [piece]:
            yield from _names(part, network)


def _names(piece: Piece, network: Network) -> Iterator[str]:
    tree = parse_expression(strip(piece), network.limits)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node not in called:
            yield node.id


def _numeric(question: Question) -> Any:
    return answers(question, _analysis(question._replace(answer="", layer=None)))


@lru_cache(maxsize=512)
def _analysis(question: Question) -> Analysis:
    network = _load(question.net)
    for name, value in (*question.at, *question.settings):
        if not (is_int(value) or hasattr(value, "denominator")) and not isinstance(value, str):
            raise Misuse(f"{name} must be a number, got {value!r}")
    for name, value in question.at:
        if not is_int(value) or value < 1:
            raise IllFormed(SpecError(f"the size {name} would be {value}"))
    try:
        return network.analyze(dict(question.at), dict(question.settings))
    except CnncalcError as error:
        raise IllFormed(error) from None


@lru_cache(maxsize=512)
def _symbolic(question: Question) -> tuple[Any, tuple[Formula, ...]]:
    """The answer for symbols, as terms, and the conditions under which there is a network."""
    from cnncalc import symbolic

    def value_of(value: Any) -> Any:
        if not isinstance(value, StandIn):
            return value
        return symbolic.symbol(value.name) + (value.low - 1)

    at = {name: value_of(value) for name, value in question.at}
    settings = {name: value_of(value) for name, value in question.settings}
    network = _load(question.net)
    try:
        analysis = network.analyze(at, settings)
        conditions = network.graph(at, settings).conditions
    except CnncalcError as error:
        raise Opaque(error.message) from None
    needs = []
    for condition in conditions:
        need = condition.requirement
        needs.append(_relation(need.left, need.relation, need.right))
    return _as_terms(answers(question, analysis)), tuple(needs)


def _relation(left: Any, relation: str, right: Any) -> Formula:
    a, b = term(_as_terms(left)), term(_as_terms(right))
    if relation == "% ==":
        return formula(both((at_most(1, b), same(a % b, 0))))
    return formula(at_most(b, a) if relation == ">=" else same(a, b))


def _as_terms(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_as_terms(part) for part in value]
    if not is_symbolic(value):
        return value
    from cnncalc import symbolic
    from cnncalc.prove.conversion import make

    found = symbolic.fold(value, make)
    if found is None:
        raise Opaque
    return found


def _flat(values: Any) -> list[Any]:
    found: list[Any] = []
    for value in values:
        found.extend(_flat(value) if isinstance(value, (tuple, list)) else [value])
    return found


# One layer.


def _shape_of(values: Any) -> Any:
    return tuple(_shape_of(v) if isinstance(v, tuple) else 0 for v in values)


def _filled(pattern: Any, values: Iterator[Any]) -> Any:
    return tuple(_filled(p, values) if isinstance(p, tuple) else next(values) for p in pattern)


@lru_cache(maxsize=64)
def _cost_template(
    kind: str, pattern: tuple[Any, ...], bias: bool
) -> tuple[tuple[Any, ...], tuple[Formula, ...]]:
    """The cost for symbols v0, v1, … in the place of the values."""
    from cnncalc import symbolic

    symbols = (symbolic.symbol(f"v{index}") for index in range(len(_flat(pattern))))
    needs: list[Formula] = []
    cost = _layer_cost(kind, _filled(pattern, symbols), bias, needs)
    return tuple(map(_as_terms, cost)), tuple(needs)


def _layer_cost(
    kind: str, values: tuple[Any, ...], bias: bool, needs: list[Formula] | None = None
) -> Cost:
    """The cost of a convolution or a linear layer, from its class."""
    for value in _flat(values):
        if needs is None and not (is_int(value) and value >= 1):
            raise IllFormed(
                SpecError(
                    f"a size of a layer must be an integer of at least 1, got {value}",
                    hint="channels, kernels and sizes are counts",
                )
            )
    try:
        inputs, outputs, *window = values
        kernel, groups, sizes = window or (None, None, ())
        sliding = {"kernel": kernel, "groups": groups} if window else {}
        layer = KINDS[kind](out=outputs, bias=bias, **sliding)
        x, y = Shape((inputs, *sizes)), Shape((outputs, *sizes))
    except ArgumentError as error:
        raise IllFormed(SpecError(error.message, hint=error.hint)) from None
    for need in layer.requirements(x):
        if needs is not None:
            needs.append(_relation(need.left, need.relation, need.right))
        elif need.relation == "% ==" and need.left % need.right:
            raise IllFormed(
                SpecError(need.message.format(left=need.left, right=need.right), hint=need.hint)
            )
    return node_cost(layer, (x,), y)


__all__ = ["IllFormed", "Networks", "Opaque", "names_in", "open_names"]
