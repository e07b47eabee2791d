"""Expressions as syntax trees, parsed with :mod:`ast`."""

from __future__ import annotations

import ast
from functools import lru_cache

from cnncalc.problems import BadExpression
from cnncalc.spec.limits import Limits
from cnncalc.spec.lines import split_axes, strip
from cnncalc.spec.syntax import Piece

#: What an expression may be made of, for hints.
ALLOWED = (
    "expressions are numbers, names, + - * // / % **, comparisons, and or not, a if c else b, "
    "min max ceil floor abs"
)


@lru_cache(maxsize=8192)
def _parse(text: str) -> ast.expr | str:
    """The syntax tree, or what is wrong with the text."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text.replace("[*]", "[:]"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return f"cannot read the expression {short(text)!r}"


def short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"


def parse_expression(piece: Piece, limits: Limits) -> ast.expr:
    """The syntax tree of an expression; raises :class:`BadExpression` with its place."""
    text = piece.text
    limits.check("expression", len(text), f"an expression of {len(text):,} characters", piece.at)
    if not text:
        raise BadExpression("an expression is missing here", at=piece.at, hint=ALLOWED)
    foreign = next((i for i, character in enumerate(text) if not character.isascii()), None)
    if foreign is not None:
        raise BadExpression(
            f"{text[foreign]!r} is not part of the language",
            at=piece.at.shifted(foreign),
            hint=ALLOWED,
        )
    tree = _parse(text)
    if isinstance(tree, str):
        raise BadExpression(tree, at=piece.at, hint=ALLOWED)
    return tree


def readable(piece: Piece, limits: Limits) -> None:
    """Raises :class:`SpecError` for what is no expression, nor one for each axis (``1x7``)."""
    for part in split_axes(piece) or (piece,):
        parse_expression(strip(part), limits)
