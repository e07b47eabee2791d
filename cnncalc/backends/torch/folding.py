"""Batch normalisation folded into real weights, and shown to change nothing.

A norm with running statistics is one scale and one shift for each channel: s = γ/√(σ² + ε) and
β − μs. Scaling the weights that make a channel scales the channel, and the shift is a bias. Source:
Jacob et al. 2018, "Quantization and training of neural networks", section 3.2; PyTorch,
``torch.nn.utils.fuse_conv_bn_eval``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from cnncalc.backends.torch.build import Network, build
from cnncalc.backends.torch.results import TOTAL, Check, Mismatch
from cnncalc.graph import Graph, Node
from cnncalc.layers import Weight
from cnncalc.rewriting.folding import Folded

#: The largest difference, for its size, that rounding in float64 explains.
ROUNDING = 1e-9


def fold_network(network: Network, graph: Graph, folded: Folded) -> Network:
    """The network of the folded graph, with the weights of ``network``, which is ``graph``'s."""
    found = build(folded.graph).to(next(iter(network.state_dict().values())).dtype)
    given, wanted = network.state_dict(), dict(found.state_dict())
    norms = {layer: norm for norm, layer in folded.into.items()}
    with torch.no_grad():
        for node in folded.graph:
            if node.shares:
                continue
            scale, shift = (
                _affine(network.twins[norms[node.name]]) if node.name in norms else (1, 0)
            )
            for weight in node.layer.weights(folded.graph.inputs_of(node)[0], node.shape):
                name = f"{node.name}.{weight.name}"
                value: Tensor | int = given.get(name, 0)
                if node.name in norms:
                    value = _folded(weight, value, scale, shift)
                wanted[name].copy_(torch.as_tensor(value))
    return found.eval()


def _affine(norm: nn.Module) -> tuple[Tensor, Tensor]:
    """The scale and the shift that a norm comes to in evaluation mode."""
    it: Any = norm
    scale = (it.running_var + it.eps).rsqrt() * (1 if it.weight is None else it.weight)
    return scale, (0 if it.bias is None else it.bias) - it.running_mean * scale


def _folded(weight: Weight, value: Any, scale: Any, shift: Any) -> Any:
    """A weight with the scale of its output's channels; a bias with the shift too."""
    if weight.uses == 0:
        along = (-1, *(1,) * (len(weight.shape) - 1))
        return value * scale.reshape(along) + shift.reshape(along)
    if weight.out is None:
        return value
    each = weight.shape[weight.out]
    groups = len(scale) // each
    apart = value.reshape(groups, weight.shape[0] // groups, *weight.shape[1:])
    sizes = [groups, *(1,) * value.dim()]
    sizes[weight.out + 1] = each
    return (apart * scale.reshape(sizes)).reshape(weight.shape)


def check_folding(graph: Graph, folded: Folded, device: torch.device, batch: int) -> Check:
    """Folds random statistics in float64; compares every folded layer, the outputs and the weights.

    A layer is given what the layer before the norm was given, and must make what the norm made, so
    that no mistake is hidden by the layers behind it.
    """
    if device.type == "meta":
        return Check(0, [], "there are no values on the meta device")
    if nothing := folded.folding.nothing:
        return Check(0, [], nothing)
    with device, torch.no_grad():
        network = build(graph).eval().double()
        _randomise(network)
        after = fold_network(network, graph, folded)
        inputs = tuple(torch.rand(batch, *x, dtype=torch.float64) for x in graph.inputs.values())
        watch = _Watch(network, after, folded)
        before = _named(network(*inputs), graph)
        watch.stop()
        for name, made in _named(after(*inputs), graph).items():
            watch.compare(name, made, before[name], "output after folding")
    stated = sum(
        weight.trainable * _numel(weight)
        for node in folded.graph
        for weight in _weights(folded.graph, node)
    )
    counted = sum(parameter.numel() for parameter in after.parameters())
    if stated != counted:
        watch.mismatched.append(Mismatch(TOTAL, "parameters after folding", stated, counted))
    note = (
        f"{len(folded.into)} folded, {counted:,} parameters, "
        f"differences below {_bound(watch.largest):.0e} of the largest element (float64)"
    )
    return Check(watch.compared + 1, watch.mismatched, note=note)


def _weights(graph: Graph, node: Node) -> tuple[Weight, ...]:
    return () if node.shares else tuple(node.layer.weights(graph.inputs_of(node)[0], node.shape))


def _numel(weight: Weight) -> int:
    return int(torch.Size(weight.shape).numel())


def _bound(difference: float) -> float:
    """A power of ten above it, which no machine's order of additions changes."""
    bound = 1e-12
    while bound <= difference:
        bound *= 10
    return bound


def _named(made: Tensor | dict[str, Tensor], graph: Graph) -> dict[str, Tensor]:
    return made if isinstance(made, dict) else {next(iter(graph.outputs)): made}


def _randomise(network: nn.Module) -> None:
    """Statistics, scales and shifts as training leaves them: none that would hide a mistake."""
    for module in network.modules():
        it: Any = module
        if isinstance(getattr(module, "running_var", None), Tensor):
            it.running_mean.normal_(0, 0.5)
            it.running_var.uniform_(0.5, 2)
            if it.weight is not None:
                it.weight.uniform_(0.5, 1.5)
                it.bias.normal_(0, 0.5)


class _Agreement(NamedTuple):
    difference: float
    size: float

    @property
    def relative(self) -> float:
        return self.difference / self.size if self.size else self.difference


class _Watch:
    """Runs each folded layer beside the two that it stands for, and compares what comes out."""

    def __init__(self, network: Network, after: Network, folded: Folded) -> None:
        self.compared = 0
        self.largest = 0.0
        self.mismatched: list[Mismatch] = []
        self.made: dict[str, Tensor] = {}
        self.hooks = []
        for norm, layer in folded.into.items():
            for name, hook in ((layer, self.runs(layer, after)), (norm, self.ends(layer))):
                self.hooks.append(network.twins[name].register_forward_hook(hook))

    def runs(self, layer: str, after: Network) -> Any:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self.made[layer] = after.twins[layer](*inputs)

        return hook

    def ends(self, layer: str) -> Any:
        def hook(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self.compare(layer, self.made.pop(layer), output, "layer after folding")

        return hook

    def stop(self) -> None:
        for hook in self.hooks:
            hook.remove()

    def compare(self, name: str, made: Tensor, wanted: Tensor, what: str) -> None:
        self.compared += 1
        found = _Agreement(float((made - wanted).abs().max()), float(wanted.abs().max()))
        self.largest = max(self.largest, found.relative)
        if not found.relative <= ROUNDING:
            said = f"{found.relative:.1e} of the largest element"
            self.mismatched.append(Mismatch(name, what, "equal up to rounding", said))
