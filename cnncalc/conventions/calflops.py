"""What calflops counts: DeepSpeed's profiler of 2023, with differences.

Read from calflops 0.3.2 and checked by running it: transposed convolutions are divided by their groups
once more and take the size of a convolution for their bias, upsampling counts its input, and ``bmm`` is
not among the functions that it replaces.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc import formulas
from cnncalc.conventions import deepspeed
from cnncalc.conventions.base import (
    BIAS,
    DOUBLE,
    LABELS,
    MACS,
    SIZES,
    Convention,
    Rule,
    Term,
    by_function,
    read,
)
from cnncalc.layers.calls import Call
from cnncalc.layers.resampling import Upsample
from cnncalc.layers.windows import Spread
from cnncalc.sizes import Size, exact_div, floor_div, product

VERSION = "0.3.2"
_FILE = "calflops/pytorch_ops.py"


def _transposed(call: Call) -> Iterator[Term]:
    """weight.shape[1] is out/groups already, and is divided by the groups again."""
    weight = next(one for one in call.weights if one.uses)
    each = weight.shape[1]
    groups = exact_div(call.y.channels, each)
    kernel = product(weight.shape[2:])
    theirs = kernel * call.x.channels * floor_div(each, groups) * product(call.x.spatial)
    yield Term(MACS, call.macs)
    yield Term(DOUBLE, call.macs)
    yield Term(SIZES, 2 * (theirs * call.images - call.macs))
    if call.has("bias"):
        sizes = product(map(_as_convolution, call.layer.windows(call.x), call.x.spatial))
        yield Term(BIAS, each * call.images * sizes)


def _as_convolution(window: object, n: Size) -> Size:
    """What a convolution with the same arguments would leave of n positions."""
    assert isinstance(window, Spread)
    padding = window.before + window.after
    return formulas.slide(n, window.kernel, window.stride, padding, window.dilation)


def _upsample(call: Call) -> Iterator[Term]:
    """N: the product with the scale is computed and dropped (and fails for a scale per axis)."""
    if isinstance(call.layer, Upsample) and call.layer.to_size:
        yield Term(LABELS[call.name], product(call.y.spatial))
    else:
        yield from read(1)(call)


def _here(rule: Rule) -> Rule:
    return rule._replace(source=rule.source.replace(deepspeed.FILE, _FILE))


RULES = {
    **{name: _here(rule) for name, rule in deepspeed.RULES.items() if name != "bmm"},
    "conv_transpose": Rule(
        "2 for each MAC, over the groups; for the bias out/g times the size after a convolution",
        f"{_FILE}, _conv_trans_flops_compute",
        _transposed,
    ),
    "interpolate": Rule(
        "N for a scale; for a size its elements, without channels and images",
        f"{_FILE}, _upsample_flops_compute",
        _upsample,
    ),
}

CONVENTIONS = (
    Convention(
        name="calflops",
        version=VERSION,
        unit="FLOP",
        about="calflops.calculate_flops, its FLOPs",
        rules=RULES,
        counter=by_function(RULES),
    ),
)
