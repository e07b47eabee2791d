"""A layer from its line: arguments by name, words, expressions, tensors."""

from __future__ import annotations

from typing import Any

from cnncalc.errors import ArgumentError, slip, suggest
from cnncalc.layers import Argument, Layer
from cnncalc.layers.arguments import Axes, Flag, Like, Real
from cnncalc.problems import BadArgument, NoValue
from cnncalc.sizes import is_fraction, is_symbolic
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.lines import RESERVED, is_name, split_axes
from cnncalc.spec.scope import Scope
from cnncalc.spec.syntax import Call, Piece
from cnncalc.spec.values import Iterations, Tensor, describe, instead


def value_of(piece: Piece, scope: Scope) -> Any:
    """The value of an expression, or of one for each axis (``1x7``)."""
    axes = split_axes(piece)
    if axes:
        return tuple(_axis(axis, scope) for axis in axes)
    return evaluate(piece, scope)


def _axis(piece: Piece, scope: Scope) -> Any:
    value = evaluate(piece, scope)
    if isinstance(value, (bool, str, list, dict, Tensor, Iterations)):
        raise NoValue(
            f"a number is wanted here, got {describe(value)}", at=piece.at, hint=instead(value)
        )
    return value


def layer_of(cls: type[Layer], call: Call, scope: Scope, name: str) -> Layer:
    """The layer that a line describes; raises :class:`ArgumentError` at the argument that is wrong."""
    pieces = {cls.aliases[key]: piece for key, piece in call.keys.items()}
    if call.values and cls.value:
        pieces[cls.value] = call.values[0]
    values: dict[str, Any] = {}
    try:
        for key, piece in pieces.items():
            values[key] = _argument(cls.arguments[key], piece, scope)
        return cls(**values)
    except ArgumentError as error:
        given, argument = pieces.get(error.argument), cls.arguments[error.argument]
        hint = error.hint or _argument_hint(argument, values.get(error.argument))
        error.place(given.at if given else call.at, name, error.message, hint)
        raise


def _argument(argument: Argument[Any], piece: Piece, scope: Scope) -> Any:
    if piece.text in argument.words:
        return piece.text
    if _is_unknown_word(piece.text, argument, scope):
        words = argument.words or ("yes", "no")
        error = argument.refuse(piece.text)
        error.hint = suggest(piece.text, words, f"words for {argument.name}")
        meant = slip(piece.text, words)
        error.typo = (piece.text, meant) if meant else None
        raise error
    value = value_of(piece, scope)
    if isinstance(value, Tensor) and isinstance(argument, Like):
        return value.shape
    if isinstance(value, (Tensor, Iterations, dict, list)):
        several = isinstance(value, list) and isinstance(argument, Axes)
        raise BadArgument(
            f"{argument.name} must be {argument.allowed()}, got {describe(value)}",
            argument=argument.name,
            hint="one value per axis is written 3x1" if several else instead(value),
        )
    return value


def _is_unknown_word(word: str, argument: Argument[Any], scope: Scope) -> bool:
    """A word that no expression can be, where the argument takes words."""
    takes_words = bool(argument.words) or isinstance(argument, Flag)
    return takes_words and is_name(word) and word not in RESERVED and scope.find(word) is None


def _argument_hint(argument: Argument[Any], value: Any) -> str:
    fraction = is_fraction(value) or (is_symbolic(value) and value.is_integer is not True)
    if fraction and not isinstance(argument, Real):
        return "// divides and rounds down, ceil(…) rounds up"
    return f"{argument.name}: {argument.doc}"
