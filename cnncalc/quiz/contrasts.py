"""Two networks held against each other: a ratio or a difference, by :func:`cnncalc.compare`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cnncalc.comparison import compare
from cnncalc.derivations import minus
from cnncalc.errors import CnncalcError
from cnncalc.notation import Form, Quotient
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Redraw
from cnncalc.quiz.making import merged
from cnncalc.quiz.misconceptions import Misconception
from cnncalc.quiz.model import Claim, Value, Wrong
from cnncalc.render.page import GROUPED, Line, Page, Section
from cnncalc.sizes import is_symbolic, text
from cnncalc.worked import form_of


class Contrast(NamedTuple):
    """``of`` of the network ``new`` against that of ``old``: their ``ratio``, or what is ``saved``.

    >>> old, new = "CxHxW | conv C k=5 p=2 bias=no", "CxHxW | dwconv 5 p=2 bias=no"
    >>> Contrast(old, new, "params").value
    '1/C'
    >>> Contrast(old, new, "params", "saved").value
    '25*C**2 - 25*C'
    """

    old: str
    new: str
    of: str
    what: str = "ratio"

    @property
    def asks(self) -> tuple[Ask, Ask]:
        return Ask(self.old, self.of), Ask(self.new, self.of)

    @property
    def value(self) -> Value:
        found = self._found()
        return text(found) if is_symbolic(found) else found

    def _found(self) -> Any:
        try:
            if self.what == "ratio":
                return compare(self.old, self.new)[self.of].ratios[0][0]
            return compare(self.new, self.old)[self.of].differences[0][0]
        except CnncalcError as error:
            raise Redraw(str(error)) from None

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What both networks come to, for tests."""
        return tuple(ask.is_(ask.value) for ask in self.asks)

    def _derived(self) -> Form:
        old, new = (form_of(ask.quantity.value(ask._found())) for ask in self.asks)
        return Quotient(new, old) if self.what == "ratio" else minus(old, new)

    def solution(self) -> Page:
        """The working of both, and what they come to together."""
        line = Line(self.what, [self._derived(), form_of(self._found())])
        both = Page(
            "", [Section("new / old" if self.what == "ratio" else "old − new", [("", [line])])]
        )
        return merged([*(ask.solution() for ask in self.asks), both])

    def wrongs(self, among: Iterable[Misconception]) -> list[Wrong]:
        """What it comes to for who has a misconception about both networks."""
        found = []
        for one in among:
            nets = []
            for ask in self.asks:
                answer = one.believed(ask)
                nets.append(answer.net if isinstance(answer, Ask) else ask.net)
            found.append(self.instead(one.text, *nets))
        return [one for one in found if one.value != self.value]

    def instead(self, text: str, old: str | None = None, new: str | None = None) -> Wrong:
        """The wrong answer of who holds other networks against each other."""
        believed = self._replace(old=old or self.old, new=new or self.new)
        return Wrong(believed.value, text, believed._derived().write(GROUPED))
