"""Claims of questions, recomputed without the analyzer: by PyTorch, and by autograd for fields.

A question says which networks it is about (``Question.claims``); what its template computed is not
looked at. Only the reading of the line of text, and the twins of its layers, are the project's.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

import cnncalc
from cnncalc.backends.torch.build import build
from cnncalc.backends.torch.measuring import Instrument, Unit
from cnncalc.errors import CnncalcError
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.quiz.ask import Ask, symbols
from cnncalc.quiz.model import Claim, Matching, Question, Single, Table, TrueFalse
from cnncalc.sizes import Shape

#: Values of the symbols at which formulas are compared.
POINTS = (5, 8, 12)
#: Bytes of an element.
_BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2, "int8": 1}


class Unknown(LookupError):
    """There is no measurement for what is asked."""


def check(question: Question) -> int:
    """Holds every claim to what is measured; how many there were."""
    for claim in question.claims:
        assert holds(claim) is claim.true, f"{question.id}: {claim}"
    return len(question.claims)


def answers(question: Question) -> list[Any]:
    """What is marked as right; of statements, which are."""
    body = question.body
    if isinstance(body, TrueFalse):
        return [one.true for one in body.statements]
    if isinstance(body, Matching):
        return [pair.right for pair in body.pairs]
    if isinstance(body, Table):
        return [gap.value for gap in body.gaps]
    return [body.options[body.at].value if isinstance(body, Single) else body.value]


def claimed(question: Question) -> bool:
    """Is all that is marked as right what some claim says, so that :func:`check` holds it, too?"""
    if isinstance(question.body, TrueFalse):
        return answers(question) == [claim.true for claim in question.claims]
    true = {_bare(claim.value) for claim in question.claims if claim.true}
    return true >= {*map(_bare, answers(question))}


def _bare(value: object) -> str:
    return str(value).replace(",", "").replace("×", "x").partition(" ")[0]


def holds(claim: Claim) -> bool:
    """Does the ask come to the value, as measured? Formulas: at all points."""
    ask = claim.ask
    names = _symbols(ask.net)
    if not names:
        return bool(measure(ask, {}) == claim.value)
    for i, first in enumerate(POINTS):
        at = {name: first + 3 * ((i + j) % 3) for j, name in enumerate(names)}
        at = {name: 24 + value if name in "HWD" else value for name, value in at.items()}
        if "g" in at:  # the groups divide all channels
            at = {name: (1 if name == "g" else value) * (i + 2) for name, value in at.items()}
        if measure(ask, at) != _evaluated(str(claim.value), at):
            return False
    return True


def _symbols(net: str) -> list[str]:
    of_input = re.findall(r"[A-Za-z_]\w*", re.sub(r"(?<=[\w)])x(?=[\w(])", " ", net.split("|")[0]))
    return list(dict.fromkeys([*of_input, *symbols(cnncalc.load(net))]))


def _evaluated(formula: str, at: dict[str, int]) -> Any:
    words = {"floor": floor, "ceiling": ceil, "Min": min, "Max": max, "Fraction": Fraction}
    exact = re.sub(r"\b\d+\b", r"Fraction(\g<0>)", formula)
    names = {name: Fraction(value) for name, value in at.items()}
    return eval(exact, {**words, "__builtins__": {}}, names)


def measure(ask: Ask, at: dict[str, int]) -> Any:
    """What PyTorch says; raises :class:`Unknown` for a quantity without a measurement."""
    if ask.of not in MEASURES:
        raise Unknown(f"add {ask.of} to quiz_oracle.MEASURES")
    return MEASURES[ask.of](ask, _graph(ask.net, tuple(at.items())))


@lru_cache(maxsize=32)
def _graph(net: str, at: tuple[tuple[str, int], ...]) -> Graph:
    network = cnncalc.load(net)
    letters = symbols(network)
    return network.graph(
        {name: value for name, value in at if name not in letters},
        {name: value for name, value in at if name in letters},
    )


class Pass:
    """A forward pass without numbers (on the meta device): shapes, FLOPs, memory."""

    def __init__(self, graph: Graph, batch: int) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.flops: dict[str, int] = {}
        self.elements: dict[str, int] = {}
        with torch.device("meta"):
            network = build(graph)
            inputs = [torch.empty(batch, *shape) for shape in graph.inputs.values()]
        seen = {x.untyped_storage()._cdata for x in inputs}
        kept = []
        with FlopCounterMode(display=False) as counter:
            before = 0

            def observe(name: str, tensor: torch.Tensor) -> None:
                nonlocal before
                self.shapes[name] = tuple(tensor.shape[1:])
                total = counter.get_total_flops()
                self.flops[name], before = total - before, total
                storage = tensor.untyped_storage()
                self.elements[name] = 0 if storage._cdata in seen else tensor.numel()
                seen.add(storage._cdata)
                kept.append(storage)

            network(*inputs, observer=observe)
        self.network = network


_pass = lru_cache(maxsize=8)(Pass)


class Run:
    """What an ask asks of a pass: of the whole network, or of one layer."""

    def __init__(self, ask: Ask, graph: Graph) -> None:
        found = _pass(graph, ask.batch)
        self.shapes, self.flops, self.elements = found.shapes, found.flops, found.elements
        self.whole = ask.layer is None
        self.name = ask.layer or next(iter(graph.outputs.values()))
        self.module = found.network if self.whole else found.network.twins[self.name]

    def of(self, numbers: dict[str, int]) -> int:
        return sum(numbers.values()) if self.whole else numbers[self.name]


def _along(axis: int) -> Callable[[Ask, Graph], int]:
    def measured(ask: Ask, graph: Graph) -> int:
        run = Run(ask, graph)
        return run.shapes[run.name][axis]

    return measured


def _shape(ask: Ask, graph: Graph) -> str:
    run = Run(ask, graph)
    return "x".join(map(str, run.shapes[run.name]))


def _elements(ask: Ask, graph: Graph) -> int:
    run = Run(ask, graph)
    return torch.Size(run.shapes[run.name]).numel()


def _params(ask: Ask, graph: Graph) -> int:
    return sum(p.numel() for p in Run(ask, graph).module.parameters() if p.requires_grad)


def _buffers(ask: Ask, graph: Graph) -> int:
    return sum(b.numel() for b in Run(ask, graph).module.buffers())


def _flops(ask: Ask, graph: Graph) -> int:
    run = Run(ask, graph)
    return run.of(run.flops)


def _macs(ask: Ask, graph: Graph) -> Fraction:
    return Fraction(_flops(ask, graph), 2)


def _written(ask: Ask, graph: Graph) -> int:
    run = Run(ask, graph)
    return run.of(run.elements) * _BYTES[ask.dtype]


class _Source(Layer):
    """Makes the input inside of the network, so that nothing else holds it."""

    kind = "source"

    def __init__(self, shape: Shape) -> None:
        self.__dict__["shape"] = shape

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return lambda seed: torch.zeros(seed.shape[0], *self.__dict__["shape"])


def _peak(ask: Ask, graph: Graph) -> int:
    """The most elements that PyTorch holds after a layer, in bytes: tensors that nobody reads go."""
    sources = [Node(name, _Source(shape), ("seed",), shape) for name, shape in graph.inputs.items()]
    network = build(Graph({"seed": Shape((1,))}, (*sources, *graph.nodes), graph.outputs)).eval()
    held: list[weakref.ref[torch.Tensor]] = []
    peak = 0

    def observe(name: str, tensor: torch.Tensor) -> None:
        nonlocal peak
        held.append(weakref.ref(tensor))
        alive = [one for ref in held if (one := ref()) is not None]
        sizes = {one.untyped_storage().data_ptr(): one.untyped_storage().nbytes() for one in alive}
        peak = max(peak, sum(sizes.values()) // 4)

    with torch.no_grad():
        network(torch.zeros(ask.batch, 1), observer=observe)
    return peak * _BYTES[ask.dtype]


def _seen(ask: Ask, graph: Graph) -> list[tuple[int, int]]:
    """First and last position that two neighbouring units in the middle see, on a large input."""
    wide = cnncalc.load(_enlarged(ask.net, 1024)).graph()
    maps = [node.name for node in wide if node.shape.rank and node.shape.spatial[0] > 1]
    name = ask.layer or maps[-1]
    for size in (64 * 2**i for i in range(7)):
        try:
            graph = cnncalc.load(_enlarged(ask.net, size)).graph()
        except CnncalcError:
            continue  # too small
        count = graph.shapes[name].spatial[0]
        if count < 3:
            continue
        units = [Unit(name, count // 2), Unit(name, count // 2 + 1)]
        masks = Instrument(graph).seen(units, 0)
        found = [_ends(mask) for mask in masks]
        if all(first > 0 and last < size - 1 for first, last in found):
            return found
    raise AssertionError(f"{ask}: no unit is clear of the borders")


def _enlarged(net: str, size: int) -> str:
    shape, bar, layers = net.partition("|")
    channels, *spatial = shape.strip().split("x")
    return "x".join([channels, *(str(size) for _ in spatial)]) + f" {bar}{layers}"


def _ends(mask: int) -> tuple[int, int]:
    return (mask & -mask).bit_length() - 1, mask.bit_length() - 1


def _rf(ask: Ask, graph: Graph) -> int:
    (first, last), _ = _seen(ask, graph)
    return last - first + 1


def _jump(ask: Ask, graph: Graph) -> int:
    (first, _), (following, _) = _seen(ask, graph)
    return following - first


#: A measurement for each quantity of ``cnncalc.quiz.ask`` that questions claim.
MEASURES: dict[str, Callable[[Ask, Graph], Any]] = {
    "height": _along(-2),
    "width": _along(-1),
    "depth": _along(-3),
    "channels": _along(0),
    "shape": _shape,
    "elements": _elements,
    "params": _params,
    "buffers": _buffers,
    "macs": _macs,
    "flops": _flops,
    "written": _written,
    "peak": _peak,
    "rf": _rf,
    "jump": _jump,
}
