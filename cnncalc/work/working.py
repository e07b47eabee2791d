"""What a computation worked by hand consists of: what is given, one line for each element, results."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.results import opening
from cnncalc.sizes import is_int
from cnncalc.tensors import Surd, Traced, elementwise, shape
from cnncalc.tensors.core import at, indices
from cnncalc.work import pages, writing
from cnncalc.work.reading import place

#: Terms of a sum on one line of LaTeX.
_TERMS = 9


class Given(NamedTuple):
    """An array that came in, of numbers that know their places."""

    name: str
    values: Any


class Result(NamedTuple):
    """An array that came out. ``key`` names it to programs; ``latex`` in formulas."""

    key: str
    name: str
    latex: str
    values: Any


class Step(NamedTuple):
    """One element of a result, and how it came about; ``remark`` is said after the value."""

    result: Result
    unit: tuple[int, ...]
    made: Traced
    remark: str = ""

    @property
    def value(self) -> Any:
        return self.made.value

    @property
    def name(self) -> str:
        return place(self.result.name, self.unit)

    def line(self) -> str:
        """``y[0,0] = 1·1 + 2·3 = 7``."""
        how = f" = {self.working}" if self.working else ""
        equals = "≈" if isinstance(self.value, Surd) else "="
        return f"{self.name}{how} {equals} {writing.number(self.value)} {self.remark}".rstrip()

    @property
    def working(self) -> str:
        """What stands between the name and the value: a derivation, or the number taken over."""
        return writing.derivation(self.made) if self.made.op else self.made.name

    def latex(self, aligned: bool = True) -> str:
        """The same in LaTeX; aligned, a long sum goes on in further lines."""
        index = f"_{{{','.join(map(str, self.unit))}}}" if self.unit else ""
        terms = writing.terms(self.made, writing.LATEX) if self.made.op else []
        if not terms and self.made.name:
            terms = [_subscripted(self.made.name)]
        each = _TERMS if aligned else max(len(terms), 1)
        lines = [" ".join(terms[i : i + each]) for i in range(0, len(terms), each)]
        sides = [" \\\\\n  &\\quad ".join(lines)] if lines else []
        sides.append(writing.number(self.value, writing.LATEX))
        signs = ["=", r"\approx" if isinstance(self.value, Surd) else "="][-len(sides) :]
        text = " ".join(f"{sign} {side}" for sign, side in zip(signs, sides))
        remark = rf" \quad \text{{{self.remark}}}" if self.remark else ""
        return f"{self.result.latex}{index} {'&' * aligned}{text}{remark}"

    def to_dict(self) -> dict[str, Any]:
        made = self.made
        found = {
            "index": list(self.unit),
            "working": self.working or None,
            "value": writing.plain(self.value),
        }
        if isinstance(self.value, Surd):
            found["decimal"] = writing.decimal(self.value)
        if made.winners:
            found["at"] = [one.name for one in made.winners]
        return found


class Working:
    """A computation worked by hand.

    ``given`` are the arrays that came in, ``results`` those that came out; ``sizes`` derives the
    size of the output, ``notes`` are remarks. ``str()`` is the whole text.
    """

    def __init__(
        self,
        operation: str,
        given: list[Given],
        results: list[Result],
        *,
        settings: Mapping[str, Any] | None = None,
        sizes: list[str] | None = None,
        notes: list[str] | None = None,
        unreached: str = "nothing reaches it",
    ) -> None:
        self.operation = operation
        self.given = given
        self.results = results
        self.settings = dict(settings or {})
        self.sizes = sizes or []
        self.notes = notes or []
        self.unreached = unreached
        self.element: tuple[int, ...] | None = None

    @property
    def result(self) -> Any:
        """The result (the last, where there are several) as nested lists of exact numbers."""
        return values(self.results[-1].values)

    def only(self, key: str) -> Working:
        """The same with one of its results."""
        found = [result for result in self.results if result.key == key]
        if not found:
            keys = ", ".join(result.key for result in self.results)
            raise UsageError(f"{self.operation} has no {key!r}", hint=f"its results are: {keys}")
        return self._with(found, self.element)

    def at(self, *index: int) -> Working:
        """The same for a single element; raises :class:`UsageError` where there is none."""
        fitting = [result for result in self.results if _has(shape(result.values), index)]
        if not fitting:
            ranges = "; ".join(_range(result) for result in self.results)
            raise UsageError(
                f"there is no element {','.join(map(str, index))}", hint=f"there are: {ranges}"
            )
        return self._with(fitting, index)

    def _with(self, results: list[Result], element: tuple[int, ...] | None) -> Working:
        found = Working(
            self.operation,
            self.given,
            results,
            settings=self.settings,
            sizes=self.sizes,
            notes=self.notes,
            unreached=self.unreached,
        )
        found.element = element
        return found

    def steps(self, result: Result) -> Iterator[Step]:
        """The elements of a result, in order."""
        for index in indices(shape(result.values)):
            if self.element not in (None, index):
                continue
            made = at(result.values, index)
            if isinstance(made, Traced):
                yield Step(result, index, made, _winner(made))
            else:  # nothing was added up
                yield Step(result, index, Traced(made), f"({self.unreached})")

    # Forms.

    def __str__(self) -> str:
        return pages.text(self)

    def brief(self) -> str:
        """The results alone, as arrays that can be given to a command again."""
        return pages.brief(self)

    def markdown(self) -> str:
        """Arrays and lines as Markdown with LaTeX formulas."""
        return pages.markdown(self)

    _repr_markdown_ = markdown

    def latex(self) -> str:
        """Displayed formulas; they need the package amsmath."""
        return pages.latex(self)

    def to_dict(self) -> dict[str, Any]:
        """JSON of schema 1: fractions and roots are text in sympy's syntax."""
        return {
            **opening(self.operation),
            "settings": {
                name: value if isinstance(value, list) else writing.plain(value)
                for name, value in self.settings.items()
            },
            "given": {one.name: _plain(one.values) for one in self.given},
            "results": [
                {
                    "name": one.key,
                    "shape": shape(one.values),
                    "values": _plain(one.values),
                    "steps": [step.to_dict() for step in self.steps(one)],
                }
                for one in self.results
            ],
            "notes": self.remarks(),
        }

    def split(self, result: Result) -> tuple[list[Step], str]:
        """The elements to show, and a line about those that nothing was added up for."""
        steps = list(self.steps(result))
        if self.element is not None:
            return steps, ""
        shown = [step for step in steps if isinstance(at(result.values, step.unit), Traced)]
        rest = len(steps) - len(shown)
        if not rest:
            return shown, ""
        if rest == 1:
            which = "the other one is 0" if shown else "it is 0"
        else:
            which = f"the other {rest} are 0" if shown else f"all {rest} are 0"
        return shown, f"{result.name}: {which} ({self.unreached})"

    def remarks(self) -> list[str]:
        surds = any(
            isinstance(step.value, Surd) for result in self.results for step in self.steps(result)
        )
        rounded = (
            [f"≈ is rounded to {writing.PLACES} places; --json has the roots"] if surds else []
        )
        return [*self.notes, *rounded]


def values(x: Any) -> Any:
    """The array of plain numbers."""
    return elementwise(lambda one: one.value if isinstance(one, Traced) else one, x)


def _plain(x: Any) -> Any:
    return elementwise(writing.plain, values(x))


def _winner(made: Traced) -> str:
    """Where a maximum was found."""
    winners = made.winners
    if not winners:
        return ""
    ties = f", the first of {len(winners)}" if len(winners) > 1 else ""
    return f"at {winners[0].name}{ties}" if winners[0].name else ""


def _has(sizes: list[int], index: tuple[int, ...]) -> bool:
    return len(sizes) == len(index) and all(
        is_int(i) and 0 <= i < size for i, size in zip(index, sizes)
    )


def _range(result: Result) -> str:
    sizes = shape(result.values)
    if not sizes:
        return result.name
    last = place(result.name, [size - 1 for size in sizes])
    return f"{place(result.name, [0] * len(sizes))} to {last}"


def _subscripted(name: str) -> str:
    return re.sub(r"\[([\d,]+)\]", r"_{\1}", name)
