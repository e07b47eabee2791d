"""``cnncalc verify``: the network built in PyTorch, every number held against the measured one."""

from __future__ import annotations

import sys
from typing import Any

import click

from cnncalc.cli.options import Common, fold_bn, integer, pairs, shared
from cnncalc.cli.streams import say
from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.zoo import names

_COLUMNS = (
    Column("network", "network"),
    Column("check", "check"),
    Column("checked", "checked", right=True),
    Column("mismatched", "mismatched", right=True),
    Column("note", "note"),
)


@click.command()
@click.argument("nets", metavar="NET...", nargs=-1)
@click.option(
    "--device",
    default="auto",
    type=click.Choice(["auto", "cpu", "cuda", "meta"]),
    help="Where to run. auto: a GPU when there is one; meta: only shapes and counts.",
)
@click.option("--all", "everything", is_flag=True, help="All bundled networks.")
@fold_bn
@shared
def command(
    nets: tuple[str, ...], common: Common, device: str, everything: bool, fold_bn: bool
) -> None:
    """Holds every number against PyTorch.

    Builds the networks, runs them and compares every layer; exit code 1 on a mismatch.

    Checked: the shape of every output; every weight and buffer by name and shape; MACs against
    torch.utils.flop_counter and fvcore; receptive fields against the input positions that
    gradients reach. With --fold-bn, all of this of the folded network; and real weights are folded,
    with random statistics, to show that what comes out agrees to rounding.
    """
    from cnncalc.backends.torch.verify import verify

    batch = integer("--batch", common.batch, "--batch 2")
    if everything:
        nets = (*nets, *names())
    if not nets:
        raise UsageError("no network is named", hint="name one, or say --all for all bundled ones")
    results: list[dict[str, Any]] = []
    rows: list[list[Cell]] = []
    for net in nets:
        network = common.network(net)
        if not common.quiet and sys.stderr.isatty():
            say(f"verifying {network.name} …")
        graph = network.graph(
            pairs("--at", common.at),
            pairs("--set", common.set),
            common.symbolic,
            pairs("--assume", common.assume),
        )
        found = verify(graph, device=device, batch=batch, dtype=common.dtype, fold_bn=fold_bn)
        results.append({"name": network.name, "net": net, **found.to_dict()})
        for name, check in found.checks.items():
            note = f"skipped: {check.skipped}" if check.skipped else check.note or ""
            rows.append([net, name, check.checked, len(check.mismatched), note])
            for mismatch in check.mismatched:
                say(f"mismatch: {net}: {name}: {mismatch}")
    common.show(_report(results, rows))
    if not all(result["ok"] for result in results):
        click.get_current_context().exit(1)


def _report(results: list[dict[str, Any]], rows: list[list[Cell]]) -> Report:
    checked = sum(row[2] for row in rows if isinstance(row[2], int))
    wrong = sum(row[3] for row in rows if isinstance(row[3], int))
    skipped = sum(1 for row in rows if str(row[4]).startswith("skipped"))
    verdict = "every check passed" if not wrong else f"{wrong} of them wrong"
    if skipped:
        verdict += f", {skipped} {'check' if skipped == 1 else 'checks'} skipped"
    first = results[0]
    versions = ", ".join(f"{name} {version}" for name, version in first["versions"].items())
    table = Table(
        title="",
        columns=_COLUMNS,
        rows=rows,
        total=("total", "", checked, wrong, ""),
        facts=(
            ("device", f"{first['device']} ({versions})"),
            ("verdict", f"{checked:,} checks: {verdict}"),
        ),
    )
    data = first if len(results) == 1 else {"ok": not wrong, "networks": results}
    return Report(lambda: data, table)
