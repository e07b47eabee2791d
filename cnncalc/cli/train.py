"""``cnncalc train``: what a training step costs."""

from __future__ import annotations

import click

from cnncalc.analyses.step import OPTIMIZERS
from cnncalc.cli.options import Common, shared
from cnncalc.render import Report
from cnncalc.tables.training import training_table


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
    common.show(Report(found.to_dict, training_table(found, depth, all)))
