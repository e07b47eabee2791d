"""What convnet-burden counts: fused multiply–adds, biases, activations and pooling.

Read from albanie/convnet-burden at 7b3352f, ``core/burden.m``, function computeFlops (it needs MATLAB,
and is not run here). Batch normalisation is taken to be merged into the convolution at test time: 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.conventions.base import (
    LABELS,
    OTHER_NORM,
    Convention,
    Counted,
    Rule,
    Term,
    bias,
    both,
    by_layer,
    globally,
    macs,
    made,
    nothing,
    read,
)
from cnncalc.conventions.counting import Place
from cnncalc.layers.calls import Call
from cnncalc.layers.windows import Slide
from cnncalc.sizes import product

_FILE = "core/burden.m, computeFlops"


def _pool(call: Call) -> Iterator[Term]:
    """2 for each position that the stride steps over."""
    windows = [window for window in call.layer.windows(call.x) if isinstance(window, Slide)]
    stride = product(window.stride for window in windows)
    yield Term(LABELS[call.name], 2 * call.made * stride)


def _normalize(call: Call) -> Iterator[Term]:
    """The factors are taken to be common to all channels."""
    factors = (2 + 2 * call.y.channels) * product(call.y.spatial)
    yield Term(OTHER_NORM, call.made + factors * call.images)


_PRODUCT = Rule("1 for each MAC, M for the bias", f"{_FILE} (vl_nnconv)", both(macs, bias))

RULES = {
    "conv": _PRODUCT,
    "conv_transpose": _PRODUCT._replace(source=f"{_FILE} (vl_nnconvt)"),
    "linear": _PRODUCT,
    "relu": Rule("2M", f"{_FILE} (vl_nnrelu)", made(2)),
    "leaky_relu": Rule("2M", f"{_FILE} (vl_nnrelu)", made(2)),
    **dict.fromkeys(
        ("max_pool", "avg_pool"), Rule("2M times the strides", f"{_FILE} (vl_nnpool)", _pool)
    ),
    **dict.fromkeys(
        ("adaptive_max_pool", "adaptive_avg_pool"),
        Rule("globally, N", f"{_FILE} (vl_nnglobalpool)", read(1)),
    ),
    "interpolate": Rule("4M", f"{_FILE} (vl_nninterp)", made(4)),
    "*": Rule("M", f"{_FILE} (vl_nnscale)", made(1)),
    "LocalResponseNorm": Rule(
        "M + (2 + 2C) for each position", f"{_FILE} (vl_nnnormalize)", _normalize
    ),
    "sigmoid": Rule("0: exponentials are left out", f"{_FILE} (vl_nnsigmoid)", nothing),
    "batch_norm": Rule("0: merged", f"{_FILE} (vl_nnbnorm_wrapper)", nothing),
    "+": Rule("M", f"{_FILE} (vl_nnwsum)", made(1)),
    "softmax": Rule("0: exponentials are left out", f"{_FILE} (vl_nnsoftmax)", nothing),
    "dropout": Rule("0", f"{_FILE} (vl_nndropout_wrapper)", nothing),
}


def count(place: Place) -> Counted:
    """By MatConvNet's functions."""
    return by_layer(place, RULES, globally)


CONVENTIONS = (
    Convention(
        name="burden",
        version="7b3352f",
        unit="FLOP",
        about="convnet-burden: fused multiply–adds with biases, activations and pooling",
        rules=RULES,
        counter=count,
    ),
)
