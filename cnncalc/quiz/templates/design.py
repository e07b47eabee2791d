"""What to choose so that a size comes out: a padding, a kernel, a stride, an output padding."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from cnncalc import formulas
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.field_misconceptions import NO_POOLING
from cnncalc.quiz.fitting import (
    Fit,
    explained,
    fitting,
    fitting_number,
    inferred,
    only_fit,
    value_of,
)
from cnncalc.quiz.making import Made, merged, table, told_apart
from cnncalc.quiz.misconceptions import (
    COUNTED_STEPS,
    MULTIPLIED_SPAN,
    PADDED_ONE_SIDE,
    PADDED_TWICE,
    stated,
)
from cnncalc.quiz.model import Numeric, shown
from cnncalc.quiz.registry import template
from cnncalc.quiz.wording import a, layer_words, line, nodes, sentence


def _command(net: str, wanted: str) -> str:
    """``net`` leaves out what is asked for: the argument of its first convolution."""
    argument, _, rest = wanted.partition(" ")
    return f'cnncalc solve "{net}" --for conv1.{argument} --such-that "{rest}"'


@template(
    "padding-to-keep",
    topic="design",
    type="single",
    title="Padding that keeps or halves the height",
    sources=("003 7.5.2 Mitigating Shrinking Feature Maps: Padding", "001 Padding: 1D Case"),
)
def padding_to_keep(draw: Draw) -> Made:
    k, d = draw.choose((3, 5, 7, 9, 11)), draw.choose((1, 1, 2, 3, 4))
    n, s = 8 * draw.between(3, 28), 1 if d > 1 else draw.between(1, 2)
    bare = line(f"conv 16 k={k}", s=s, d=d)

    def padded(p: int) -> Ask:
        return Ask(f"8x{n}x{n} | {bare} p={p}", "height")

    before, _ = formulas.same_padding(k, d)
    right = Fit(before, padded(before))
    if right.ask.value != n // s:
        raise Redraw("it does not come out even")
    apart = {p: Fit(p, padded(p), text) for text, p in reversed(_paddings(k, d)) if p > 0}
    dilated = f"dilation {d} and " if d > 1 else ""
    goal = "half as high as its input" if s == 2 else "as high as its input"
    made = fitting(
        draw,
        f"{sentence(a(f'{k}×{k} convolution'))} with {dilated}stride {s} is applied to maps of {n}×{n} "
        f"pixels. Which padding (on every side) makes the output exactly {goal}?",
        right,
        apart.values(),
        "The padding of both sides must make up for the span of the kernel beyond one position, "
        "d·(k − 1), so that each side has p = d·(k − 1)/2.",
    )
    relation = "2*output.h == input.h" if s == 2 else "output.h == input.h"
    return made._replace(command=_command(f"8x{n}x{n} | {bare}", f"padding {relation}"))


def _paddings(k: int, d: int) -> list[tuple[str, int]]:
    """What one pads with in place of d(k − 1)/2."""
    before, after = formulas.same_padding(k, d)
    return [
        (PADDED_TWICE.text, before + after),
        ("padded with the size of the kernel", k),
        ("took the dilation for the padding", d if d > 1 else 0),
        ("took padding 1, which fits a 3×3 kernel without dilation", 1),
        ("treated the dilation as 1", formulas.same_padding(k)[0]),
        ("rounded half the kernel up", k - k // 2),
        (MULTIPLIED_SPAN.text, formulas.same_padding(d * k)[1]),
        ("halved the padding twice", before // 2),
    ]


@template(
    "padding-table",
    topic="design",
    type="table",
    title="Paddings with which the layers of a network keep the size or halve it",
    sources=("003 7.5.2 Mitigating Shrinking Feature Maps: Padding", "001 Convolution Summary"),
)
def padding_table(draw: Draw) -> Made:
    n, out = 8 * draw.between(9, 28), draw.choose((8, 16, 32))
    layers = [
        ("conv", draw.choose((5, 7)), 1, 1),
        ("conv", draw.choose((3, 5)), 1, draw.between(2, 4)),
        ("conv", draw.choose((3, 5, 7)), 2, 1),
        ("maxpool", draw.choose((3, 5)), 2, 1),
    ]
    rows, asks, claims = [], [], []
    for kind, k, s, d in draw.shuffled(layers):
        filters = f" {out}" if kind == "conv" else ""
        bare = line(f"{kind}{filters} k={k}", s=s, d=d)
        before, _ = formulas.same_padding(k, d)
        right = Fit(before, Ask(f"8x{n}x{n} | {bare} p={before}", "height"))
        if value_of(right.ask) != n // s:
            raise Redraw("it does not come out even")
        fits = [
            Fit(p, Ask(f"8x{n}x{n} | {bare} p={p}", "height"), text)
            for text, p in _paddings(k, d)
            if 0 < p != before
        ]
        wrong = [one.wrong(n // s) for one in fits if value_of(one.ask) not in (None, n // s)]
        words = layer_words(nodes(f"8x{n}x{n} | {bare}")[0].layer).replace(f", {out} filters", "")
        rows.append((words, shown(n), shown(n // s), Numeric(before, tuple(told_apart(wrong)))))
        asks.append(right.ask)
        claims.append(right.ask.is_(n // s))
        n //= s
    made = table(
        "These layers follow one another. Where no stride is given it is 1. Fill in the padding on "
        "every side with which each of them makes the given output of its input.",
        ("layer", "input height", "output height", "padding"),
        rows,
        explained(
            "The padding of both sides must make up for the span of the kernel beyond one position, "
            "d·(k − 1), so that each side has p = d·(k − 1)/2; a stride of 2 then halves an even height.",
            merged(ask.solution() for ask in asks),
        ),
    )
    return made._replace(claims=tuple(claims))


@template(
    "kernel-to-infer",
    topic="design",
    type="single",
    title="Kernel inferred from the sizes before and after",
    sources=("001 Convolution Summary", "003 7.5.1 How Convolution Affects Spatial Size"),
)
def kernel_to_infer(draw: Draw) -> Made:
    s = draw.between(1, 2)
    k = draw.between(3, 9) if s == 1 else draw.choose((3, 5, 7, 9))
    n, p, d = draw.between(28, 128), draw.between(1, 3), draw.between(1, 2)

    def with_kernel(size: int) -> Ask:
        return Ask(f"3x{n}x{n} | {line(f'conv 16 k={size}', s=s, p=p, d=d)}", "height")

    m = int(with_kernel(k).value)
    left = n + 2 * p - s * (m - 1)
    found = inferred(
        with_kernel,
        m,
        range(1, 3 * k + 4, s),
        [PADDED_TWICE, MULTIPLIED_SPAN, PADDED_ONE_SIDE, COUNTED_STEPS, *stated(with_kernel(k))],
        f"The window takes m − 1 = {m - 1} steps of {s} over n + 2p = {n + 2 * p} positions, so {left} "
        f"are left for its span, d·(k − 1) + 1"
        f"{f', and for less than a step of {s} behind it' if s > 1 else ''}. So k = {k}.",
    )
    odd = "odd " if s > 1 else ""
    dilated = f"dilation {d}, " if d > 1 else ""
    made = found.single(
        draw,
        f"A convolution with {dilated}stride {s} and padding {p} makes a map of {m}×{m} from an "
        f"image of {n}×{n} pixels. Which {odd}size does its kernel have (along one side)?",
    )
    net = f"3x{n}x{n} | {line('conv 16 k=1', s=s, p=p, d=d)}"
    return made._replace(command=_command(net, f"kernel output.h == {m}"))


@template(
    "stride-to-infer",
    topic="design",
    type="numeric",
    title="Stride inferred from the sizes around a convolution and a pooling",
    sources=("003 7.5.4 Controlling Spatial Reduction with Strides", "001 Strided Convolution"),
)
def stride_to_infer(draw: Draw) -> Made:
    n, k, s = 8 * draw.between(12, 40), draw.choose((3, 5, 7, 11)), draw.between(2, 5)
    p, pool = draw.between(0, k // 2), draw.choose((2, 3))

    def with_stride(step: int) -> Ask:
        net = f"3x{n}x{n} | {line(f'conv 16 k={k}', s=step, p=p)} | maxpool {pool} s=2"
        return Ask(net, "height")

    ask = with_stride(s)
    only_fit(with_stride, ask.value, range(1, 13))
    padding = f"padding {p} on every side" if p else "no padding"
    pooled = [one for one in range(pool, n) if formulas.slide(one, pool, 2) == ask.value]
    made = fitting_number(
        f"An image of {n}×{n} pixels goes through {a(f'{k}×{k} convolution')} with stride s and "
        f"{padding}, and then through a {pool}×{pool} max pooling with stride 2 and no padding. The "
        f"output has {ask.value}×{ask.value} positions. What is s?",
        Fit(s, ask),
        [
            Fit(2 * s, with_stride(2 * s), NO_POOLING.text),
            # The map shrinks to a 2s-th, as if s' + 2 = 2s.
            Fit(2 * s - 2, with_stride(2 * s - 2), "added the strides, which multiply"),
            Fit(1, with_stride(1), "took the pooling for all that makes the map smaller"),
        ],
        f"Going back from the output: the map before the pooling is {' or '.join(map(str, pooled))} "
        f"high, so the convolution takes {' or '.join(str(one - 1) for one in pooled)} steps of s over "
        f"n + 2p − k = {n + 2 * p - k} positions. Only s = {s} does.",
    )
    net = f"3x{n}x{n} | {line(f'conv 16 k={k}', p=p)} | maxpool {pool} s=2"
    return made._replace(command=_command(net, f"stride output.h == {ask.value}"))


#: Ways to choose a transposed convolution wrongly, from one that fits: kernel, padding, output
#: padding.
_ASTRAY: dict[str, Callable[[int, int, int], tuple[int, int, int]]] = {
    "forgot the output padding": lambda k, p, extra: (k, p, 0),
    "added an output padding that is not needed": lambda k, p, extra: (k, p, 1),
    "forgot that padding makes the output smaller": lambda k, p, extra: (k, 0, extra),
    "took the padding of one side for that of both": lambda k, p, extra: (k, 2 * p, extra),
    "took the padding that keeps the size in a convolution": lambda k, p, extra: (
        k,
        (k - 1) // 2,
        extra,
    ),
    "made the kernel as large as the stride, whatever the padding": lambda k, p, extra: (
        k + extra - 2 * p,
        p,
        0,
    ),
}


def _enlarged(n: int, s: int, k: int, p: int, extra: int) -> Ask:
    return Ask(f"32x{n}x{n} | deconv 16 k={k} s={s} p={p} op={extra}", "height")


@cache
def _exact(s: int, n: int = 8) -> list[tuple[int, int, int]]:
    """Kernels, paddings and output paddings that enlarge exactly by the stride."""
    return [
        (k, p, extra)
        for k in range(s, 3 * s + 1)
        for p in range(k // 2 + 1)
        for extra in (0, 1)
        if _enlarged(n, s, k, p, extra).value == s * n
    ]


@template(
    "deconv-output-padding",
    topic="design",
    type="single",
    title="Transposed convolution that enlarges a map exactly",
    sources=(
        "000 Transposed Convolution (Deconvolution)",
        "002 d) Transposed Convolution (Deconvolution)",
    ),
)
def deconv_output_padding(draw: Draw) -> Made:
    s, n = draw.choose((2, 2, 3, 4)), draw.between(7, 64)

    def fit(k: int, p: int, extra: int, text: str = "") -> Fit:
        words = f"kernel {k}, padding {p}, output padding {extra}"
        return Fit(words, _enlarged(n, s, k, p, extra), text)

    good = _exact(s)
    right = fit(*draw.choose(good))
    others = {}
    for text, astray in _ASTRAY.items():
        made = astray(*draw.choose(good))
        if made[0] > 0:
            others[made] = fit(*made, text)
    times = {2: "doubles", 3: "triples", 4: "quadruples"}[s]
    return fitting(
        draw,
        f"Which transposed convolution with stride {s} exactly {times} the height and width of a "
        f"map of {n}×{n} pixels?",
        right,
        others.values(),
        "A transposed convolution gives (n − 1)·s − 2p + k + output padding, which is s·n where "
        "k + output padding − 2p = s.",
    )
