"""Arrays as people write them: nested lists, or rows of numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from cnncalc.errors import LimitError, Position, Source, SpecError
from cnncalc.prove.language import Evaluation, Names, Undefined, is_number, kind_of
from cnncalc.prove.reading import MOST_CHARACTERS, indent, parse
from cnncalc.sizes import is_fraction, is_int, whole
from cnncalc.tensors import Traced, flatten, shape
from cnncalc.terms import Term

#: More numbers than this are not worked by hand.
MOST_NUMBERS = 4096
#: Nor longer ones.
MOST_DIGITS = 100
#: Batch, channels, depth, height, width.
MOST_AXES = 5

HINT = 'write "[[1, 2], [3, 4]]", or rows: "1 2; 3 4" (;; or an empty line between slices)'
_SMALLER = "these are for examples worked by hand: take a part of the array"
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d{1,2})?(/\d+)?", re.IGNORECASE)


def array(given: Any, name: str) -> Any:
    """Nested lists of exact numbers, from text or from lists of numbers.

    Raises :class:`CnncalcError` for what is no array of numbers.

    >>> array("1 2; 3 0.5", "x")
    [[1, 2], [3, Fraction(1, 2)]]
    """
    if isinstance(given, str):
        text = given.replace("−", "-")
        at = Position(Source(f"<{name}>", text), 1, 1)
        if len(text) > MOST_CHARACTERS:
            raise LimitError(f"{name} has {len(text):,} characters", at=at, hint=_SMALLER)
        found = _expression(text, at) if re.search(r"[\[(]", text) else _rows(text, at)
    else:
        at = Position(Source(f"<{name}>", ""), 1, 1)
        found = _exact(given.tolist() if hasattr(given, "tolist") else given, at)
    found = found if isinstance(found, list) else [found]
    sizes = _sizes(found, name, at)
    if 0 in sizes:
        raise SpecError(f"{name} is empty", at=at, hint=HINT)
    if len(sizes) > MOST_AXES:
        raise LimitError(
            f"{name} has {counted(len(sizes))}", at=at, hint=f"at most {MOST_AXES}: batch, channels, "
            "depth, height, width",
        )  # fmt: skip
    if len(flatten(found)) > MOST_NUMBERS:
        raise LimitError(
            f"{name} has {len(flatten(found)):,} numbers, more than {MOST_NUMBERS:,}",
            at=at,
            hint=_SMALLER,
        )
    if any(abs(part) >= 10**MOST_DIGITS for one in flatten(found) for part in _parts(one)):
        raise LimitError(
            f"{name} has a number of more than {MOST_DIGITS} digits",
            at=at,
            hint="these are for examples worked by hand: take smaller numbers",
        )
    return found


def _parts(number: Any) -> tuple[int, int]:
    return Fraction(number).as_integer_ratio()


def scalar(given: Any, name: str) -> Any:
    """The same, where a single number stands for itself and is no row of one."""
    found = array(given, name)
    return found[0] if shape(found) == [1] else found


def counted(axes: int) -> str:
    """``1 axis``, ``2 axes``."""
    return f"{axes} ax{'is' if axes == 1 else 'es'}"


def named(x: Any, name: str) -> Any:
    """The same array, of numbers that know where they stand: ``x[1,0]``."""

    def part(value: Any, index: tuple[int, ...]) -> Any:
        if isinstance(value, list):
            return [part(one, (*index, i)) for i, one in enumerate(value)]
        return Traced(value, place(name, index))

    return part(x, ())


def place(name: str, index: Sequence[int]) -> str:
    """``x[1,0]``; a single number has no index."""
    return f"{name}[{','.join(map(str, index))}]" if index else name


def _expression(text: str, at: Position) -> Any:
    """A list in the language of statements, which also has flip(…), outer(…), 1/3."""
    try:
        value = Evaluation(text, at, Names({})).value(parse(text, at))
    except Undefined as error:
        raise SpecError(str(error), at=at, hint="write a number") from None
    for one in flatten(value):
        if not is_number(one) or isinstance(one, Term):
            raise SpecError(f"an array of numbers is wanted, got {kind_of(one)}", at=at, hint=HINT)
    return value


def _rows(text: str, at: Position) -> Any:
    """``1 2; 3 4``: rows end with ; or a new line; an empty one ends a slice."""
    rows: list[list[Any]] = []
    places: list[Position] = []
    for number, line in enumerate(text.split("\n"), 1):
        start = 0
        for part in line.split(";"):
            where = Position(at.source, number, start + 1 + indent(part))
            rows.append(_row(part.strip(), where))
            places.append(where)
            start += len(part) + 1
    full = [(row, where) for row, where in zip(rows, places) if row]
    if not full:
        raise SpecError("there are no numbers here", at=at, hint=HINT)
    first = full[0][0]
    for row, where in full:
        if len(row) != len(first):
            raise SpecError(
                f"a row of {_numbers([len(row)])}, after one of {_numbers([len(first)])}",
                at=where,
                hint="give all rows equal lengths",
            )
    slices = [list(part) for filled, part in groupby(rows, key=bool) if filled]
    if len(slices) > 1:
        return slices
    return slices[0] if len(slices[0]) > 1 or ";" in at.source.text else slices[0][0]


def _row(text: str, at: Position) -> list[Any]:
    found = []
    for match in re.finditer(r"[^\s,]+", text):
        token, where = match.group(), at.shifted(match.start())
        if not _NUMBER.fullmatch(token) or len(token) > 60:
            raise SpecError(
                f"{token[:40]!r} is not a number",
                at=where,
                hint="numbers are integers, decimals (0.5) and fractions (1/3); " + HINT,
            )
        over, _, under = token.partition("/")
        if under and not int(under):
            raise SpecError(f"{token} divides by zero", at=where, hint="write a number")
        found.append(whole(Fraction(over) / Fraction(under or 1)))
    return found


def _exact(given: Any, at: Position) -> Any:
    """Lists of Python's numbers; a float is the decimal that it is written as."""
    if isinstance(given, (list, tuple)):
        return [_exact(one, at) for one in given]
    if is_int(given) or is_fraction(given):
        return whole(given)
    try:
        return whole(Fraction(repr(given)))
    except ValueError:
        raise SpecError(
            f"an array of numbers is wanted, got {given!r}",
            at=at,
            hint="nested lists of int, float or Fraction, or text: " + HINT,
        ) from None


def _sizes(x: Any, name: str, at: Position) -> list[int]:
    """The array's sizes; an error that names two parts of different sizes."""
    if not isinstance(x, list):
        return []
    inner = [_sizes(part, place(name, (i,)), at) for i, part in enumerate(x)]
    for i, one in enumerate(inner):
        if one != inner[0]:
            raise SpecError(
                f"{place(name, (i,))} has {_numbers(one)}, {place(name, (0,))} {_numbers(inner[0])}",
                at=at,
                hint="give all rows equal lengths",
            )
    return [len(x), *(inner[0] if inner else [])]


def _numbers(sizes: list[int]) -> str:
    if not sizes:
        return "a single number"
    return f"{'x'.join(map(str, sizes))} number{'' if sizes == [1] else 's'}"


__all__ = ["HINT", "array", "counted", "named", "place", "scalar"]
