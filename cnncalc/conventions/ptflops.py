"""What ptflops counts: MACs, biases, normalisation, activations and pooling; some of them twice.

Read from ptflops 0.7.5 and checked by running it. Its default backend hooks modules (by their exact
class) and also replaces functions of ``torch.nn.functional``, so that what a hooked module calls is
counted again. Sums over hooks are divided by the batch, those over functions are not
(``pytorch_engine.py``, get_flops_pytorch). The batch is that of the first positional input: what is
given by name (an ``input_constructor`` that returns a dict) is one image to it. ``ptflops-module`` is
the same with ``backend_specific_config={'count_functional': False}``, ``ptflops-aten`` is ``backend='aten'``.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.conventions.base import (
    AGAIN,
    UPSAMPLING,
    Convention,
    Counted,
    Rule,
    Term,
    bias,
    both,
    macs,
    made,
    read,
    tabled,
)
from cnncalc.conventions.counting import Place
from cnncalc.layers.calls import Call
from cnncalc.sizes import ratio

VERSION = "0.7.5"
_OPS = "ptflops/pytorch_ops.py"


def _norm(call: Call) -> Iterator[Term]:
    """Twice where the module has an attribute ``affine``; LayerNorm calls it elementwise_affine."""
    affine = call.has("weight") and call.name != "layer_norm"
    yield from read(2 if affine else 1)(call)


def _upsample(call: Call) -> Iterator[Term]:
    """The hook takes the first image for the batch: numel(output[0])."""
    yield Term(UPSAMPLING, call.y.numel)


_CONV = Rule("1 for each MAC, M for the bias", f"{_OPS}, conv_flops_counter_hook", both(macs, bias))
_RELU = Rule("M", f"{_OPS}, relu_flops_counter_hook", made(1))
_POOL = Rule("N", f"{_OPS}, pool_flops_counter_hook", read(1))
_NORM = Rule("2N if affine, else N", f"{_OPS}, bn_flops_counter_hook", _norm)
_POOLS = ("MaxPool", "AvgPool", "AdaptiveMaxPool", "AdaptiveAvgPool")
MODULES = {
    **dict.fromkeys(("Conv", "ConvTranspose"), _CONV),
    "Linear": Rule(
        "1 for each MAC, M for the bias", f"{_OPS}, linear_flops_counter_hook", both(macs, bias)
    ),
    **dict.fromkeys(("ReLU", "PReLU", "ELU", "LeakyReLU", "ReLU6", "GELU"), _RELU),
    **dict.fromkeys(_POOLS, _POOL),
    **dict.fromkeys(("BatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm"), _NORM),
    "Upsample": Rule("M of one image", f"{_OPS}, upsample_flops_counter_hook", _upsample),
}
_NUMEL = Rule("N", f"{_OPS}, _numel_functional_flops_hook", read(1))
_ELEMENTS = Rule("M", f"{_OPS}, _elementwise_tensor_flops_hook", made(1))
FUNCTIONS = {
    **dict.fromkeys(("relu", "prelu", "elu", "relu6", "gelu", "silu", "softmax"), _NUMEL),
    **dict.fromkeys(("max_pool", "avg_pool", "adaptive_max_pool", "adaptive_avg_pool"), _NUMEL),
    "interpolate": Rule("M", f"{_OPS}, _interpolate_functional_flops_hook", made(1)),
    "bmm": Rule("1 for each MAC", f"{_OPS}, _matmul_tensor_flops_hook", macs),
    **dict.fromkeys(("Tensor.mul", "Tensor.add"), _ELEMENTS),
}
ATEN = {
    name: Rule(
        "1 for each MAC, M for the bias", f"ptflops/aten_ops.py, {function}", both(macs, bias)
    )
    for name, function in {
        "conv": "conv_flop",
        "conv_transpose": "conv_flop",
        "linear": "addmm_flop and matmul_flop",
        "bmm": "bmm_flop",
    }.items()
}


def modules(place: Place) -> Counted:
    """By hooks on modules, divided by the number of images."""
    found = tabled(place.calls, MODULES, lambda call: call.module)
    shared = (term._replace(amount=ratio(term.amount, place.images)) for term in found.terms)
    return Counted(tuple(shared), found.missing)


def modules_and_functions(place: Place) -> Counted:
    """The same, and once more by functions, which are not divided."""
    hooked = modules(place)
    terms, missing = list(hooked.terms), []
    for call in place.calls:
        rule = FUNCTIONS.get(call.name)
        again = call.module in MODULES
        if rule is not None:
            for term in rule.formula(call):
                label = AGAIN if again else term.label
                terms.append(term.by(rule, call.name)._replace(label=label))
        elif not again and not place.layer.view:
            missing.append(call.name)
    return Counted(tuple(terms), tuple(dict.fromkeys(missing)))


def operators(place: Place) -> Counted:
    """By what PyTorch dispatches.

    A linear layer on tokens that do not lie in memory in order is a product and an addition, of which
    it knows the product. That a map normalised along its channels (``ln``) lies in memory with them last,
    so that its tokens are in order, is not followed.
    """
    calls = place.calls
    scattered = not place.around.in_order(place.node.inputs[0])
    if calls and calls[0].name == "linear" and calls[0].x.rank and scattered:
        calls = (calls[0]._replace(weights=calls[0].weights[:1]), *calls[1:])
    return tabled(calls, ATEN, lambda call: call.name)


_FUNCTIONAL = {f"{name} (function)": rule for name, rule in FUNCTIONS.items()}

CONVENTIONS = (
    Convention(
        name="ptflops",
        version=VERSION,
        unit="MAC",
        about="ptflops.get_model_complexity_info as it is called by default: hooks on modules, and "
        "replaced functions, by which activations, pooling and upsampling count twice",
        rules={**MODULES, **_FUNCTIONAL},
        counter=modules_and_functions,
        batch="divides what it counts by modules by the batch, and not what it counts by functions",
        floors=True,
    ),
    Convention(
        name="ptflops-module",
        version=VERSION,
        unit="MAC",
        about="the same with count_functional=False: hooks on modules alone",
        rules=MODULES,
        counter=modules,
        batch="divides by the batch",
        floors=True,
    ),
    Convention(
        name="ptflops-aten",
        version=VERSION,
        unit="MAC",
        about="the same with backend='aten': convolutions and matrix products with their biases",
        rules=ATEN,
        counter=operators,
    ),
)
