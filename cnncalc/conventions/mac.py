"""The default: multiply–accumulates of convolutions, linear layers and matrix products."""

from __future__ import annotations

from cnncalc.analyses.cost import node_cost
from cnncalc.conventions.base import MACS, Convention, Counted, Rule, Term
from cnncalc.conventions.base import macs as each_mac
from cnncalc.conventions.counting import Place

VERSION = ""
_SOURCE = "torchvision 0.14 and later, references in pytorch/vision#6936 (_ops of the weights)"
_RULE = Rule("1 for each multiply–accumulate", _SOURCE, each_mac)


def count(place: Place) -> Counted:
    """The layer's MACs; everything else is 0 by definition."""
    macs = node_cost(place.layer, place.xs, place.y).macs * place.images
    return Counted((Term(MACS, macs, rule=_RULE),) if macs != 0 else ())


CONVENTIONS = (
    Convention(
        name="mac",
        version=VERSION,
        unit="MAC",
        about="multiply–accumulates alone, biases not counted: torchvision's published numbers, and "
        "what DeepSpeed calls MACs",
        rules=dict.fromkeys(("conv", "conv_transpose", "linear", "bmm"), _RULE),
        counter=count,
        complete=True,
    ),
)
