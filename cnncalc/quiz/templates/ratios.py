"""Ratios of costs: what a cheaper design needs of what it replaces."""

from __future__ import annotations

from fractions import Fraction

from cnncalc.derivations import plus
from cnncalc.layers import KINDS
from cnncalc.notation import Number, Quotient
from cnncalc.quiz.contrasts import Contrast
from cnncalc.quiz.cost_misconceptions import GROUPS_TWICE, ONE_ROW
from cnncalc.quiz.draw import Draw, Redraw
from cnncalc.quiz.making import Made, amount, formula, merged
from cnncalc.quiz.misconceptions import stated
from cnncalc.quiz.model import Wrong
from cnncalc.quiz.registry import template
from cnncalc.render.page import Line, Page, Section
from cnncalc.worked import Worked, form_of, named

#: The words of the mistake that depthwise separable convolution states.
_NO_POINTWISE = KINDS["sepconv"].mistakes[-1].text
_MACS = "multiply–accumulate operations (MACs)"


@template(
    "separable-ratio",
    topic="comparison",
    type="numeric",
    title="Cost of a depthwise separable convolution against an ordinary one",
    sources=("003 7.8.6 Depthwise Separable Convolutions", "000 Depthwise Separable Convolution"),
)
def separable_ratio(draw: Draw) -> Made:
    c, m = draw.choose((8, 10, 16, 20, 32)), draw.choose((10, 16, 20, 24, 32, 40, 48, 50, 64))
    k, n, of = draw.choose((3, 5, 7)), draw.choose((8, 10, 14, 16)), draw.choose(("macs", "params"))
    given, depthwise = f"{c}x{n}x{n}", f"b1 = dwconv {k} p={k // 2} bias=no"
    contrast = Contrast(
        f"{given} | a = conv {m} k={k} p={k // 2} bias=no",
        f"{given} | {depthwise} | b2 = conv {m} k=1 bias=no",
        of,
    )
    ratio = Fraction(contrast.value)
    wrong = [
        contrast.instead(_NO_POINTWISE, new=f"{given} | {depthwise}"),
        contrast.instead(
            "left the depthwise convolution out", new=f"{given} | conv {m} k=1 bias=no"
        ),
        Wrong(1 / ratio, "turned the ratio round"),
        Wrong(1 - ratio, "gave what is saved, not what remains"),
        *contrast.wrongs([ONE_ROW]),
    ]
    made = amount(
        f"A {k}×{k} convolution maps {c} channels of {n}×{n} to {m} channels of the same size. It is "
        f"replaced by a depthwise {k}×{k} convolution and a pointwise (1×1) convolution; none has a "
        f"bias. What fraction of {'its MACs' if of == 'macs' else 'its parameters'} do the two "
        "need together? Give a fraction, or a decimal number to three places.",
        ratio,
        wrong,
        merged([contrast.solution(), Page("", [Section("new / old", [("", [_shortened(m, k)])])])]),
        tolerance=Fraction(1, 1000),
    )
    return made._replace(claims=contrast.claims)


def _shortened(m: int, k: int) -> Line:
    """The ratio after what both have is divided out."""
    filters, kernel = named(m, "C′"), named(k, "k")
    values = Worked(m), Worked(k)
    forms = [
        plus(Quotient(Number(1), one.form), Quotient(Number(1), (two * two).form))
        for one, two in ((filters, kernel), values)
    ]
    return Line("in short", [*forms, form_of(Fraction(1, m) + Fraction(1, k * k))])


#: Inputs of images and of clips, how a kernel is said, and which there are.
_RANKS = (("CxHxW", "{k}×{k}", (3, 5, 7, 9)), ("CxDxHxW", "{k}×{k}×{k}", (3, 5)))


@template(
    "separable-ratio-in-m",
    topic="comparison",
    type="symbolic",
    title="Cost of a depthwise separable convolution, in terms of the number of filters",
    sources=("003 7.8.6 Depthwise Separable Convolutions", "000 Depthwise Separable Convolution"),
)
def separable_ratio_in_m(draw: Draw) -> Made:
    given, said, kernels = draw.choose((_RANKS[0], *_RANKS))
    k, m, of = draw.choose(kernels), draw.between(1, 4), draw.choose(("macs", "params"))
    filters = "M" if m == 1 else f"{m}*M"
    old = f"{given} | a = conv {filters} k={k} p={k // 2} bias=no"
    depthwise, pointwise = f"b1 = dwconv {k} p={k // 2} bias=no", f"b2 = conv {filters} k=1 bias=no"
    contrast = Contrast(old, f"{given} | {depthwise} | {pointwise}", of)
    wrong = [
        contrast.instead(_NO_POINTWISE, new=f"{given} | {depthwise}"),
        contrast.instead("left the depthwise convolution out", new=f"{given} | {pointwise}"),
        Wrong(f"1/({contrast.value})", "turned the ratio round"),
        Wrong(f"1 - ({contrast.value})", "gave what is saved, not what remains"),
    ]
    kernel = said.format(k=k)
    one = said.format(k=1)
    made = formula(
        f"A convolution with a kernel of {kernel} takes C channels to {filters.replace('*', '')}, with "
        f"padding that keeps the size. It is replaced by a depthwise convolution with a kernel of "
        f"{kernel}, and a convolution with a kernel of {one}; none has a bias. What is the ratio of the "
        f"{'MACs' if of == 'macs' else 'parameters'}, new to old, in terms of M?",
        str(contrast.value),
        wrong,
        contrast.solution(),
        {"M": "filters"},
    )
    return made._replace(claims=contrast.claims)


@template(
    "bottleneck-saving",
    topic="comparison",
    type="numeric",
    title="What a 1×1 convolution before a large one saves, in per cent",
    sources=(
        "003 Efficiency of 1x1 Convolutions as a Bottleneck",
        "000 Parameter Comparison Example",
    ),
)
def bottleneck_saving(draw: Draw) -> Made:
    c, k = draw.choose((32, 40, 48, 64, 80, 96, 100)), draw.choose((3, 5))
    m, r = draw.choose((1, 2)) * c, draw.choose((8, 10, 12, 16, 20, 24, 32))
    n, of = draw.choose((8, 10, 14)), draw.choose(("macs", "params"))
    if not 2 <= c / r <= 8:
        raise Redraw("not what a bottleneck is for")
    given, last = f"{c}x{n}x{n}", f"conv {m} k={k} p={k // 2} bias=no"
    narrow = f"{given} | b1 = conv {r} k=1 bias=no"
    contrast = Contrast(f"{given} | a = {last}", f"{narrow} | b2 = {last}", of)
    saved = 100 * (1 - Worked(Fraction(contrast.value)))
    nearest = round(saved.value)
    found = {
        _NO_POINTWISE: contrast.instead("", new=f"{r}x{n}x{n} | {last}"),
        "compared the 1×1 convolution alone with the large one": contrast.instead("", new=narrow),
    }
    lines = [Line("saved", [saved.form, form_of(saved.value)], "%")]
    if saved.value != nearest:
        lines.append(Line("rounded", [form_of(nearest)], "%"))
    made = amount(
        f"A {k}×{k} convolution maps {c} channels of {n}×{n} to {m} channels of the same size. Now a "
        f"1×1 convolution reduces the channels to {r} first, and the {k}×{k} convolution maps these "
        f"to {m}; none has a bias. By how many per cent does the number of "
        f"{_MACS if of == 'macs' else 'parameters'} fall? Give the nearest whole number.",
        nearest,
        [
            Wrong(100 - nearest, "gave the share that remains"),
            *(Wrong(round(100 * (1 - Fraction(one.value))), text) for text, one in found.items()),
        ],
        merged([contrast.solution(), Page("", [Section("in per cent", [("", lines)])])]),
        "%",
        Fraction(1, 2),
    )
    return made._replace(claims=contrast.claims)


@template(
    "grouped-ratio-in-g",
    topic="comparison",
    type="symbolic",
    title="Cost of a grouped convolution, in terms of the number of groups",
    sources=("000 Impact on Parameters and Computation", "000 Modern Uses of Grouped Convolution"),
)
def grouped_ratio_in_g(draw: Draw) -> Made:
    k, m, of = draw.choose((3, 5, 7)), draw.between(2, 6), draw.choose(("macs", "params"))
    shape = f"k={k} p={k // 2} bias=no"
    old, mixed = f"CxHxW | a = conv C {shape}", bool(draw.below(2))
    if mixed:
        grouped = f"CxHxW | b1 = conv C {shape} g=g"
        new = f"{grouped} | b2 = conv {m - 1}*C k=1 bias=no"
        filters = "C" if m == 2 else f"{m - 1}C"
        words = f"g groups and C filters, followed by a 1×1 convolution with {filters} filters"
    else:
        grouped = new = f"CxHxW | b = conv {m}*C {shape} g=g"
        words = f"g groups and {m}C filters"
    contrast = Contrast(old, new, of)
    ignored = "counted all input channels for each filter, not only its group's"
    wrong = contrast.wrongs(
        [GROUPS_TWICE, *(one for one in stated(contrast.asks[1]) if one.text == ignored)]
    )
    if mixed:
        wrong.append(contrast.instead(_NO_POINTWISE, new=grouped))
    else:
        text = "counted as many filters as before"
        wrong.append(contrast.instead(text, new=f"CxHxW | b = conv C {shape} g=g"))
    made = formula(
        f"A {k}×{k} convolution has C input channels and C filters. It is replaced by a grouped one "
        f"with the same kernel and padding: {words}. There are no biases. What is the ratio of the "
        f"{'MACs' if of == 'macs' else 'parameters'}, new to old, in terms of g?",
        str(contrast.value),
        wrong,
        contrast.solution(),
        {"g": "groups"},
    )
    return made._replace(claims=contrast.claims)
