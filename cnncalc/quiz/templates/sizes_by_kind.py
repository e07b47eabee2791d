"""Output sizes where a rule of its own applies: ceil mode, same and valid, dilation, transposed."""

from __future__ import annotations

from cnncalc import formulas
from cnncalc.layers import KINDS, Layer
from cnncalc.layers.windows import Spread, Window
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, matching, merged, single, table, told_apart
from cnncalc.quiz.misconceptions import (
    COUNTED_STEPS,
    KEPT_THE_SIZE,
    MULTIPLIED_SPAN,
    PADDED_ONE_SIDE,
    ROUNDED_UP,
    on_layers,
    on_windows,
    stated,
    wrongs,
)
from cnncalc.quiz.model import shown
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import line
from cnncalc.sizes import ceil_div

_BEHIND = on_windows(
    "counted a window that would begin behind the input",
    lambda w, n: formulas.slide(
        n, w.kernel, w.stride, w.before + w.after, w.dilation, divide=ceil_div
    ),
)


@template(
    "pool-floor-ceil",
    topic="size",
    type="table",
    title="Height after pooling, rounded down and rounded up",
    sources=("001 Pooling Summary", "003 7.9.2 Effect and Benefits of Pooling"),
)
def pool_floor_ceil(draw: Draw) -> Made:
    k, s = draw.choose(((2, 2), (3, 2), (3, 3), (4, 3)))
    p, low = draw.between(0, 1), 2 * draw.between(4, 50)
    kind, name = draw.choose((("maxpool", "max"), ("avgpool", "average")))
    rows, differ = [], False
    for n in sorted(low + step for step in draw.sample(range(s + 1), 2)):
        down = Ask(f"8x{n}x{n} | {line(f'{kind} {k}', p=p)} s={s}", "height")
        up = down._replace(net=f"{down.net} ceil=yes")
        differ |= down.value != up.value
        rows.append(
            (
                shown(n),
                (down, [ROUNDED_UP, COUNTED_STEPS, *stated(down)]),
                (up, [_BEHIND, *stated(up)]),
            )
        )
    if not differ:
        raise Redraw("rounding makes no difference")
    padding = f"padding {p} on every side" if p else "no padding"
    return table(
        f"{name.capitalize()} pooling with windows of {k}×{k}, stride {s} and {padding} is applied "
        "to maps of two heights. How high is the output if the size is rounded down, as usual, and "
        "if it is rounded up (`ceil_mode=True` in PyTorch, where a window that would begin behind the "
        "map is left out)?",
        ("input height", "rounded down", "rounded up"),
        rows,
    )


@template(
    "same-valid-size",
    topic="size",
    type="matching",
    title="Heights after same, valid and full padding",
    sources=("003 7.5.2 Mitigating Shrinking Feature Maps: Padding", "001 Padding: 1D Case"),
)
def same_valid_size(draw: Draw) -> Made:
    n, k = draw.between(20, 120), draw.choose((3, 5, 7))
    wide, d = draw.choose((9, 11)), draw.between(2, 3)
    asks = {
        words: Ask(f"3x{n}x{n} | {one}", "height")
        for words, one in (
            (f"{wide}×{wide} convolution with same padding", f"conv 8 k={wide} p=same"),
            (f"{k}×{k} convolution with valid padding", f"conv 8 k={k} p=valid"),
            (
                f"{k}×{k} convolution with dilation {d} and valid padding",
                f"conv 8 k={k} d={d} p=valid",
            ),
            (
                f"{k}×{k} convolution with full padding ({k - 1} zeros on every side)",
                f"conv 8 k={k} p={k - 1}",
            ),
        )
    }
    among = (MULTIPLIED_SPAN, COUNTED_STEPS, PADDED_ONE_SIDE)
    found = told_apart(one for ask in asks.values() for one in wrongs(ask, [*among, *stated(ask)]))
    taken = {ask.value for ask in asks.values()}
    apart = {one.text: one for one in draw.shuffled(found) if one.value not in taken}
    others = draw.sample(apart.values(), 2)
    return matching(
        draw,
        f"An image of {n}×{n} pixels goes into each of these layers, all with stride 1. How high "
        "is the output?",
        [(words, shown(ask.value)) for words, ask in asks.items()],
        [one._replace(value=shown(one.value)) for one in others],
        merged(ask.solution() for ask in asks.values()),
        [ask.is_(ask.value) for ask in asks.values()],
    )


@template(
    "dilated-size",
    topic="size",
    type="single",
    title="Height after a dilated convolution",
    sources=("000 Formula: Effective Kernel Size", "002 a) Dilated (Atrous) Convolution"),
)
def dilated_size(draw: Draw) -> Made:
    n, k, d = draw.between(24, 96), draw.choose((3, 5)), draw.between(2, 4)
    s, p = draw.between(1, 2), draw.between(0, 4)
    ask = Ask(f"16x{n}x{n} | {line('conv 32', k=k, d=d, s=s, p=p)}", "height")
    among = [MULTIPLIED_SPAN, COUNTED_STEPS, PADDED_ONE_SIDE, ROUNDED_UP, KEPT_THE_SIZE]
    padding = f"padding {p} on every side" if p else "no padding"
    return single(
        draw,
        f"A {k}×{k} convolution with dilation {d}, stride {s} and {padding} is applied to a map of "
        f"{n}×{n} pixels. How high is its output?",
        ask,
        [*among, *stated(ask)],
    )


def _upsampled(layer: Layer, windows: tuple[Window, ...]) -> Layer | None:
    strides = tuple(window.stride for window in windows if isinstance(window, Spread))
    return KINDS["upsample"](scale=strides) if strides else None


_TRANSPOSED = (
    on_layers("multiplied the size by the stride, whatever kernel and padding", _upsampled),
    on_windows(
        "counted a stride for every position, not one fewer",
        lambda w, n: formulas.spread(
            n + 1, w.kernel, w.stride, w.before + w.after, w.dilation, w.extra
        ),
        Spread,
    ),
    on_windows(
        "added the padding, which a transposed convolution cuts off",
        lambda w, n: (
            formulas.spread(n, w.kernel, w.stride, 0, w.dilation, w.extra) + (w.before + w.after)
        ),
        Spread,
    ),
    on_windows(
        "cut the padding off on one side only",
        lambda w, n: formulas.spread(n, w.kernel, w.stride, w.before, w.dilation, w.extra),
        Spread,
    ),
)


@template(
    "deconv-size",
    topic="size",
    type="single",
    title="Height after a transposed convolution",
    sources=(
        "000 Transposed Convolution (Deconvolution)",
        "002 d) Transposed Convolution (Deconvolution)",
    ),
)
def deconv_size(draw: Draw) -> Made:
    n, k, s = draw.between(5, 40), draw.between(2, 6), draw.between(2, 4)
    p, extra = draw.between(0, 2), draw.choose((0, 0, 1))
    arguments = line(f"deconv 32 k={k} s={s}", p=p)
    ask = Ask(f"64x{n}x{n} | {arguments}{f' op={extra}' if extra else ''}", "height")
    said = [f"stride {s}", f"padding {p}" if p else "no padding"]
    said += [f"output padding {extra}"] if extra else []
    return single(
        draw,
        f"A {k}×{k} transposed convolution with {', '.join(said[:-1])} and {said[-1]} is "
        f"applied to a map of {n}×{n} pixels. How high is its output?",
        ask,
        [*_TRANSPOSED, *stated(ask)],
    )
