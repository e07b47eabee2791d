"""What a user may see go wrong: where, what, what it got, and how to fix it.

Every error a user can cause is a :class:`CnncalcError`; anything else that escapes is a bug of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar


class Source:
    """A text and the name it is known by: a path, ``<line>`` for a one-line network, ``<stdin>``."""

    __slots__ = ("_lines", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self._lines: list[str] | None = None

    def line(self, number: int) -> str:
        """Line ``number`` (1-based) without its end, or an empty string past the end."""
        if self._lines is None:
            self._lines = self.text.splitlines()
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""


class Position:
    """A place in a source: 1-based line and column."""

    __slots__ = ("column", "line", "source")

    def __init__(self, source: Source, line: int, column: int) -> None:
        self.source = source
        self.line = line
        self.column = column

    def shifted(self, columns: int) -> Position:
        return Position(self.source, self.line, self.column + columns)

    def __str__(self) -> str:
        return f"{self.source.name}:{self.line}:{self.column}"

    __repr__ = __str__


class CnncalcError(Exception):
    """A problem in what the user gave us.

    ``message`` says what is wrong, ``at`` where, ``node`` in which layer, ``hint`` how to fix it.
    The text of the exception is the whole report, ready to print.
    """

    exit_code: ClassVar[int] = 2
    #: The word that is written at ``at``, and the one that is certainly meant.
    typo: tuple[str, str] | None = None

    def __init__(
        self,
        message: str,
        *,
        at: Position | None = None,
        node: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.node = node
        self.hint = hint

    def place(self, at: Position, node: str, message: str, hint: str | None) -> None:
        """What only the one who called knows of an error that is about to be raised again."""
        self.at, self.node, self.message, self.hint = at, node, message, hint
        self.args = (message,)

    def __str__(self) -> str:
        parts = [str(self.at)] if self.at else []
        parts.append("error")
        if self.node:
            parts.append(self.node)
        lines = [": ".join([*parts, self.message])]
        if self.at:
            lines += _excerpt(self.at)
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class SpecError(CnncalcError):
    """The text is not a network in our language; :mod:`cnncalc.problems` has what can be wrong."""


class LayerError(CnncalcError):
    """A layer does not fit its arguments or its input.

    ``inputs`` are those that disagree, ``argument`` is the one to change.
    """

    def __init__(
        self,
        message: str,
        *,
        at: Position | None = None,
        node: str | None = None,
        hint: str | None = None,
        inputs: tuple[int, ...] = (),
        argument: str = "",
    ) -> None:
        super().__init__(message, at=at, node=node, hint=hint)
        self.inputs = inputs
        self.argument = argument


class ArgumentError(LayerError):
    """Arguments that a layer does not take, by themselves or with this input."""


class UsageError(CnncalcError):
    """A command or a function was called with something it does not take."""


class LimitError(CnncalcError):
    """A network is larger than the limits in force."""


class MissingDependencyError(CnncalcError):
    """An optional package is needed and not installed."""


def _excerpt(at: Position) -> list[str]:
    text = at.source.line(at.line)
    if not text.strip():
        return []
    start = max(0, at.column - 60)
    shown = text[start : start + 100].replace("\t", " ")
    return [f"  | {shown}", f"  | {' ' * (at.column - 1 - start)}^"]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name closest to ``word``, or None when nothing is near."""
    from difflib import get_close_matches

    candidates = list(known)
    found = get_close_matches(word, candidates, n=1, cutoff=0.6)
    if not found:
        lowered = {name.lower(): name for name in candidates}
        found = [
            lowered[near] for near in get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
        ]
    return found[0] if found else None


def slip(word: str, known: Iterable[str]) -> str | None:
    """The only known name that one slip of the keyboard turns into ``word``, or None.

    A letter is missing, there twice, a wrong one, or two are swapped. Digits do not slip: ``skip2``
    is not meant by ``skip3``.

    >>> slip("rleu", ["relu", "elu", "tanh"])
    'relu'
    >>> slip("lrelu", ["relu", "prelu"])
    """
    found = {name for name in known if len(word) > 2 and _one_slip(word, name)}
    return found.pop() if len(found) == 1 else None


def _one_slip(a: str, b: str) -> bool:
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    if not (a + b).replace("_", "a").isalpha():
        return False
    return max(len(a), len(b)) == 1 or (len(a) == 2 and a == b[::-1])


#: A hint with more names than this shows only some.
MOST_LISTED = 100


def suggest(word: str, known: Iterable[str], what: str) -> str:
    """A hint that names the nearest known name, or lists those known when nothing is near."""
    names = sorted(known)
    found = nearest(word, names)
    if found:
        return f"did you mean {found!r}?"
    if len(names) > MOST_LISTED:
        listed = ", ".join(names[: MOST_LISTED // 4])
        return f"known {what}: {listed} and {len(names) - MOST_LISTED // 4} more"
    return f"known {what}: {', '.join(names)}" if names else f"there are no {what} here"
