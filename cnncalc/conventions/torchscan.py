"""What torchscan counts: FLOPs and MACs of modules by two tables, additions of sums one by one.

Read from torchscan 0.2.0 and checked by running it (``crawl_module``, the totals module_flops and macs;
its operator_flops are PyTorch's). A pooling kernel that is given as one number is not taken to the
power of its axes.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.conventions.base import (
    BIAS,
    DOUBLE,
    FIRST_ADD,
    FIXED,
    LABELS,
    MACS,
    SIZES,
    Convention,
    Formula,
    NoClosedForm,
    Rule,
    Term,
    both,
    by_module,
    nothing,
    read,
    scaled,
)
from cnncalc.layers.calls import Call
from cnncalc.sizes import Size, divides, exact_div, is_int, product

VERSION = "0.2.0"
_FLOPS = "torchscan/modules/flops.py"
_MACS = "torchscan/modules/macs.py"


def _sums(call: Call) -> Size:
    """MACs as it takes them: at every element of the output, also of a transposed convolution."""
    weight = next(one for one in call.weights if one.uses)
    if call.name == "linear":
        return call.macs
    groups = exact_div(call.x.channels * call.y.channels, weight.shape[0] * weight.shape[1])
    terms = product(weight.shape[2:]) * exact_div(call.x.channels, groups)
    return call.made * terms


def _one(call: Call) -> Iterator[Term]:
    yield Term(MACS, call.macs)
    yield Term(SIZES, _sums(call) - call.macs)


def _two(call: Call) -> Iterator[Term]:
    """A sum of n products has n − 1 additions; a bias is one more."""
    yield Term(MACS, call.macs)
    yield Term(DOUBLE, call.macs)
    yield Term(SIZES, 2 * (_sums(call) - call.macs))
    yield Term(FIRST_ADD, -call.made)
    if call.has("bias"):
        yield Term(BIAS, call.made)


def _fixed(each: int) -> Formula:
    """So many for each axis, whatever the batch."""
    return lambda call: (Term(FIXED, each * call.x.rank),)


def _batch_norm(call: Call) -> Iterator[Term]:
    yield from scaled(4, 2)(call)
    yield Term(FIXED, 2 * call.x.channels)


def _layer_norm(call: Call) -> Iterator[Term]:
    """Rows are what is normalised together."""
    layer = call.layer
    together = call.x.numel if layer.__dict__["over"] == "all" else call.x.channels
    rows = exact_div(call.x.numel, together) * call.images
    each = 6 + call.has("weight") + call.has("bias")
    yield Term(LABELS[call.name], each * call.read + 2 * rows)


def _pool(divisions: bool) -> Formula:
    """M (K − 1), and a division along each axis."""

    def formula(call: Call) -> Iterator[Term]:
        kernel = product(call.layer.__dict__["kernel"])
        yield Term(LABELS[call.name], call.made * (kernel - 1 + divisions * call.x.rank))

    return formula


def _adaptive(divisions: bool) -> Formula:
    """The same with kernels n/m, or n mod m + 1 where m does not divide n."""

    def formula(call: Call) -> Iterator[Term]:
        kernel = product(map(_kernel, call.x.spatial, call.y.spatial))
        yield Term(LABELS[call.name], call.made * (kernel - 1 + divisions * call.x.rank))

    return formula


def _kernel(n: Size, m: Size) -> Size:
    whole = divides(m, n)
    if whole:
        return exact_div(n, m)
    if whole is None or not (is_int(n) and is_int(m)):
        raise NoClosedForm("kernels of adaptive windows are n mod m + 1 where m does not divide n")
    return n % m + 1


def _dropout(call: Call) -> Iterator[Term]:
    """In evaluation mode too, where nothing is dropped."""
    yield from read(1 if float(call.layer.__dict__["rate"]) > 0 else 0)(call)


def _both_tables(
    file: str, product: Formula, transposed: int, **others: tuple[str, Formula]
) -> dict[str, Rule]:
    words = "1 for each MAC" if product is _one else "2 for each MAC, less M, M for the bias"
    at_output = f"the same at the output's elements, and {transposed} for each axis"
    kind = file.rpartition("/")[2].removesuffix(".py")
    pools: dict[str, tuple[str, Formula]] = {
        "MaxPool": ("M (K − 1), K one number if it is given as one", _pool(False)),
        "AvgPool": ("M (K − 1 + axes), K one number if it is given as one", _pool(True)),
        "AdaptiveMaxPool": ("M (K − 1), K of n/m or n mod m + 1", _adaptive(False)),
        "AdaptiveAvgPool": ("M (K − 1 + axes), K of n/m or n mod m + 1", _adaptive(True)),
    }
    table = {
        "Conv": (words, product),
        "ConvTranspose": (at_output, both(product, _fixed(transposed))),
        "Linear": (words, product),
        **pools,
        **others,
    }
    return {
        name: Rule(text, f"{file}, {kind}_{name.lower()}", formula)
        for name, (text, formula) in table.items()
    }


_LAYER_NORM = ("6N + 2 for each row, N for the weight, N for the bias", _layer_norm)
FLOPS = _both_tables(
    _FLOPS,
    _two,
    8,
    BatchNorm=("4N with scale and shift, else 2N, and 2 for each channel", _batch_norm),
    LayerNorm=_LAYER_NORM,
    LayerNormOfChannels=_LAYER_NORM,
    ReLU=("N", read(1)),
    ReLU6=("2N", read(2)),
    LeakyReLU=("4N", read(4)),
    Sigmoid=("4N", read(4)),
    ELU=("6N", read(6)),
    Tanh=("6N", read(6)),
    Dropout=("N", _dropout),
)
MACS_TABLE = _both_tables(
    _MACS,
    _one,
    4,
    BatchNorm=("2N with scale and shift, else N", scaled(2, 1)),
    **dict.fromkeys(
        ("ReLU", "ELU", "LeakyReLU", "ReLU6", "Tanh", "Sigmoid", "Dropout"), ("0", nothing)
    ),
)

CONVENTIONS = (
    Convention(
        name="torchscan-flops",
        version=VERSION,
        unit="FLOP",
        about="module_flops of torchscan.crawl_module",
        rules=FLOPS,
        counter=by_module(FLOPS),
    ),
    Convention(
        name="torchscan-macs",
        version=VERSION,
        unit="MAC",
        about="macs of torchscan.crawl_module",
        rules=MACS_TABLE,
        counter=by_module(MACS_TABLE),
    ),
)
