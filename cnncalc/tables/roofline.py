"""What layers move, and what bounds them, as the rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.formulas import intensity
from cnncalc.render.report import Cell, Column, Table
from cnncalc.results import plain
from cnncalc.roofline import MovedLayer, Roofline, nanoseconds
from cnncalc.shares import percent
from cnncalc.sizes import Number, expand, is_symbolic, text
from cnncalc.tables.analysis import default_depth, grouped, headline
from cnncalc.tables.numbers import counted

_COLUMNS = (
    Column("layer", "layer"),
    Column("kind", "kind"),
    Column("output", "output", right=True),
    Column("macs", "MACs", right=True),
    Column("bytes_moved", "bytes", right=True),
    Column("macs_per_byte", "MACs/byte", right=True),
)
_TIMES = (Column("bound", "bound by"), Column("nanoseconds", "ns", right=True))


def roofline_table(found: Roofline, depth: int | None = None, all: bool = False) -> Table:
    """The table of ``roofline``: blocks are folded down to ``depth``, or as the length asks.

    For programs it has all layers, unless a ``depth`` is given.
    """
    fold = None if all else depth or default_depth(found)
    timed = found.device is not None
    outputs = next(iter(found.outputs.values())) if len(found.outputs) == 1 else ""
    total: list[Cell] = ["total", "", str(outputs), plain(found.macs), plain(found.moved)]
    total += [_decimal(found.intensity)]
    if found.seconds is not None:
        total += ["", nanoseconds(found.seconds)]
    return Table(
        headline(found),
        (*_COLUMNS, *(_TIMES if timed else ())),
        [_row(*group, timed) for group in grouped(found.layers, fold)],
        total,
        _facts(found),
        None
        if depth is not None and not all
        else [_row(*one, timed) for one in grouped(found.layers, None)],
    )


def _row(name: str, kind: str, layers: Sequence[MovedLayer], timed: bool) -> list[Cell]:
    macs = expand(sum(row.macs for row in layers))
    moved = expand(sum(row.moved for row in layers))
    per_byte = None if moved == 0 else intensity(macs, moved)
    row: list[Cell] = [name, kind, str(layers[-1].output), plain(macs), plain(moved)]
    row.append(_decimal(per_byte))
    if timed:
        bounds = dict.fromkeys(one.bound for one in layers if one.bound)
        seconds = sum(one.seconds or 0 for one in layers)
        row += [" and ".join(bounds) or None, nanoseconds(seconds) if bounds else None]
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
    if found.folding:
        facts.append(("folded", str(found.folding)))
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
