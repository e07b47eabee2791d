"""One number that the analyzer knows of a network: its value, its working, the command for it.

What is right and what is wrong are both such asks; a misconception is an ask about another network.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from cnncalc.analyses.memory import DTYPES, written_by
from cnncalc.analyses.receptive_field import AxisField, Fields
from cnncalc.errors import CnncalcError, UsageError, suggest
from cnncalc.explain import Explanation, Step
from cnncalc.formulas import flops, stored
from cnncalc.graph import Graph, Node
from cnncalc.network import Network, load
from cnncalc.notation import names_in
from cnncalc.quiz.draw import Redraw
from cnncalc.quiz.model import Claim, Value
from cnncalc.render.page import GROUPED, Page
from cnncalc.results import Analysis
from cnncalc.sizes import Shape, is_symbolic, product, text
from cnncalc.spec.bind import open_names
from cnncalc.worked import form_of


class _Found(NamedTuple):
    """The analysis, and of it what the asked layer (or the whole network) has."""

    analysis: Analysis
    output: Shape
    fields: Fields | None
    cost: Any
    written: Any


class Quantity(NamedTuple):
    """``of``: what of ``explain`` derives it, in the steps called ``steps``.

    ``short``: the command that prints it of a whole network.
    """

    label: str
    of: str
    steps: tuple[str, ...]
    value: Callable[[_Found], Any]
    unit: str = ""
    short: str | None = None
    #: Steps that are needed beside them where branches meet.
    joined: tuple[str, ...] = ()


def _along(axis: str) -> Quantity:
    return Quantity(
        axis, "shape", (axis,), lambda f: f.output[f.output.axes.index(axis)], short="shape"
    )


def _first(fields: Fields | None) -> AxisField:
    if not fields:
        raise Redraw("there is no receptive field")
    return fields[0]


#: What can be asked.
QUANTITIES: dict[str, Quantity] = {
    **{axis: _along(axis) for axis in ("height", "width", "depth", "channels")},
    "shape": Quantity(
        "shape",
        "shape",
        ("channels", "features", "depth", "height", "width"),
        lambda f: str(f.output),
        short="shape",
    ),
    "elements": Quantity(
        "elements", "shape", ("channels", "height", "width"), lambda f: product(f.output)
    ),
    "params": Quantity(
        "parameters", "params", ("parameters",), lambda f: f.cost.params, short="params"
    ),
    "buffers": Quantity("buffers", "params", ("buffers",), lambda f: f.cost.buffers),
    "macs": Quantity(
        "MACs", "macs", ("weights", "uses", "MACs"), lambda f: f.cost.macs, short="macs"
    ),
    "flops": Quantity(
        "FLOPs", "macs", ("weights", "uses", "MACs", "FLOPs"), lambda f: flops(f.cost.macs)
    ),
    "rf": Quantity(
        "receptive field",
        "rf",
        ("size", "jump"),
        lambda f: _first(f.fields).size,
        short="rf",
        joined=("start", "end"),
    ),
    "jump": Quantity("jump", "rf", ("jump",), lambda f: _first(f.fields).jump, short="rf"),
    "written": Quantity("bytes written", "memory", ("written",), lambda f: f.written, "B"),
    "peak": Quantity(
        "peak bytes", "memory", ("peak",), lambda f: f.analysis.memory.peak, "B"
    ),
}  # fmt: skip


@lru_cache(maxsize=256)
def _network(net: str) -> Network:
    return load(net)


def symbols(network: Network) -> dict[str, str]:
    """Letters for numbers that a line leaves open: each stays a symbol.

    >>> symbols(load("CxHxW | conv D k=3"))
    {'D': 'D'}
    """
    return {name: name for name in open_names(network.spec, network.limits)}


@lru_cache(maxsize=256)
def _letters(net: str) -> dict[str, str]:
    return symbols(_network(net))


@lru_cache(maxsize=256)
def _graph(net: str) -> Graph:
    return _network(net).graph(settings=_letters(net))


@lru_cache(maxsize=256)
def _analysis(net: str, batch: int, dtype: str) -> Analysis:
    return _network(net).analyze(settings=_letters(net), batch=batch, dtype=dtype)


@lru_cache(maxsize=256)
def _explanation(net: str, layer: str | None, of: str, batch: int, dtype: str) -> Explanation:
    letters = _letters(net)
    return _network(net).explain(layer, [of], settings=letters, batch=batch, dtype=dtype)


@lru_cache(maxsize=256)
def _working(ask: Ask) -> str:
    found = ask.explained()
    value = str(ask.value)
    steps = [one for layer in found.layers for one in layer.steps] + list(found.totals)
    for one in reversed(steps):
        if one.numbers is not None and one.derived and str(one.value) == value:
            written = str(one.numbers.written(GROUPED))
            return "" if written == form_of(one.value).write(GROUPED) else written
    return ""


class Ask(NamedTuple):
    """``of`` (a key of :data:`QUANTITIES`) of a network in one line, or of its ``layer``.

    >>> Ask("3x32x32 | conv 10 k=5 p=2", "params").value
    760
    >>> Ask("CxHxW | conv C k=3 p=1", "params").value
    '9*C**2 + C'
    >>> Ask("CxHxW | conv D k=3 p=1 bias=no", "params").value
    '9*C*D'
    """

    net: str
    of: str
    layer: str | None = None
    batch: int = 1
    dtype: str = "float32"

    @property
    def quantity(self) -> Quantity:
        if self.of not in QUANTITIES:
            hint = suggest(self.of, QUANTITIES, "quantities")
            raise UsageError(f"nothing that can be asked is called {self.of!r}", hint=hint)
        return QUANTITIES[self.of]

    @property
    def network(self) -> Network:
        return _network(self.net)

    @property
    def graph(self) -> Graph:
        return _graph(self.net)

    @property
    def analysis(self) -> Analysis:
        """Raises :class:`Redraw` where the network is not well-formed."""
        try:
            return _analysis(self.net, self.batch, self.dtype)
        except CnncalcError as error:
            raise Redraw(str(error)) from None

    @property
    def value(self) -> Value:
        """The number; a formula in symbols or a shape is text."""
        found = self.quantity.value(self._found())
        if found is None:
            raise Redraw(f"{self.of} of {self.net} is not defined")
        return text(found) if is_symbolic(found) else found

    def _found(self) -> _Found:
        analysis = self.analysis
        if self.layer is None:
            return _Found(
                analysis, analysis.output, analysis.fields, analysis.total, analysis.memory.written
            )
        row = next((row for row in analysis.layers if row.name == self.layer), None)
        if row is None:
            raise Redraw(f"{self.net} has no layer {self.layer}")
        return _Found(analysis, row.output, row.fields, row.cost, self._written(row.output))

    def _written(self, output: Shape) -> Any:
        """The bytes that the layer writes, where these are asked for."""
        if self.of != "written" or self.layer is None:
            return None
        written = written_by(self._node(self.layer).layer, output)
        return stored(written, DTYPES[self.dtype], self.batch)

    def _node(self, name: str) -> Node:
        return next(node for node in self.graph if node.name == name)

    def is_(self, value: Value) -> Claim:
        """The claim that it comes to this, or does not."""
        return Claim(self, value, self.value == value)

    def explained(self) -> Explanation:
        """The working, of this quantity alone; of other layers, only what changes something."""
        from cnncalc.explain.page import shown

        wanted = self.quantity
        graph = self.graph
        alone = self.layer if wanted.of not in ("shape", "rf") else None
        found = _explanation(self.net, alone, wanted.of, self.batch, self.dtype)
        asked = self.layer or next(reversed([node.name for node in graph]))
        needed = graph.used if self.layer is None else graph.before(asked)
        layers = tuple(
            layer._replace(
                steps=tuple(
                    filter(self._wanted, layer.steps if layer.name == asked else shown(layer))
                )
            )
            for layer in found.layers
            if layer.name in needed
        )
        totals = () if self.layer else tuple(filter(self._wanted, found.totals))
        totals = tuple(one for one in totals if one.derived or one.note)
        kept = [one for layer in layers for one in layer.steps] + list(totals)
        used = {name for one in kept if one.letters for name in names_in(one.letters.form)}
        if any("′" in name for name in used):
            used.add("′")
        kinds = {layer.kind for layer in layers if layer.steps}
        meanings = tuple(
            one._replace(kinds=tuple(kind for kind in one.kinds if kind in kinds))
            for one in found.meanings
            if one.letter in used and (not one.kinds or not kinds.isdisjoint(one.kinds))
        )
        return found._replace(title="", layers=layers, totals=totals, meanings=meanings)

    def _wanted(self, step: Step) -> bool:
        words = {word.strip(":,") for name in step.names for word in name.split()}
        joins = any(len(node.inputs) > 1 for node in self.graph)
        return bool(words & {*self.quantity.steps, *(self.quantity.joined if joins else ())})

    def solution(self) -> Page:
        """The working as a page; the quantity is said by the question, not before every line."""
        from cnncalc.explain.page import page_of

        found = page_of(self.explained())
        sections = [
            section._replace(groups=[("", lines) for _, lines in section.groups])
            for section in found.sections
        ]
        return found._replace(sections=sections)

    def working(self) -> str:
        """The last derivation in numbers that comes to the value, without it; empty if there is none."""
        return _working(self)

    @property
    def command(self) -> str:
        """A line for the terminal whose output has the answer."""
        wanted = self.quantity
        options = "".join(
            f" --{name} {value}"
            for name, value, usual in (
                ("layer", self.layer, None),
                ("batch", self.batch, 1),
                ("dtype", self.dtype, "float32"),
            )
            if value != usual
        )
        options += "".join(f" --set {name}={name}" for name in _letters(self.net))
        if wanted.short and not options:
            return f'cnncalc {wanted.short} "{self.net}"'
        return f'cnncalc explain "{self.net}"{options} --of {wanted.of}'
