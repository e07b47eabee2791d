"""Every expectation held against what is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cnncalc.errors import CnncalcError
from cnncalc.expect.base import Base
from cnncalc.expect.domain import fits_as, fitting
from cnncalc.expect.fields import seen
from cnncalc.expect.numbers import held_to
from cnncalc.expect.outcome import Outcome
from cnncalc.expect.parts import Part, Parts
from cnncalc.expect.reading import named, unknown
from cnncalc.expect.shapes import Decide, shaped
from cnncalc.formulas import flops
from cnncalc.network import Network
from cnncalc.problems import BadExpectation
from cnncalc.results import TOTALS, Analysis
from cnncalc.sizes import Number, Shape
from cnncalc.spec.scope import Scope
from cnncalc.spec.syntax import Entry, Expect, Piece

if TYPE_CHECKING:
    from cnncalc.domain import Domain
    from cnncalc.graph import Graph

Outcomes = Iterator[Outcome | CnncalcError]

#: Numbers of a layer or a block.
COSTS: dict[str, Callable[[Part], Number]] = {
    "params": lambda part: part.cost.params,
    "buffers": lambda part: part.cost.buffers,
    "macs": lambda part: part.cost.macs,
    "flops": lambda part: flops(part.cost.macs),
}


class Subject:
    """A network for one choice of its sizes, and what it was at the base.

    ``scope`` is what expressions see, ``settings`` are values for parameters.
    """

    def __init__(
        self,
        network: Network,
        scope: Scope,
        analysis: Analysis,
        settings: Mapping[str, Any] | None = None,
        base: Base | None = None,
    ) -> None:
        self.network = network
        self.scope = scope
        self.analysis = analysis
        self.settings = settings or {}
        self.base = base or Base()

    @cached_property
    def parts(self) -> Parts:
        return Parts(self.analysis)

    @cached_property
    def domain(self) -> Domain:
        """All sizes for which the network is well-formed, whatever the spec's own are."""
        return self.network.domain(None, self.settings)

    @cached_property
    def _free(self) -> Domain:
        """Those of the symbols that have no number here."""
        return self.network.domain(self.analysis.at, self.settings)

    def deciding(self, shape: Callable[[Graph], Shape]) -> Decide:
        """Holds the sizes of a tensor to what is written, wherever the network is well-formed."""

        def decide(index: int, piece: Piece) -> bool | None:
            return fits_as(self._free, lambda graph: shape(graph)[index], piece, self.scope)

        return decide


def outcomes(expected: Expect, subject: Subject) -> Outcomes:
    """Every expectation held against the numbers, kept ones too.

    One that means nothing is a :class:`cnncalc.errors.CnncalcError` among the outcomes.
    """
    for key, entry in expected.items():
        yield from _safely(_expectation, key, entry, subject)


def _safely(held: Callable[..., Outcomes], *arguments: Any) -> Outcomes:
    """What means nothing ends the expectation that it is in, and no other."""
    try:
        yield from held(*arguments)
    except CnncalcError as error:
        yield error


def _expectation(key: str, entry: Entry, subject: Subject) -> Outcomes:
    if key in TOTALS:
        got = TOTALS[key](subject.analysis)
        yield from held_to(key, key, entry, got, subject.scope, subject.base)
    elif key in _HELD:
        yield from _HELD[key](entry, subject)
    else:
        raise unknown(key, KEYS, entry, "expectations")


def _output(entry: Entry, subject: Subject) -> Outcomes:
    outputs = subject.analysis.outputs
    if len(outputs) > 1:
        raise BadExpectation(
            f"the network has {len(outputs)} outputs",
            at=entry.at,
            hint=f"write outputs: {{{next(iter(outputs))}: [10], …}}",
        )
    (name,) = outputs
    yield _output_shape("output", "output", entry, name, subject)


def _outputs(entry: Entry, subject: Subject) -> Outcomes:
    outputs = subject.analysis.outputs

    def one(name: str, inner: Entry) -> Outcomes:
        if name not in outputs:
            raise unknown(name, outputs, inner, "outputs")
        yield _output_shape("outputs", f"outputs: {name}", inner, name, subject)

    for name, inner in named(entry, "outputs must name them", "outputs: {output: [10]}").items():
        yield from _safely(one, name, inner)


def _output_shape(key: str, name: str, entry: Entry, output: str, subject: Subject) -> Outcome:
    decide = subject.deciding(lambda graph: graph.shapes[graph.outputs[output]])
    return shaped(key, name, entry, subject.analysis.outputs[output], subject.scope, decide)


def _part_shape(name: str, entry: Entry, part: Part, subject: Subject) -> Outcome:
    decide = subject.deciding(lambda graph: graph.shapes[part.tensor])
    return shaped("shapes", name, entry, part.shape, subject.scope, decide, part.name)


def _fields(entry: Entry, subject: Subject) -> Outcomes:
    yield from seen("receptive_field", entry, subject.analysis.fields, subject.scope)


def _shapes(entry: Entry, subject: Subject) -> Outcomes:
    def one(name: str, inner: Entry) -> Outcomes:
        part = subject.parts.find(name, inner)
        yield _part_shape(f"shapes: {name}", inner, part, subject)

    for name, inner in named(entry, "shapes must name layers", "{conv1: [64, 112, 112]}").items():
        yield from _safely(one, name, inner)


def _layers(entry: Entry, subject: Subject) -> Outcomes:
    for name, inner in named(entry, "layers must name them", "{conv1: {params: 9408}}").items():
        yield from _safely(_layer, name, inner, subject)


def _layer(name: str, entry: Entry, subject: Subject) -> Outcomes:
    part = subject.parts.find(name, entry)
    words = f"what is expected of {name} must be named"
    for key, inner in named(entry, words, "{params: 9408, output: [64, 112, 112]}").items():
        yield from _safely(_of_layer, key, inner, part, subject)


def _of_layer(key: str, entry: Entry, part: Part, subject: Subject) -> Outcomes:
    name, scope = f"layers: {part.name}: {key}", subject.scope
    if key in COSTS:
        yield from held_to(key, name, entry, COSTS[key](part), scope, part=part.name)
    elif key == "output":
        yield _part_shape(name, entry, part, subject)
    elif key == "receptive_field":
        yield from seen(name, entry, part.fields, scope, part.name)
    else:
        raise unknown(key, PART_KEYS, entry, "expectations of a layer")


def _domain(entry: Entry, subject: Subject) -> Outcomes:
    yield from fitting(entry, subject.domain, subject.scope)


#: What can be expected of something else than a number.
_HELD: dict[str, Callable[[Entry, Subject], Outcomes]] = {
    "output": _output,
    "outputs": _outputs,
    "receptive_field": _fields,
    "shapes": _shapes,
    "layers": _layers,
    "domain": _domain,
}
#: All keys of ``expect:``, and those of a layer or a block.
KEYS = (*TOTALS, *_HELD, "at")
PART_KEYS = (*COSTS, "output", "receptive_field")
