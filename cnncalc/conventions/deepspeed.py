"""What DeepSpeed's flops profiler counts: 2 for each MAC, biases of convolutions, and functions.

Read from deepspeed 0.19.8 and checked by running it. It replaces functions of
``torch.nn.functional`` and of tensors; operators such as ``+`` are not among them. Its MACs are those of
the convention ``mac``.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc import formulas
from cnncalc.conventions.base import (
    BIAS,
    LABELS,
    SIZES,
    Convention,
    Rule,
    Term,
    bias,
    both,
    by_function,
    doubled,
    made,
    measures_batch,
    read,
    scaled,
)
from cnncalc.layers.calls import Call
from cnncalc.layers.resampling import Upsample
from cnncalc.layers.windows import Slide
from cnncalc.sizes import Size, floor_div, product

VERSION = "0.19.8"
FILE = "deepspeed/profiling/flops_profiler/profiler.py"


def convolution(call: Call) -> Iterator[Term]:
    """At sizes by its own formula, which pads padding='same' equally on both sides."""
    yield from doubled(call)
    biased = call.has("bias")
    if biased:
        yield Term(BIAS, call.made)
    if getattr(call.layer, "padding", None) == "same" and call.layer.__dict__["mode"] == "zeros":
        weight = next(one for one in call.weights if one.uses)
        here = product(call.y.spatial)
        there = product(map(_own_size, call.layer.windows(call.x), call.x.spatial))
        each = 2 * product(weight.shape) + (call.y.channels if biased else 0)
        yield Term(SIZES, each * (there - here) * call.images)


def _own_size(window: object, n: Size) -> Size:
    assert isinstance(window, Slide)
    half = floor_div(formulas.span(window.kernel, window.dilation) - 1, 2)
    return formulas.slide(n, window.kernel, window.stride, 2 * half, window.dilation)


def batch_norm(call: Call) -> Iterator[Term]:
    """As while training where there are no running statistics."""
    formula = scaled(5, 4) if measures_batch(call) else scaled(2, 1)
    yield from formula(call)


def upsample(call: Call) -> Iterator[Term]:
    """M for a scale; for a size, that size alone, without channels and images."""
    if isinstance(call.layer, Upsample) and call.layer.to_size:
        yield Term(LABELS[call.name], product(call.y.spatial))
    else:
        yield from made(1)(call)


_NUMEL = ("relu", "prelu", "elu", "leaky_relu", "relu6", "silu", "gelu", "softmax")
_POOLS = ("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool")
NORM = Rule(
    "5N with a learned scale, 4N without", f"{FILE}, _layer_norm_flops_compute", scaled(5, 4)
)
ELEMENTS = Rule("M", f"{FILE}, _elementwise_flops_compute", made(1))

RULES = {
    "conv": Rule("2 for each MAC, M for the bias", f"{FILE}, _conv_flops_compute", convolution),
    "conv_transpose": Rule(
        "2 for each MAC, M for the bias", f"{FILE}, _conv_trans_flops_compute", both(doubled, bias)
    ),
    "linear": Rule("2 for each MAC, 0 for the bias", f"{FILE}, _linear_flops_compute", doubled),
    "bmm": Rule("2 for each MAC", f"{FILE}, _matmul_flops_compute", doubled),
    "batch_norm": Rule(
        "2N with scale and shift, else N; without running statistics 5N and 4N",
        f"{FILE}, _batch_norm_flops_compute",
        batch_norm,
    ),
    **dict.fromkeys(("layer_norm", "group_norm", "instance_norm"), NORM),
    **{name: Rule("N", f"{FILE}, _{name}_flops_compute", read(1)) for name in _NUMEL},
    **dict.fromkeys(_POOLS, Rule("N", f"{FILE}, _pool_flops_compute", read(1))),
    "interpolate": Rule(
        "M for a scale; for a size its elements, without channels and images",
        f"{FILE}, _upsample_flops_compute",
        upsample,
    ),
    **dict.fromkeys(("Tensor.mul", "Tensor.add"), ELEMENTS),
}

CONVENTIONS = (
    Convention(
        name="deepspeed",
        version=VERSION,
        unit="FLOP",
        about="get_model_profile of DeepSpeed's flops profiler, its FLOPs (its MACs are mac)",
        rules=RULES,
        counter=by_function(RULES),
    ),
)
