"""docs/receptive-fields.md, measured: ``python tests/fields_page.py`` writes it (some minutes)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import cnncalc
from cnncalc.analyses.receptive_field import last_feature_map, receptive_fields
from cnncalc.backends.torch.fields import measure_fields
from cnncalc.backends.torch.tally import Measurement, Numbers
from cnncalc.zoo import names

PAGE = Path(__file__).parent.parent / "docs" / "receptive-fields.md"

_HEAD = """# Receptive fields, measured

Made by `python tests/fields_page.py`, which measures every bundled network as `cnncalc verify` does
(its check `receptive_field`). The test suite measures some of them again, with `--long` all.

## How

The input positions that a unit depends on are those that its gradient reaches. The network is built
of PyTorch's own modules with their own kernels, strides, padding and dilation, and for chosen units
of **every tensor that has a local field** the gradient is taken back to the input, in float64. So
that it says which positions are read and nothing else:

- Weights are 1 and biases 0, and between two layers every gradient is made 0 or 1: nothing cancels,
  vanishes or overflows, in networks of any depth.
- A maximum passes its gradient to one position of its window. In its place there is a sum over the
  same window, that of the arguments PyTorch's maximum is given, as often as it makes units. Max
  unpooling repeats what it may put at any position of its window.
- A field is one of positions, whatever their channels. So channels are summed into one between
  layers, which are built with as few channels as they take, and with one group.
- Layers that act position by position and multiply nothing (activations, normalisation, dropout)
  let their input through. Other tests hold these to PyTorch.
- What all units see alike (through gates, global pooling, norms over the map, attention) is not
  followed: it is reported apart from the local field.
- One axis is measured at a time, on a strip: as narrow along the other axes as the network takes.
  Kernels, strides, padding, dilation and topology are the network's own. Its own length shows what
  the borders leave of the fields; where that is too short for two rounds of units clear of all
  borders, a longer strip, on which sizes that the network states (`adaptive_avgpool 7`) keep their
  proportion, shows the whole of them. Inputs that are longer than it takes are cut.

Compared are, for units at both borders and in the middle, the positions read (holes left by
dilation and strides included), and for two rounds of all phases clear of the borders the first and
the last position, and from these size, jump and start. For some tensors of each network the
positions from which `cnncalc rf --unit` counts paths are compared too.

## What was found

Size, jump and start of the last feature map, once for all axes where these agree. *Tensors* are
those that have a local field, *units* those whose gradients were taken, *positions* what these see.

| network | last feature map | computed | measured | tensors | units | positions | verdict |
|---|---|---|---|---:|---:|---:|---|
"""


class Row(NamedTuple):
    """A network: what is computed of its last feature map, and what was measured."""

    name: str
    layer: str
    computed: str
    measured: str
    measurement: Measurement

    def __str__(self) -> str:
        found = self.measurement
        counts = (f"{count:,}" for count in (found.tensors, found.units, found.positions))
        verdict = "; ".join(self._verdict())
        cells = (self.name, self.layer, self.computed, self.measured, *counts, verdict)
        return f"| {' | '.join(cells)} |"

    def _verdict(self) -> Iterator[str]:
        wrong = self.measurement.mismatched
        yield "; ".join(map(str, wrong[:3])) if wrong else "agrees"
        yield from self.measurement.notes


def row(name: str) -> Row:
    graph = cnncalc.load(name).graph()
    fields = receptive_fields(graph).fields
    layer = last_feature_map(graph, fields)
    assert layer is not None
    found = measure_fields(graph)
    stated = [Numbers(field.size, field.jump, field.start) for field in fields[layer]]
    measured = [found.numbers.get((layer, axis)) for axis in range(len(stated))]
    return Row(name, layer, _text(stated), _text(measured), found)


def _text(axes: list[Numbers | None]) -> str:
    """``427, jump 32, start -213``: each once if the axes agree, or one after the other."""
    known = [numbers for numbers in axes if numbers is not None]
    if len(known) < len(axes):
        return "at borders only"
    size, jump, start = (
        "x".join(map(str, values if len(set(values)) > 1 else values[:1])) for values in zip(*known)
    )
    return f"{size}, jump {jump}, start {start}"


def page() -> str:
    """The whole page; says on standard error how far it is."""
    rows = []
    for name in names():
        sys.stderr.write(f"{name}\n")
        rows.append(row(name))
    return _HEAD + "\n".join(map(str, rows)) + "\n" + _total(rows)


def _total(rows: list[Row]) -> str:
    sums = [
        sum(getattr(one.measurement, count) for one in rows)
        for count in ("tensors", "units", "positions", "checked")
    ]
    wrong = sum(len(one.measurement.mismatched) for one in rows)
    *counts, checked = (f"{total:,}" for total in sums)
    return (
        f"| **{len(rows)} networks** | | | | {' | '.join(f'**{count}**' for count in counts)} "
        f"| **{wrong or 'none'} of {checked} comparisons wrong** |\n"
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
