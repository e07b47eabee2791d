"""What PyTorch itself measures of a training step: FLOPs, tensors kept, the fullest moment."""

from __future__ import annotations

import weakref
from math import prod
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from cnncalc.backends.torch.build import build
from cnncalc.graph import Graph


def of_groups(grad: Any, x: Any, weight: Any, *rest: Any, out_shape: Any = None, **_: Any) -> int:
    """FLOPs of a convolution's backward pass with groups counted rightly.

    torch 2.13 multiplies the part of the weights by the groups; pytorch/pytorch#183405 mends it.
    """
    transposed, mask = rest[4], rest[7]
    each = 2 * x[0] * prod(weight) * prod((x if transposed else grad)[2:])
    return each * (bool(mask[0]) + bool(mask[1]))


class Step:
    """A network in training mode with a batch, built on ``device``."""

    def __init__(
        self, graph: Graph, batch: int = 2, device: str = "cpu", leaf: bool = False
    ) -> None:
        """``leaf``: the inputs have gradients too."""
        with torch.random.fork_rng(devices=[]), torch.device(device):
            torch.manual_seed(0)
            self.network = build(graph).train()
            self.inputs = [
                torch.rand(batch, *x).requires_grad_(leaf) for x in graph.inputs.values()
            ]

    def forward(self) -> list[Tensor]:
        made = self.network(*self.inputs)
        return list(made.values()) if isinstance(made, dict) else [made]

    def own(self) -> list[Tensor]:
        return [*self.network.parameters(), *self.network.buffers()]


def flops(graph: Graph, batch: int = 1, mended: bool = True) -> tuple[int, int]:
    """FlopCounterMode of the forward pass, and of both."""
    step = Step(graph, batch, "meta")
    mapping = {torch.ops.aten.convolution_backward: of_groups} if mended else {}
    with FlopCounterMode(display=False, custom_mapping=mapping) as counter:
        made = step.forward()
        forward = counter.get_total_flops()
        sum(one.sum() for one in made).backward()  # type: ignore[union-attr]
    return forward, counter.get_total_flops()


def surplus(graph: Graph, weight_macs: dict[str, int]) -> int:
    """What torch 2.13 counts too much: the weights' part of each convolution, groups - 1 times."""
    modules = dict(build(graph).named_modules())
    found = 0
    for name, macs in weight_macs.items():
        groups = [m.groups for m in modules[name].modules() if hasattr(m, "groups")]
        assert len(groups) <= 1, "a layer of several convolutions is not known apart"
        found += 2 * macs * (groups[0] - 1) if groups else 0
    return found


class _Packed:
    def __init__(self, tensor: Tensor) -> None:
        self.tensor = tensor


def saved_bytes(graph: Graph, batch: int = 2, leaf: bool = False) -> int:
    """Bytes that the backward pass holds on to after the forward pass, weights aside.

    A storage counts once, and whole. Single numbers (a scalar factor) are not counted.
    """
    step = Step(graph, batch, leaf=leaf)
    own = {one.untyped_storage()._cdata for one in step.own()}
    living: weakref.WeakSet[_Packed] = weakref.WeakSet()

    def pack(tensor: Tensor) -> _Packed:
        packed = _Packed(tensor)
        living.add(packed)
        return packed

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda packed: packed.tensor):
        made = step.forward()
    storages = {
        storage._cdata: storage.nbytes()
        for storage in (one.tensor.untyped_storage() for one in living if one.tensor.dim())
    }
    del made
    return sum(size for key, size in storages.items() if key not in own)


class _Tracker(TorchDispatchMode):
    """Bytes of all storages that are alive, by what operations take and return."""

    def __init__(self) -> None:
        super().__init__()
        self.living: dict[int, Any] = {}
        self.now = self.peak = 0

    def see(self, tensor: Any) -> None:
        if not isinstance(tensor, Tensor):
            return
        storage = tensor.untyped_storage()
        key, size = storage._cdata, storage.nbytes()
        if key in self.living:
            return

        def gone(_: object) -> None:
            self.now -= size
            del self.living[key]

        self.living[key] = weakref.ref(storage, gone)
        self.now += size
        self.peak = max(self.peak, self.now)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        for one in tree_leaves(made):
            self.see(one)
        return made


class _Seed(torch.autograd.Function):
    """A loss of no memory: makes the gradients of the outputs when they are asked for."""

    @staticmethod
    def forward(ctx: Any, *made: Tensor) -> Tensor:
        ctx.like = [(one.shape, one.dtype, one.device) for one in made]
        return made[0].new_zeros(())

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> Any:
        return tuple(torch.ones(s, dtype=d, device=where) for s, d, where in ctx.like)


#: The loss and its gradient, of one float32 each.
LOSS = 8


def peak_bytes(graph: Graph, batch: int = 2) -> int:
    """The most that is alive in a step, operations' own work space aside."""
    step = Step(graph, batch)
    tracker = _Tracker()
    for one in (*step.own(), *step.inputs):
        tracker.see(one)
    with tracker:
        made = step.forward()
        _Seed.apply(*made).backward()
    return tracker.peak - LOSS
