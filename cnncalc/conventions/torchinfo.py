"""What torchinfo counts as mult-adds: parameters times how often it takes them to be used.

Read from torchinfo 1.8.0, which is checked by running it, and from the main branch that follows it. A
module without children whose class is called …Conv… uses its weight and bias at every output position,
any other once for each image; the main branch knows the rows of linear layers too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cnncalc.conventions.base import (
    BIAS,
    MACS,
    SIZES,
    WEIGHTS,
    Convention,
    Counted,
    Rule,
    Term,
    nothing,
)
from cnncalc.conventions.counting import Place
from cnncalc.layers.calls import Call
from cnncalc.sizes import Size, product

_SOURCE = "torchinfo/layer_info.py, calculate_macs"
_CONV = "…Conv…"
_SLIDING = ("Conv", "ConvTranspose")
#: What it looks for among the parameters of a module.
_NAMES = ("weight", "bias")


def _counter(rules: Mapping[str, Rule], rows: bool) -> Callable[[Place], Counted]:
    """Counts by parameters; a linear layer's once for each of its ``rows``, or for each image."""

    def counted(place: Place) -> Counted:
        products = [call for call in place.calls if call.module in (*_SLIDING, "Linear")]
        terms: list[Term] = []
        for call in products:
            slides = call.module in _SLIDING
            times = product(call.y.spatial) if rows or slides else 1
            terms += _product(call, times, rules[_CONV if slides else "Linear"])
        if not products:
            for weight in place.layer.weights(place.xs[0], place.y):
                if weight.trainable and weight.name in _NAMES:
                    once = product(weight.shape) * place.images
                    terms.append(Term(WEIGHTS, once, rule=rules["others"]))
        if place.layer.view or (terms and not products):
            return Counted(tuple(terms))
        missing = dict.fromkeys(call.name for call in place.calls if call not in products)
        return Counted(tuple(terms), tuple(missing))

    return counted


def _product(call: Call, times: Size, rule: Rule) -> Iterator[Term]:
    for weight in call.weights:
        theirs = product(weight.shape) * times * call.images
        if weight.name == "bias":
            yield Term(BIAS, theirs, rule=rule)
        else:
            yield Term(MACS, call.macs, rule=rule)
            yield Term(SIZES, theirs - call.macs, rule=rule)


def _rules(linear: str) -> dict[str, Rule]:
    return {
        _CONV: Rule("weight and bias at every position of the output", _SOURCE, nothing),
        "Linear": Rule(f"weight and bias {linear}", _SOURCE, nothing),
        "others": Rule("weight and bias once for each image", _SOURCE, nothing),
    }


_MAIN = _rules("once for each row")
_RELEASED = _rules("once for each image")

CONVENTIONS = (
    Convention(
        name="torchinfo",
        version="main",
        unit="mult-add",
        about="total mult-adds of torchinfo.summary, main branch after 1.8.0",
        rules=_MAIN,
        counter=_counter(_MAIN, rows=True),
    ),
    Convention(
        name="torchinfo",
        version="1.8.0",
        usual=False,
        unit="mult-add",
        about="total mult-adds of torchinfo.summary, the last release: linear layers count once "
        "for each image, however many tokens there are",
        rules=_RELEASED,
        counter=_counter(_RELEASED, rows=False),
    ),
)
