"""Computations worked by hand (:mod:`cnncalc.work`) as solutions, gaps and options of questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from cnncalc.derivations import opposite
from cnncalc.notation import Extreme, Form, Number, Power, Product, Quotient, Root, Sum
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.model import Numeric, Wrong
from cnncalc.render.page import Line, Page, Paragraph, Section
from cnncalc.sizes import whole
from cnncalc.tensors import Surd, Traced
from cnncalc.tensors.core import at
from cnncalc.work import Working, writing
from cnncalc.work.working import Step, values

#: An array of numbers: rows of rows.
Array = list[Any]


def solution(*workings: Working, told: str = "") -> Page:
    """The steps of workings as a page; ``told`` is said before other words."""
    lines: list[Line] = []
    words: list[Paragraph] = [Paragraph("", told)] if told else []
    for worked in workings:
        sizes = worked.sizes if worked.element is None else []
        words += [Paragraph("", text) for text in (*sizes, *worked.notes)]
        for result in worked.results:
            steps, rest = worked.split(result)
            lines += [_line(step) for step in steps]
            words += [Paragraph("", rest)] if rest else []
    return Page("", [Section("", [("", lines)], list(dict.fromkeys(words)))])


def _line(step: Step) -> Line:
    """``mean[0] = (1 + 3)/2 = 2``; what is taken over says from where, a fraction its decimals."""
    name = _NAMES.get(step.result.key, step.result.name) + step.name[len(step.result.name) :]
    derived = [form(step.made)] if step.made.op else []
    notes = [step.remark.strip("()"), "" if step.made.op else step.made.name]
    decimals = writing.number(step.value)
    if "." in decimals:
        notes.append(decimals)
    return Line(name, [*derived, _number(step.value)], note=", ".join(filter(None, notes)))


#: What results are called where letters need a hat.
_NAMES = {"mean": "mean", "variance": "variance", "normalised": "normalised"}


def form(made: Traced) -> Form:
    """The derivation of a number, every product written out."""
    if not made.op:
        return _number(made.value)
    parts = [form(one) for one in made.args]
    if made.op == "+":
        return Sum(tuple((True, part) for part in parts))
    if made.op == "-":
        return Sum(((True, parts[0]), (False, parts[1])))
    return _FORMS[made.op](parts)


_FORMS: dict[str, Callable[[list[Form]], Form]] = {
    "*": lambda parts: Product(tuple(parts)),
    "/": lambda parts: Quotient(parts[0], parts[1]),
    "²": lambda parts: Power(parts[0], Number(2)),
    "√": lambda parts: Root(parts[0]),
    "max": lambda parts: Extreme("max", tuple(parts)),
    "neg": lambda parts: opposite(parts[0]),
}


def _number(value: Any) -> Form:
    if isinstance(value, Surd):
        return Product((Number(whole(value.times)), Root(Number(whole(value.of)))))
    return Number(whole(value))


# Arrays in a question.


def shown(**arrays: Array) -> str:
    """Matrices next to each other, as a block of code of a stem."""
    blocks = [block for name, x in arrays.items() for block in writing.blocks(name, x)]
    return "`" + "\n".join(writing.beside(blocks)) + "`"


def argument(x: Array) -> str:
    """An array in quotes, for a command."""
    return f'"{writing.nested(x)}"'


def matrix(worked: Working) -> str:
    """The result as the text of an option, and as commands print it: ``[[1, 2], [3, 4]]``."""
    return writing.nested(values(worked.results[-1].values))


def element(worked: Working, *index: int) -> Any:
    """A number of the result; raises :class:`Redraw` where there is none."""
    x = worked.result
    for i in index:
        if not isinstance(x, list) or i >= len(x):
            raise Redraw("a misconception leads to a smaller result")
        x = x[i]
    return x


# Wrong computations.

#: A misconception in words that follow "You", and the computation that it leads to.
Mistaken = tuple[str, Working]


def wrong_matrices(worked: Working, among: Iterable[Mistaken]) -> list[Wrong]:
    """The results of those that make a difference; the first of equal ones."""
    right = matrix(worked)
    found: dict[str, Wrong] = {}
    for text, other in among:
        found.setdefault(matrix(other), Wrong(matrix(other), text))
    found.pop(right, None)
    return list(found.values())


def wrong_elements(
    worked: Working, among: Iterable[Mistaken], *index: int, worked_out: bool = True
) -> list[Wrong]:
    """The same for one element, with the working of who is mistaken (unless it says nothing)."""
    right = element(worked, *index)
    found: dict[Any, Wrong] = {}
    for text, other in among:
        value = element(other, *index)
        made = at(other.results[-1].values, index)
        derived = worked_out and isinstance(made, Traced) and made.op
        working = writing.derivation(made) if derived else ""
        found.setdefault(value, Wrong(value, text, working))
    found.pop(right, None)
    return [one for one in found.values() if not isinstance(one.value, Surd)]


def gap(worked: Working, among: Iterable[Mistaken], *index: int) -> Numeric:
    """An element as a gap of a table."""
    right = element(worked, *index)
    return Numeric(right, tuple(wrong_elements(worked, among, *index)), signed=True)


def grid(worked: Working, among: Sequence[Mistaken]) -> list[list[str | Numeric]]:
    """The rows of a table whose gaps are the elements of a matrix."""
    rows, columns = len(worked.result), len(worked.result[0])
    return [[f"row {i}", *(gap(worked, among, i, j) for j in range(columns))] for i in range(rows)]


def columns(worked: Working) -> list[str]:
    """What stands above :func:`grid`."""
    return ["", *(f"column {j}" for j in range(len(worked.result[0])))]


# Numbers to compute with.


def numbers(draw: Draw, rows: int, width: int, low: int, high: int) -> Array:
    """A matrix of random numbers."""
    return [[draw.between(low, high) for _ in range(width)] for _ in range(rows)]


__all__ = [
    "Array",
    "Mistaken",
    "argument",
    "columns",
    "element",
    "form",
    "gap",
    "grid",
    "matrix",
    "numbers",
    "shown",
    "solution",
    "wrong_elements",
    "wrong_matrices",
]
