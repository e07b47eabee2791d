"""A training step as the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analyses.training import Passes
from cnncalc.formulas import flops
from cnncalc.render.report import Cell, Column, Table
from cnncalc.results import plain
from cnncalc.sizes import Size, expand, text
from cnncalc.tables.analysis import default_depth, grouped, headline
from cnncalc.tables.numbers import counted
from cnncalc.training import TrainedLayer, Training, summed

_COLUMNS = (
    Column("layer", "layer"),
    Column("kind", "kind"),
    Column("output", "output", right=True),
    Column("forward_macs", "forward MACs", right=True),
    Column("grad_input_macs", "grad input MACs", right=True),
    Column("grad_weight_macs", "grad weight MACs", right=True),
    Column("kept_bytes", "kept (B)", right=True),
)


def training_table(found: Training, depth: int | None = None, all: bool = False) -> Table:
    """The table of ``train``: blocks are folded down to ``depth``, or as the network's length asks.

    For programs it has all layers, unless a ``depth`` is given.
    """
    fold = None if all else depth or default_depth(found)
    outputs = next(iter(found.outputs.values())) if len(found.outputs) == 1 else ""
    return Table(
        headline(found),
        _COLUMNS,
        [_row(*group) for group in grouped(found.layers, fold)],
        ("total", "", str(outputs), *map(plain, found.total), plain(found.kept)),
        _facts(found),
        None
        if depth is not None and not all
        else [_row(*one) for one in grouped(found.layers, None)],
    )


def _row(name: str, kind: str, layers: Sequence[TrainedLayer]) -> list[Cell]:
    passes = sum((row.passes for row in layers), Passes())
    kept = summed(row.kept for row in layers)
    macs = (plain(expand(value)) for value in passes)
    return [name, kind, str(layers[-1].output), *macs, plain(kept)]


def _facts(found: Training) -> list[tuple[str, str]]:
    total, memory = expand(found.total.total), found.memory
    per = "" if found.batch == 1 else f", batch {text(found.batch)}"
    state = f"{found.optimizer} state"
    held = [
        ("weights", memory.weights),
        ("buffers", memory.buffers),
        ("gradients", memory.gradients),
        (state, memory.optimizer),
        ("float32 parameters", memory.master),
    ]
    listed = [f"{name} {_bytes(size)}" for name, size in held if size != 0 or name == state]
    kind = f"{found.dtype}{', mixed' if found.mixed else ''}{per}"
    peak = _bytes(memory.peak)
    return [
        ("MACs", f"{counted(total)}, forward and backward{per}"),
        ("FLOPs", f"{counted(expand(flops(total)))}, 2 for each MAC"),
        ("kept for backward", f"{_bytes(found.kept)} ({kind})"),
        ("memory", "; ".join(listed)),
        ("peak, training", f"{peak} ({memory.when})" if memory.when else peak),
        ("peak, inference", f"{_bytes(found.inference)}, with the weights"),
    ]


def _bytes(value: Size | None) -> str:
    return "?" if value is None else counted(value, "B")
