"""What Netscope CNN Analyzer counts: MACs, and comparisons, additions, divisions, exponentials apart.

Read from dgschwend/netscope, ``src/analyzer.coffee`` (a web page, which is not run here), before its
last commit a5f7aa4, which adds the additions of sums to the MACC. Sizes are those of the network;
Netscope itself rounds the sizes of pooling up, as Caffe does. The total is its MACC.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.conventions.base import (
    ELEMENTWISE,
    MACS,
    OTHER_NORM,
    SIZES,
    Convention,
    Counted,
    Formula,
    Rule,
    Term,
    by_layer,
    globally,
    macs,
)
from cnncalc.conventions.counting import Place
from cnncalc.layers.calls import Call
from cnncalc.layers.windows import Slide, Spread
from cnncalc.sizes import product, ratio

_FILE = "src/analyzer.coffee"
COMPARISONS, ADDITIONS, DIVISIONS, EXPONENTIALS = (
    "comparisons",
    "additions",
    "divisions",
    "exponentials",
)


def _apart(*labels: str) -> Formula:
    """One of each for every element that is read."""
    return lambda call: (Term(label, call.read, apart=True) for label in labels)


def _deconvolution(call: Call) -> Iterator[Term]:
    """in out M (k/s) (k/s): at the output, without its groups."""
    windows = [window for window in call.layer.windows(call.x) if isinstance(window, Spread)]
    share = product(ratio(window.kernel, window.stride) for window in windows)
    theirs = call.x.channels * call.made * share
    yield Term(MACS, call.macs)
    yield Term(SIZES, theirs - call.macs)


def _pool(label: str) -> Formula:
    """An operation for each element of each window; globally, for each that is read."""

    def formula(call: Call) -> Iterator[Term]:
        windows = call.layer.windows(call.x)
        slides = [window for window in windows if isinstance(window, Slide)]
        kernel = product(window.kernel for window in slides)
        yield Term(label, call.made * kernel if slides else call.read, apart=True)

    return formula


def _each(label: str | None) -> Formula:
    """One for each element of the result."""
    if label is None:
        return lambda call: (Term(ELEMENTWISE, call.made),)
    return lambda call: (Term(label, call.made, apart=True),)


def _lrn(call: Call) -> Iterator[Term]:
    """Squares of n neighbouring channels, and what is done with their sum."""
    yield Term(OTHER_NORM, call.layer.__dict__["size"] * call.read)
    yield from _apart(ADDITIONS, EXPONENTIALS, DIVISIONS, DIVISIONS)(call)


RULES = {
    "conv": Rule("1 for each MAC", f"{_FILE}, convolution", macs),
    "conv_transpose": Rule("in·M·k/s·k/s", f"{_FILE}, deconvolution", _deconvolution),
    "linear": Rule("1 for each MAC", f"{_FILE}, innerproduct", macs),
    "max_pool": Rule("M K comparisons", f"{_FILE}, pooling", _pool(COMPARISONS)),
    "avg_pool": Rule("M K additions", f"{_FILE}, pooling", _pool(ADDITIONS)),
    "adaptive_max_pool": Rule("globally, N comparisons", f"{_FILE}, pooling", _pool(COMPARISONS)),
    "adaptive_avg_pool": Rule("globally, N additions", f"{_FILE}, pooling", _pool(ADDITIONS)),
    "batch_norm": Rule(
        "N additions and N divisions", f"{_FILE}, batchnorm", _apart(ADDITIONS, DIVISIONS)
    ),
    **dict.fromkeys(
        ("relu", "hardtanh", "elu", "prelu", "dropout"),
        Rule("N comparisons", f"{_FILE}, relu, relu6, elu, prelu, dropout", _apart(COMPARISONS)),
    ),
    "LocalResponseNorm": Rule(
        "n MACs for each of N; N additions and exponentials, 2N divisions", f"{_FILE}, lrn", _lrn
    ),
    "softmax": Rule(
        "N exponentials, additions and divisions",
        f"{_FILE}, softmax",
        _apart(EXPONENTIALS, ADDITIONS, DIVISIONS),
    ),
    "+": Rule("M additions", f"{_FILE}, eltwise", _each(ADDITIONS)),
    "*": Rule("M MACs", f"{_FILE}, eltwise and scale", _each(None)),
}


def count(place: Place) -> Counted:
    """By Caffe's types of layers."""
    return by_layer(place, RULES, globally)


CONVENTIONS = (
    Convention(
        name="netscope",
        version="before-a5f7aa4",
        unit="MACC",
        about="Netscope CNN Analyzer: its MACC; comparisons, additions, divisions and exponentials "
        "are reported apart",
        rules=RULES,
        counter=count,
    ),
)
