"""``cnncalc roofline``: what layers move, and what bounds them on a device."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cnncalc.cli.options import Common, fold_bn, shared
from cnncalc.errors import UsageError
from cnncalc.formulas import intensity
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import opening, plain
from cnncalc.roofline import Device, MovedLayer, Roofline, devices, nanoseconds
from cnncalc.shares import percent
from cnncalc.sizes import Number, expand, is_symbolic, text
from cnncalc.tables.analysis import counted, default_depth, grouped, headline

_COLUMNS = (
    Column("layer", "layer"),
    Column("kind", "kind"),
    Column("output", "output", right=True),
    Column("macs", "MACs", right=True),
    Column("bytes_moved", "bytes", right=True),
    Column("macs_per_byte", "MACs/byte", right=True),
)
_TIMES = (Column("bound", "bound by"), Column("nanoseconds", "ns", right=True))


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
    fold = None if all else depth or default_depth(found)
    timed = found.device is not None
    outputs = next(iter(found.outputs.values())) if len(found.outputs) == 1 else ""
    total: list[Cell] = ["total", "", str(outputs), plain(found.macs), plain(found.moved)]
    total += [_decimal(found.intensity)]
    if found.seconds is not None:
        total += ["", nanoseconds(found.seconds)]
    table = Table(
        headline(found),
        (*_COLUMNS, *(_TIMES if timed else ())),
        [_row(*group, timed) for group in grouped(found.layers, fold)],
        total,
        _facts(found),
        None
        if depth is not None and not all
        else [_row(row.name, row.kind, [row], timed) for row in found.layers],
    )
    common.show(Report(found.to_dict, table))


def _row(name: str, kind: str, layers: Sequence[MovedLayer], timed: bool) -> list[Cell]:
    macs = expand(sum(row.macs for row in layers))
    moved = expand(sum(row.moved for row in layers))
    per_byte = None if moved == 0 else intensity(macs, moved)
    row: list[Cell] = [name, kind, str(layers[-1].output), plain(macs), plain(moved)]
    row.append(_decimal(per_byte))
    if timed:
        bounds = dict.fromkeys(one.bound for one in layers if one.bound)
        seconds = sum(one.seconds or 0 for one in layers)
        row += [" and ".join(bounds) or None, nanoseconds(seconds)]
    return row


def _decimal(value: Number | None) -> str | None:
    """A fraction for people, to three digits."""
    if value is None or is_symbolic(value):
        return None if value is None else text(value)
    return f"{float(value):.3g}" if value < 1000 else f"{float(value):,.0f}"


def _facts(found: Roofline) -> list[tuple[str, str]]:
    per = "" if found.batch == 1 else f", batch {text(found.batch)}"
    facts = [
        ("bytes moved", f"{counted(found.moved, 'B')} ({found.dtype}{per}), layer by layer"),
    ]
    peak = "?" if found.memory is None else counted(found.memory, "B")
    if found.device is None or found.seconds is None:
        return [*facts, ("memory", f"{peak} at the peak of inference, with the weights")]
    device, least = found.device, nanoseconds(found.seconds)
    waiting = sum(row.seconds or 0 for row in found.layers if row.bound == "memory")
    share = percent(waiting, found.seconds or 1)
    return [
        *facts,
        (
            "device",
            f"{device.title}: {device.peak[found.dtype] / 10**12:g} T operations/s in "
            f"{found.dtype}, {device.bandwidth / 10**9:g} GB/s; computes from "
            f"{_decimal(found.ridge)} MACs/byte on",
        ),
        ("time", f"at least {least:,} ns ({least / 10**6:.3g} ms), {share} of it for memory"),
        ("memory", f"{peak} at the peak of inference, of {device.memory / 10**9:g} GB"),
        ("source", device.source),
    ]


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
