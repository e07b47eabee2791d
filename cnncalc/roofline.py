"""Arithmetic intensity, and the least time that a device needs: the roofline model.

Source: Williams, Waterman & Patterson 2009, "Roofline: an insightful visual performance model for
multicore architectures", Communications of the ACM 52(4).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.analyses.cost import graph_costs
from cnncalc.analyses.memory import DTYPES, activation_memory
from cnncalc.analyses.step import weight_bytes
from cnncalc.analyses.traffic import moved
from cnncalc.errors import UsageError, suggest
from cnncalc.formulas import attainable_time, flops, intensity
from cnncalc.graph import Graph, Scope
from cnncalc.results import Folding, plain
from cnncalc.sizes import Number, Shape, Size, expand, is_symbolic

#: The units that times are given in, to the second.
NANO = 10**9


class Device(NamedTuple):
    """What a maker states: ``peak`` operations per second by dtype, ``bandwidth`` bytes per second."""

    name: str
    title: str
    peak: Mapping[str, int]
    bandwidth: int
    memory: int
    source: str

    def to_dict(self) -> dict[str, Any]:
        return {**self._asdict(), "peak": dict(self.peak)}


@cache
def devices() -> Mapping[str, Device]:
    """All devices that there are numbers of."""
    path = Path(__file__).parent / "data" / "devices.json"
    stated = json.loads(path.read_text(encoding="utf-8"))["devices"]
    return {name: Device(name, **values) for name, values in stated.items()}


def device_called(name: str, dtype: str) -> Device:
    """Raises :class:`UsageError` for one that is not known, or states nothing of ``dtype``."""
    found = devices().get(name.strip().lower())
    if found is None:
        raise UsageError(
            f"unknown device {name!r}", hint=suggest(name.lower(), devices(), "devices")
        )
    if dtype not in found.peak:
        raise UsageError(
            f"no peak is stated for {dtype} on the {found.title}",
            hint=f"--dtype {', '.join(found.peak)}",
        )
    return found


class MovedLayer(NamedTuple):
    """One layer, for the batch: its MACs, the bytes it moves, MACs for each of them.

    On a device: ``bound`` is what takes longer, ``compute`` or ``memory``, and ``nanoseconds`` how
    long at least, rounded up. None without a device, and where nothing is moved.
    """

    name: str
    kind: str
    output: Shape
    macs: Size
    moved: Size
    intensity: Number | None
    bound: str | None
    seconds: Number | None
    scopes: tuple[Scope, ...]

    @property
    def nanoseconds(self) -> int | None:
        return None if self.seconds is None else nanoseconds(self.seconds)

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "output": [plain(size) for size in self.output],
            "macs": plain(self.macs),
            "bytes_moved": plain(self.moved),
            "macs_per_byte": plain(self.intensity),
            "bound": self.bound,
            "nanoseconds": self.nanoseconds,
        }


class Roofline(NamedTuple):
    """A network on a device (or on none, without times); ``head`` is what JSON begins with."""

    head: Mapping[str, Any]
    batch: Size
    dtype: str
    device: Device | None
    layers: tuple[MovedLayer, ...]
    macs: Size
    moved: Size
    seconds: Number | None
    #: Bytes of weights, buffers and activations in the fullest moment.
    memory: Size | None
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    #: None: nothing was asked to be folded.
    folding: Folding | None = None

    @property
    def name(self) -> str:
        return str(self.head["name"])

    @property
    def intensity(self) -> Number | None:
        return intensity(self.macs, self.moved) if self.moved != 0 else None

    @property
    def ridge(self) -> Number | None:
        """MACs for each byte from which on the device computes rather than waits."""
        if self.device is None:
            return None
        return intensity(self.device.peak[self.dtype], flops(self.device.bandwidth))

    def __str__(self) -> str:
        """As ``cnncalc roofline`` prints it."""
        from cnncalc.render.plain import plain as written
        from cnncalc.tables.roofline import roofline_table

        return written(roofline_table(self))

    def _repr_html_(self) -> str:
        """The same table, as notebooks show it."""
        from cnncalc.render.html import table
        from cnncalc.tables.roofline import roofline_table

        return table(roofline_table(self))

    def to_dict(self) -> dict[str, Any]:
        """JSON of schema 1."""
        return {
            **self.head,
            "batch": plain(self.batch),
            "dtype": self.dtype,
            "device": self.device and self.device.to_dict(),
            "layers": [row.to_dict() for row in self.layers],
            "totals": {
                "macs": plain(self.macs),
                "bytes_moved": plain(self.moved),
                "macs_per_byte": plain(self.intensity),
                "nanoseconds": None if self.seconds is None else nanoseconds(self.seconds),
                "peak_inference_bytes": plain(self.memory),
            },
            "ridge_macs_per_byte": plain(self.ridge),
            **(self.folding.to_dict() if self.folding else {}),
        }


def nanoseconds(seconds: Number) -> int:
    """Rounded up.

    >>> nanoseconds(1)
    1000000000
    """
    found: int = -(-seconds * NANO // 1)
    return int(found)


def roofline(
    graph: Graph, head: Mapping[str, Any], device: str | None, batch: Size, dtype: str
) -> Roofline:
    """Each layer by itself, one after the other. Raises :class:`UsageError` as it says."""
    if any(node.layer.inside for node in graph):
        raise UsageError(
            "what layers move is not known where they are repeated a symbolic number of times",
            hint="give the number of repetitions a value with --set",
        )
    on = None if device is None else device_called(device, dtype)
    costs, element = graph_costs(graph), DTYPES[dtype]
    rows = []
    for node in graph:
        macs, bytes_ = costs[node.name].macs * batch, moved(graph, node, element, batch)
        if on is not None and (is_symbolic(macs) or is_symbolic(bytes_)):
            raise UsageError(
                "a device needs numbers for all sizes and the batch",
                hint="give symbols values with --at, --set or --batch, or leave the device out",
            )
        per_byte = None if bytes_ == 0 else intensity(macs, bytes_)
        bound = seconds = None
        if on is not None and per_byte is not None:
            seconds = attainable_time(flops(macs), bytes_, on.peak[dtype], on.bandwidth)
            waits = flops(macs) * on.bandwidth <= bytes_ * on.peak[dtype]
            bound = "memory" if waits else "compute"
        rows.append(
            MovedLayer(
                node.name,
                node.kind,
                node.shape,
                macs,
                bytes_,
                per_byte,
                bound,
                seconds,
                node.scopes,
            )
        )
    activations = activation_memory(graph, element, batch).peak
    weights = sum(weight_bytes(graph, element, trains) for trains in (True, False))
    return Roofline(
        head,
        batch,
        dtype,
        on,
        tuple(rows),
        expand(sum(row.macs for row in rows)),
        expand(sum(row.moved for row in rows)),
        None if on is None else sum(row.seconds or 0 for row in rows),
        None if activations is None else expand(weights + activations),
        graph.inputs,
        {name: graph.shapes[tensor] for name, tensor in graph.outputs.items()},
    )
