"""What onnx-tool counts on the exported network: instructions of an x86 processor ("real MACs").

Read from onnx-tool 1.0.1 (``onnx_tool/node.py``) and checked by running it on what
``torch.onnx.export(…, dynamo=False)`` of torch 2.13.0 writes. That exporter folds a batch
normalisation into the convolution before it, which then has a bias; dropout between them is not
exported. Where pooling that rounds up leaves out a last window (which would start outside the input),
onnx-tool's own sizes are one larger than PyTorch's: these are not followed. What it writes to compute sizes
(some units for each split or selection) is not counted here. A kind that it does not export, or that
onnx-tool does not read, has no rule.
"""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.conventions.base import (
    BIAS,
    LABELS,
    MACS,
    SIZES,
    Convention,
    Counted,
    Formula,
    NoClosedForm,
    Rule,
    Term,
    bias,
    both,
    macs,
    made,
    measures_batch,
    nothing,
    read,
    tabled,
)
from cnncalc.conventions.counting import Place
from cnncalc.graph import Node
from cnncalc.layers.calls import Call
from cnncalc.layers.windows import Slide
from cnncalc.sizes import Size, divides, equal, exact_div, product

VERSION = "1.0.1"
_FILE = "onnx_tool/node.py"


def _transposed(call: Call) -> Iterator[Term]:
    """M times a kernel of all output channels of a group: out/g K, at the output."""
    weight = next(one for one in call.weights if one.uses)
    yield Term(MACS, call.macs)
    yield Term(SIZES, call.made * product(weight.shape[1:]) - call.macs)
    yield from bias(call)


def _pooled(call: Call, kernels: tuple[Size, ...]) -> Iterator[Term]:
    """M times the kernel in 1D and 2D; in 3D times its first axis."""
    along = kernels if len(kernels) < 3 else kernels[:1]
    yield Term(LABELS[call.name], call.made * product(along))


def _pool(call: Call) -> Iterator[Term]:
    windows = call.layer.windows(call.x)
    kernels = tuple(window.kernel for window in windows if isinstance(window, Slide))
    yield from _pooled(call, kernels)


def _adaptive_kernels(call: Call) -> tuple[Size, ...]:
    sizes = list(zip(call.x.spatial, call.y.spatial))
    if any(divides(m, n) is None for n, m in sizes):
        raise NoClosedForm("adaptive windows are only exported where they divide the map")
    return tuple(exact_div(n, m) for n, m in sizes)


def _adaptive_average(call: Call) -> Iterator[Term]:
    if all(equal(m, 1) for m in call.y.spatial):
        yield Term(LABELS[call.name], call.read + 4 * call.made)
    else:
        yield from _pooled(call, _adaptive_kernels(call))


def _adaptive_maximum(call: Call) -> Iterator[Term]:
    yield from _pooled(call, _adaptive_kernels(call))


def _layer_norm(call: Call) -> Iterator[Term]:
    """Rows along the first of the axes that are normalised together."""
    rows = exact_div(call.read, call.x.channels)
    yield Term(LABELS[call.name], 7 * call.read + 29 * rows)


def _batch_norm(call: Call) -> Iterator[Term]:
    """The exporter writes out the statistics of the batch: means, differences, squares."""
    yield from read(36 if measures_batch(call) else 31)(call)


def _upsample(call: Call) -> Iterator[Term]:
    yield from made(0 if call.layer.__dict__["mode"] == "nearest" else 4)(call)


def _rule(text: str, node: str, formula: Formula) -> Rule:
    return Rule(text, f"{_FILE}, {node}", formula)


_ELEMENTWISE = {
    "relu": ("ReluNode", 1),
    "hardtanh": ("ClipNode", 2),
    "leaky_relu": ("LeakyReluNode", 2),
}
_ELEMENTWISE |= {"prelu": ("PReluNode", 2), "elu": ("EluNode", 35), "gelu": ("GeluNode", 34)}
_ELEMENTWISE |= {"silu": ("SigmoidNode and MulNode", 33), "sigmoid": ("SigmoidNode", 32)}
_ELEMENTWISE |= {"mish": ("SoftplusNode, TanhNode and MulNode", 153), "tanh": ("TanhNode", 76)}
_ELEMENTWISE |= {"hardsigmoid": ("HardSigmoidNode", 4), "hardswish": ("HardSwishNode", 5)}
_ELEMENTWISE |= {"softplus": ("SoftplusNode", 76), "softmax": ("SoftmaxNode", 36)}
_ELEMENTWISE |= {"Tensor.softmax": ("SoftmaxNode", 36), "log_softmax": ("LogSoftmaxNode", 80)}
_ELEMENTWISE |= {"group_norm": ("InstanceNormalizationNode, MulNode and AddNode", 9)}
_ELEMENTWISE |= {"instance_norm": ("InstanceNormalizationNode", 7)}
_RESULTS = {"+": ("AddNode", 1), "-": ("SubNode", 1), "*": ("MulNode", 1), "/": ("DivNode", 4)}
_RESULTS |= {"Tensor.square": ("MulNode", 1)}


def _times(count: int, letter: str) -> str:
    return letter if count == 1 else f"{count}{letter}"


RULES = {
    "conv": _rule("1 for each MAC, M for the bias", "ConvNode", both(macs, bias)),
    "conv_transpose": _rule("M (out/g) K, M for the bias", "ConvTransposeNode", _transposed),
    "linear": _rule("1 for each MAC, M for the bias", "GemmNode", both(macs, bias)),
    "bmm": _rule("1 for each MAC", "MatMulNode", macs),
    "batch_norm": _rule(
        "31N; without running statistics 36N", "BatchNormalizationNode, ReduceMeanNode", _batch_norm
    ),
    "layer_norm": _rule("7N + 29 for each row", "LayerNormalizationNode", _layer_norm),
    **{
        name: _rule(_times(count, "N"), node, read(count))
        for name, (node, count) in _ELEMENTWISE.items()
    },
    **{
        name: _rule(_times(count, "M"), node, made(count))
        for name, (node, count) in _RESULTS.items()
    },
    "Tensor.mean": _rule("N", "ReduceMeanNode", read(1)),
    **dict.fromkeys(
        ("max_pool", "avg_pool"), _rule("M K; in 3D K of its first axis", "PoolBase", _pool)
    ),
    "adaptive_avg_pool": _rule(
        "N + 4M to one position, else M K", "GlobalAveragePoolNode, PoolBase", _adaptive_average
    ),
    "adaptive_max_pool": _rule("M K; in 3D K of its first axis", "PoolBase", _adaptive_maximum),
    "interpolate": _rule("0 nearest, 4M linear", "ResizeNode", _upsample),
    "dropout": _rule("0", "not exported", nothing),
}


def count(place: Place) -> Counted:
    """By the nodes of the exported graph, batch normalisation folded."""
    if _folds(place):
        return Counted(())
    found = tabled(place.calls, RULES, _exported)
    if found.missing:  # what is not read in part is not read at all
        return Counted((), tuple(dict.fromkeys(call.name for call in place.calls)))
    if _is_folded_into(place) and not any(call.has("bias") for call in place.calls[-1:]):
        return Counted(
            (*found.terms, Term(BIAS, place.calls[-1].made, rule=RULES["conv"])), found.missing
        )
    return found


def _exported(call: Call) -> str | None:
    """Not exported: adaptive windows that do not divide the map, products of unfolded windows."""
    if call.name == "bmm" and call.product is None:
        return None
    if call.name.startswith("adaptive"):
        sizes = zip(call.x.spatial, call.y.spatial)
        if any(divides(m, n) is False for n, m in sizes):
            return None
    return call.name


def _folds(place: Place) -> bool:
    """Is it the normalisation of a convolution, whose output nothing else reads?"""
    if not _tracks(place.node):
        return False
    before = place.around.nodes.get(place.node.inputs[0])
    while before is not None and _is_dropped(before, place) and _alone(place, before.name):
        before = place.around.nodes.get(before.inputs[0])
    return before is not None and _convolves(before) and _alone(place, before.name)


def _is_folded_into(place: Place) -> bool:
    if not _convolves(place.node):
        return False
    reader = _only_reader(place, place.node.name)
    while reader is not None and _is_dropped(reader, place):
        reader = _only_reader(place, reader.name)
    return reader is not None and _tracks(reader)


def _convolves(node: Node) -> bool:
    return node.layer.function == "conv"


def _tracks(node: Node) -> bool:
    return node.layer.function == "batch_norm" and bool(node.layer.__dict__["track"])


def _is_dropped(node: Node, place: Place) -> bool:
    """Is nothing exported for it, because it does nothing at inference?"""
    x = place.around.graph.inputs_of(node)[0]
    return node.layer.view and not node.layer.reorders and tuple(x) == tuple(node.shape)


def _only_reader(place: Place, tensor: str) -> Node | None:
    return place.around.readers[tensor][0] if _alone(place, tensor) else None


def _alone(place: Place, tensor: str) -> bool:
    """Is there one reader, and is it no output?"""
    graph = place.around.graph
    return len(place.around.readers[tensor]) == 1 and tensor not in graph.outputs.values()


CONVENTIONS = (
    Convention(
        name="onnx-tool",
        version=VERSION,
        unit="MAC",
        about="onnx_tool's profile of the exported network, batch normalisation folded: "
        "instructions, of which an exponential takes 32 and a division 4; those that only compute "
        "sizes (2 to 6 a shuffle, a split or a selection) are left out",
        rules=RULES,
        counter=count,
        traced=True,
    ),
)
