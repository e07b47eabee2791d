"""Networks side by side: what each comes to, differences and ratios, and which layers differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.errors import UsageError, suggest
from cnncalc.graph import Graph
from cnncalc.layers import KINDS
from cnncalc.network import Network, load
from cnncalc.results import (
    TOTALS,
    Analysis,
    fields_to_dict,
    outputs_to_dict,
    per_axis,
    plain,
)
from cnncalc.sizes import Number, Size, expand, proportion
from cnncalc.spec import Limits
from cnncalc.spec.bind import free_symbols, open_names

if TYPE_CHECKING:
    from cnncalc.versions import Alignment

#: One number, or one along each axis; None for what is not defined.
Values = tuple[Number | None, ...]


class Quantity(NamedTuple):
    """One quantity of all networks: its values, and those of the others against the first."""

    name: str
    values: tuple[Values, ...]

    @property
    def differences(self) -> tuple[Values, ...]:
        """Each other network's value less the first one's."""
        return self._against(lambda other, first: expand(other - first))

    @property
    def ratios(self) -> tuple[Values, ...]:
        """Each other network's value divided by the first one's, exactly."""
        return self._against(proportion)

    def _against(self, operation: Callable[[Number, Number], Number | None]) -> tuple[Values, ...]:
        first, *others = self.values
        return tuple(
            tuple(None if a is None or b is None else operation(b, a) for a, b in zip(first, other))
            if len(first) == len(other)
            else ()
            for other in others
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "quantity": self.name,
            "values": [_plain(values) for values in self.values],
            "differences": [_plain(values) for values in self.differences],
            "ratios": [_plain(values) for values in self.ratios],
        }


def _plain(values: Values) -> Any:
    """One number alone, or a list along the axes; null where the network has none."""
    found = [plain(value) for value in values]
    return found[0] if len(found) == 1 else found or None


def _along(name: str) -> Callable[[Analysis], Values]:
    return lambda analysis: tuple(per_axis(analysis.fields or (), name))


def _total(name: str) -> Callable[[Analysis], Values]:
    return lambda analysis: (TOTALS[name](analysis),)


#: What is compared, by its name in JSON.
QUANTITIES: Mapping[str, Callable[[Analysis], Values]] = {
    "receptive_field": _along("size"),
    "jump": _along("jump"),
    **{name: _total(name) for name in TOTALS},
}


class Comparison:
    """Networks side by side, each held against the first."""

    def __init__(self, analyses: Sequence[Analysis], graphs: Sequence[Graph]) -> None:
        self.analyses = tuple(analyses)
        self._graphs = tuple(graphs)

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Receptive field and jump of the last feature map, and the totals."""
        return tuple(
            Quantity(name, tuple(map(value, self.analyses))) for name, value in QUANTITIES.items()
        )

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(analysis.name for analysis in self.analyses)}>"

    def __str__(self) -> str:
        """As ``cnncalc compare`` prints it."""
        from cnncalc.render.plain import plain
        from cnncalc.tables.comparison import comparison_table

        return plain(comparison_table(self))

    def _repr_html_(self) -> str:
        """The same table, as notebooks show it."""
        from cnncalc.render.html import table
        from cnncalc.tables.comparison import comparison_table

        return table(comparison_table(self))

    def __getitem__(self, name: str) -> Quantity:
        """One quantity by name, such as ``params``; raises :class:`UsageError` for another one."""
        if name not in QUANTITIES:
            hint = suggest(str(name), QUANTITIES, "quantities")
            raise UsageError(f"nothing that is compared is called {name!r}", hint=hint)
        return Quantity(name, tuple(map(QUANTITIES[name], self.analyses)))

    @property
    def alignments(self) -> tuple[Alignment, ...]:
        """The layers of the first network aligned with those of each other one."""
        from cnncalc.versions import align, steps

        first, *others = (
            steps(graph, analysis.layers) for graph, analysis in zip(self._graphs, self.analyses)
        )
        return tuple(align(first, other) for other in others)

    def to_dict(self, layers: bool = False) -> dict[str, Any]:
        """JSON: the networks, and each quantity with differences and ratios; exact throughout.

        A value along several axes is a list. ``layers`` adds the layers that differ.
        """
        head = self.analyses[0].head()
        found = {
            "schema": head["schema"],
            "cnncalc": head["cnncalc"],
            "networks": [_network(analysis) for analysis in self.analyses],
            "quantities": [quantity.to_dict() for quantity in self.quantities],
        }
        if layers:
            found["layers"] = [alignment.to_dict() for alignment in self.alignments]
        return found


def _network(analysis: Analysis) -> dict[str, Any]:
    head = analysis.head()
    return {
        **{key: head[key] for key in ("name", "inputs", "at")},
        "batch": plain(analysis.batch),
        "dtype": analysis.dtype,
        **outputs_to_dict(analysis),
        "last_feature_map": analysis.last_feature_map,
        "receptive_field": fields_to_dict(analysis.fields),
        "warnings": list(analysis.warnings),
    }


def compare(
    *networks: Network | str | Path,
    at: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    input: str | None = None,
    symbolic: bool = False,
    batch: Size = 1,
    dtype: str = "float32",
    limits: Limits | None = None,
) -> Comparison:
    """Networks side by side: two or more, as :func:`load` takes them.

    >>> two = compare(
    ...     "CxHxW | conv C k=5 p=2 bias=no",
    ...     "CxHxW | conv C k=3 p=1 bias=no | conv C k=3 p=1 bias=no",
    ... )
    >>> two["receptive_field"].values, two["params"].ratios
    (((5, 5), (5, 5)), ((Fraction(18, 25),),))

    ``at`` and ``settings`` go to those networks that have a symbol or a parameter of the name. A
    name in a one-line network that nothing defines stays a symbol. ``input`` is the input of texts
    that begin with a layer: ``compare("conv D k=K", "sepconv D k=K", input="CxHxW")``.

    Raises :class:`cnncalc.CnncalcError` for less than two networks, a name that none of them has,
    and for a network that is not well-formed.
    """
    if len(networks) < 2:
        raise UsageError(
            f"two networks or more are compared, got {len(networks)}",
            hint="name them one after the other: compare vgg16 resnet18",
        )
    if input is not None and not any(map(_is_fragment, networks)):
        raise UsageError(
            "--input is for networks that begin with a layer, and all have inputs of their own",
            hint='leave it out, or write compare --input 64x56x56 "conv 64 k=3" "dwconv 3"',
        )
    loaded = [_loaded(one, input, limits) for one in networks]
    given = [_Given(one) for one in loaded]
    symbols = {name for one in given for name in one.symbols}
    parameters = {name for one in given for name in one.parameters}
    _known("--at", at or {}, symbols, "symbols", parameters, "--set")
    _known("--set", settings or {}, parameters, "parameters", symbols, "--at")
    analyses, graphs = [], []
    for network, one in zip(loaded, given):
        here = {name: value for name, value in (at or {}).items() if name in one.symbols}
        values = {name: name for name in one.open}
        values.update(
            (key, value) for key, value in (settings or {}).items() if key in one.parameters
        )
        analyses.append(network.analyze(here, values, symbolic=symbolic, batch=batch, dtype=dtype))
        graphs.append(network.graph(here, values, symbolic))
    return Comparison(analyses, graphs)


def _loaded(network: Any, input: str | None, limits: Limits | None) -> Network:
    if isinstance(network, Network):
        return network
    if _is_fragment(network):
        if input is None:
            raise UsageError(
                f"{network!r} has no input",
                hint=f"write its size before it, 64x56x56 | {network}, or give --input 64x56x56",
            )
        return load(f"{input} | {network}", limits)
    return load(network, limits)


def _is_fragment(network: Any) -> bool:
    """Is it a text that begins with a layer rather than an input or a name?"""
    if not isinstance(network, str):
        return False
    words = network.partition("|")[0].split()
    named = words[2:] if words[1:2] == ["="] else words
    return bool(named) and named[0] in KINDS


class _Given:
    """Names of a network that can be given values."""

    def __init__(self, network: Network) -> None:
        spec = network.spec
        self.symbols = [
            name for name in free_symbols(spec, network.limits) if name not in spec.params
        ]
        self.open = open_names(spec, network.limits)
        self.parameters = [*spec.params, *self.open]


def _known(
    flag: str, given: Iterable[str], known: set[str], what: str, others: set[str], instead: str
) -> None:
    """Raises :class:`UsageError` for a name that no network has."""
    for name in given:
        if name not in known:
            hint = f"write {instead} {name}=…" if name in others else suggest(name, known, what)
            raise UsageError(
                f"{flag} {name}: none of the networks has {name!r} among its {what}", hint=hint
            )


__all__ = ["QUANTITIES", "Comparison", "Quantity", "Values", "compare"]
