"""A515 unused-parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cnncalc.check.model import Model
from cnncalc.check.rule import AdviceRule, Remark
from cnncalc.errors import Position
from cnncalc.spec.syntax import Piece


class UnusedParameter(AdviceRule):
    """A parameter of ``params:`` changes nothing: no expression names it.

    ``--set`` takes it and answers with the same numbers, which readers of the spec will not expect.
    Often its value stands somewhere as a number.

    Example:

        input: 3x32x32
        params: {width: 64, classes: 10}
        layers:
          - conv 64 k=3
          - gap
          - flatten
          - linear classes

    Fix: use it or remove it.

    Use instead:

        input: 3x32x32
        params: {width: 64, classes: 10}
        layers:
          - conv width k=3
          - gap
          - flatten
          - linear classes
    """

    code = "A515"
    name = "unused-parameter"

    def remarks(self, model: Model) -> Iterator[Remark]:
        spec = model.network.spec
        used = {name for text in _texts(spec) for name in re.findall(r"[A-Za-z_]\w*", text)}
        for name, value in spec.params.items():
            if name not in used:
                first = value if isinstance(value, Piece) else value[0] if value else None
                yield Remark(
                    f"the parameter {name!r} is never used",
                    at=_key(name, first) if first else None,
                    help="remove it, or write it where its value stands",
                )


def _key(name: str, value: Piece) -> Position:
    """Where the name is written, which the syntax tree does not keep: before its value."""
    line = value.at.source.line(value.at.line)
    column = line.rfind(name, 0, value.at.column - 1)
    return value.at if column < 0 else Position(value.at.source, value.at.line, column + 1)


def _texts(tree: object) -> Iterator[str]:
    """Everything in a syntax tree that may be an expression."""
    if isinstance(tree, Piece):
        yield tree.text
    elif isinstance(tree, Mapping):
        for value in tree.values():
            yield from _texts(value)
    elif isinstance(tree, tuple):
        for value in tree:
            yield from _texts(value)
