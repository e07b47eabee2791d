"""What ultralytics-thop counts: thop with corrected rules.

Derived from its behaviour, version 2.2.3 (it is under the AGPL; nothing is copied), and checked by
running it: transposed convolutions count their MACs, averages the elements of their windows. Rules are
for subclasses too, and products that no module with a rule runs are counted where they are called.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from cnncalc.conventions import thop
from cnncalc.conventions.base import (
    LABELS,
    Convention,
    NoClosedForm,
    Rule,
    Term,
    both,
    macs,
    made,
    nothing,
    tabled,
)
from cnncalc.layers.calls import Call
from cnncalc.layers.windows import Slide
from cnncalc.sizes import Size, exact_div, is_int, product

VERSION = "2.2.3"
_HOOKS = "thop/vision/basic_hooks.py"


def _average(call: Call) -> Iterator[Term]:
    """An addition for each element of each window, and a division for each result."""
    include = call.layer.__dict__["count_include_pad"]
    axes = zip(call.layer.windows(call.x), call.x.spatial, call.y.spatial)
    sums = product(_covered(window, n, m, include) for window, n, m in axes)
    yield Term(LABELS[call.name], call.x.channels * call.images * sums + call.made)


def _covered(window: object, n: Size, m: Size, include: bool) -> Size:
    """Elements in all windows along an axis, cut off at the map (or at its padding)."""
    assert isinstance(window, Slide)
    kernel, stride, pad = window.kernel, window.stride, window.before
    if not window.ceil and (include or pad == 0):
        return kernel * m
    if not all(map(is_int, (kernel, stride, pad, n, m))):
        raise NoClosedForm("windows at the border are cut off, by how much depends on the size")
    low, high = (-pad, n + pad) if include else (0, n)
    starts = (unit * stride - pad for unit in range(m))
    return sum(max(0, min(start + kernel, high) - max(start, low)) for start in starts)


def _adaptive(call: Call) -> Iterator[Term]:
    """The same for adaptive windows, which overlap where they do not divide the map."""
    sums = product(_adapted(n, m) for n, m in zip(call.x.spatial, call.y.spatial))
    yield Term(LABELS[call.name], call.x.channels * call.images * sums + call.made)


def _adapted(n: Size, m: Size) -> Size:
    """Elements in m adaptive windows over n positions: n + m − gcd(n, m)."""
    if m == 1:
        return n
    if not (is_int(n) and is_int(m)):
        raise NoClosedForm("adaptive windows overlap by the greatest common divisor of the sizes")
    return n + m - gcd(n, m)


def _log_softmax(call: Call) -> Iterator[Term]:
    yield Term(LABELS[call.name], exact_div(call.read, call.x.channels))


def _upsample(call: Call) -> Iterator[Term]:
    linear = call.layer.__dict__["mode"] != "nearest"
    yield from made((5, 11, 31)[call.x.rank - 1] if linear else 0)(call)


_ZERO = Rule("0", f"{_HOOKS}, zero_ops", nothing)

RULES = {
    **thop.RULES,
    "ConvTranspose": Rule("1 for each MAC", f"{_HOOKS}, count_convtNd", macs),
    "LeakyReLU": _ZERO,
    "GroupNorm": thop.NORM,
    "LayerNormOfChannels": thop.NORM,
    "AvgPool": Rule("elements of the windows + M", f"{_HOOKS}, count_avgpool", _average),
    "AdaptiveAvgPool": Rule(
        "elements of the windows + M", f"{_HOOKS}, count_adap_avgpool", _adaptive
    ),
    "LogSoftmax": Rule(
        "3n for each row of n", f"{_HOOKS}, count_softmax", both(thop.softmax, _log_softmax)
    ),
    "Upsample": Rule(
        "0 nearest, 5M linear, 11M bilinear, 31M trilinear", f"{_HOOKS}, count_upsample", _upsample
    ),
}

#: Products, where no module with a rule runs them.
FUNCTIONS = {
    name: Rule("1 for each MAC", "thop/profile.py, functional_hooks", macs)
    for name in ("linear", "bmm")
}


def _key(call: Call) -> str | None:
    return call.name if call.name in FUNCTIONS and call.module not in RULES else call.module


CONVENTIONS = (
    Convention(
        name="ultralytics-thop",
        version=VERSION,
        unit="MAC",
        about="thop.profile of the package ultralytics-thop, which replaces thop",
        rules={**RULES, **FUNCTIONS},
        counter=lambda place: tabled(place.calls, {**RULES, **FUNCTIONS}, _key),
    ),
)
