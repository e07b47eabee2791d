"""Memory of a training step: what is alive at each of its moments, forward and backward.

A moment is the run of one layer. Alive are, in PyTorch's order of doing and letting go:

- always: weights, buffers, optimizer state, the batch, and outputs from when they are written;
- forward: tensors that a later layer reads, and what the backward pass will read (kept);
- backward, last layer first: what layers before still need, the gradient of the layer's output, the
  gradients that it makes of its inputs and weights; a layer lets go of what it kept once it has run.
  Gradients of weights stay until the optimizer has used them.

Work space inside an operation is not counted. Source: PyTorch, ``torch/csrc/autograd/engine.cpp``
and ``input_buffer.cpp`` (order, and where gradients of two readers are added).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cnncalc.analyses.kept import Holding, holdings, storage_in_training
from cnncalc.analyses.training import with_gradient
from cnncalc.formulas import stored
from cnncalc.graph import Graph, Node
from cnncalc.layers import Weight
from cnncalc.sizes import Shape, Size, expand, maximum, product, scaled_part

#: Numbers that an optimizer remembers for each parameter. Sources: PyTorch, ``torch.optim.SGD``
#: (a momentum buffer) and ``torch.optim.Adam`` (exp_avg, exp_avg_sq); Kingma & Ba 2015, Algorithm 1.
OPTIMIZERS: Mapping[str, int] = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}
#: With symbols, a maximum of more moments than this is no answer that anybody can read.
MOST = 12
#: Bytes of a float32, which mixed precision keeps parameters and optimizer state in.
MASTER = 4


class StepMemory(NamedTuple):
    """Bytes of a training step, by what they are, and of the fullest moment.

    ``master``: the float32 copy of the parameters in mixed precision. ``peak`` is None where a layer
    is repeated a symbolic number of times, and where too many moments may be the fullest for some
    values of the symbols (a symbol for the batch alone is fine); ``when`` names its moment, None with symbols.
    """

    weights: Size
    buffers: Size
    gradients: Size
    optimizer: Size
    master: Size
    peak: Size | None
    when: str | None

    @property
    def resident(self) -> Size:
        """What stays from one step to the next."""
        return self.weights + self.buffers + self.optimizer + self.master


def weight_bytes(graph: Graph, element: int, trainable: bool) -> Size:
    """Bytes of the parameters, or of the buffers; weights that several use count once."""
    total: Size = 0
    for node in graph:
        for weight in () if node.shares else _weights(graph, node):
            if weight.trainable is trainable:
                total += stored(product(weight.shape), weight.bytes or element)
    return expand(total)


def step_memory(
    graph: Graph, element: int, batch: Size = 1, optimizer: str = "sgd", mixed: bool = False
) -> StepMemory:
    """Memory of a step whose numbers take ``element`` bytes each, for ``batch`` images.

    ``mixed``: parameters are kept in float32 too, and optimizer state is, as in Micikevicius et al.
    2018, "Mixed precision training", section 3.1.
    """
    weights, buffers = (weight_bytes(graph, element, trains) for trains in (True, False))
    params = sum(
        product(weight.shape)
        for node in graph
        if not node.shares
        for weight in _weights(graph, node)
        if weight.trainable
    )
    state = OPTIMIZERS[optimizer] * stored(params, MASTER if mixed else element)
    master: Size = stored(params, MASTER) if mixed else 0
    found = StepMemory(weights, buffers, weights, expand(state), expand(master), None, None)
    if any(node.layer.inside for node in graph):
        return found
    ledger = _Ledger()
    ledger.hold("resident", found.resident)
    _Step(graph, element, batch, ledger).run()
    peak, when = ledger.peak()
    return found._replace(peak=peak, when=when)


def _weights(graph: Graph, node: Node) -> tuple[Weight, ...]:
    return tuple(node.layer.weights(graph.inputs_of(node)[0], node.shape))


#: The name of a moment, and how many bytes of each product of sizes are held.
_Moment = tuple[str, dict[Size, int]]


class _Ledger:
    """What is held, how often, and the fullest moments: with symbols all that may be."""

    def __init__(self) -> None:
        self.parts: dict[str, tuple[int, Size]] = {}
        self.holders: dict[str, int] = {}
        self.now: dict[Size, int] = {}
        self.fullest: list[_Moment] = []

    def hold(self, key: str, size: Size = 0) -> None:
        """Once more; ``size`` bytes the first time."""
        if key not in self.holders:
            number, rest = self.parts[key] = scaled_part(size)
            self.now[rest] = self.now.get(rest, 0) + number
        self.holders[key] = self.holders.get(key, 0) + 1

    def release(self, key: str) -> None:
        self.holders[key] -= 1
        if not self.holders[key]:
            number, rest = self.parts.pop(key)
            self.now[rest] -= number
            del self.holders[key]

    def mark(self, moment: str) -> None:
        """Remembers what is held now, unless another moment has at least as much of everything."""
        if any(_covers(other, self.now) for _, other in self.fullest):
            return
        self.fullest = [one for one in self.fullest if not _covers(self.now, one[1])]
        self.fullest.append((moment, {rest: n for rest, n in self.now.items() if n}))

    def peak(self) -> tuple[Size | None, str | None]:
        """Bytes of the fullest moment, and its name where there is only one.

        None where too many moments may be the fullest for some values of the symbols.
        """
        found = _tops(self.fullest)
        if len(found) > MOST:
            return None, None
        totals = [expand(sum(n * rest for rest, n in held.items())) for _, held in found]
        return maximum(totals), found[0][0] if len(totals) == 1 else None


def _tops(moments: list[_Moment]) -> list[_Moment]:
    """Those that are the fullest for some value, where they are lines a + b n in one unknown n ≥ 1.

    The lines that are on top somewhere, by slope: a line is not if the next steeper one is above it
    before it is above the one that is less steep.
    """
    rests = {rest for _, held in moments for rest in held} - {1}
    if len(rests) != 1:
        return moments
    from fractions import Fraction

    (rest,) = rests
    # each with its slope, and its value at n = 1
    lines = [(held.get(rest, 0), held.get(1, 0) + held.get(rest, 0)) for _, held in moments]
    order = sorted(range(len(lines)), key=lines.__getitem__)

    def meet(flat: int, steep: int) -> Fraction:
        """Where the steeper line reaches the flatter one, counted from n = 1."""
        return Fraction(lines[flat][1] - lines[steep][1], lines[steep][0] - lines[flat][0])

    top: list[int] = []
    for one in order:
        while top and (
            lines[one][1] >= lines[top[-1]][1]
            or (len(top) > 1 and meet(top[-2], one) <= meet(top[-2], top[-1]))
        ):
            top.pop()
        top.append(one)
    return [moments[one] for one in top]


def _covers(larger: dict[Size, int], smaller: dict[Size, int]) -> bool:
    return all(larger.get(rest, 0) >= number for rest, number in smaller.items())


class _Step:
    """One step of training, layer by layer."""

    def __init__(self, graph: Graph, element: int, batch: Size, ledger: _Ledger) -> None:
        self.graph = graph
        self.element = element
        self.batch = batch
        self.ledger = ledger
        self.kept = holdings(graph)
        self.gradients = with_gradient(graph)
        self.storage = storage_in_training(graph)

    def run(self) -> None:
        self.forward()
        grads = {}
        for tensor in dict.fromkeys(self.graph.outputs.values()):
            if tensor in self.gradients:
                grads[tensor] = self.new(f"gradient of {tensor}", self.graph.shapes[tensor])
        for node in reversed(self.graph.nodes):
            if node.name in grads:
                self.backward(node, grads)
        self.ledger.mark("the optimizer's step")

    def new(self, key: str, shape: Shape) -> str:
        self.ledger.hold(key, stored(shape.numel, self.element, self.batch))
        return key

    def hold(self, one: Holding) -> None:
        self.ledger.hold(one.key, one.bytes(self.element, self.batch))

    def forward(self) -> None:
        graph, storage, ledger = self.graph, self.storage, self.ledger
        last: dict[str, int] = {}
        for step, node in enumerate(graph):
            for name in (node.name, *node.inputs):
                last[storage[name]] = step
        for name in (*graph.inputs, *graph.outputs.values()):
            last[storage[name]] = len(graph)
        for name, shape in graph.inputs.items():
            self.new(name, shape)
        for step, node in enumerate(graph):
            if storage[node.name] == node.name:
                self.new(node.name, node.shape)
            for one in self.kept[node.name]:
                self.hold(one)
            ledger.mark(f"{node.name}, forward")
            for name in {storage[name] for name in (node.name, *node.inputs)}:
                if last[name] == step:
                    ledger.release(name)

    def backward(self, node: Node, grads: dict[str, str]) -> None:
        """The gradients of what a node reads and of its weights, from that of its output."""
        ledger, own = self.ledger, grads.pop(node.name)
        made = []
        for i, (name, x) in enumerate(zip(node.inputs, self.graph.inputs_of(node))):
            if name not in self.gradients:
                continue
            if self.passes(node, x):
                ledger.hold(own)
                made.append((name, own))
            else:
                made.append((name, self.new(f"gradient {i} by {node.name}", x)))
        again = self.of_weights(node)
        ledger.mark(f"{node.name}, backward")
        for key in (own, *again, *(one.key for one in self.kept[node.name])):
            ledger.release(key)
        for name, key in made:
            self.add(name, key, grads)

    def passes(self, node: Node, x: Shape) -> bool:
        """Is the gradient of this input the output's own, or a view of it?"""
        layer = node.layer
        return layer.passes_gradient or (
            layer.view_in_training and len(node.inputs) == 1 and x.numel == node.shape.numel
        )

    def of_weights(self, node: Node) -> list[str]:
        """Makes the gradients of its weights; returns those that are added to another use's."""
        again = []
        for weight in _weights(self.graph, node):
            if weight.trainable:
                key = f"gradient of {node.shares or node.name}.{weight.name}"
                if key in self.ledger.holders:
                    key = f"{key} by {node.name}"
                    again.append(key)
                self.ledger.hold(key, stored(product(weight.shape), self.element))
        return again

    def alone(self, key: str) -> bool:
        """Is the gradient nobody else's, so that another can be added to it in place?"""
        return self.ledger.holders[key] == 1

    def add(self, name: str, key: str, grads: dict[str, str]) -> None:
        """The gradient of a tensor from one more reader: added in place where nobody else has it."""
        ledger, old = self.ledger, grads.get(name)
        if old is None:
            grads[name] = key
        elif self.alone(old):
            ledger.release(key)
        else:
            both = f"gradient of {name} with {key}"
            grads[name] = self.new(both, self.graph.shapes[name])
            ledger.mark(f"{name}, backward")
            ledger.release(old)
            ledger.release(key)
