"""Input sizes of layers that follow one another: the smallest, and those that come out even."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cnncalc import formulas
from cnncalc.layers.windows import Slide
from cnncalc.network import load
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, amount, because, judged
from cnncalc.quiz.misconceptions import FORGOT_THE_PADDING, FORGOT_THE_STRIDE, PADDED_ONE_SIDE
from cnncalc.quiz.model import Claim, Statement, Wrong
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import UNSAID, chain, line
from cnncalc.render.page import Line, Page, Section
from cnncalc.worked import Worked, form_of

if TYPE_CHECKING:
    from cnncalc.domain import Domain

_SOURCES = (
    "002 Output Size Formula (with Padding)",
    "003 7.5.4 Controlling Spatial Reduction with Strides",
)


@lru_cache(maxsize=64)
def domain(net: str) -> Domain:
    """Of a network whose input is H high."""
    return load(net).domain()


def in_words(condition: object) -> str:
    """A condition of a domain, as a text has it.

    >>> in_words("H mod 2 = 1 and H >= 3")
    'H mod 2 = 1 and H ≥ 3'
    """
    return str(condition).replace(">=", "≥").replace("<=", "≤")


def _chain(draw: Draw, count: int) -> str:
    """Layers that slide, some of them with strides."""
    parts = ["3xHxH"]
    for _ in range(count):
        k = draw.choose((3, 5, 7))
        pool = draw.choose(("maxpool 2", line("maxpool 3", s=2, p=draw.below(2))))
        conv = line("conv 8", k=k, s=draw.between(1, 2), p=draw.choose((0, 1, k // 2)))
        parts.append(draw.choose((pool, conv, conv)))
    return " | ".join(parts)


def _slides(net: str) -> list[Slide]:
    """The windows of the layers along the height."""
    graph = load(net).graph({"H": 512})
    windows = [node.layer.reads(*graph.inputs_of(node))[0][0] for node in graph]
    return [window for window in windows if isinstance(window, Slide)]


def _needed(
    windows: Sequence[Slide],
    padding: Callable[[Slide], Any] = lambda w: w.before + w.after,
    stride: Callable[[Slide], Any] = lambda w: w.stride,
) -> int:
    """The height that the input must have at least for the last map to have one row."""
    n: Any = 1
    for window in reversed(windows):
        n = max(1, formulas.spread(n, window.kernel, stride(window), padding(window)))
    return int(n)


@template(
    "smallest-input",
    topic="domain",
    type="numeric",
    title="The smallest input that a stack of layers takes",
    sources=_SOURCES,
)
def smallest_input(draw: Draw) -> Made:
    net = _chain(draw, draw.between(2, 4))
    windows = _slides(net)
    right = domain(net).minimum()["H"]
    if not 8 <= right <= 80 or _needed(windows) != right:
        raise Redraw("too small or too large to be worth a question")
    found: dict[int, list[str]] = {}
    for text, number in (
        (FORGOT_THE_PADDING, _needed(windows, padding=lambda w: 0)),
        (PADDED_ONE_SIDE.text, _needed(windows, padding=lambda w: w.before)),
        (FORGOT_THE_STRIDE, _needed(windows, stride=lambda w: 1)),
        ("asked that the largest kernel fits into the image", max(w.kernel for w in windows)),
        ("went back by n·s, where it is (n − 1)·s", _back_too_far(windows)),
    ):
        found.setdefault(number, []).append(text)
    found.pop(right, None)
    wrong = [_too(net, number, texts[0]) for number, texts in found.items() if len(texts) == 1]
    if len(wrong) < 2:
        raise Redraw("too few misconceptions are recognised")
    made = amount(
        f"Square images with 3 channels go through these layers: {chain(net.replace('H', '512'))}. "
        f"{UNSAID} How high must an image be at least, so that a value is left after every layer?",
        right,
        wrong,
        Page("", [Section("back from the end", [("", _backwards(windows))])]),
    )
    low = Ask(net.replace("H", str(right)), "height")
    return made._replace(claims=(low.is_(low.value),), command=f'cnncalc domain "{net}"')


def _back_too_far(windows: Sequence[Slide]) -> int:
    n: Any = 1
    for window in reversed(windows):
        n = formulas.spread(n + 1, window.kernel, window.stride, window.before + window.after)
    return int(n)


def _backwards(windows: Sequence[Slide]) -> list[Line]:
    n = 1
    lines = [Line(f"after ({len(windows)}), at least", [form_of(1)])]
    for i, window in reversed([*enumerate(windows)]):
        padding = Worked(window.before)
        before: Any = formulas.spread(
            Worked(n), Worked(window.kernel), Worked(window.stride), padding + padding
        )
        n = max(1, before.value)
        where = f"after ({i})" if i else "image"
        lines.append(Line(f"{where}, at least (n − 1)·s − 2p + k", [before.form, form_of(n)]))
    return lines


def _too(net: str, number: int, text: str) -> Wrong:
    """The wrong answer, and why it is too small or too large."""
    failure = domain(net).failure({"H": number})
    why = "works, but so do smaller images"
    if failure:
        names = [node.name for node in load(net).graph({"H": 512})]
        why = f"leaves nothing after ({names.index(str(failure.layer)) + 1})"
    return Wrong(number, text, said=f"You {text}: a height of {number} {why}.")


@template(
    "windows-come-out-even",
    topic="domain",
    type="truefalse",
    title="Which input heights leave no row unread",
    sources=_SOURCES,
)
def windows_come_out_even(draw: Draw) -> Made:
    net = _chain(draw, draw.between(2, 3))
    keeping = domain(net).keeping()
    windows = _slides(net)
    if keeping is None or sum(window.stride > 1 for window in windows) < 2:
        raise Redraw("nothing is left over")
    low = draw.between(domain(net).minimum()["H"] + 8, 60)
    statements: list[Statement] = []
    claims: list[Claim] = []
    told = []
    for n in sorted(draw.sample(range(low, low + 12), 4)):
        even = {"H": n} in keeping
        sizes, unread = _read(windows, n)
        at = next((i for i, rows in enumerate(unread) if rows), None)
        wrong = None
        if even and n % 2:
            text = "thought that an odd size always leaves a row over"
            wrong = Wrong(
                f"images of {n}×{n} pixels", text, said=f"You {text}: here all {n} rows are read."
            )
        elif at is not None and (at or not n % 2):
            text = (
                "looked at the first layer only"
                if at
                else "thought that an even size never leaves a row over"
            )
            said = f"({at + 1}) leaves {_rows(unread[at])} of its {sizes[at]} unread"
            wrong = Wrong(f"images of {n}×{n} pixels", text, said=f"You {text}: {said}.")
        statements.append(Statement(f"Images of {n}×{n} pixels.", even, wrong))
        ask = Ask(net.replace("H", str(n)), "height")
        claims.append(ask.is_(ask.value))
        steps = "; ".join(
            f"({i}) leaves {_rows(rows) if rows else 'none'} of {size}"
            for i, (size, rows) in enumerate(zip(sizes, unread), 1)
        )
        told.append(f"{n}: {steps}.")
    return judged(
        f"Square images go through these layers: {chain(net.replace('H', '512'))}. {UNSAID} The last "
        "windows of a layer with a stride may not reach the end of its map. With which of these images "
        "does no layer leave rows unread? Rows of padding do not matter.",
        statements,
        because(
            "A layer leaves (n + 2p − k) mod s rows behind its last window, of which those of the "
            "padding do not matter.",
            *told,
        ),
        2 + sum(one.wrong is not None for one in statements),
        claims,
    )


def _read(windows: Sequence[Slide], n: int) -> tuple[list[int], list[int]]:
    """The heights that the layers read, and how many of their rows they do not."""
    sizes, unread = [], []
    for window in windows:
        sizes.append(n)
        unread.append(int(window.dropped(n)))
        n = int(window.size(n))
    return sizes, unread


def _rows(count: int) -> str:
    return "a row" if count == 1 else f"{count} rows"
