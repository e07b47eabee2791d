"""Comparisons of designs: which one costs what, and by how much."""

from __future__ import annotations

from cnncalc.quiz.ask import Ask
from cnncalc.quiz.contrasts import Contrast
from cnncalc.quiz.cost_misconceptions import ONE_CHANNEL, ONE_FILTER, ONE_ROW
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import Made, Said, choice, formula, merged, truefalse
from cnncalc.quiz.misconceptions import (
    FLOPS_FOR_MACS,
    PARAMS_FOR_MACS,
    WHOLE_KERNEL,
    instead,
    stated,
    with_arguments,
)
from cnncalc.quiz.model import Wrong
from cnncalc.quiz.registry import template

_STACKED = ("000 What Does It Mean to Stack 3x3 Convolutions?", "000 Parameter Comparison")
#: How many 3×3 convolutions see as much as one with this kernel.
_NUMBERS = {5: "two", 7: "three", 9: "four"}


def _stack(given: str, filters: object, kernel: int, bias: bool = True) -> tuple[str, str]:
    """One convolution, and 3×3 ones that see as much, as lines."""
    words = "" if bias else " bias=no"
    small = [f"b{i} = conv {filters} k=3 p=1{words}" for i in range(1, kernel // 2 + 1)]
    large = f"{given} | a = conv {filters} k={kernel} p={kernel // 2}{words}"
    return large, " | ".join([given, *small])


@template(
    "two-3x3-vs-5x5",
    topic="comparison",
    type="truefalse",
    title="Stacked 3×3 convolutions against one large one: receptive field, parameters, MACs",
    sources=(*_STACKED, "004 1.3.2 The VGG block"),
)
def two_3x3_vs_5x5(draw: Draw) -> Made:
    c, n = draw.choose((4, 6, 8, 10, 16, 20)), draw.choose((8, 10, 12, 14, 16, 20))
    kernel = draw.choose((5, 5, 7))
    large, small = _stack(f"{c}x{n}x{n}", c, kernel)
    only = f"{c}x{n}x{n} | conv {c} k=3 p=1"
    one_of_them = instead("counted one of the small convolutions only", net=only)
    as_large = instead("took the same receptive field for the same cost", net=large)
    params = [Ask(net, "params") for net in (large, small)]
    macs = [Ask(net, "macs") for net in (large, small)]
    field = Ask(small, "rf")
    said = [
        Said(
            "A has {} parameters.",
            params[0],
            [*stated(params[0], taken=False), ONE_ROW, ONE_CHANNEL],
        ),
        Said(
            "B has {} parameters.",
            params[1],
            [*stated(params[1], taken=False), one_of_them, as_large],
        ),
        Said("A takes {} MACs.", macs[0], [FLOPS_FOR_MACS, PARAMS_FOR_MACS, ONE_CHANNEL]),
        Said("B takes {} MACs.", macs[1], [FLOPS_FOR_MACS, one_of_them, as_large]),
        Said(
            "A value of B's output depends on {0}×{0} pixels of its input.",
            field,
            [WHOLE_KERNEL, instead("took the field of one convolution for that of all", net=only)],
        ),
    ]
    return truefalse(
        draw,
        f"A is one {kernel}×{kernel} convolution, B is {_NUMBERS[kernel]} 3×3 convolutions one after "
        f"the other. All have {c} input channels, {c} filters, a bias, and padding that keeps the "
        f"maps at {n}×{n}. Which statements hold? MACs are multiply–accumulate operations, the bias "
        "not counted.",
        draw.sample(said, 4),
    )


def _split(given: str, filters: object, kernel: int, bias: bool) -> str:
    """A column of a kernel and then a row of it."""
    words, half = "" if bias else " bias=no", kernel // 2
    return (
        f"{given} | b1 = conv {filters} k={kernel}x1 p={half}x0{words}"
        f" | b2 = conv {filters} k=1x{kernel} p=0x{half}{words}"
    )


@template(
    "three-3x3-vs-7x7-in-c",
    topic="comparison",
    type="symbolic",
    title="What small convolutions in place of a large one save, in terms of the channels",
    sources=(*_STACKED, "004 1.3.1 fewer wide convolutions or more narrow convolutions?"),
)
def three_3x3_vs_7x7_in_c(draw: Draw) -> Made:
    of, split = draw.choose(("params", "params", "macs")), not draw.below(3)
    kernel, m = draw.choose((3, 5, 7) if split else (5, 7, 9)), draw.between(1, 4)
    bias = of == "params" and bool(draw.below(2))
    channels = "C" if m == 1 else f"{m}C"
    given, filters = ("CxHxW", "C") if m == 1 else (f"({m}*C)xHxW", f"{m}*C")
    large, small = _stack(given, filters, kernel, bias)
    small = _split(given, filters, kernel, bias) if split else small
    contrast = Contrast(large, small, of, "saved")
    _old, new = contrast.asks
    layers = small.split(" | ")[1:]
    alone = [f"{given} | {part}".replace(f"conv {filters}", "conv 1") for part in layers]
    wrong = [
        *contrast.wrongs([with_arguments("forgot the bias", bias=False)] if bias else []),
        contrast.instead(
            "counted one of the small convolutions only", new=f"{given} | {layers[0]}"
        ),
        contrast.instead(
            ONE_FILTER.text,
            old=large.replace(f"conv {filters}", "conv 1"),
            new=" | from input | ".join(
                [alone[0], *(one.partition(" | ")[2] for one in alone[1:])]
            ),
        ),
        Wrong(new.value, "gave what the small convolutions have, not the difference"),
    ]
    small_ones = (
        f"one of {kernel}×1 and one of 1×{kernel}, one after the other"
        if split
        else f"{_NUMBERS[kernel]} 3×3 convolutions, one after the other"
    )
    what = "parameters" if of == "params" else "multiply–accumulate operations (MACs)"
    kept = "" if of == "params" else " The map has H×W positions, and padding keeps them."
    made = formula(
        f"One {kernel}×{kernel} convolution is replaced by {small_ones}, which have the same receptive "
        f"field. Every convolution has {channels} input channels, {channels} filters, and "
        f"{'a' if bias else 'no'} bias.{kept} How many fewer {what} are there, in "
        f"terms of {'C' if of == 'params' else 'C, H and W'}?",
        str(contrast.value),
        wrong,
        contrast.solution(),
        {"C": "channels"} if of == "params" else {"C": "channels", "H": "height", "W": "width"},
    )
    return made._replace(claims=contrast.claims)


@template(
    "gap-vs-flatten",
    topic="comparison",
    type="single",
    title="What global average pooling instead of flattening saves",
    sources=("003 7.9.3 Global Pooling Layers", "000 Network-in-Network (NiN)"),
)
def gap_vs_flatten(draw: Draw) -> Made:
    c, n = draw.choose((16, 32, 48, 64, 96, 128, 256)), draw.between(3, 8)
    units = draw.choose((10, 20, 50, 100))
    given, dense = f"{c}x{n}x{n}", f"flatten | {{}} = linear {units}"
    contrast = Contrast(
        f"{given} | {dense.format('a')}",
        f"{given} | gap | {dense.format('b')}",
        "params",
        "saved",
    )
    old, new = contrast.asks
    wrong = [
        Wrong(old.value, "gave the parameters of the head that flattens", old.working()),
        Wrong(new.value, "gave the parameters that remain", new.working()),
        contrast.instead(
            "counted one row of the maps only", old=f"{c}x1x{n} | {dense.format('a')}"
        ),
        contrast.instead("forgot the bias of what remains", new=f"{contrast.new} bias=no"),
        contrast.instead(
            "counted one class only",
            *(net.replace(f"linear {units}", "linear 1") for net in (contrast.old, contrast.new)),
        ),
    ]
    made = choice(
        draw,
        f"At the end of a network, {c} maps of {n}×{n} are flattened, and a fully connected layer "
        f"with bias gives a value for each of {units} classes. Now global average pooling comes "
        "before it. How many fewer parameters are there?",
        contrast.value,
        wrong,
        merged([Ask(f"{given} | v = flatten", "channels").solution(), contrast.solution()]),
    )
    return made._replace(claims=contrast.claims)
