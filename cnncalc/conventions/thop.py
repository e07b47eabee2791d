"""What thop counts: MACs without biases, and normalisation, averages and softmax by hand-made rules.

Read from thop 0.1.1.post2209072238 and checked by running it. It hooks modules by their exact class
(``thop/profile.py``, register_hooks). Modules in no table are 0, parameters included.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.conventions.base import (
    LABELS,
    MACS,
    SIZES,
    Convention,
    NoClosedForm,
    Rule,
    Term,
    by_module,
    macs,
    made,
    nothing,
    read,
    scaled,
)
from cnncalc.layers.calls import Call
from cnncalc.sizes import Size, equal, exact_div, is_int, product

VERSION = "0.1.1.post2209072238"
_HOOKS = "thop/vision/basic_hooks.py"


def _transposed(call: Call) -> Iterator[Term]:
    """As a convolution of its output: M (C/g) times the kernel's last axes."""
    weight = next(one for one in call.weights if one.uses)
    groups = exact_div(call.x.channels * call.y.channels, weight.shape[0] * weight.shape[1])
    theirs = call.made * exact_div(call.x.channels, groups) * product(weight.shape[2:])
    yield Term(MACS, call.macs)
    yield Term(SIZES, theirs - call.macs)


def _adaptive(call: Call) -> Iterator[Term]:
    """(n/m + 1) M with n/m in floating point, cut off: N + M, or one less by rounding."""
    if all(_divides(m, n) for n, m in zip(call.x.spatial, call.y.spatial)):
        yield Term(LABELS[call.name], call.read + call.made)
        return
    if not all(map(is_int, (*call.x, *call.y, call.images))):
        raise NoClosedForm("n/m of adaptive windows is computed in floating point and cut off")
    share = 1.0
    for n, m in zip(call.x.spatial, call.y.spatial):
        share *= n / m
    yield Term(LABELS[call.name], int((share + 1) * call.made))


def _divides(m: Size, n: Size) -> bool:
    """Is n/m a whole number, so that nothing is rounded?"""
    return equal(m, 1) is True or (is_int(m) and is_int(n) and n % m == 0)


def softmax(call: Call) -> Iterator[Term]:
    """3n − 1 for each row of n."""
    rows = exact_div(call.read, call.x.channels)
    yield Term(LABELS[call.name], rows * (3 * call.x.channels - 1))


def _upsample(call: Call) -> Iterator[Term]:
    linear = call.layer.__dict__["mode"] != "nearest"
    times = (5, 11, 0)[call.x.rank - 1] if linear else 1
    yield from made(times)(call)


NORM = Rule("4N with a learned scale, else 2N", f"{_HOOKS}, count_normalization", scaled(4, 2))
_CONV = Rule("1 for each MAC", f"{_HOOKS}, count_convNd", macs)
_ZERO = Rule("0", f"{_HOOKS}, zero_ops", nothing)

RULES = {
    "Conv": _CONV,
    "ConvTranspose": Rule("M (C/g) K", f"{_HOOKS}, count_convNd", _transposed),
    "Linear": Rule("1 for each MAC", f"{_HOOKS}, count_linear", macs),
    **dict.fromkeys(("BatchNorm", "LayerNorm", "InstanceNorm"), NORM),
    "PReLU": Rule("N", f"{_HOOKS}, count_prelu", read(1)),
    "LeakyReLU": Rule("0", f"{_HOOKS}, count_relu", nothing),
    **dict.fromkeys(("ReLU", "ReLU6", "Dropout", "MaxPool", "AdaptiveMaxPool"), _ZERO),
    "AvgPool": Rule("M", f"{_HOOKS}, count_avgpool", made(1)),
    "AdaptiveAvgPool": Rule("(n/m + 1) M, cut off", f"{_HOOKS}, count_adap_avgpool", _adaptive),
    "Softmax": Rule("(3n − 1) for each row of n", f"{_HOOKS}, count_softmax", softmax),
    "Upsample": Rule(
        "M nearest, 5M linear, 11M bilinear, 0 trilinear", f"{_HOOKS}, count_upsample", _upsample
    ),
}

CONVENTIONS = (
    Convention(
        name="thop",
        version=VERSION,
        unit="MAC",
        about="thop.profile: MACs without biases, and rules for some modules",
        rules=RULES,
        counter=by_module(RULES),
    ),
)
