"""The text of a statement becomes a syntax tree of Python's, or an error with its place."""

from __future__ import annotations

import ast
import re
import warnings

from cnncalc.errors import LimitError, Position, SpecError

#: Limits that hostile statements meet.
MOST_CHARACTERS = 20_000

HINT = (
    "statements are made of numbers, names, + - * // / % **, == != < <= > >=, and or not, "
    "a if c else b, lists, and functions such as floor(…) and conv_out(…)"
)
#: What is typed or pasted from a document, and how it is written here.
_PASTED = {
    "−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!=", "²": "**2",
    "³": "**3", "⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "’": "'", "“": '"', "”": '"',
}  # fmt: skip


def parse(text: str, at: Position) -> ast.expr:
    """The syntax tree; raises :class:`CnncalcError` with the place of what is wrong."""
    if len(text) > MOST_CHARACTERS:
        raise LimitError(
            f"a statement of {len(text):,} characters: more than {MOST_CHARACTERS:,}",
            at=at,
            hint="split it, or put large tensors into a network",
        )
    if not text.strip():
        raise SpecError("the statement is empty", at=at, hint='write one, as in "2*n == n + n"')
    for index, character in enumerate(text):
        if not character.isascii():
            meant = _PASTED.get(character)
            hint = f"write {meant} instead" if meant else HINT
            raise SpecError(
                f"{character!r} is not part of the language", at=shifted(at, text, index), hint=hint
            )
    lead = indent(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(_flat(text), mode="eval").body
    except SyntaxError as error:
        last = len(text.rstrip()) - 1
        place = min(error.offset - 1 + lead, last) if error.offset else last
        raise SpecError(
            "the statement cannot be read here",
            at=shifted(at, text, place),
            hint=_syntax_hint(text),
        ) from None
    except (ValueError, RecursionError, MemoryError):
        raise SpecError("the statement cannot be read", at=at, hint=HINT) from None


def indent(text: str) -> int:
    """How many characters of white space a text begins with."""
    return len(text) - len(text.lstrip())


def _flat(text: str) -> str:
    """The text on one line, so that columns are indices."""
    return "".join(" " if character.isspace() else character for character in text.strip())


def _syntax_hint(text: str) -> str:
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
    if "'" in bare or '"' in bare:
        return "a quote is not closed"
    if any(bare.count(opening) != bare.count(closing) for opening, closing in ("()", "[]")):
        return "a bracket is not closed, or closes nothing"
    if re.search(r"(?<![=<>!])=(?!=)", re.sub(r"\(.*\)", "", bare)):
        return "two sides are compared with ==; one = is only for arguments, as in conv_out(n, k=3)"
    return HINT


def shifted(at: Position, text: str, index: int) -> Position:
    """The place of a character of a text that starts at ``at``; of a folded text, its start."""
    line = at.source.line(at.line)[at.column - 1 :]
    return at.shifted(index) if line.startswith(text[: index + 1]) else at
