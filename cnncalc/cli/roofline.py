"""``cnncalc roofline``: what layers move, and what bounds them on a device."""

from __future__ import annotations

import click

from cnncalc.cli.options import Common, fold_bn, shared
from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table
from cnncalc.results import opening
from cnncalc.roofline import Device, devices
from cnncalc.tables.roofline import roofline_table


@click.command()
@click.argument("net", required=False)
@click.option("--device", metavar="NAME", help="A name from --devices; without it, no times.")
@click.option("--devices", "listed", is_flag=True, help="List the devices, with their sources.")
@click.option(
    "--depth", type=click.IntRange(min=1), help="Fold blocks nested this deep into one row each."
)
@click.option("--all", is_flag=True, help="A row for every layer, however many.")
@fold_bn
@shared
def command(
    net: str | None,
    common: Common,
    device: str | None,
    listed: bool,
    depth: int | None,
    all: bool,
    fold_bn: bool,
) -> None:
    """Arithmetic intensity, and the least time on a device.

    Bytes that each layer moves when it reads its inputs and weights and writes its output once,
    layer by layer, and the MACs for each of them. With --device: whether arithmetic or memory takes
    longer at the peaks that the maker states, and how long that is (rounded up; a bound, not a
    prediction: no device reaches both peaks).
    """
    if listed:
        common.show(_listed(list(devices().values())))
        return
    if net is None:
        raise UsageError("no network is named", hint="name one, or list the devices: --devices")
    found = common.roofline(net, device, fold_bn)
    common.show(Report(found.to_dict, roofline_table(found, depth, all)))


def _listed(found: list[Device]) -> Report:
    columns = (
        Column("device", "device"),
        Column("title", "title"),
        Column("peak", "peak (T operations/s)"),
        Column("bandwidth", "GB/s", right=True),
        Column("source", "source"),
    )
    rows = [
        [
            one.name,
            one.title,
            ", ".join(f"{dtype} {peak / 10**12:g}" for dtype, peak in one.peak.items()),
            f"{one.bandwidth / 10**9:g}",
            one.source,
        ]
        for one in found
    ]
    data = {**opening("devices"), "devices": [one.to_dict() for one in found]}
    return Report(lambda: data, Table("", columns, rows))
