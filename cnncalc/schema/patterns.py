"""Regular expressions of the language, as JavaScript and Python both read them.

A regular expression does not count brackets. Four levels of them are read, and text with more than
four brackets is taken as it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from cnncalc.spec.lines import RESERVED
from cnncalc.spec.operators import FUNCTIONS

_QUOTED = """'[^']*'|\"[^\"]*\""""
#: Characters of expressions, brackets and spaces excepted.
_CHARACTER = r"A-Za-z0-9_.,+*/%<>=!\-"


_LEVELS = 4
#: Text that is taken as it is, from its beginning.
_MANY = rf"(?:[^(\[]*[(\[]){{{_LEVELS + 1}}}"


def _brackets(levels: int = _LEVELS) -> str:
    inner = rf"[{_CHARACTER}\s]|{_QUOTED}" + (rf"|{_brackets(levels - 1)}" if levels > 1 else "")
    return rf"[(\[](?:{inner})*[)\]]"


def read(pattern: str) -> str:
    """A whole text, if it has not too many brackets to be read."""
    return rf"^(?:{_MANY}|{pattern}\s*$)"


def one_of(words: Iterable[str]) -> str:
    """One of these words, and nothing that goes on after it."""
    return rf"(?:{'|'.join(sorted(words))})(?!\w)"


NAME = r"[A-Za-z_]\w*"
#: A name that may be given to something.
GIVEN = rf"(?!{one_of(RESERVED)}){NAME}"
_KEY = rf"{NAME}=(?!=)"
#: Text without spaces, except in brackets and quotes.
_TOKEN = rf"(?:[{_CHARACTER}]|{_QUOTED}|{_brackets()})+"
#: A value without a key, and one with some key.
VALUE = rf"(?!=)(?!{_KEY}){_TOKEN}"
KEYED = rf"{_KEY}{_TOKEN}"
#: Either.
ITEM = rf"(?!=)(?!{_KEY}(?:\s|$)){_TOKEN}"

#: What may stand before a kind: ``skip = `` or ``a, b = ``.
NAMES = rf"(?:{NAME}(?:\s*,\s*{NAME})*\s*=(?!=)\s*)?"
#: Behind a kind: it is no name that is given.
NOT_GIVEN = r"(?!\s*(?:,|=(?!=)))"
#: Names that cannot be given, and several where one is wanted.
BAD_NAMES = rf"^(?!\s*(?:{NAME}\s*,\s*)*{one_of(RESERVED)}\s*(?:,|=(?!=)))"
SEVERAL = rf"^(?!\s*{NAME}\s*,)"

_BEFORE_BRACKETS = one_of([*FUNCTIONS, *["and", "or", "not", "if", "else", "in", "x"]])
_CUT_SHORT = r"[+/%<>-]\s*(?:[)\],]|$)|[+*/%<>-]\s+\w+=(?!=)|\(\s*\)"
#: What is in no expression: calls of anything but our functions, operators without an operand.
NO_EXPRESSION = rf"^(?![\s\S]*(?:{_CUT_SHORT}|(?:^|[^\w.])(?!{_BEFORE_BRACKETS}){NAME}\())"
#: An expression by itself.
EXPRESSION = rf"{NO_EXPRESSION}\s*(?:[{_CHARACTER}\s()\[\]]|{_QUOTED})*[^\s]\s*$"

#: A size of an input: 3, H, (2*W).
_SIZE = rf"(?:[1-9]\d*(?:\.0+)?|[A-Za-wyz_][A-Za-wyz0-9_]*|{_brackets()})"
SIZES = read(rf"\s*{_SIZE}(?:\s*x\s*{_SIZE}){{0,3}}")
_PARAMETER = rf"\s*{GIVEN}\s*(?:=(?:[{_CHARACTER.replace(',', '')}\s]|{_QUOTED}|{_brackets()})+)?"
#: ``bottleneck(mid, s=1)``
SIGNATURE = read(rf"{GIVEN}\s*(?:\((?:{_PARAMETER}(?:,{_PARAMETER})*)?\s*\))?")

#: A number or one for each axis, written out; an expression is none.
_LITERAL = r"-?(?:\d[\d.]*|\.\d+)(?:x-?(?:\d[\d.]*|\.\d+))*"
_TRUTH = r"(?:yes|no|true|false|True|False)"
#: Where a value ends: in a line, and by itself.
IN_LINE = r"(?=\s|$)"
ALONE = r"(?=\s*$)"


def wrong(numbers: str | None, truth: bool, end: str) -> str:
    """A value that is written out and neither one of ``numbers`` nor (``truth``) yes or no."""
    literal = rf"(?!{numbers}{end}){_LITERAL}{end}" if numbers else rf"{_LITERAL}{end}"
    return literal if truth else rf"(?:{literal}|{_TRUTH}{end})"


def whole(start: str, keys: Iterable[str], values: str, value: Iterable[str] = ()) -> str:
    """All of a text: ``start``, then keys with values and, ``values`` times, one without a key.

    ``value`` are the names of what that one is, which is then not given by name as well; none where
    there may be many.
    """
    known = "|".join(keys)
    keyed = rf"(?:(?:^|\s+)(?:{known})=(?!=){_TOKEN})*" if known else ""
    if not values:
        return read(start + keyed)
    unnamed = rf"(?:(?:^|\s+){VALUE}){values}{keyed}"
    if not value:
        return read(rf"{start}{keyed}(?:{unnamed})+")
    named = having(value)
    return read(rf"{start}(?:{named}{keyed}|(?!{named}){keyed}{unnamed})")


def without(keys: Iterable[str], bad: str) -> str:
    """No key of these has the value ``bad``."""
    return rf"^(?![\s\S]*(?:^|\s)(?:{'|'.join(keys)})={bad})"


def having(keys: Iterable[str]) -> str:
    """One of these keys is there."""
    return rf"(?=[\s\S]*(?:^|\s)(?:{'|'.join(keys)})=(?!=))"


def once(groups: Iterable[Iterable[str]]) -> str:
    """Of keys that mean the same, there is one at most."""
    each = [rf"(?:^|\s)(?:{'|'.join(keys)})=(?!=)" for keys in groups]
    twice = "|".join(rf"{key}[\s\S]*{key}" for key in each)
    return rf"^(?![\s\S]*(?:{twice}))"


def first(start: str) -> str:
    """A text up to where its value without a key would stand."""
    return rf"{start}(?:(?:^|\s+){KEYED})*(?:^|\s+)"
