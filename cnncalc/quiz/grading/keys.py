"""Keys: what was asked and what is right, from a quiz in JSON or from its manifest.

A quiz in JSON is read as it stands, so that what was printed is what is marked, whatever has become
of the templates since. A manifest is rebuilt, and refused where that gives other questions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from cnncalc.errors import CnncalcError, UsageError
from cnncalc.quiz.bodies import (
    Body,
    Matching,
    Numeric,
    Option,
    Pair,
    Single,
    Statement,
    Symbolic,
    Table,
    TrueFalse,
    Value,
    Wrong,
)
from cnncalc.quiz.exam import Quiz, is_same, read_manifest, rebuilt
from cnncalc.quiz.model import Question
from cnncalc.render.page import Page


class Keys:
    """The quizzes of the variants by their letters, all with the same templates in order.

    ``data`` is what one of them was read from, which can tell other variants, with the files of its
    banks where these are elsewhere now.
    """

    def __init__(
        self,
        variants: Mapping[str, Quiz],
        data: Mapping[str, Any] | None = None,
        banks: Sequence[str] = (),
    ) -> None:
        self.variants = variants
        self._data = data
        self._banks = banks

    @cached_property
    def problem(self) -> CnncalcError | None:
        """Why variants that have no file cannot be rebuilt from what one was read from."""
        try:
            if self._data and is_same(self._data, rebuilt(self._data, None, self._banks)):
                return None
        except CnncalcError as error:
            return error
        except KeyError:
            pass
        return UsageError(
            "the others cannot be rebuilt",
            hint="name the JSON of every variant, or one that this version can rebuild",
        )

    @property
    def first(self) -> Quiz:
        return next(iter(self.variants.values()))

    def has(self, variant: str) -> bool:
        return variant in self.variants or self.problem is None

    def of(self, variants: Iterable[str]) -> Keys:
        """With these variants, too, for which :meth:`has` says that there is a key."""
        found = dict(self.variants)
        for variant in sorted({*variants} - {*found}):
            assert self._data is not None
            found[variant] = rebuilt(self._data, variant, self._banks)
        return Keys(found, self._data, self._banks)


def read_keys(paths: Iterable[str], banks: Sequence[str] = ()) -> Keys:
    """The keys in some files; raises :class:`CnncalcError`.

    ``banks`` are the files of a manifest's banks that are elsewhere now.
    """
    found: dict[str, Quiz] = {}
    first = None
    for path in paths:
        data = read_manifest(path)
        one = _quiz(data, path, banks)
        if one.variant in found:
            raise UsageError(
                f"{path} is the second key for variant {one.variant}", hint="leave one out"
            )
        found[one.variant] = one
        first = first or data
    keys = Keys(found, first, banks)
    expected = [one.template for one in keys.first.questions]
    for one in found.values():
        if [other.template for other in one.questions] != expected:
            raise UsageError(
                f"variants {keys.first.variant} and {one.variant} are not of the same quiz: "
                "their questions differ in more than numbers",
                hint="grade each quiz on its own",
            )
    return keys


def _quiz(data: Mapping[str, Any], path: str, banks: Sequence[str]) -> Quiz:
    if "manifest" not in data:
        found = rebuilt(data, None, banks)
        if data.get("sha256") != found.digest():
            raise UsageError(
                f"{path} gives other questions than it was written for",
                hint=f"install cnncalc {data.get('cnncalc', '')}, or name the quiz in JSON",
            )
        return found
    try:
        return Quiz(
            int(data["manifest"]["seed"]),
            str(data["manifest"]["variant"]),
            tuple(map(_question, data["questions"])),
        )
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration, ZeroDivisionError):
        raise UsageError(
            f"{path} is no quiz in JSON", hint="cnncalc quiz -f json --key -o key.json writes one"
        ) from None


def _question(data: Mapping[str, Any]) -> Question:
    found = Question(
        id=str(data["id"]),
        number=int(data["number"]),
        template=str(data["template"]),
        topic=str(data["topic"]),
        difficulty=int(data["difficulty"]),
        stem=str(data["stem"]),
        body=body(data),
        solution=Page("", ()),
    )
    if not found.key:
        raise ValueError(found.id)
    return found


# Bodies from what their ``to_dict`` has written.


def body(data: Mapping[str, Any]) -> Body:
    """The body of a question in JSON."""
    return _BODIES[data["type"]](data)


def _single(data: Mapping[str, Any]) -> Single:
    options = [
        Option(_value(one["value"]), None if one["right"] else _wrong(one))
        for one in data["options"]
    ]
    return Single(tuple(options), data["unit"] or "")


def _truefalse(data: Mapping[str, Any]) -> TrueFalse:
    return TrueFalse(
        tuple(
            Statement(one["text"], one["true"], _wrong(one) if one["misconception"] else None)
            for one in data["statements"]
        )
    )


def _numeric(data: Mapping[str, Any]) -> Numeric:
    return Numeric(
        _number(data["value"]),
        tuple(one._replace(value=_counted(one.value)) for one in _wrongs(data["wrong"])),
        data["unit"] or "",
        Fraction(data["tolerance"]),
    )


def _matching(data: Mapping[str, Any]) -> Matching:
    pairs = tuple(Pair(one["left"], one["right"]) for one in data["pairs"])
    return Matching(pairs, tuple(data["choices"]), _wrongs(data["others"]))


def _table(data: Mapping[str, Any]) -> Table:
    rows = (
        tuple(cell if isinstance(cell, str) else _numeric(cell["gap"]) for cell in row)
        for row in data["rows"]
    )
    return Table(tuple(data["columns"]), tuple(rows))


def _symbolic(data: Mapping[str, Any]) -> Symbolic:
    return Symbolic(data["value"], data["symbols"], _wrongs(data["wrong"]))


_BODIES: dict[str, Callable[[Mapping[str, Any]], Body]] = {
    "single": _single,
    "truefalse": _truefalse,
    "numeric": _numeric,
    "matching": _matching,
    "table": _table,
    "symbolic": _symbolic,
}


def _wrongs(data: Iterable[Mapping[str, Any]]) -> tuple[Wrong, ...]:
    return tuple(map(_wrong, data))


def _wrong(data: Mapping[str, Any]) -> Wrong:
    feedback, name = str(data["feedback"]), str(data["misconception"])
    value = _value(data.get("value", data.get("text")))
    return Wrong(value, _words(feedback, name), "", feedback)


def _words(feedback: str, name: str) -> str:
    """The misconception in words: the part of its feedback that has its name, or the name itself.

    >>> _words("You added k, not k − 1: 1 + 3 = 4.", "added-k-not-k-1")
    'added k, not k − 1'
    """
    text = feedback.removeprefix("You ")
    fitting = (
        text[:end]
        for end in range(len(text), 0, -1)
        if text[end - 1].isalnum() and Wrong(0, text[:end]).misconception == name
    )
    return next(fitting, name.replace("-", " "))


def _value(value: object) -> Value:
    """An answer as it stands: "0.5" among words stays a word."""
    if not isinstance(value, (int, str)):
        raise TypeError(value)
    return value


def _counted(value: Value) -> Value:
    """A wrong answer to a number; fractions are numbers again."""
    try:
        return Fraction(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _number(value: int | str) -> int | Fraction:
    return value if isinstance(value, int) else Fraction(value)
