"""A derivation of a receptive field with a mistake in one step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnncalc import formulas
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.derivations import FILTERS, Step, place, spotted, words
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made
from cnncalc.quiz.model import Wrong
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import line
from cnncalc.render.page import GROUPED, Page
from cnncalc.worked import Worked


class _Field(NamedTuple):
    size: int = 1
    jump: int = 1


class _Slid(NamedTuple):
    """The window of a layer."""

    kernel: int
    stride: int
    dilation: int = 1

    def step(self, field: _Field, size: Any = None) -> tuple[str, _Field]:
        """The line of the derivation, and the field after it; ``size`` replaces the right one."""
        grown = self.grown(field) if size is None else size
        jump: Any = formulas.advance(Worked(field.jump), Worked(self.stride))
        return f"r = {_equation(grown)}, j = {_equation(jump)}", _Field(int(grown), int(jump))

    def grown(self, field: _Field, jump: int | None = None) -> Any:
        step = Worked(field.jump if jump is None else jump)
        dilation = Worked(self.dilation)
        return formulas.grown(Worked(field.size), Worked(self.kernel), step, dilation)


def _equation(number: Worked) -> str:
    text = number.written(GROUPED)
    return text if text == str(number.value) else f"{text} = {number.value}"


#: What one believes of r, and how it changes.
_FIELDS: dict[str, Callable[[_Slid, _Field], Any]] = {
    "multiplied by the jump after the layer, not before it": lambda w, f: w.grown(
        f, f.jump * w.stride
    ),
    "left the jump out": lambda w, f: w.grown(f, 1),
    "added the whole kernel, not kernel − 1": lambda w, f: formulas.edge(
        Worked(f.size), formulas.span(Worked(w.kernel) + 1, Worked(w.dilation)) - 1, Worked(f.jump)
    ),
    "treated the dilation as 1": lambda w, f: w._replace(dilation=1).grown(f),
}


@template(
    "spot-rf-error",
    topic="rf",
    type="single",
    title="The wrong step in a derivation of a receptive field",
    sources=(
        "000 Layer-wise Computation",
        "000 Let's Try a More Complex Variant",
        "003 7.5.3 Receptive Fields",
    ),
)
def spot_rf_error(draw: Draw) -> Made:
    at, field, steps, net = place(draw, 4), _Field(), [], "3x128x128"
    before = True
    for i in range(4):
        window, one = _window(draw)
        net = f"{net} | {one}"
        text, after = window.step(field)
        mistake = None
        right = text
        if i == at:
            believed = [(said, window.step(field, wrong(window, field)))
                        for said, wrong in _FIELDS.items()]  # fmt: skip
            usable = [(said, *found) for said, found in believed if found[1].size != after.size]
            if not usable:
                raise Redraw("nothing to get wrong here")
            said, text, after = draw.choose(usable)
            mistake = Wrong(after.size, said)
        ask = Ask(net, "rf")
        claims = (ask.is_(after.size),) if before else ()
        before = before and mistake is None
        solution = ask.solution() if mistake or i == 3 else Page("", [])
        steps.append(Step(f"{words(net)}: {text}", right, mistake, claims, solution))
        field = after
    return spotted(
        draw,
        "A student works out the receptive field r and the jump j (input pixels between neighbouring "
        "units) after each of four layers, starting from r = 1 and j = 1:",
        steps,
    )


def _window(draw: Draw) -> tuple[_Slid, str]:
    """The window of a layer, and its line."""
    if draw.below(4) == 0:
        return _Slid(2, 2), "maxpool 2"
    window = _Slid(draw.choose((3, 3, 5)), draw.choose((1, 1, 2)), draw.choose((1, 1, 2)))
    k, s, d = window
    return window, line(f"conv {FILTERS}", k=k, s=s, d=d)
