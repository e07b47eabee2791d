"""What is answered: wrong answers with their misconceptions, and a body for each type of question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple, TypeAlias

#: A number or a text that can be an answer.
Value: TypeAlias = int | Fraction | str

#: The letters of options, statements and choices.
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def shown(value: Value, unit: str = "") -> str:
    """An answer for people: digits in groups of three, shapes with a sign for "times".

    >>> shown(25557032), shown(Fraction(1, 2)), shown(512, "B"), shown("8x14x14")
    ('25,557,032', '1/2', '512 B', '8×14×14')
    """
    text = f"{value:,}" if isinstance(value, int) else re.sub(r"(?<=\d)x(?=\d)", "×", str(value))
    return f"{text} {unit}" if unit else text


def dotted(formula: str) -> str:
    """A formula of ``prove`` for people.

    >>> dotted("9*C**2 + C")
    '9·C^2 + C'
    """
    return formula.replace("**", "^").replace("*", "·")


class Wrong(NamedTuple):
    """A wrong answer, and the misconception that leads to it, in words that follow "You".

    ``working`` is the derivation of who has it; ``said`` replaces the sentence made from the two.
    """

    value: Value
    text: str
    working: str = ""
    said: str = ""

    @property
    def misconception(self) -> str:
        """The misconception's name to programs; the same words have the same one."""
        letters = (c if c.isalpha() or c.isdecimal() else " " for c in self.text.lower())
        return "-".join("".join(letters).split())

    @property
    def feedback(self) -> str:
        """One sentence that names the mistake."""
        value = dotted(shown(self.value)).replace("-", "−")
        how = f": {self.working} = {value}" if self.working not in ("", value) else ""
        return self.said or f"You {self.text}{how}."

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": plain(self.value),
            "misconception": self.misconception,
            "feedback": self.feedback,
        }


class Option(NamedTuple):
    """One of several answers; right where there is nothing wrong about it."""

    value: Value
    wrong: Wrong | None = None

    @property
    def feedback(self) -> str:
        return self.wrong.feedback if self.wrong else "Right."


class Single(NamedTuple):
    """One of the options is right."""

    options: tuple[Option, ...]
    unit: str = ""

    @property
    def type(self) -> str:
        return "single"

    @property
    def at(self) -> int:
        return next(i for i, option in enumerate(self.options) if not option.wrong)

    @property
    def key(self) -> str:
        return LETTERS[self.at]

    def with_key_at(self, place: int) -> Single:
        """The same with the right option in this place, the others in their order."""
        rest = [option for option in self.options if option.wrong]
        return self._replace(
            options=(*rest[:place], self.options[self.at], *rest[place:]),
        )

    def wrongs(self) -> Iterator[Wrong]:
        yield from (option.wrong for option in self.options if option.wrong)

    def mistakes(self) -> Iterator[tuple[str, Wrong]]:
        """What is answered by who makes a mistake, and the mistake: for keys on paper."""
        for letter, option in zip(LETTERS, self.options):
            if option.wrong:
                yield letter, option.wrong

    def to_dict(self) -> dict[str, Any]:
        options = [
            {"letter": letter, "text": shown(option.value, self.unit), **_option(option)}
            for letter, option in zip(LETTERS, self.options)
        ]
        return {"key": self.key, "unit": self.unit or None, "options": options}


class Statement(NamedTuple):
    """A statement, and whether it is true; ``wrong`` is the mistake of who thinks otherwise."""

    text: str
    true: bool
    wrong: Wrong | None = None


class TrueFalse(NamedTuple):
    """Each statement is true or false."""

    statements: tuple[Statement, ...]

    @property
    def type(self) -> str:
        return "truefalse"

    @property
    def key(self) -> str:
        return "".join("T" if statement.true else "F" for statement in self.statements)

    def wrongs(self) -> Iterator[Wrong]:
        yield from (statement.wrong for statement in self.statements if statement.wrong)

    def mistakes(self) -> Iterator[tuple[str, Wrong]]:
        for letter, statement in zip(LETTERS, self.statements):
            if statement.wrong:
                yield letter, statement.wrong

    def to_dict(self) -> dict[str, Any]:
        statements = [
            {
                "letter": letter,
                "text": one.text,
                "true": one.true,
                "misconception": one.wrong.misconception if one.wrong else None,
                "feedback": one.wrong.feedback if one.wrong else None,
            }
            for letter, one in zip(LETTERS, self.statements)
        ]
        return {"key": self.key, "statements": statements}


class Numeric(NamedTuple):
    """A number is asked for; ``tolerance`` is how far off an answer may be, 0 for whole numbers.

    ``signed``: 0 and negative numbers make sense, as in a tensor.
    """

    value: int | Fraction
    wrong: tuple[Wrong, ...] = ()
    unit: str = ""
    tolerance: Fraction = Fraction(0)
    signed: bool = False

    @property
    def type(self) -> str:
        return "numeric"

    @property
    def key(self) -> str:
        return shown(self.value, self.unit)

    def wrongs(self) -> Iterator[Wrong]:
        yield from self.wrong

    def mistakes(self) -> Iterator[tuple[str, Wrong]]:
        for one in self.wrong:
            yield shown(one.value), one

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": plain(self.value),
            "tolerance": plain(self.tolerance),
            "unit": self.unit or None,
            "wrong": [one.to_dict() for one in self.wrong],
        }


class Pair(NamedTuple):
    left: str
    right: str


class Matching(NamedTuple):
    """Each left side goes with one of ``choices``, of which ``others`` go with none."""

    pairs: tuple[Pair, ...]
    choices: tuple[str, ...]
    others: tuple[Wrong, ...] = ()

    @property
    def type(self) -> str:
        return "matching"

    @property
    def key(self) -> str:
        return "".join(LETTERS[self.choices.index(pair.right)] for pair in self.pairs)

    def wrongs(self) -> Iterator[Wrong]:
        yield from self.others

    def mistakes(self) -> Iterator[tuple[str, Wrong]]:
        for one in self.others:
            yield LETTERS[self.choices.index(str(one.value))], one

    def to_dict(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "pairs": [pair._asdict() for pair in self.pairs],
            "choices": list(self.choices),
            "others": [one.to_dict() for one in self.others],
        }


#: A cell of a table: text, or a number to be filled in.
Cell: TypeAlias = "str | Numeric"


class Table(NamedTuple):
    """Numbers are missing in a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def type(self) -> str:
        return "table"

    @property
    def gaps(self) -> list[Numeric]:
        """What is to be filled in, row by row."""
        return [cell for row in self.rows for cell in row if isinstance(cell, Numeric)]

    @property
    def key(self) -> str:
        return "; ".join(gap.key for gap in self.gaps)

    def filled(self, gap: Callable[[int, Numeric], str]) -> list[list[str]]:
        """The rows as text: ``gap(number, Numeric)`` writes what is missing, counted from 0."""
        number = iter(range(len(self.gaps)))
        return [
            [gap(next(number), cell) if isinstance(cell, Numeric) else cell for cell in row]
            for row in self.rows
        ]

    def wrongs(self) -> Iterator[Wrong]:
        yield from (wrong for gap in self.gaps for wrong in gap.wrong)

    def mistakes(self) -> Iterator[tuple[str, Wrong]]:
        for number, gap in enumerate(self.gaps, 1):
            for answer, wrong in gap.mistakes():
                yield f"({number}) {answer}", wrong

    def to_dict(self) -> dict[str, Any]:
        rows = [
            [{"gap": cell.to_dict()} if isinstance(cell, Numeric) else cell for cell in row]
            for row in self.rows
        ]
        return {"columns": list(self.columns), "rows": rows}


class Symbolic(NamedTuple):
    """A formula is asked for, in the language of ``prove``; every equivalent one is right.

    ``symbols`` says what the letters stand for.
    """

    value: str
    symbols: Mapping[str, str]
    wrong: tuple[Wrong, ...] = ()

    @property
    def type(self) -> str:
        return "symbolic"

    @property
    def key(self) -> str:
        return self.value

    def wrongs(self) -> Iterator[Wrong]:
        yield from self.wrong

    def mistakes(self) -> Iterator[tuple[str, Wrong]]:
        for one in self.wrong:
            yield dotted(str(one.value)), one

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "symbols": dict(self.symbols),
            "wrong": [one.to_dict() for one in self.wrong],
        }


Body: TypeAlias = Single | TrueFalse | Numeric | Matching | Table | Symbolic

#: The types of questions, with their names to people.
TYPES: dict[str, str] = {
    "single": "single choice",
    "truefalse": "true or false",
    "numeric": "number",
    "matching": "matching",
    "table": "fill-in table",
    "symbolic": "formula",
}


def plain(value: Value) -> int | str:
    """As JSON has it: a fraction is text."""
    return value if isinstance(value, int) else str(value)


def _option(option: Option) -> dict[str, Any]:
    wrong = option.wrong
    return {
        "right": wrong is None,
        "value": plain(option.value),
        "misconception": wrong.misconception if wrong else None,
        "feedback": option.feedback,
    }
