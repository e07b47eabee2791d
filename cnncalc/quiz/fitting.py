"""Questions about what must be chosen so that a network comes out as it should.

What is chosen is a number (a padding, a kernel, how many layers) or words for several; behind every
option is a network, so that each is held to what it comes to.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, amount, because, choice
from cnncalc.quiz.misconceptions import Answer, Misconception, Number
from cnncalc.quiz.model import Claim, Value, Wrong, shown
from cnncalc.render.page import Page


class Fit(NamedTuple):
    """What may be chosen, what it leads to, and the misconception of who chooses it wrongly."""

    value: Value
    ask: Ask
    text: str = ""

    def wrong(self, wanted: Value) -> Wrong:
        said = f"You {self.text}: {_derived(self.ask)}, not {shown(wanted)}."
        return Wrong(self.value, self.text, said=said)


def fitting(draw: Draw, stem: str, right: Fit, others: Iterable[Fit], why: str) -> Made:
    """The choice that fits, among those that do not. ``why`` says in words how it is found."""
    wrong, claims = _astray(right, others)
    made = choice(draw, stem, right.value, wrong, explained(why, right.ask.solution()))
    return made._replace(claims=claims)


def fitting_number(stem: str, right: Fit, others: Iterable[Fit], why: str) -> Made:
    """The number that fits; those that do not are recognised."""
    if not isinstance(right.value, int):
        raise TypeError(f"{right.value} is no number")
    wrong, claims = _astray(right, others)
    made = amount(stem, right.value, wrong, explained(why, right.ask.solution()))
    return made._replace(claims=claims)


def _astray(right: Fit, others: Iterable[Fit]) -> tuple[list[Wrong], tuple[Claim, ...]]:
    wanted = right.ask.value
    apart = [one for one in others if value_of(one.ask) not in (None, wanted)]
    claims = tuple(one.ask.is_(wanted) for one in (right, *apart))
    return [one.wrong(wanted) for one in apart], claims


def only_fit(fits: Callable[[int], Ask], wanted: Value, candidates: Iterable[int]) -> int:
    """The one candidate that comes to what is wanted; raises :class:`Redraw` unless it is one."""
    found = [one for one in candidates if value_of(fits(one)) == wanted]
    if len(found) != 1:
        raise Redraw(f"{len(found)} candidates come to {wanted}")
    return found[0]


class Inferred(NamedTuple):
    """The one candidate that fits, the wrong ones, and what all of these claim."""

    value: int
    wrong: list[Wrong]
    claims: tuple[Claim, ...]
    solution: Page

    def single(self, draw: Draw, stem: str) -> Made:
        made = choice(draw, stem, self.value, self.wrong, self.solution)
        return made._replace(claims=self.claims)


def inferred(
    of: Callable[[int], Ask],
    wanted: Value,
    candidates: Sequence[int],
    among: Iterable[Misconception],
    why: str,
) -> Inferred:
    """Which of the candidates comes to what is wanted, and which ones do to who is mistaken.

    ``of`` gives the network of a candidate; what it comes to falls from one candidate to the next.
    Raises :class:`Redraw` unless exactly one fits.
    """
    right = first(candidates, lambda one: value_of(of(one)), wanted)
    if right is None or value_of(of(right)) != wanted:
        raise Redraw(f"no candidate comes to {wanted}")
    after = [one for one in candidates if one > right]
    if after and value_of(of(after[0])) == wanted:
        raise Redraw(f"several candidates come to {wanted}")
    wrong: dict[int, Wrong] = {}
    for one in among:
        if _believed_size(one, of, right) in (None, wanted):
            continue  # it makes no difference
        near = first(candidates, partial(_believed_size, one, of), wanted)
        answer = _believed(one, of(near)) if near else None
        if near and answer and answer.value == wanted:
            wrong[near] = Wrong(near, one.text, said=f"You {one.text}: {_derived(answer)}.")
    claims = tuple(of(value).is_(wanted) for value in (right, *wrong))
    return Inferred(right, [*wrong.values()], claims, explained(why, of(right).solution()))


def first(
    candidates: Sequence[int], size: Callable[[int], Value | None], wanted: Value
) -> int | None:
    """The first candidate whose size is not above what is wanted; sizes fall, at last to None."""

    def small(one: int) -> bool:
        found = size(one)
        return found is None or found <= wanted  # type: ignore[operator]

    place = bisect_left(candidates, True, key=small)
    return candidates[place] if place < len(candidates) else None


def _believed_size(one: Misconception, of: Callable[[int], Ask], candidate: int) -> Value | None:
    answer = _believed(one, of(candidate))
    return answer.value if answer else None


def explained(why: str, page: Page) -> Page:
    """A solution with words before it."""
    return page._replace(sections=[*because(why).sections, *page.sections])


def value_of(ask: Ask) -> Value | None:
    """What it comes to; None where the network is not well-formed."""
    try:
        return ask.value
    except Redraw:
        return None


def _believed(one: Misconception, ask: Ask) -> Answer | None:
    """What someone makes of it, which may be what it is; None where nothing can be made of it."""
    if value_of(ask) is None:
        return None
    try:
        answer = one.believed(ask) or ask
        return answer if answer.value else None
    except Redraw:
        return None


def _derived(answer: Answer) -> str:
    """``⌊(32 − 5)/2⌋ + 1 = 14``."""
    working = answer.working if isinstance(answer, Number) else answer.working()
    return f"{working} = {shown(answer.value)}" if working else f"it comes to {shown(answer.value)}"


__all__ = [
    "Fit",
    "Inferred",
    "explained",
    "fitting",
    "fitting_number",
    "inferred",
    "only_fit",
    "value_of",
]
