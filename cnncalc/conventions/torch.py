"""PyTorch's own counter, ``torch.utils.flop_counter.FlopCounterMode``: 2 for each MAC.

Read from torch 2.13.0 and checked by running it. ``torch-train`` counts a backward pass too, from
the sum of all outputs: the passes of :mod:`cnncalc.analyses.training`. What 2.13 counts for weights
of grouped convolutions is too much by a factor of the groups, because it takes both tensors for
dense (pytorch#183405 corrects it): ``torch-train`` is right, and ``torch-train@2.13`` is what it
prints.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.cost import node_cost
from cnncalc.analyses.training import weighted
from cnncalc.conventions.base import (
    DOUBLE,
    GRADIENT_OF_INPUT,
    GRADIENT_OF_WEIGHT,
    GROUPS,
    MACS,
    Convention,
    Counted,
    Rule,
    Term,
    doubled,
)
from cnncalc.conventions.counting import Place
from cnncalc.formulas import flops
from cnncalc.graph import Graph
from cnncalc.sizes import exact_div

VERSION = "2.13.0"
_FILE = "torch/utils/flop_counter.py"

_FORWARD = {
    name: Rule("2 for each multiply–accumulate", f"{_FILE}, {function}", doubled)
    for name, function in {
        "conv": "conv_flop_count",
        "conv_transpose": "conv_flop_count",
        "linear": "addmm_flop and mm_flop",
        "bmm": "bmm_flop",
    }.items()
}


_INPUT = Rule(
    "2 for each MAC, where the input depends on a weight",
    f"{_FILE}, conv_backward_flop; mm_flop",
    doubled,
)
_WEIGHT = Rule("2 for each MAC", f"{_FILE}, conv_backward_flop; mm_flop", doubled)
_GROUPED = Rule(
    "2 for each MAC, times the groups",
    f"{_FILE}, conv_backward_flop (t(x), t(grad_out))",
    doubled,
)
_TRAIN = {**_FORWARD, "gradient of an input": _INPUT, "gradient of a weight": _WEIGHT}


def _missing(place: Place) -> tuple[str, ...]:
    if place.layer.view:
        return ()
    inside = place.layer.inside
    names = [call.name for call in place.calls] if inside is None else _called(inside.first)
    return tuple(dict.fromkeys(name for name in names if name not in _FORWARD))


def _called(graph: Graph) -> Iterator[str]:
    """What the layers of one repetition call."""
    for node in graph:
        if node.layer.inside is not None:
            yield from _called(node.layer.inside.first)
        elif not node.layer.view:
            calls = node.layer.calls(graph.inputs_of(node), node.shape)
            yield from (call.name for call in calls)


def forward(place: Place) -> Counted:
    """2 for each MAC of the layer."""
    macs = node_cost(place.layer, place.xs, place.y).macs * place.images
    labels = (MACS, DOUBLE) if macs != 0 else ()
    terms = (Term(label, macs, rule=_FORWARD["conv"]) for label in labels)
    return Counted(tuple(terms), _missing(place))


def train(place: Place) -> Counted:
    """Forward, then backward: 2 for each MAC of :mod:`cnncalc.analyses.training`."""
    ahead, passes = forward(place), place.passes
    backward = (
        (GRADIENT_OF_INPUT, passes.grad_input, _INPUT),
        (GRADIENT_OF_WEIGHT, passes.grad_weight, _WEIGHT),
    )
    terms = (Term(label, flops(macs), rule=rule) for label, macs, rule in backward if macs != 0)
    return ahead._replace(terms=(*ahead.terms, *terms))


def train_without_groups(place: Place) -> Counted:
    """The same, and what is too much for the weights of grouped convolutions."""
    right = train(place)
    return right._replace(terms=(*right.terms, *_too_much(place))) if place.used else right


def _too_much(place: Place) -> Iterator[Term]:
    """As if every input channel were multiplied with every output channel, whatever the groups."""
    for call in place.calls:
        if call.name in ("conv", "conv_transpose"):
            weight = next(one for one in call.weights if one.uses)
            groups = exact_div(call.x.channels * call.y.channels, weight.shape[0] * weight.shape[1])
            counted = flops(weighted(call.macs).grad_weight)
            yield Term(GROUPS, counted * (groups - 1), rule=_GROUPED)


CONVENTIONS = (
    Convention(
        name="torch",
        version=VERSION,
        unit="FLOP",
        about="torch.utils.flop_counter.FlopCounterMode over a forward pass",
        rules=_FORWARD,
        counter=forward,
    ),
    Convention(
        name="torch-train",
        version="",
        unit="FLOP",
        about="forward and backward, 2 for each MAC, groups counted as they are",
        rules=_TRAIN,
        counter=train,
    ),
    Convention(
        name="torch-train",
        version=VERSION,
        unit="FLOP",
        usual=False,
        about="FlopCounterMode over a forward and a backward pass, with its error for groups: "
        "gradients of the weights of grouped convolutions are counted as of dense ones",
        rules={**_TRAIN, "gradient of a grouped weight": _GROUPED},
        counter=train_without_groups,
    ),
)
