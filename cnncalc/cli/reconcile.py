"""``cnncalc reconcile``: why tools count differently."""

from __future__ import annotations

import click

from cnncalc.cli.counting import answer
from cnncalc.cli.options import Common, fold_bn, shared
from cnncalc.errors import UsageError
from cnncalc.reconcile import USUAL
from cnncalc.render import Column, Report, Table
from cnncalc.results import opening
from cnncalc.tables.reconcile import ledger_table

_LISTED = (
    Column("convention", "convention"),
    Column("version", "version"),
    Column("unit", "unit"),
    Column("about", "about"),
)


@click.command()
@click.argument("net", required=False)
@click.option(
    "--tools",
    "-t",
    multiple=True,
    metavar="A,B,…",
    help=f"Conventions, from one to the next (else {','.join(USUAL)}).",
)
@click.option("--list", "listed", is_flag=True, help="The conventions that there are.")
@fold_bn
@shared
def command(
    net: str | None, common: Common, tools: tuple[str, ...], listed: bool, fold_bn: bool
) -> None:
    """Why counting tools differ, from one total to another.

    Each line is what one tool counts and the other does not, or counts by another rule; the changes
    sum to the difference of the totals exactly. In rules, N are elements read, M elements made, K
    elements of the kernel.
    """
    if listed:
        common.show(_listing())
        return
    if net is None:
        raise UsageError("reconcile needs a network", hint="cnncalc reconcile resnet50, or --list")
    ledger = common.reconcile(net, tools or USUAL, fold_bn)
    answer(common, Report(ledger.to_dict, ledger_table(ledger)), ledger.counts)


def _listing() -> Report:
    """All conventions, with the versions that their rules were read from."""
    from cnncalc.conventions import every

    found = every()
    rows = [[one.key, one.version, one.unit, one.about] for one in found]
    data = {
        **opening("conventions"),
        "conventions": {
            one.key: {
                "name": one.name,
                "version": one.version or None,
                "unit": one.unit,
                "about": one.about,
                "batch": one.batch,
                "rules": {
                    what: {"counts": rule.text, "source": rule.source}
                    for what, rule in one.rules.items()
                },
            }
            for one in found
        },
    }
    return Report(lambda: data, Table("", _LISTED, rows))
