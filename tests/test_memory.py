"""Activation memory against a simulation with reference counts, and against PyTorch itself."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from drawing import Sample, samples
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.graph import Graph, Node
from cnncalc.layers import KINDS, Layer
from cnncalc.sizes import Shape, product
from cnncalc.symbolic import substitute


def graph_of(line: str, *outputs: str) -> Graph:
    """A one-line network, with these layers as its outputs."""
    graph = cnncalc.load(line).graph()
    return Graph(graph.inputs, graph.nodes, {name: name for name in outputs} or graph.outputs)


def elements(line: str, *outputs: str) -> tuple[int, int]:
    """Elements written, and alive in the fullest moment."""
    return tuple(activation_memory(graph_of(line, *outputs), 1))


# Worked by hand.


def test_the_example_of_the_json_schema() -> None:
    totals = cnncalc.load("1x28x28 | conv 20 k=5 p=2").analyze().to_dict()["totals"]
    assert (totals["activation_bytes"], totals["peak_activation_bytes"]) == (62720, 65856)


@pytest.mark.parametrize(
    ("line", "written", "peak"),
    [
        ("1x10 | relu", 10, 20),
        ("1x10 | relu | relu | relu", 30, 20),
        ("1x10 | pad left=5 | pad left=5 | relu", 15 + 20 + 20, 20 + 20),
        ("1x10 | conv 3 k=1 | conv 7 k=1 | conv 2 k=1", 120, 30 + 70),
        # an input that is read again lives on
        ("1x10 | relu | relu | add x input", 30, 30),
        ("1x10 | relu | relu | relu | add x input", 40, 30),
        # a branch waits for the other one
        ("1x10 | a = relu | relu | conv 5 k=1 | conv 1 k=1 | add a x", 90, 10 + 50 + 10),
        ("1x10 | a = relu | relu | relu | add x x", 40, 20),
        # views write nothing
        ("1x10 | identity", 0, 10),
        ("1x10 | identity | dropout | flatten", 0, 10),
        ("2x4x4 | conv 2 k=1 | identity | dropout | flatten | linear 10", 42, 64),
        # and keep all of what they look at
        ("1x20 | pad 40 | relu | pad 50", 100 + 100 + 200, 300),
        ("1x20 | pad 40 | crop 45 | pad 50", 100 + 110, 100 + 110),
        ("1x20 | pad 40 | crop 40 | crop 5 | a = identity | pad 50", 210, 210),
        ("1x20 | crop 9 | pad 100 | relu", 202 + 202, 404),
    ],
)
def test_worked_by_hand(line: str, written: int, peak: int) -> None:
    assert elements(line) == (written, peak)


@pytest.mark.parametrize(
    ("outputs", "peak"),
    [(("c",), 20), (("a", "c"), 30), (("a", "b", "c"), 30), (("a",), 30), (("b",), 20)],
)
def test_outputs_live_to_the_end(outputs: tuple[str, ...], peak: int) -> None:
    assert elements("1x10 | a = relu | b = relu | c = relu", *outputs) == (30, peak)


def test_an_output_may_be_a_view() -> None:
    line = "1x10 | a = pad 5 | b = crop 9 | from a | c = relu | d = relu | e = relu"
    assert elements(line, "e") == (80, 20 + 20)
    assert elements(line, "b", "e") == (80, 20 + 20 + 20)


def test_what_nothing_reads_is_let_go_of() -> None:
    assert elements("1x10 | a = relu | b = relu | from a | relu | relu | relu") == (50, 20)


@pytest.mark.parametrize("dtype", DTYPES)
def test_batch_and_dtype(dtype: str) -> None:
    net = cnncalc.load("1x28x28 | conv 20 k=5 p=2 | relu | maxpool 2")
    base = net.analyze(dtype="int8").memory
    assert base == (15680 + 15680 + 3920, 31360)
    found = net.analyze(dtype=dtype, batch=3).memory
    assert found == tuple(3 * DTYPES[dtype] * number for number in base)


def test_symbols() -> None:
    line = "3xHxW | a = conv 8 k=3 p=1 | relu | conv 8 k=3 s=2 p=1 | flatten"
    symbolic = cnncalc.load(line).analyze(batch="N").memory
    for size, batch in ((7, 1), (8, 5), (31, 2)):
        at = {"H": size, "W": size + 3}
        found = cnncalc.load(line).analyze(at, batch=batch).memory
        assert found == tuple(substitute(number, {**at, "N": batch}) for number in symbolic)


# Random networks.


class Drawn(NamedTuple):
    line: str
    outputs: tuple[str, ...]

    @property
    def graph(self) -> Graph:
        return graph_of(self.line, *self.outputs)


@st.composite
def networks(draw: Callable[..., Any]) -> Drawn:
    """Layers that read any earlier tensor, or several; now and then more than one output."""
    shapes = {"input": (draw(st.integers(1, 3)), draw(st.integers(4, 12)))}
    lines = ["x".join(map(str, shapes["input"]))]
    strided = set()  # looks at part of another: PyTorch flattens it into a copy
    for i in range(draw(st.integers(1, 10))):
        name = f"t{i}"
        source = draw(st.sampled_from([*list(shapes)[-3:], "input"]))
        channels, size = shapes[source]
        alike = [other for other in shapes if shapes[other] == (channels, size)]
        kinds = ["conv", "relu", "identity", "dropout", "pad", "add", "add", "concat", "bn", "gap"]
        kinds += ["crop", "maxpool"] * (size > 2)
        kind = draw(st.sampled_from(kinds))
        arguments = ""
        if kind == "conv":
            channels = draw(st.integers(1, 6))
            arguments = f" {channels} k=3 p=1"
        elif kind == "pad":
            left, right = draw(st.integers(0, 4)), draw(st.integers(0, 4))
            size, arguments = size + left + right, f" left={left} right={right}"
        elif kind == "crop":
            left = draw(st.integers(0, size - 1))
            size, arguments = size - left, f" left={left}"
        elif kind == "maxpool":
            size, arguments = size // 2, " 2"
        elif kind == "gap":
            size = 1
        elif kind in ("add", "concat"):
            joined = [source, *draw(st.lists(st.sampled_from(alike), min_size=1, max_size=3))]
            arguments = f" {' '.join(joined)}"
            channels *= len(joined) if kind == "concat" else 1
        if kind == "crop" or (kind in ("identity", "dropout") and source in strided):
            strided.add(name)
        if len(lines) > 1:
            lines.append(f"from {source}")
        elif source != "input":
            continue
        lines.append(f"{name} = {kind}{arguments}")
        shapes[name] = (channels, size)
    last = list(shapes)[-1]
    if last not in strided and draw(st.booleans()):
        lines.append("last = flatten")
        last = "last"
    made = [name for name in shapes if name not in ("input", last)]
    more = draw(st.lists(st.sampled_from(made), max_size=2, unique=True)) if made else []
    return Drawn(" | ".join(lines), (*more, last))


class _Storage:
    """Elements that are counted for as long as something holds them."""

    def __init__(self, size: int, ledger: list[int]) -> None:
        self.size = size
        self.ledger = ledger
        ledger[0] += size

    def __del__(self) -> None:
        self.ledger[0] -= self.size


def simulated(graph: Graph) -> tuple[int, int]:
    """Elements written and the most that is held, by what Python itself keeps alive.

    A tensor is held by its name for as long as some later layer, or an output, asks for it.
    """
    ledger = [0]
    held = {name: _Storage(product(shape), ledger) for name, shape in graph.inputs.items()}
    written, peak = 0, ledger[0]
    for step, node in enumerate(graph):
        if node.kind in ("identity", "dropout", "crop", "flatten"):
            held[node.name] = held[node.inputs[0]]
        else:
            held[node.name] = _Storage(product(node.shape), ledger)
            written += product(node.shape)
        peak = max(peak, ledger[0])
        wanted = set(graph.outputs.values())
        for later in graph.nodes[step + 1 :]:
            wanted.update(later.inputs)
        for name in [name for name in held if name not in wanted]:
            del held[name]
    return written, peak


@settings(max_examples=100)
@given(networks())
def test_simulation_agrees(drawn: Drawn) -> None:
    assert tuple(activation_memory(drawn.graph, 1)) == simulated(drawn.graph)


def test_bundled_networks_agree_with_the_simulation() -> None:
    for name in ("lenet5", "resnet18", "unet"):
        graph = cnncalc.load(name).graph()
        assert tuple(activation_memory(graph, 1)) == simulated(graph)


# PyTorch: the tensors that a forward pass keeps alive.


class _Source(Layer):
    """Makes an input of the network, so that nothing but the network holds it."""

    kind = "source"

    def __init__(self, shape: Shape) -> None:
        self.__dict__["shape"] = shape

    def output(self, *xs: Shape) -> Shape:
        shape: Shape = self.__dict__["shape"]
        return shape

    def torch(self, torch: Any, *xs: Shape) -> Any:
        shape = self.output()
        return lambda seed: torch.zeros(seed.shape[0], *shape, dtype=seed.dtype)


def measured(graph: Graph, batch: int, dtype: str) -> tuple[int, int]:
    """Bytes of storage made by a run in PyTorch, and the most that is held after a layer."""
    torch = pytest.importorskip("torch")
    from cnncalc.backends.torch.build import build

    sources = tuple(
        Node(name, _Source(shape), ("seed",), shape) for name, shape in graph.inputs.items()
    )
    seeded = Graph({"seed": Shape((1,))}, (*sources, *graph.nodes), graph.outputs)
    kind = getattr(torch, dtype)
    network = build(seeded).eval().to(kind)
    refs: list[weakref.ref[Any]] = []
    peak = written = 0

    def observe(name: str, tensor: Any) -> None:
        nonlocal peak, written
        others = [one.untyped_storage() for ref in refs if (one := ref()) is not None]
        sizes = {storage.data_ptr(): storage.nbytes() for storage in others}
        own = tensor.untyped_storage()
        if own.data_ptr() not in sizes and name not in graph.inputs:
            written += own.nbytes()
        peak = max(peak, sum({**sizes, own.data_ptr(): own.nbytes()}.values()))
        refs.append(weakref.ref(tensor))

    with torch.no_grad():
        network(torch.zeros(batch, 1, dtype=kind), observer=observe)
    return written, peak


@settings(max_examples=50)
@given(networks(), st.integers(1, 3), st.sampled_from(["float32", "float64"]))
def test_pytorch_agrees(drawn: Drawn, batch: int, dtype: str) -> None:
    graph = drawn.graph
    assert tuple(activation_memory(graph, DTYPES[dtype], batch)) == measured(graph, batch, dtype)


@pytest.mark.parametrize(
    ("name", "at", "settings"),
    [
        ("lenet5", {}, {}),
        ("resnet18", {"H": 64, "W": 64}, {}),
        ("unet", {"H": 188, "W": 204}, {"base": 2}),
    ],
)
def test_bundled_networks_agree_with_pytorch(
    name: str, at: dict[str, int], settings: dict[str, int]
) -> None:
    graph = cnncalc.load(name).graph(at, settings)
    assert tuple(activation_memory(graph, 4)) == measured(graph, 1, "float32")


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_views_share_storage_in_pytorch(kind: type[Layer]) -> None:
    torch = pytest.importorskip("torch")
    tried = 0

    @settings(max_examples=20)
    @given(samples(kind))
    def shares(sample: Sample) -> None:
        nonlocal tried
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                twin = sample.layer.torch(torch, *sample.shapes)
                twin = twin.eval() if isinstance(twin, torch.nn.Module) else twin
                xs = [torch.rand(2, *shape) for shape in sample.shapes]
                y = twin(*xs)
            except Exception:  # drawn to be refused
                return
        tried += 1
        held = {x.untyped_storage().data_ptr() for x in xs}
        assert (y.untyped_storage().data_ptr() in held) == kind.view

    shares()
    assert tried
