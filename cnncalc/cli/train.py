"""``cnncalc train``: what a training step costs."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cnncalc.analyses.step import OPTIMIZERS
from cnncalc.analyses.training import Passes
from cnncalc.cli.options import Common, shared
from cnncalc.formulas import flops
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import plain
from cnncalc.sizes import Size, expand, text
from cnncalc.tables.analysis import default_depth, grouped, headline
from cnncalc.tables.numbers import counted
from cnncalc.training import TrainedLayer, Training, summed

_COLUMNS = (
    Column("layer", "layer"),
    Column("kind", "kind"),
    Column("output", "output", right=True),
    Column("forward_macs", "forward", right=True),
    Column("grad_input_macs", "grad input", right=True),
    Column("grad_weight_macs", "grad weight", right=True),
    Column("kept_bytes", "kept (B)", right=True),
)


@click.command()
@click.argument("net")
@click.option(
    "--optimizer",
    default="sgd",
    type=click.Choice(list(OPTIMIZERS)),
    help="What it remembers for each parameter counts as memory.",
)
@click.option(
    "--mixed", is_flag=True, help="With --dtype float16: parameters and optimizer in float32 too."
)
@click.option(
    "--depth", type=click.IntRange(min=1), help="Fold blocks nested this deep into one row each."
)
@click.option("--all", is_flag=True, help="A row for every layer, however many.")
@shared
def command(
    net: str, common: Common, optimizer: str, mixed: bool, depth: int | None, all: bool
) -> None:
    """What a training step costs.

    MACs of the forward pass, of the gradients of the inputs (none for the first layer) and of the
    weights; the bytes that each layer is the first to keep for the backward pass; and all that is
    alive in the fullest moment: weights, gradients, optimizer state, activations.
    """
    found = common.training(net, optimizer, mixed)
    fold = None if all else depth or default_depth(found)
    full = [_row(row.name, row.kind, [row]) for row in found.layers]
    rows = [_row(*group) for group in grouped(found.layers, fold)]
    outputs = next(iter(found.outputs.values())) if len(found.outputs) == 1 else ""
    table = Table(
        headline(found),
        _COLUMNS,
        rows,
        ("total", "", str(outputs), *map(plain, found.total), plain(found.kept)),
        _facts(found),
        None if depth is not None and not all else full,
    )
    common.show(Report(found.to_dict, table))


def _row(name: str, kind: str, layers: Sequence[TrainedLayer]) -> list[Cell]:
    passes = sum((row.passes for row in layers), Passes())
    kept = summed(row.kept for row in layers)
    macs = (plain(expand(value)) for value in passes)
    return [name, kind, str(layers[-1].output), *macs, plain(kept)]


def _facts(found: Training) -> list[tuple[str, str]]:
    total, memory = expand(found.total.total), found.memory
    per = "" if found.batch == 1 else f", batch {text(found.batch)}"
    held = [
        ("weights", memory.weights),
        ("buffers", memory.buffers),
        ("gradients", memory.gradients),
        (f"{found.optimizer} state", memory.optimizer),
        ("float32 parameters", memory.master),
    ]
    kind = f"{found.dtype}{', mixed' if found.mixed else ''}{per}"
    peak = _bytes(memory.peak)
    return [
        ("MACs", f"{counted(total)}, forward and backward{per}"),
        ("FLOPs", f"{counted(expand(flops(total)))}, 2 for each MAC"),
        ("kept for backward", f"{_bytes(found.kept)} ({kind})"),
        ("memory", "; ".join(f"{name} {_bytes(size)}" for name, size in held if size != 0)),
        ("peak, training", f"{peak} ({memory.when})" if memory.when else peak),
        ("peak, inference", f"{_bytes(found.inference)}, with the weights"),
    ]


def _bytes(value: Size | None) -> str:
    return "?" if value is None else counted(value, "B")
