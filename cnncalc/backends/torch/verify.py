"""Every analytic number held against the one PyTorch measures."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from cnncalc import formulas
from cnncalc.analyses.cost import Cost, graph_costs
from cnncalc.backends.torch.build import Network, build
from cnncalc.backends.torch.devices import pick_device, pick_dtype, versions
from cnncalc.backends.torch.fields import measure_fields
from cnncalc.backends.torch.folding import check_folding
from cnncalc.backends.torch.results import TOTAL, Check, Mismatch, Verification
from cnncalc.conventions import counting, find
from cnncalc.errors import UsageError
from cnncalc.graph import Graph
from cnncalc.rewriting.folding import fold
from cnncalc.sizes import Size, is_int, is_symbolic


def verify(
    graph: Graph,
    *,
    device: str = "auto",
    batch: int = 1,
    dtype: str = "float32",
    fold_bn: bool = False,
) -> Verification:
    """Build ``graph`` in PyTorch, run it in evaluation mode, and compare.

    ``shapes``: every node's output, batch included. ``params``: every weight and buffer by name
    and shape, and the totals. ``macs``: FLOPs that PyTorch counts per node and in total, 2 for each
    MAC of each of ``batch`` images. ``fvcore``: what fvcore counts, likewise. ``receptive_field``:
    the input positions that gradients of chosen units reach, of every tensor with a local field.
    With ``fold_bn`` all of this is of the folded network, and ``fold_bn`` compares it with the one
    that was folded, real weights and random statistics.

    ``device`` is ``auto`` (a GPU when there is one), ``cpu``, ``cuda``, ``cuda:N``, or ``meta``,
    which computes shapes and counts alone, for networks too large to run. Raises
    :class:`UsageError` for sizes that are not numbers, a device or dtype that is not to be had, and
    a network that does not fit into memory.
    """
    _require_numbers(graph)
    where, kind = pick_device(device), pick_dtype(dtype)
    if not is_int(batch) or batch < 1:
        raise UsageError(f"batch must be an integer of at least 1, got {batch!r}")
    unfolded, folded = graph, fold(graph) if fold_bn else None
    graph = folded.graph if folded else graph
    costs = graph_costs(graph)
    gpus = [where] if where.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices=gpus), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's remarks on its own speed
            torch.manual_seed(0)
            with where:
                network = build(_with_every_end(graph)).eval().to(kind)
                inputs = tuple(torch.rand(batch, *x, dtype=kind) for x in graph.inputs.values())
            with torch.no_grad():
                run = _run(network, inputs)
                checks = {
                    "shapes": _shapes(graph, run, batch),
                    "params": _params(graph, network, costs),
                    "macs": _macs(run, costs, batch),
                    "fvcore": _fvcore(graph, network, inputs, run, batch),
                }
            del network, inputs
            checks["receptive_field"] = _fields(graph, run, where)
            if folded:
                checks["fold_bn"] = check_folding(unfolded, folded, where, batch)
    except (RuntimeError, TypeError) as error:
        _raise_if_limit(error, where, dtype)
        raise
    ok = not any(check.mismatched for check in checks.values())
    return Verification(ok, str(where), versions(where), checks, batch, dtype)


def _with_every_end(graph: Graph) -> Graph:
    """Tensors that nothing reads as outputs too: fvcore's trace drops what leads to no output."""
    read = {name for node in graph for name in node.inputs} | set(graph.outputs.values())
    ends = {f"({node.name})": node.name for node in graph if node.name not in read}
    return Graph(graph.inputs, graph.nodes, {**graph.outputs, **ends})


class _Run(NamedTuple):
    """What one forward pass measured per node, and the node it stopped at."""

    shapes: dict[str, tuple[int, ...]]
    flops: dict[str, int]
    total: int
    failure: tuple[str, str] | None = None

    @property
    def stopped(self) -> str | None:
        return f"the forward pass stopped at {self.failure[0]}" if self.failure else None


def _run(network: Network, inputs: tuple[Tensor, ...]) -> _Run:
    counter = FlopCounterMode(display=False)
    run = _Run({}, {}, 0)
    seen = 0

    def observe(name: str, tensor: Tensor) -> None:
        nonlocal seen
        run.shapes[name] = tuple(tensor.shape)
        total = counter.get_total_flops()
        run.flops[name], seen = total - seen, total

    try:
        with counter:
            network(*inputs, observer=observe)
    except Exception as error:  # a layer that does not run is a finding, whatever it raises
        name = next(name for name in network.twins if name not in run.flops)
        _raise_if_limit(error, inputs[0].device, inputs[0].dtype, name)
        run = run._replace(failure=(name, f"{type(error).__name__}: {error}"))
    return run._replace(total=counter.get_total_flops())


def _raise_if_limit(
    error: Exception, device: object, dtype: object, node: str | None = None
) -> None:
    """Raises :class:`UsageError` for a limit of the machine, which is no mistake of the network."""
    text = str(error).lower()
    if isinstance(error, torch.OutOfMemoryError) or "allocate memory" in text or "overflow" in text:
        raise UsageError(
            f"the network does not fit into the memory of {device}",
            node=node,
            hint="verify it at a smaller input size or batch",
        ) from error
    if "not implemented for" in text:
        raise UsageError(
            f"PyTorch does not run this layer in {dtype} on {device}: {error}",
            node=node,
            hint="use --dtype float32",
        ) from error


def _shapes(graph: Graph, run: _Run, batch: int) -> Check:
    mismatched = [
        Mismatch(node.name, "output shape", (batch, *node.shape), run.shapes[node.name])
        for node in graph
        if node.name in run.shapes and run.shapes[node.name] != (batch, *node.shape)
    ]
    if run.failure:
        name, error = run.failure
        mismatched.append(Mismatch(name, "output shape", (batch, *graph.shapes[name]), error))
    return Check(len(run.shapes) + bool(run.failure), mismatched)


def _params(graph: Graph, network: Network, costs: Mapping[str, Cost]) -> Check:
    """Weights by their names in the whole network, so that those are held to the graph's too."""
    stated = {
        f"{node.name}.{weight.name}": (tuple(weight.shape), weight.trainable)
        for node in graph
        if node.shares is None
        for weight in node.layer.weights(graph.inputs_of(node)[0], node.shape)
    }
    tensors: dict[str, Tensor] = dict(network.named_parameters())
    tensors.update(network.named_buffers())
    found = {name: (tuple(t.shape), t.requires_grad) for name, t in tensors.items()}
    mismatched = []
    names = list(dict.fromkeys([*stated, *found]))
    nothing = (None, None)
    for name in names:
        (expected, trains), (measured, trained) = (
            stated.get(name, nothing),
            found.get(name, nothing),
        )
        layer, weight = _owner(name, costs)
        if expected != measured:
            mismatched.append(Mismatch(layer, f"shape of {weight}", expected, measured))
        elif trains != trained:
            mismatched.append(Mismatch(layer, f"role of {weight}", _role(trains), _role(trained)))
    for trainable, what in ((True, "parameters"), (False, "buffers")):
        sums = sum(cost.params if trainable else cost.buffers for cost in costs.values())
        numel = sum(t.numel() for t in tensors.values() if t.requires_grad is trainable)
        mismatched += _compare(TOTAL, what, sums, numel)
    return Check(len(names) + 2, mismatched)


def _role(trainable: bool | None) -> str:
    return "trained" if trainable else "a buffer"


def _owner(name: str, nodes: Iterable[str]) -> tuple[str, str]:
    """The node that a weight belongs to, and the weight's name there."""
    parts = name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        node = ".".join(parts[:count])
        if node in nodes:
            return node, ".".join(parts[count:])
    return TOTAL, name


def _macs(run: _Run, costs: Mapping[str, Cost], batch: int) -> Check:
    if run.stopped:
        return Check(0, [], run.stopped)
    expected = {name: formulas.flops(cost.macs * batch) for name, cost in costs.items()}
    return _counts("FLOPs (PyTorch)", expected, run.flops, run.total)


def _fvcore(
    graph: Graph,
    network: Network,
    inputs: tuple[Tensor, ...],
    run: _Run,
    batch: int,
) -> Check:
    if run.stopped:
        return Check(0, [], run.stopped)
    if inputs[0].is_meta:
        return Check(0, [], "fvcore cannot trace on the meta device")
    try:
        from fvcore.nn import FlopCountAnalysis
    except ImportError as error:
        return Check(0, [], f"fvcore cannot be imported ({error}): pip install 'cnncalc[torch]'")
    stated = counting.count(_with_every_end(graph), find("fvcore"), batch).layers
    expected: dict[str, Size] = {}
    for node in graph:  # fvcore counts for the module, however often it is used
        name = node.shares or node.name
        here = stated[node.name].total
        assert here is not None  # sizes are numbers, of which every rule has a value
        expected[name] = expected.get(name, 0) + here
    analysis = FlopCountAnalysis(network, inputs).unsupported_ops_warnings(False)
    # "caller": an operation belongs to the module that runs it, not to the scopes around it
    analysis.uncalled_modules_warnings(False).tracer_warnings("none").ancestor_mode("caller")
    counts = analysis.by_module()
    measured = {name: counts[name] for name in expected}
    return _counts("count (fvcore)", expected, measured, analysis.total())


def _fields(graph: Graph, run: _Run, where: torch.device) -> Check:
    if run.stopped:
        return Check(0, [], run.stopped)
    if where.type == "meta":
        return Check(0, [], "there are no gradients on the meta device")
    return measure_fields(graph, str(where)).check()


def _counts(
    what: str, expected: Mapping[str, Size], measured: Mapping[str, int], total: int
) -> Check:
    mismatched = [
        row for name in expected for row in _compare(name, what, expected[name], measured[name])
    ]
    mismatched += _compare(TOTAL, what, sum(expected.values()), total)
    return Check(len(expected) + 1, mismatched)


def _compare(layer: str, what: str, expected: Size, measured: int) -> list[Mismatch]:
    return [] if expected == measured else [Mismatch(layer, what, expected, measured)]


def _require_numbers(graph: Graph) -> None:
    sizes = [*graph.shapes.values(), *(tuple(node.layer.given.values()) for node in graph)]
    free = sorted({str(symbol) for size in _flat(sizes) for symbol in size.free_symbols})
    if free:
        raise UsageError(
            f"verify runs the network, so every size must be a number; free: {', '.join(free)}",
            hint="give every symbol a number, with --at or --set",
        )


def _flat(values: Iterable[Any]) -> Iterator[Any]:
    """The symbolic ones among nested values."""
    for value in values:
        if isinstance(value, (tuple, list)):
            yield from _flat(value)
        elif is_symbolic(value):
            yield value
