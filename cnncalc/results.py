"""What an analysis returns: plain typed values, and their JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.analyses.cost import Cost
from cnncalc.analyses.findings import Finding, warning
from cnncalc.analyses.memory import Memory
from cnncalc.analyses.receptive_field import Fields
from cnncalc.formulas import flops
from cnncalc.graph import Graph, Scope
from cnncalc.sizes import Number, Shape, Size, is_int, text

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Count

#: Version of the JSON; changes only add keys.
SCHEMA = 1
#: How multiply–accumulates are counted.
CONVENTION = {"name": "mac", "unit": "MAC"}
#: What is said of a receptive field, along every axis.
FIELD_KEYS = ("size", "jump", "start", "end", "center", "padding")


class LayerResult(NamedTuple):
    """One layer: its shapes, its cost per image times the batch, its receptive field per axis."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    output: Shape
    cost: Cost
    fields: Fields | None
    scopes: tuple[Scope, ...]
    shares: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "inputs": list(self.inputs),
            "output": _plain(self.output),
            **cost_to_dict(self.cost),
            "receptive_field": fields_to_dict(self.fields),
            "context": context_to_dict(self.fields),
            **({"shares": self.shares} if self.shares else {}),
        }


class Folding(NamedTuple):
    """Batch normalisation that was folded: layers by the norm that each took in; norms that stay."""

    into: Mapping[str, str]
    left: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"folded": dict(self.into), "unfolded": list(self.left)}

    @property
    def nothing(self) -> str | None:
        """Why nothing was folded, if so."""
        if self.into:
            return None
        if not self.left:
            return "there is no batch normalisation to fold"
        return f"no batch normalisation can be folded ({_few(self.left)}): {_FOLDS}"

    @property
    def findings(self) -> tuple[Finding, ...]:
        return (warning(self.nothing),) if self.nothing else ()

    def __str__(self) -> str:
        count = len(self.into)
        where = "into the layer before it" if count == 1 else "into the layers before them"
        done = f"{count} batch normalisation{'s' * (count != 1)}{f', {where}' * bool(count)}"
        stays = f"{len(self.left)} {'stays' if len(self.left) == 1 else 'stay'}"
        return f"{done}; {stays} ({_few(self.left)}): {_FOLDS}" if self.left else done


_FOLDS = (
    "a norm with running statistics folds into a convolution or linear layer that is used once and "
    "that it alone reads"
)


def _few(names: tuple[str, ...]) -> str:
    return ", ".join([*names[:3], *("…" for _ in names[3:4])])


class Analysis(NamedTuple):
    """Everything that is known of a network for one choice of its parameters and symbols.

    Shapes are per image; MACs and bytes are for ``batch`` images. ``counts`` are those of other
    tools, by the conventions that were asked for.
    """

    name: str
    source: str | None
    inputs: Mapping[str, Shape]
    at: Mapping[str, int]
    batch: Size
    dtype: str
    layers: tuple[LayerResult, ...]
    total: Cost
    memory: Memory
    outputs: Mapping[str, Shape]
    last_feature_map: str | None
    findings: tuple[Finding, ...]
    assume: Mapping[str, str] = MappingProxyType({})
    #: None: nothing was asked to be folded.
    folding: Folding | None = None
    counts: tuple[Count, ...] = ()

    @property
    def folded(self) -> Mapping[str, str] | None:
        """Layers by the norm that was folded into each; None: nothing was asked to be folded."""
        return self.folding and self.folding.into

    @property
    def output(self) -> Shape:
        """Shape of the only output, or of the first."""
        return next(iter(self.outputs.values()))

    @property
    def fields(self) -> Fields | None:
        """Receptive field of the last feature map."""
        return next((row.fields for row in self.layers if row.name == self.last_feature_map), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was noticed, in words, errors included: see ``findings``."""
        return tuple(map(str, self.findings))

    def head(self) -> dict[str, Any]:
        """What every JSON answer about the network begins with."""
        return head(self.name, self.inputs, self.at, self.assume)

    def to_dict(self) -> dict[str, Any]:
        """JSON of schema 1: symbolic values are text in sympy's syntax, undefined ones null."""
        return {
            **self.head(),
            "batch": plain(self.batch),
            "dtype": self.dtype,
            "convention": CONVENTION,
            **counts_to_dict(self.counts),
            "layers": [row.to_dict() for row in self.layers],
            "totals": {key: plain(total(self)) for key, total in TOTALS.items()},
            **outputs_to_dict(self),
            **(self.folding.to_dict() if self.folding else {}),
            "last_feature_map": self.last_feature_map,
            "warnings": list(self.warnings),
            "findings": [finding._asdict() for finding in self.findings],
        }

    def __str__(self) -> str:
        """As ``cnncalc analyze`` prints it."""
        from cnncalc.render.plain import plain as written
        from cnncalc.tables.analysis import analysis_table

        return written(analysis_table(self))

    def _repr_html_(self) -> str:
        """The same table, as notebooks show it."""
        from cnncalc.render.html import table
        from cnncalc.tables.analysis import analysis_table

        return table(analysis_table(self))


#: Numbers of the whole network, by their name in JSON and in ``expect:``.
TOTALS: dict[str, Callable[[Analysis], Number | None]] = {
    "params": lambda analysis: analysis.total.params,
    "buffers": lambda analysis: analysis.total.buffers,
    "macs": lambda analysis: analysis.total.macs,
    "flops": lambda analysis: flops(analysis.total.macs),
    "activation_bytes": lambda analysis: analysis.memory.written,
    "peak_activation_bytes": lambda analysis: analysis.memory.peak,
}


def opening(name: str) -> dict[str, Any]:
    """What every JSON answer begins with."""
    from cnncalc import __version__

    return {"schema": SCHEMA, "cnncalc": __version__, "name": name}


class Sized(NamedTuple):
    """The graph of a network for one choice of its parameters and symbols, which are ``at``."""

    name: str
    source: str | None
    graph: Graph
    at: Mapping[str, int]
    assume: Mapping[str, str] = MappingProxyType({})
    #: None: nothing was asked to be folded.
    folding: Folding | None = None

    @property
    def head(self) -> dict[str, Any]:
        """What every JSON answer about it begins with."""
        return head(self.name, self.graph.inputs, self.at, self.assume)


def head(
    name: str,
    inputs: Mapping[str, Shape],
    at: Mapping[str, int],
    assume: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """What every JSON answer about one network and its sizes begins with."""
    return {
        **opening(name),
        "inputs": {key: _plain(shape) for key, shape in inputs.items()},
        "at": dict(at),
        **({"assume": dict(assume)} if assume else {}),
    }


def outputs_to_dict(analysis: Analysis) -> dict[str, Any]:
    """``output`` of the only one, or ``outputs`` by name."""
    if len(analysis.outputs) == 1:
        return {"output": _plain(analysis.output)}
    return {"outputs": {name: _plain(shape) for name, shape in analysis.outputs.items()}}


def plain(value: Number | None) -> int | str | None:
    """A number as JSON has it: an int, text for a fraction or a formula, null when undefined."""
    return value if value is None or is_int(value) else text(value)


def _plain(values: Shape) -> list[int | str | None]:
    return [plain(value) for value in values]


def counts_to_dict(counts: Iterable[Count]) -> dict[str, Any]:
    """``conventions``: each by its name, when any was asked for."""
    found = {count.convention.key: count_to_dict(count) for count in counts}
    return {"conventions": found} if found else {}


def count_to_dict(count: Count) -> dict[str, Any]:
    """Total, entries of the ledger, what is uncounted, and every layer's count.

    ``evaluated`` is the count in numbers, where a layer has no formula in the symbols.
    """
    convention = count.convention
    found: dict[str, Any] = {
        "name": convention.name,
        "version": convention.version or None,
        "unit": convention.unit,
        "total": plain(count.total),
        "terms": {label: plain(amount) for label, amount in count.terms.items()},
        "apart": {label: plain(amount) for label, amount in count.apart.items()},
        "uncounted": {
            one.kind: {"operations": list(one.operations), "layers": list(one.layers)}
            for one in count.uncounted
        },
        "layers": {name: plain(layer.total) for name, layer in count.layers.items()},
    }
    if count.numeric:
        values = count.at and {"at": dict(count.at[0]), "total": plain(count.at[1].total)}
        found.update(no_closed_form=count.numeric, evaluated=values)
    return found


def cost_to_dict(cost: Cost) -> dict[str, Any]:
    return {
        "params": plain(cost.params),
        "buffers": plain(cost.buffers),
        "macs": plain(cost.macs),
        "flops": plain(flops(cost.macs)),
    }


def fields_to_dict(fields: Fields | None) -> dict[str, Any] | None:
    if not fields:
        return None
    return {name: [plain(getattr(field, name)) for field in fields] for name in FIELD_KEYS}


def context_to_dict(fields: Fields | None) -> list[list[int | str | None] | None] | None:
    """First and last position per axis that all units see alike; null when there are none."""
    if not fields or not any(field.context for field in fields):
        return None
    return [field.context and [plain(end) for end in field.context] for field in fields]


def per_axis(fields: Fields, name: str) -> list[Number | None]:
    """One property of a field along every axis, such as ``size``."""
    return [getattr(field, name) for field in fields]
