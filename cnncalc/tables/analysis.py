"""An analysis as the rows of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol, TypeVar

from cnncalc.analyses.cost import Cost
from cnncalc.analyses.receptive_field import Fields
from cnncalc.formulas import flops
from cnncalc.render.report import Cell, Column, Table
from cnncalc.results import Analysis, LayerResult, per_axis, plain
from cnncalc.sizes import Number, Shape, Size, by, expand, is_int, text

#: One layer of an answer: it has a ``name``, a ``kind`` and ``scopes``.
Row = TypeVar("Row", bound=Any)


class Layered(Protocol):
    """An answer about a network, layer by layer."""

    @property
    def layers(self) -> Sequence[Any]: ...
    @property
    def inputs(self) -> Mapping[str, Shape]: ...
    @property
    def outputs(self) -> Mapping[str, Shape]: ...
    @property
    def name(self) -> str: ...


#: Networks with more layers than this fold their blocks, unless told otherwise.
LONG = 40

COLUMNS = (
    Column("layer", "layer"),
    Column("kind", "kind"),
    Column("output", "output", right=True),
    Column("receptive_field", "field", right=True),
    Column("jump", "jump", right=True),
    Column("params", "params", right=True),
    Column("macs", "MACs", right=True),
)


def analysis_table(analysis: Analysis, depth: int | None, asked: bool = False) -> Table:
    """The table of ``analyze``: a row for each layer, or for each block down to ``depth``.

    For programs it has all layers, unless the folding was ``asked`` for.
    """
    full = [_row(row.name, row.kind, row, row.cost) for row in analysis.layers]
    rows = full if depth is None else list(_folded(analysis.layers, depth))
    total = ("total", "", _outputs(analysis), None, None, *_costs(analysis.total))
    return Table(
        title=headline(analysis),
        columns=COLUMNS,
        rows=rows,
        total=tuple("" if cell is None else cell for cell in total),
        facts=facts(analysis),
        full=None if asked else full,
    )


def default_depth(analysis: Layered) -> int | None:
    return 1 if len(analysis.layers) > LONG else None


def grouped(layers: Sequence[Row], depth: int | None) -> Iterator[tuple[str, str, list[Row]]]:
    """Name, kind and layers of each row: a use of a block (or an iteration of a named loop) at ``depth``."""
    for scopes, group in groupby(layers, key=lambda row: row.scopes[:depth]):
        members = list(group)
        if depth is None or len(scopes) < depth or len(members) == 1:
            yield from ((row.name, row.kind, [row]) for row in members)
        else:
            yield scopes[-1].name, f"{scopes[-1].label} ({len(members)})", members


def _folded(layers: Sequence[LayerResult], depth: int) -> Iterator[Sequence[Cell]]:
    for name, kind, members in grouped(layers, depth):
        cost = Cost(*(expand(sum(column)) for column in zip(*(row.cost for row in members))))
        yield _row(name, kind, members[-1], cost)


def _row(name: str, kind: str, row: LayerResult, cost: Cost) -> Sequence[Cell]:
    return (name, kind, str(row.output), *_field(row.fields), *_costs(cost))


def _field(fields: Fields | None) -> tuple[Cell, Cell]:
    if not fields:
        return None, None
    return sizes(per_axis(fields, "size")), same(per_axis(fields, "jump"))


def _costs(cost: Cost) -> tuple[Cell, Cell]:
    return plain(cost.params), plain(cost.macs)


def sizes(values: Sequence[Number | None]) -> str | None:
    """``7x7``; None when nothing is defined."""
    if all(value is None for value in values):
        return None
    if None in values:
        return "x".join("?" if value is None else text(value) for value in values)
    return by([value for value in values if value is not None])


def same(values: Sequence[Number | None]) -> str | None:
    """One value when it is the same along all axes, else ``2x1``."""
    return sizes(values[:1]) if len(set(values)) == 1 else sizes(values)


def field_line(fields: Fields) -> str:
    """``427x427, jump 32, start -213, center 0``."""
    parts = [sizes(per_axis(fields, "size")) or "undefined"]
    for name in ("jump", "start", "center"):
        value = same(per_axis(fields, name))
        if value is not None:
            parts.append(f"{name} {value}")
    return ", ".join(parts)


def facts(analysis: Analysis) -> list[tuple[str, str]]:
    """What is known of the whole, below the table."""
    total, memory = analysis.total, analysis.memory
    per = "" if analysis.batch == 1 else f", batch {text(analysis.batch)}"
    found = [
        ("output", _outputs(analysis)),
        ("parameters", f"{counted(total.params)}; buffers {counted(total.buffers, short=False)}"),
        ("MACs", f"{counted(total.macs)}, convention mac: biases not counted{per}"),
        ("FLOPs", f"{counted(flops(total.macs))}, 2 for each MAC"),
        (
            "activations",
            f"{counted(memory.written, 'B')} written, "
            f"{'?' if memory.peak is None else counted(memory.peak, 'B')} at the peak "
            f"({analysis.dtype}{per})",
        ),
    ]
    if analysis.fields and analysis.last_feature_map:
        line = f"{field_line(analysis.fields)} ({analysis.last_feature_map})"
        found.append(("receptive field", line))
    if analysis.folded is not None:
        layers = f"{len(analysis.folded)} batch normalisations, into the layers before them"
        found.append(("folded", layers))
    if analysis.at:
        found.append(("at", ", ".join(f"{name}={value}" for name, value in analysis.at.items())))
    return found


def headline(analysis: Layered) -> str:
    """``LeNet-5: 1x32x32 -> 10``."""
    return f"{analysis.name}: {_inputs(analysis)} -> {_outputs(analysis)}"


def _inputs(analysis: Layered) -> str:
    if len(analysis.inputs) == 1:
        return str(next(iter(analysis.inputs.values())))
    return ", ".join(f"{name} {shape}" for name, shape in analysis.inputs.items())


def _outputs(analysis: Layered) -> str:
    if len(analysis.outputs) == 1:
        return str(next(iter(analysis.outputs.values())))
    return ", ".join(f"{name} {shape}" for name, shape in analysis.outputs.items())


_UNITS = ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def counted(value: Size, unit: str = "", short: bool = True) -> str:
    """``4,089,184,256 (4.09 G)``: exact, and rounded to three digits for the eye."""
    if not is_int(value):
        return f"{text(value)}{' ' + unit if unit else ''}"
    exact = f"{value:,}{' ' + unit if unit else ''}"
    for size, prefix in _UNITS:
        if short and value >= max(size, 10_000):
            return f"{exact} ({value / size:.3g} {prefix}{unit})"
    return exact
