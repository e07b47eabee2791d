"""A derivation with a mistake in one step: sizes, parameters, MACs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.cost_misconceptions import INPUT_POSITIONS, ONE_CHANNEL, ONE_ROW
from cnncalc.quiz.derivations import FILTERS, Step, place, spotted, words
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made
from cnncalc.quiz.misconceptions import (
    COUNTED_STEPS,
    FLOPS_FOR_MACS,
    MULTIPLIED_SPAN,
    PADDED_ONE_SIDE,
    PARAMS_FOR_MACS,
    ROUNDED_UP,
    Misconception,
    stated,
    unambiguous,
    wrongs,
)
from cnncalc.quiz.model import Wrong, shown
from cnncalc.quiz.parameter_misconceptions import BIAS_FOR_EACH_CHANNEL, ONE_SIDE
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, line
from cnncalc.render.page import Page


def _step(
    draw: Draw, ask: Ask, wrong: bool | None, among: Iterable[Misconception]
) -> tuple[Step, Wrong | None]:
    """The step that answers the ask: rightly, or as one of the misconceptions has it.

    ``wrong`` is None where all steps are right.
    """
    name = words(ask.net)
    right = f"{ask.working()} = {shown(ask.value)}"
    if not ask.working():
        raise Redraw("a step without a derivation")
    claims = (ask.is_(ask.value),)
    if not wrong:
        page = ask.solution() if wrong is None else Page("", [])
        return Step(f"{name}: {right}", right, None, claims, page), None
    usable = [one for one in wrongs(ask, unambiguous(ask, among)) if one.working]
    if not usable:
        raise Redraw("nothing to get wrong here")
    mistake = draw.choose(usable)
    said = f"{name}: {mistake.working} = {shown(mistake.value)}"
    return Step(said, right, mistake, (*claims, ask.is_(mistake.value)), ask.solution()), mistake


def _steps(
    draw: Draw, asks: Sequence[Ask], *among: Misconception, taken: bool = True
) -> list[Step]:
    """Steps that do not go on from each other; at most one has a mistake.

    ``taken``: see :func:`stated`.
    """
    at = place(draw, len(asks))
    return [
        _step(draw, ask, None if at is None else i == at, [*among, *stated(ask, taken)])[0]
        for i, ask in enumerate(asks)
    ]


_SIZES = (ROUNDED_UP, PADDED_ONE_SIDE, COUNTED_STEPS, MULTIPLIED_SPAN)


@template(
    "spot-size-error",
    topic="size",
    type="single",
    title="The wrong step in a derivation of sizes",
    sources=(
        "003 7.5.4 Controlling Spatial Reduction with Strides",
        "002 Output Size Formula (with Padding)",
    ),
)
def spot_size_error(draw: Draw) -> Made:
    n, c = draw.between(56, 120), draw.choose((3, 8, 16))
    start, at, steps = n, place(draw, 4), []
    for i in range(4):
        ask = Ask(f"{c}x{n}x{n} | {_size_line(draw)}", "height")
        wrong = None if at is None else i == at
        step, mistake = _step(draw, ask, wrong, [*_SIZES, *stated(ask)])
        steps.append(step)
        n = int(mistake.value if mistake else ask.value)
        if n < 4:
            raise Redraw("too little is left")
    return spotted(
        draw,
        f"An image of {start}×{start} pixels goes through four layers. A student works out the height "
        "after each:",
        steps,
    )


def _size_line(draw: Draw) -> str:
    k = draw.choose((3, 5, 7))
    kind = draw.below(4)
    if kind == 0:
        return line("maxpool 3", s=2, p=draw.below(2))
    if kind == 1:
        return line(f"conv {FILTERS}", k=3, d=2, p=draw.between(0, 2))
    return line(f"conv {FILTERS}", k=k, s=draw.between(1, 2), p=draw.between(0, k // 2))


@template(
    "spot-params-error",
    topic="params",
    type="single",
    title="The wrong line in a count of parameters",
    sources=(
        "003 7.7.3 Number of Learnable Parameters",
        "002 3. How Many Parameters?",
        "001 Example: LeNet-5",
    ),
)
def spot_params_error(draw: Draw) -> Made:
    c, k, classes = draw.choose((8, 16, 32)), draw.choose((3, 5)), draw.choose((10, 100))
    n = draw.choose((4, 5, 6, 7))
    middle = (
        f"{2 * c}x16x16 | conv {2 * c} k=3 g={draw.choose((2, 4))}",
        f"{2 * c}x16x16 | dwconv {k}",
        f"{2 * c}x16x16 | conv {c} k=1",
    )
    asks = [
        Ask(f"3x32x32 | conv {c} k={k}", "params"),
        Ask(f"{c}x16x16 | conv {2 * c} k=3", "params"),
        Ask(draw.choose(middle), "params"),
        Ask(f"{2 * c * n * n} | linear {classes}", "params"),
    ]
    found = _steps(draw, asks, ONE_SIDE, BIAS_FOR_EACH_CHANNEL)
    steps = [_reading(step, ask) for step, ask in zip(found, asks)]
    return spotted(
        draw,
        "A student counts the parameters of four layers of a network (with a bias everywhere); in "
        "brackets is the input of the layer:",
        steps,
        chained=False,
    )


@template(
    "spot-macs-error",
    topic="macs",
    type="single",
    title="The wrong line in a count of MACs",
    sources=("003 7.7.4 Multiply-Accumulate Operations (MACs)", "001 Convolution Example"),
)
def spot_macs_error(draw: Draw) -> Made:
    n, c = draw.choose((10, 12, 14, 16, 20)), draw.choose((8, 12, 16, 20))
    lines = (
        line(f"conv {2 * c}", k=3, s=2, p=1),
        f"conv {2 * c} k=1",
        line(f"conv {2 * c}", k=3, p=1, g=draw.choose((2, 4))),
        line("dwconv 3", p=1),
        f"conv {c} k=5",
    )
    asks = [Ask(f"{c}x{n}x{n} | {one}", "macs") for one in draw.sample(lines, 4)]
    among = (FLOPS_FOR_MACS, PARAMS_FOR_MACS, INPUT_POSITIONS, ONE_CHANNEL, ONE_ROW)
    steps = _steps(draw, asks, *among, taken=False)
    return spotted(
        draw,
        f"Four layers read the same map of {c}×{n}×{n} (channels × height × width). A student counts "
        f"the MACs of each, as weights times positions; biases are not counted. {UNSAID}",
        steps,
        chained=False,
    )


def _reading(step: Step, ask: Ask) -> Step:
    """The same, with the size of the layer's input."""
    read = ask.net.partition("|")[0].strip().replace("x", "×")
    return step._replace(text=f"[{read}] {step.text}")
