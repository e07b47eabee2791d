"""Receptive fields held against gradients: of every tensor that has a local one, along every axis.

Units at the borders and in the middle are measured (:mod:`.measuring`), and compared

- with the positions that the layers' windows read, holes and borders included;
- where they are clear of all borders, with the first and last position that the field states for
  them, and two rounds of all phases with its size, jump and start;
- for a few tensors with the positions from which paths are counted.

One axis at a time, on an input that is as narrow along the others as the network takes
(:mod:`.strips`). Along the axis it has the network's own size, for what borders leave of the
fields, and another where that is not the size at which two rounds of units are clear of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.analyses.receptive_field import AxisField, Fields, receptive_fields
from cnncalc.analyses.tracing import Tracer
from cnncalc.backends.torch.measuring import Instrument, Unit, UnrunnableError
from cnncalc.backends.torch.reach import Local, Reach, clear_units, local_part, reaches
from cnncalc.backends.torch.strips import narrowest, part, resized, stride
from cnncalc.backends.torch.tally import Measurement, Tally
from cnncalc.graph import Graph
from cnncalc.layers.arguments import Choice
from cnncalc.layers.convolution import PADDING_MODES

#: Units at each border.
_BORDER = 3
#: Phases of which two rounds are measured; of fields with more, as many units.
_MOST_PHASES = 32
#: Tensors whose paths are followed, in each measurement.
_TRACED = 4
#: The longest input that is made up, and how many bits say what all units read.
_LONGEST, _MOST_BITS = 8192, 1 << 34
#: Numbers that may be computed for a unit, and for all units of a measurement.
_MOST_ELEMENTS, _MOST_WORK = 1 << 26, 1 << 36


def measure_fields(graph: Graph, device: str = "cpu") -> Measurement:
    """Measure the fields of all tensors that have one, and compare. Sizes must be numbers."""
    fields = receptive_fields(graph).fields
    rank = max(map(len, fields.values()), default=0)
    tally = Tally(rank)
    try:
        for axis in range(rank):
            _Survey(graph, fields, axis, device, tally).measure()
    except UnrunnableError as error:
        stated = tuple(error.node.shape.spatial)
        tally.mismatch(error.node.name, "positions, measuring its field", stated, error.made)
    return tally.found()


class _View(NamedTuple):
    """The network on an input of another size, and what units read along the axis there."""

    deltas: tuple[int, ...]
    graph: Graph
    fields: dict[str, Fields]
    local: Local
    reach: dict[str, Reach]


class _Survey:
    """The part of a graph that moves over the input along one axis, measured."""

    def __init__(
        self, graph: Graph, fields: dict[str, Fields], axis: int, device: str, tally: Tally
    ) -> None:
        self.axis = axis
        self.device = device
        self.tally = tally
        self.tensors = local_part(graph, fields, axis).tensors
        self.graph = part(graph, self.tensors)
        self.nodes = [node.name for node in self.graph if node.name in self.tensors]
        self.local = local_part(self.graph, fields, axis)
        self.fields = {name: fields[name][axis] for name in self.tensors}
        self.folded = _folded(self.graph)
        self.rank = len(next(iter(fields.values())))
        self.steps = [stride(self.graph, fields, a) for a in range(self.rank)]
        self.shut: set[str] = set()
        self.narrow = [0 if a == axis else self.narrowest(a) for a in range(self.rank)]

    def measure(self) -> None:
        """At the network's own size, and at one where units are clear of the borders."""
        delta, roomy = self.roomy()
        ready = self.ready(roomy, self.nodes)
        done: set[str] = set()
        if roomy and delta < 0:  # its borders are like those of the network's own size
            done.update(self.compare(roomy, ready))
        names = [name for name in self.nodes if name not in done]
        if not names:
            return
        own = self.view(self.along(0)) or self.view((0,) * self.rank)
        if own is None:
            self.tally.miss("not measured, as the input is too large", names)
            return
        self.compare(own, names)
        done.update(self.ready(own, names))
        if roomy and delta >= 0:
            rest = [name for name in ready if name not in done]
            done.update(self.compare(roomy, rest, borders=False))
        self.tally.miss(
            "measured at borders only, as no size leaves two rounds of units clear of them",
            (name for name in names if name not in done and self.fields[name].sliding),
        )

    # Sizes of the input.

    def size(self, axis: int) -> int:
        shapes = self.graph.inputs.items()
        return min(shape.spatial[axis] for name, shape in shapes if name in self.tensors)

    def along(self, delta: int) -> tuple[int, ...]:
        """Differences of the sizes: by ``delta`` along the axis, narrow along the others."""
        return tuple(delta if a == self.axis else small for a, small in enumerate(self.narrow))

    def view(self, deltas: tuple[int, ...]) -> _View | None:
        """The network at another size, if the same tensors have a field there.

        None also where it is too large for all of them to be listed.
        """
        graph = resized(self.graph, self.tensors, deltas) if any(deltas) else self.graph
        if graph is None:
            return None
        units = sum(graph.shapes[name].spatial[self.axis] for name in self.tensors)
        if units * (self.size(self.axis) + deltas[self.axis]) > _MOST_BITS:
            return None
        fields = receptive_fields(graph).fields
        local = local_part(graph, fields, self.axis)
        if local.tensors != self.tensors:
            return None
        return _View(deltas, graph, fields, local, reaches(graph, local, self.axis))

    def narrowest(self, other: int) -> int:
        """How much the input can lose along another axis so that every branch is still read."""

        def fits(delta: int) -> bool:
            deltas = tuple(delta if a == other else 0 for a in range(self.rank))
            graph = resized(self.graph, self.tensors, deltas)
            return graph is not None and not _shut(reaches(graph, self.local, other))

        delta = narrowest(self.size(other), self.steps[other], fits)
        if delta == 0:
            self.shut |= _shut(reaches(self.graph, self.local, other))
        return delta

    def roomy(self) -> tuple[int, _View | None]:
        """The size, as a difference, at which most tensors have two rounds of clear units."""
        needs = {name: _needs(self.fields[name]) for name in self.nodes}
        wanted = {name: need for name, need in needs.items() if 0 < need <= _LONGEST}
        longest, step = max(wanted.values(), default=1), self.steps[self.axis]
        found: tuple[int, _View | None] = 0, None
        most = 0
        for _ in range(6):
            delta = -((self.size(self.axis) - longest) // step) * step
            view = self.view(self.along(delta))
            count = len(self.ready(view, [*wanted]))
            if count > most:
                most, found = count, (delta, view)
            if most == len(wanted):
                break
            longest += max(step, longest // 4)
        return found

    def ready(self, view: _View | None, names: Sequence[str]) -> list[str]:
        """Those with two rounds of clear units, and the field that they have at their own size."""
        if view is None:
            return []
        return [
            name
            for name in names
            if name in view.reach
            and self.alike(view, name)
            and len(clear_units(view.reach[name])) >= _rounds(self.fields[name])
        ]

    def alike(self, view: _View, name: str) -> bool:
        """Has the tensor a field, and the same in both sizes?"""
        sliding = self.fields[name].sliding
        return sliding is not None and view.fields[name][self.axis].sliding == sliding

    # Units.

    def compare(self, view: _View, names: Sequence[str], borders: bool = True) -> Sequence[str]:
        """Measure units of these tensors, which are in the graph's order, and compare them.

        At the network's own size when PyTorch does not run it at this one, for reasons of its own.
        Says which could be measured.
        """
        self.tally.miss("not measured, as its axes depend on each other", self.shut)
        self.tally.miss(
            "not measured, as it has too many phases", (n for n in names if n not in view.reach)
        )
        names = [name for name in names if name in view.reach and name not in self.shut]
        try:
            equal, seen = self.seen(view, names, borders) if names else ({}, {})
        except UnrunnableError as error:
            sizes = tuple(d if a == self.axis else 0 for a, d in enumerate(view.deltas))
            if not any(view.deltas) or isinstance(error.made, tuple):
                raise
            wide = self.view(sizes) if sizes != view.deltas else None
            return self.compare(wide, names, borders) if wide else ()
        for root, masks in seen.items():
            self.tally.measured(masks.values())
            for name in equal[root]:
                self.hold(view, name, masks)
        for root in [*seen][:: -(len(seen) // _TRACED + 1)]:
            self.trace(view, equal[root][0], seen[root])
        return names

    def seen(
        self, view: _View, names: Sequence[str], borders: bool
    ) -> tuple[dict[str, list[str]], dict[str, dict[int, int]]]:
        """What units see, by tensor; and for each of these the tensors that are one with it."""
        instrument = Instrument(view.graph, view.local, self.device)
        equal: dict[str, list[str]] = {}
        for name in names:
            equal.setdefault(instrument.same[name], []).append(name)
        units = [
            Unit(root, unit)
            for root, same in equal.items()
            for unit in self.units(view, same[0], borders)
        ]
        kept = self.affordable(instrument, len(units), list(equal))
        units = [unit for unit in units if unit.tensor in kept]
        found: dict[str, dict[int, int]] = {root: {} for root in equal if root in kept}
        for (root, unit), mask in zip(units, instrument.seen(units, self.axis)):
            found[root][unit] = mask
        return equal, found

    def units(self, view: _View, name: str, borders: bool) -> list[int]:
        """Two rounds of units clear of the borders, from the middle, and some at the borders."""
        clear, rounds = clear_units(view.reach[name]), _rounds(self.fields[name])
        found = {*clear[max(0, len(clear) - rounds) // 2 :][:rounds]}
        if name in self.folded:
            self.tally.miss("not measured at borders, padded with positions from within", [name])
        elif borders:
            count = len(view.reach[name].seen)
            near = (*range(_BORDER), count // 2, *range(count - _BORDER, count))
            found.update(unit for unit in near if 0 <= unit < count)
        return sorted(found)

    def affordable(self, instrument: Instrument, units: int, roots: Sequence[str]) -> set[str]:
        """As many of the tensors as can be measured in reasonable time; says so if not all."""
        every = instrument.elements * units // _MOST_WORK + 1
        kept = set() if instrument.elements > _MOST_ELEMENTS else {*roots[::-every]}
        self.tally.miss("not measured, as it takes too long", (r for r in roots if r not in kept))
        return kept

    def hold(self, view: _View, name: str, masks: dict[int, int]) -> None:
        """A tensor's units against what its layers read and what its field says."""
        reach, field = view.reach[name], self.fields[name]
        stated = {unit: reach.seen[unit] for unit in masks}
        self.tally.positions_of(name, self.axis, "positions", stated, masks)
        if field.sliding is not None and self.alike(view, name):
            clear = clear_units(reach)
            inner = {unit: mask for unit, mask in masks.items() if unit in clear}
            self.tally.field_of(name, self.axis, field, inner, 2 * field.sliding.period)

    def trace(self, view: _View, name: str, masks: dict[int, int]) -> None:
        """A tensor's units against the positions that their paths come from."""
        tracer = Tracer(view.graph, view.fields)
        stated = {
            unit: sum(1 << at for at in tracer.paths(name, {self.axis: unit}, clip=True))
            for unit in masks
        }
        self.tally.positions_of(name, self.axis, "positions of the paths", stated, masks)


def _rounds(field: AxisField) -> int:
    """How many units are two rounds of the phases, as far as these are all measured."""
    return 2 * min(field.sliding.period, _MOST_PHASES) if field.sliding else 0


def _needs(field: AxisField) -> int:
    """Positions that two rounds of units see, and a unit on both sides; 0 without a field."""
    if field.sliding is None or field.size is None:
        return 0
    return int(field.size + (_rounds(field) + 1) * field.sliding.jump) + 1


def _shut(reach: dict[str, Reach]) -> set[str]:
    """Tensors of which no unit reads through every branch, as where branches leave units empty.

    Such fields are not followed one axis at a time.
    """
    return {name for name, found in reach.items() if not any(found.open)}


def _folded(graph: Graph) -> frozenset[str]:
    """Tensors that have met padding with positions of the map, and not with zeros.

    Units at their borders read positions again that others of the window have; which, is not said.
    """
    found: set[str] = set()
    for node in graph:
        mode = node.layer.arguments.get("mode")
        folds = isinstance(mode, Choice) and mode.options == PADDING_MODES
        if (folds and vars(node.layer)["mode"] != "zeros") or found.intersection(node.inputs):
            found.add(node.name)
    return frozenset(found)
