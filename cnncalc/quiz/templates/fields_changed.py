"""How many layers cover an object, and what changes a receptive field."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

from cnncalc.layers import KINDS, Layer
from cnncalc.layers.windows import Slide, Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.field_misconceptions import DOUBLED, SUMMED_KERNELS
from cnncalc.quiz.fitting import explained
from cnncalc.quiz.making import Made, Said, choice, merged, truefalse
from cnncalc.quiz.misconceptions import (
    IGNORED_STRIDES,
    JUMP_AFTER,
    WHOLE_KERNEL,
    Misconception,
    Number,
    instead,
    on_layers,
)
from cnncalc.quiz.model import TrueFalse, Wrong
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import nodes
from cnncalc.render.page import Page, Section


@template(
    "layers-to-cover",
    topic="rf",
    type="single",
    title="How many layers it takes to see a whole object",
    sources=(
        "003 7.5.3 Receptive Fields: Understanding What Each Pixel Sees",
        "001 Receptive Fields",
    ),
)
def layers_to_cover(draw: Draw) -> Made:
    k, wanted = draw.choose((3, 5, 7)), draw.between(15, 70)
    words, start = draw.choose(_STARTS)

    def stacked(count: int) -> Ask:
        """A unit after so many of them; after none, a 1×1 convolution stands there."""
        layers = [f"conv 16 k={k} p={k // 2}"] * count or ["conv 16 k=1"]
        return Ask(" | ".join(filter(None, ["3x512x512", start, *layers])), "rf")

    def fewest(believed: Callable[[Ask], Ask | Number | None]) -> int:
        def enough(count: int) -> bool:
            answer = believed(stacked(count)) or stacked(count)
            return isinstance(answer.value, int) and answer.value >= wanted

        return bisect_left(range(_MOST), True, lo=1, key=enough)

    right = fewest(lambda ask: ask)
    if not 3 <= right < _MOST:
        raise Redraw("too few or too many")
    before = len(nodes(stacked(1).net)) - 1
    counts = [(right + before, "counted the layers before them too")]
    counts += [(fewest(one.believed), one.text) for one in _ASTRAY]
    if stacked(right).value != wanted:  # else nothing is rounded
        counts.append((right - 1, "rounded the number of layers down"))

    def said(count: int, text: str) -> str:
        pixels = int(stacked(count).value)
        rest = f"not the {wanted} wanted" if pixels < wanted else f"and {right} would do"
        return f"You {text}: {count} layers see {pixels} pixels, {rest}."

    counts = [(count, text) for count, text in counts if 1 < count < _MOST and count != right]
    wrong = [Wrong(count, text, said=said(count, text)) for count, text in counts]
    first, step = (int(stacked(count).value) for count in (0, 1))
    step -= first
    made = choice(
        draw,
        f"{words} {k}×{k} convolutions with stride 1 follow one another until a unit sees at least "
        f"{wanted} pixels of the image along each side. How many of these convolutions does it take?",
        right,
        wrong,
        explained(
            f"Before them, a unit sees {first} pixel{'s' * (first > 1)}; each of them adds (k − 1)·j = "
            f"{step}. So n of them see {first} + {step}·n pixels, and n must be at least ({wanted} − "
            f"{first})/{step}: {right - 1} see {stacked(right - 1).value} pixels, {right} see "
            f"{stacked(right).value}.",
            stacked(right).solution(),
        ),
    )
    seen = dict.fromkeys((right - 1, right, *(count for count, _ in counts)))
    asks = map(stacked, seen)
    return made._replace(claims=tuple(ask.is_(ask.value) for ask in asks), command=None)


def _halved(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """A kernel that reaches to one side of its middle only."""
    if "bias" not in layer.arguments:
        return None
    return layer.replace(kernel=tuple(size // 2 + 1 for size in layer.__dict__["kernel"]))


_ASTRAY = (
    SUMMED_KERNELS,
    WHOLE_KERNEL,
    IGNORED_STRIDES,
    DOUBLED,
    on_layers("counted one side of each kernel's middle only", _halved),
)


#: What stands before them, in words and as layers.
_STARTS = (
    ("Directly on the image,", ""),
    ("After a 7×7 convolution with stride 2,", "conv 16 k=7 s=2 p=3"),
    ("After a 2×2 max pooling with stride 2,", "maxpool 2"),
    (
        "After a 3×3 convolution and a 2×2 max pooling, both with stride 2,",
        "conv 16 k=3 s=2 p=1 | maxpool 2",
    ),
)
#: More layers are not asked for.
_MOST = 24


def _padded(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """A kernel that also covers what is padded."""
    wider = [w.kernel + w.before + w.after for w in windows if isinstance(w, Slide)]
    return layer.replace(kernel=tuple(wider)) if "kernel" in layer.arguments else None


def _as_convolution(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    """A layer without a window taken for one that looks at neighbours."""
    pointwise = "kernel" not in layer.arguments
    return KINDS["maxpool"](kernel=(3,), stride=(1,)) if pointwise else None


@template(
    "rf-statements",
    topic="rf",
    type="truefalse",
    title="What changes a receptive field",
    sources=(
        "000 Receptive Field",
        "003 7.5.3 Receptive Fields: Understanding What Each Pixel Sees",
    ),
)
def rf_statements(draw: Draw) -> Made:
    k, m, s = draw.choose((3, 5, 7)), draw.choose((3, 5)), draw.between(2, 3)
    first, second = f"conv 16 k={k}", f"conv 16 k={m}"
    pool = f"maxpool {s}"
    net = f"3x256x256 | {first} | {pool} | {second}"

    def said(text: str, layers: str, *among: Misconception) -> Said:
        return Said(f"{text}: {{}} pixels.", Ask(f"3x256x256 | {layers}", "rf"), among)

    base = Ask(net, "rf")
    before = instead("thought that it makes no difference", net=net)
    changes = [
        said(
            f"With padding {k // 2} in the first convolution",
            f"{first} p={k // 2} | {pool} | {second}",
            on_layers("let the padding widen the field", _padded),
        ),
        said(
            "With four times as many filters in both convolutions",
            f"conv 64 k={k} | {pool} | conv 64 k={m}",
            _FILTERS,
        ),
        said("With the pooling before both convolutions", f"{pool} | {first} | {second}", before),
        said("With the pooling after both convolutions", f"{first} | {second} | {pool}", before),
        said("Without the pooling", f"{first} | {second}", before),
        said(
            "With batch normalisation and a ReLU after each convolution",
            f"{first} | bn | relu | {pool} | {second} | bn | relu",
            on_layers("let layers that look at one position widen the field", _as_convolution),
        ),
        said(
            "With a 1×1 convolution between the pooling and the last convolution",
            f"{first} | {pool} | conv 16 k=1 | {second}",
            on_layers("let layers that look at one position widen the field", _point_widened),
        ),
        said(
            f"With stride {s} in the first convolution in place of the pooling",
            f"{first} s={s} | {second}",
            before,
        ),
        said(
            "With dilation 2 in the last convolution",
            f"{first} | {pool} | {second} d=2",
            before,
            on_layers("dilated all layers, not the last one alone", _everywhere),
        ),
        said(
            "With stride 2 in the last convolution", f"{first} | {pool} | {second} s=2", JUMP_AFTER
        ),
    ]
    chosen = draw.sample(changes, 4)
    made = truefalse(
        draw,
        f"A {k}×{k} convolution, a {s}×{s} max pooling with stride {s} and a {m}×{m} convolution "
        f"follow one another; without padding and with stride 1 in both convolutions, a unit of the "
        f"output sees {base.value} pixels of the input along one side. How many does it see after each "
        "of these changes, each made alone to that network?",
        chosen,
    )
    body = made.body
    assert isinstance(body, TrueFalse)
    asks = {one.text.partition(":")[0]: one.ask for one in chosen}
    order = [one.text.partition(":")[0] for one in body.statements]
    return made._replace(solution=_change_by_change({text: asks[text] for text in order}))


def _change_by_change(asks: dict[str, Ask]) -> Page:
    """The working of each change under its words, and the letters once."""
    steps = []
    for text, ask in asks.items():
        layers = {one.name for one in nodes(ask.net)}
        parts = [one for one in ask.solution().sections if one.title.partition(" ")[0] in layers]
        lines = [line for one in parts for _, some in one.groups for line in some]
        steps.append(Section(text, [("", lines)]))
    letters = [one for one in merged(map(Ask.solution, asks.values())).sections if not one.title]
    return Page("", [*steps, *letters])


def _point_widened(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    return layer.replace(kernel=(2,)) if layer.__dict__.get("kernel") == (1,) else None


def _everywhere(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    return layer.replace(dilation=(2,)) if "dilation" in layer.arguments else None


def _more(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    return (
        layer.replace(kernel=(4 * layer.__dict__["kernel"][0],))
        if "out" in layer.arguments
        else None
    )


_FILTERS = on_layers("let the number of filters widen their windows", _more)
