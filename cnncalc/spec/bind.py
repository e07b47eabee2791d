"""Values for the parameters and symbols of a spec."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from cnncalc.errors import Position, Source, UsageError, nearest, suggest
from cnncalc.layers import KINDS
from cnncalc.layers.arguments import Choice, Flag, Like
from cnncalc.problems import BadSize, NoValue, UnknownName
from cnncalc.sizes import is_int, is_symbolic
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.limits import Limits
from cnncalc.spec.lines import RESERVED, is_name, split_axes, strip
from cnncalc.spec.parsing import parse_expression
from cnncalc.spec.reporting import Problems
from cnncalc.spec.scope import Scope
from cnncalc.spec.syntax import Call, Piece, Spec
from cnncalc.spec.validate import given_names, joins
from cnncalc.spec.values import UNKNOWN, describe


def sympy_symbol(name: str) -> Any:
    from cnncalc import symbolic

    return symbolic.symbol(name)


class Values(NamedTuple):
    """What a caller says of the symbols and parameters of a spec.

    ``at`` has values for symbols, ``settings`` for parameters, ``assume`` expressions for either, in
    which new names are symbols. Without ``symbolic`` the spec's own values hold for symbols that
    have none; ``symbols`` makes what stands for a symbol: sympy's unless told otherwise. ``layers``
    has arguments for layers by their names, whatever their lines say.
    """

    at: Mapping[str, Any] = MappingProxyType({})
    settings: Mapping[str, Any] = MappingProxyType({})
    symbolic: bool = False
    assume: Mapping[str, Any] = MappingProxyType({})
    symbols: Callable[[str], Any] = sympy_symbol
    layers: Mapping[str, Mapping[str, Any]] = MappingProxyType({})


def bind(spec: Spec, root: Scope, values: Values, problems: Problems) -> dict[str, Any]:
    """Defines parameters and symbols in ``root`` and returns the numbers bound to symbols.

    A symbol is a name that the inputs use and ``params`` does not define. It has the value given
    in ``at``, or assumed, else the spec's own unless ``symbolic``, else it stays a symbol. A
    one-line network has no ``params``; there ``settings`` defines any name that the line uses.
    Raises :class:`UsageError` for a setting or a binding that the spec does not have.
    """
    symbols = [name for name in free_symbols(spec, root.limits) if name not in spec.params]
    assumed = _Assumed(root, values, symbols)
    settings: dict[str, Any] = {**values.settings}
    for name, expression in values.assume.items():
        if name not in symbols:
            settings[name] = assumed.expression(name, expression)
    for name in settings:
        _check_setting(name, spec, symbols, "--assume" if name in values.assume else "--set")
        if name not in spec.params:
            root.values[name] = _setting(name, settings[name], root, values.symbols, symbols)
    for name, value in spec.params.items():
        if name in settings:
            root.values[name] = _setting(name, settings[name], root, values.symbols, symbols)
            continue
        found = UNKNOWN
        with problems:
            found = _parameter(value, root, values.symbols, symbols)
        root.values[name] = found
    _check_symbols(spec, values, symbols, problems)
    binding: dict[str, Any] = {}
    for name in symbols:
        if name in values.at:
            given = _setting(name, values.at[name], root, values.symbols)
            binding[name] = _size(name, given)
        elif name in spec.at and not values.symbolic and name not in values.assume:
            binding[name] = UNKNOWN
            with problems:
                binding[name] = _size(name, evaluate(spec.at[name], root), spec.at[name].at)
    root.values.update(binding)
    for name in symbols:
        if name not in binding:
            root.values[name] = assumed.value(name)
            binding[name] = root.values[name]
    return {name: value for name, value in binding.items() if is_int(value)}


def _check_setting(name: str, spec: Spec, symbols: Collection[str], flag: str) -> None:
    if name in symbols:
        raise UsageError(
            f"{flag} {name}: {name} is a size of the input", hint=f"write --at {name}=…"
        )
    if not spec.one_line:
        known, problem = list(spec.params), "the network has no parameter"
    else:
        known, problem = sorted(_words(spec.origin.text)), "the network does not use"
    if name not in known:
        raise UsageError(
            f"{flag} {name}: {problem} {name!r}",
            hint=suggest(name, (*spec.params, *symbols), "parameters")
            if spec.params or not spec.one_line
            else f"a one-line network takes {flag} for names in it, as in conv {name} k=3",
        )


def _check_symbols(
    spec: Spec, values: Values, symbols: Collection[str], problems: Problems
) -> None:
    for name in values.at:
        if name in values.assume:
            raise UsageError(
                f"{name} has a value with --at and another with --assume", hint="keep one of them"
            )
        if name not in symbols:
            raise UsageError(
                f"--at {name}: the network has no symbol {name!r}",
                hint=f"{name} is a parameter: write --set {name}=…"
                if name in spec.params
                else suggest(name, symbols, "symbols"),
            )
    for name, piece in spec.at.items():
        if name not in symbols:
            problems.report(
                UnknownName(
                    f"at: gives {name!r} a value, but no input uses it",
                    at=piece.at,
                    word=name,
                    known=symbols,
                    what="symbols",
                )
            )


class _Assumed:
    """What is assumed of names; in assumptions a new name is a symbol."""

    def __init__(self, root: Scope, values: Values, symbols: Collection[str]) -> None:
        self.limits = root.limits
        self.root = root
        self.values = values
        self.symbols = symbols
        self.busy: list[str] = []

    def value(self, name: str) -> Any:
        """The value of a symbol of the inputs."""
        if name not in self.values.assume or name in self.busy:
            return self.values.symbols(name)
        return _size(name, self.expression(name, self.values.assume[name]), flag="--assume")

    def expression(self, name: str, given: Any) -> Any:
        text = str(given)
        piece = Piece(text, Position(Source(f"<{name}={text}>", text), 1, 1))
        self.busy.append(name)
        found = evaluate(piece, self)
        self.busy.pop()
        return found

    def lookup(self, name: str, at: Position) -> Any:
        known = self.root.find(name)
        return self.value(name) if known is None else known


def how_to_bind(value: Any, spec: Spec, root: Scope) -> str:
    """How to give numbers to the parameters and symbols that a symbolic value is made of."""
    named = [
        name
        for name, known in root.values.items()
        if is_symbolic(known) and known.free_symbols & value.free_symbols
    ]
    settings = ",".join(f"{name}=3" for name in named if name in spec.params)
    at = ",".join(f"{name}=3" for name in named if name not in spec.params)
    flags = [f"--set {settings}"] * bool(settings) + [f"--at {at}"] * bool(at)
    return f"give it a number: {' '.join(flags)}"


def free_symbols(spec: Spec, limits: Limits) -> list[str]:
    """Names that the sizes of the inputs use, in order."""
    names: list[str] = []
    for sizes in spec.inputs.values():
        for piece in sizes:
            for name in _names(piece, limits):
                if name not in names:
                    names.append(name)
    return names


def open_names(spec: Spec, limits: Limits) -> list[str]:
    """Names in the layer lines of a one-line network that stand for numbers not given, in order."""
    known = {*free_symbols(spec, limits), *spec.params, *given_names(spec.layers), *spec.inputs}
    found: dict[str, None] = {}
    for call in spec.layers if spec.one_line else ():
        cls = KINDS.get(call.kind) if isinstance(call, Call) else None
        if cls is None or joins(cls) or not isinstance(call, Call):
            continue
        pieces = {cls.aliases[key]: piece for key, piece in call.keys.items()}
        if call.values and cls.value:
            pieces[cls.value] = call.values[0]
        for name, piece in pieces.items():
            argument = cls.arguments[name]
            word = piece.text in argument.words or nearest(piece.text, argument.words)
            if not word and not isinstance(argument, (Choice, Flag, Like)):
                found.update(dict.fromkeys(_numbers(piece, limits)))
    return [name for name in found if name not in known]


def _numbers(piece: Piece, limits: Limits) -> Iterator[str]:
    """Names in a value of a layer line, tensors of which a size is asked excepted."""
    for part in split_axes(piece) or (piece,):
        tree = parse_expression(strip(part), limits)
        owners = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, (ast.Attribute, ast.Subscript))
        }
        called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and not (
                id(node) in owners | called or node.id in RESERVED
            ):
                yield node.id


def _names(piece: Piece, limits: Limits) -> list[str]:
    if piece.text.isascii() and (piece.text.isdigit() or is_name(piece.text)):
        return [] if piece.text.isdigit() or piece.text in RESERVED else [piece.text]
    tree = parse_expression(strip(piece), limits)
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node not in called]
    return [node.id for node in found if node.id not in RESERVED]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z_]\w*", text))


def _parameter(
    value: Piece | tuple[Piece, ...],
    root: Scope,
    make: Callable[[str], Any],
    symbols: Collection[str],
) -> Any:
    if not isinstance(value, Piece):
        return [evaluate(item, root) for item in value]
    if is_name(value.text) and value.text not in RESERVED and root.find(value.text) is None:
        return _free(value, make, symbols)
    return evaluate(value, root)


def _free(piece: Piece, make: Callable[[str], Any], symbols: Collection[str]) -> Any:
    """A parameter left open; the symbols of the inputs have their values only after it."""
    if piece.text in symbols:
        raise NoValue(
            f"a parameter cannot take the size {piece.text} of the input",
            at=piece.at,
            hint=f"write {piece.text} itself where the parameter is used",
        )
    return make(piece.text)


def _setting(
    name: str,
    value: Any,
    root: Scope,
    make: Callable[[str], Any],
    symbols: Collection[str] = (),
) -> Any:
    """A value from outside: a number, a list, or text in the language (an unknown name: a symbol)."""
    if isinstance(value, bool) or is_int(value) or is_symbolic(value):
        return value
    if isinstance(value, (list, tuple)):
        return [_setting(name, item, root, make, symbols) for item in value]
    text = str(value)
    piece = Piece(text, Position(Source(f"<{name}={text}>", text), 1, 1))
    if is_name(text) and text not in RESERVED and root.find(text) is None:
        return _free(piece, make, symbols)
    return evaluate(piece, root)


def _size(name: str, value: Any, at: Position | None = None, flag: str = "--at") -> Any:
    whole = is_symbolic(value) and value.is_integer is not False
    if whole or (is_int(value) and value >= 1):
        return value
    message = f"the symbol {name} must be an integer of at least 1, got {describe(value)}"
    if at:
        raise BadSize(message, at=at, hint=f"write {name}: 224 under at:")
    raise UsageError(message, hint=f"write {flag} {name}=224")
