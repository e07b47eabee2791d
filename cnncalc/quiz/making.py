"""How templates make questions: one function for each type.

Each checks what it is given, and raises :class:`Redraw` where answers coincide or make no sense.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.bodies import Cell
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.misconceptions import Misconception, unambiguous, wrongs
from cnncalc.quiz.model import (
    Body,
    Claim,
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
from cnncalc.render.drawing.scene import Scene
from cnncalc.render.page import Line, Page, Paragraph, Section, explaining, written

#: A single choice has as many options, and no fewer than the second number.
MOST_OPTIONS, FEWEST_OPTIONS = 5, 4
#: Of a number that is asked for alone, at least so many wrong answers are recognised.
FEWEST_RECOGNISED = 2


class Made(NamedTuple):
    """What a template returns; the engine adds the rest.

    ``traps`` counts the misconceptions that lead to another answer; together with the derived
    lines of the solution, and its ``steps`` that are in words, they measure how difficult the
    question is.
    """

    stem: str
    body: Body
    solution: Page
    traps: int
    claims: tuple[Claim, ...] = ()
    command: str | None = None
    picture: Scene | None = None
    steps: int = 0

    def with_picture(self, picture: Scene) -> Made:
        return self._replace(picture=picture)


# From asks: keys, wrong answers, solutions and claims all come from the analyzer.


def single(draw: Draw, stem: str, ask: Ask, among: Iterable[Misconception]) -> Made:
    """The value of ``ask`` among the values that the misconceptions lead to."""
    found = _apart_of(ask, among)
    made = choice(draw, stem, ask.value, found, ask.solution(), ask.quantity.unit)
    return made._replace(claims=(ask.is_(ask.value),), command=ask.command)


def numeric(stem: str, ask: Ask, among: Iterable[Misconception]) -> Made:
    """The value of ``ask`` as a number; misconceptions are recognised by their values."""
    gap = number(ask, among)
    if len(gap.wrong) < FEWEST_RECOGNISED:
        raise Redraw(f"{len(gap.wrong)} misconceptions are recognised")
    claims = (ask.is_(gap.value),)
    return Made(stem, gap, ask.solution(), len(gap.wrong), claims, ask.command)


def number(ask: Ask, among: Iterable[Misconception] = ()) -> Numeric:
    """The value of ``ask`` as a gap of a table, or as the whole of a question.

    A misconception is recognised where no other one comes to the same number; drawing again until
    all are would leave few kinds of questions: those where they happen to differ.
    """
    value = ask.value
    if isinstance(value, str):
        raise TypeError(f"{ask.of} of {ask.net} is {value}, which is no number")
    return _apart(Numeric(value, tuple(_apart_of(ask, among)), ask.quantity.unit))


def _apart_of(ask: Ask, among: Iterable[Misconception]) -> list[Wrong]:
    """The wrong answers that tell which misconception led to them: no other one leads there."""
    return wrongs(ask, unambiguous(ask, among))


def symbolic(
    stem: str, ask: Ask, among: Iterable[Misconception], symbols: Mapping[str, str]
) -> Made:
    """The value of ``ask`` as a formula in ``symbols``, which are explained."""
    made = formula(stem, str(ask.value), wrongs(ask, among), ask.solution(), symbols)
    return made._replace(claims=(ask.is_(str(ask.value)),), command=ask.command)


class Said(NamedTuple):
    """A statement about an ask: ``text`` has ``{}`` where the value stands."""

    text: str
    ask: Ask
    among: Sequence[Misconception]


def truefalse(draw: Draw, stem: str, said: Iterable[Said]) -> Made:
    """Statements, about half of them with the value that a misconception leads to."""
    statements: list[Statement] = []
    claims: list[Claim] = []
    sections: list[Section] = []
    traps = 0
    for one in draw.shuffled(said):
        right = one.ask.value
        found = _apart_of(one.ask, one.among)
        traps += len(found)
        wrong = draw.choose(found) if found and draw.below(2) else None
        value = wrong.value if wrong else right
        text = one.text.format(f"{value:,}" if isinstance(value, int) else value)
        statements.append(Statement(text, wrong is None, wrong))
        claims.append(Claim(one.ask, value, wrong is None))
        sections += one.ask.solution().sections
    return judged(stem, statements, Page("", _once(sections)), traps, claims)


def table(
    stem: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str | Numeric | Ask | tuple[Ask, Sequence[Misconception]]]],
    solution: Page | None = None,
) -> Made:
    """A table with gaps: an ask, an ask with its misconceptions, or a number stands where one is.

    The solution is that of the asks, unless one is given.
    """
    cells: list[tuple[Cell, ...]] = []
    claims: list[Claim] = []
    sections: list[Section] = []
    traps = 0
    for row in rows:
        made: list[Cell] = []
        for cell in row:
            if isinstance(cell, str):
                made.append(cell)
                continue
            if not isinstance(cell, Numeric):
                ask, among = (cell, ()) if isinstance(cell, Ask) else cell
                cell = number(ask, among)
                claims.append(ask.is_(cell.value))
                sections += ask.solution().sections
            made.append(_apart(cell))
            traps += bool(cell.wrong)
        cells.append(tuple(made))
    body = Table(tuple(columns), tuple(cells))
    if not body.gaps:
        raise ValueError("a table without gaps asks nothing")
    return Made(stem, body, solution or Page("", _once(sections)), traps, tuple(claims))


# From what the template states.


def choice(
    draw: Draw,
    stem: str,
    right: Value,
    found: Sequence[Wrong],
    solution: Page,
    unit: str = "",
    formulas: bool = False,
) -> Made:
    """``right`` among some of the wrong answers that no two misconceptions share."""
    chosen = draw.sample(told_apart(found), MOST_OPTIONS - 1)
    if len(chosen) < FEWEST_OPTIONS - 1:
        raise Redraw(f"only {len(chosen)} wrong answers")
    _hold_apart([right, *(one.value for one in chosen)], formulas)
    options = (Option(right), *(Option(one.value, one) for one in chosen))
    return Made(stem, Single(options, unit), solution, len({one.value for one in found}))


def told_apart(found: Iterable[Wrong]) -> list[Wrong]:
    """Those that tell which misconception led to them: no other one leads to the same answer."""
    wrong = list(found)
    names: dict[Value, set[str]] = {}
    for one in wrong:
        names.setdefault(one.value, set()).add(one.text)
    return [one for one in wrong if len(names[one.value]) == 1]


def amount(
    stem: str,
    value: int | Fraction,
    found: Iterable[Wrong],
    solution: Page,
    unit: str = "",
    tolerance: Fraction = Fraction(0),
    signed: bool = False,
) -> Made:
    """A number that is no single ask: a ratio, an element of a result. ``tolerance`` is absolute.

    ``signed``: 0 and negative numbers make sense, too.
    """
    gap = _apart(Numeric(value, tuple(found), unit, tolerance, signed))
    return Made(stem, gap, solution, len(gap.wrong))


def formula(
    stem: str, value: str, found: Iterable[Wrong], solution: Page, symbols: Mapping[str, str]
) -> Made:
    """A formula that is no single ask, in the language of ``cnncalc prove``."""
    body = Symbolic(value, symbols, tuple(found))
    _hold_apart([value, *(one.value for one in body.wrong)], formulas=True)
    return Made(stem, body, solution, len(body.wrong))


def judged(
    stem: str,
    statements: Sequence[Statement],
    solution: Page,
    traps: int,
    claims: Iterable[Claim] = (),
) -> Made:
    """Statements that are true or false; not all of them alike."""
    if len({one.true for one in statements}) != 2:
        raise Redraw("the statements are all true, or all false")
    if len({one.text for one in statements}) != len(statements):
        raise Redraw("a statement stands twice")
    return Made(stem, TrueFalse(tuple(statements)), solution, traps, tuple(claims))


def matching(
    draw: Draw,
    stem: str,
    pairs: Iterable[tuple[str, str]],
    others: Iterable[Wrong],
    solution: Page,
    claims: Iterable[Claim] = (),
) -> Made:
    """Left sides, and right sides in random order among others that go with none."""
    both = [Pair(*pair) for pair in draw.shuffled(pairs)]
    rest = tuple(others)
    choices = draw.shuffled([pair.right for pair in both] + [str(one.value) for one in rest])
    if len({*choices}) != len(choices) or len({pair.left for pair in both}) != len(both):
        raise Redraw("two sides are the same")
    body = Matching(tuple(both), tuple(choices), rest)
    return Made(stem, body, solution, len(both) + len(rest), tuple(claims))


def because(*paragraphs: str, source: str | None = None) -> Page:
    """A solution in words."""
    found = [Paragraph("", text) for text in paragraphs]
    found[-1] = found[-1]._replace(source=source)
    return Page("", [Section("", paragraphs=found)])


def merged(solutions: Iterable[Page]) -> Page:
    """Several solutions as one."""
    return Page("", _once([section for page in solutions for section in page.sections]))


def _hold_apart(values: Sequence[Value], formulas: bool = False, signed: bool = False) -> None:
    """Raises :class:`Redraw` for values that coincide, or that are no sensible answer."""
    for value in values:
        if isinstance(value, (int, Fraction)) and value <= 0 and not signed:
            raise Redraw(f"{value} makes no sense")
    same = _equivalent if formulas else _equal
    for i, one in enumerate(values):
        if any(same(one, other) for other in values[:i]):
            raise Redraw(f"{one} stands twice")


def _apart(gap: Numeric) -> Numeric:
    """The same, whose answers are told apart: further from each other than both tolerances reach."""
    values: list[Value] = [gap.value, *(one.value for one in gap.wrong)]
    _hold_apart(values, signed=gap.signed)
    numbers = sorted(Fraction(value) for value in values)
    if any(b - a <= 2 * gap.tolerance for a, b in pairwise(numbers)):
        raise Redraw("two answers are nearer than the tolerance")
    return gap


def _equal(one: Value, other: Value) -> bool:
    return one == other


@lru_cache(maxsize=4096)
def _equivalent(one: Value, other: Value) -> bool:
    """Are the formulas the same for all values of their symbols, as far as can be told?"""
    from cnncalc.prove import REFUTED, prove

    return one == other or prove(f"{one} == {other}").verdict != REFUTED


def _once(sections: Iterable[Section]) -> list[Section]:
    """Sections without repetitions: asks about one layer share its section, and all the letters."""
    found: dict[str, dict[str, Line]] = {}
    words: dict[Paragraph, None] = {}
    for one in sections:
        if one.title:
            lines = (line for _, some in one.groups for line in some)
            found.setdefault(one.title, {}).update((written(line), line) for line in lines)
        else:
            words.update(dict.fromkeys(one.paragraphs))
    meant = [meaning for part in words for meaning in part.letters]
    rest = [part for part in words if not part.letters]
    rest += [explaining(meant)] if meant else []
    told = [Section("", paragraphs=rest)] if rest else []
    return [Section(title, [("", [*lines.values()])]) for title, lines in found.items()] + told


#: The signature of a template's function.
Maker = Callable[[Draw], Made]
