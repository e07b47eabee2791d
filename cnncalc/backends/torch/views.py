"""The sizes of the input at which the fields of a network are measured along one axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.analyses.receptive_field import AxisField, Fields, receptive_fields
from cnncalc.backends.torch.reach import Local, Reach, clear_units, local_part, reaches
from cnncalc.backends.torch.strips import narrowest, part, resized, stride
from cnncalc.graph import Graph

#: Phases of which two rounds are measured; of fields with more, as many units.
_MOST_PHASES = 32
#: The longest input that is made up, and how many bits may say what all units read.
_LONGEST, _MOST_BITS = 8192, 1 << 34


class View(NamedTuple):
    """The network on an input that is larger by ``deltas``, and what units read along the axis."""

    deltas: tuple[int, ...]
    graph: Graph
    fields: dict[str, Fields]
    local: Local
    reach: dict[str, Reach]


class Views:
    """The part of a network that moves over the input along an axis, at its own and other sizes.

    ``nodes`` are its layers, ``fields`` those along the axis at its own size. ``shut``: tensors
    whose axes depend on each other, as no unit along another axis reads through every branch.
    """

    def __init__(self, graph: Graph, fields: dict[str, Fields], axis: int) -> None:
        self.axis = axis
        self.tensors = local_part(graph, fields, axis).tensors
        self.graph = part(graph, self.tensors)
        self.local = local_part(self.graph, fields, axis)
        self.nodes = [node.name for node in self.graph if node.name in self.tensors]
        self.fields = {name: fields[name][axis] for name in self.tensors}
        self.rank = len(next(iter(fields.values())))
        self.steps = [stride(self.graph, fields, a) for a in range(self.rank)]
        self.shut: set[str] = set()
        self.narrow = [0 if a == axis else self._narrowest(a) for a in range(self.rank)]

    def at(self, deltas: tuple[int, ...]) -> View | None:
        """The network at another size, if the same tensors have a field there.

        None also where it is too large for all that is read to be listed.
        """
        graph = resized(self.graph, self.tensors, deltas) if any(deltas) else self.graph
        if graph is None:
            return None
        units = sum(graph.shapes[name].spatial[self.axis] for name in self.tensors)
        if units * (self._size(self.axis) + deltas[self.axis]) > _MOST_BITS:
            return None
        fields = receptive_fields(graph).fields
        local = local_part(graph, fields, self.axis)
        if local.tensors != self.tensors:
            return None
        return View(deltas, graph, fields, local, reaches(graph, local, self.axis))

    def own(self) -> View | None:
        """At its own size along the axis, and narrow along the others."""
        return self.at(self._along(0)) or self.at((0,) * self.rank)

    def roomy(self) -> View | None:
        """At a size at which most tensors have two rounds of units clear of the borders."""
        needs = {name: _needs(self.fields[name]) for name in self.nodes}
        wanted = {name: need for name, need in needs.items() if 0 < need <= _LONGEST}
        longest, step = max(wanted.values(), default=1), self.steps[self.axis]
        found, most = None, 0
        for _ in range(6):
            delta = -((self._size(self.axis) - longest) // step) * step
            view = self.at(self._along(delta))
            count = len(self.ready(view, [*wanted])) if view else 0
            if count > most:
                found, most = view, count
            if most == len(wanted):
                break
            longest += max(step, longest // 4)
        return found

    def wide(self, view: View) -> View | None:
        """The same along the axis, and the network's own size along the others."""
        deltas = tuple(d if a == self.axis else 0 for a, d in enumerate(view.deltas))
        return None if deltas == view.deltas else self.at(deltas)

    def ready(self, view: View, names: Sequence[str]) -> list[str]:
        """Those with two rounds of clear units, and the field that they have at their own size."""
        return [
            name
            for name in names
            if name in view.reach
            and self.alike(view, name)
            and len(clear_units(view.reach[name])) >= rounds(self.fields[name])
        ]

    def alike(self, view: View, name: str) -> bool:
        """Has the tensor a field, and the same in both sizes?"""
        sliding = self.fields[name].sliding
        return sliding is not None and view.fields[name][self.axis].sliding == sliding

    def _size(self, axis: int) -> int:
        shapes = self.graph.inputs.items()
        return min(shape.spatial[axis] for name, shape in shapes if name in self.tensors)

    def _along(self, delta: int) -> tuple[int, ...]:
        return tuple(delta if a == self.axis else small for a, small in enumerate(self.narrow))

    def _narrowest(self, other: int) -> int:
        """How much the input can lose along another axis so that every branch is still read."""

        def fits(delta: int) -> bool:
            deltas = tuple(delta if a == other else 0 for a in range(self.rank))
            graph = resized(self.graph, self.tensors, deltas)
            return graph is not None and not _shut(reaches(graph, self.local, other))

        delta = narrowest(self._size(other), self.steps[other], fits)
        if delta == 0:
            self.shut |= _shut(reaches(self.graph, self.local, other))
        return delta


def rounds(field: AxisField) -> int:
    """How many units are two rounds of the phases, as far as these are all measured."""
    return 2 * min(field.sliding.period, _MOST_PHASES) if field.sliding else 0


def _needs(field: AxisField) -> int:
    """Positions that two rounds of units see, and a unit on both sides; 0 without a field."""
    if field.sliding is None or field.size is None:
        return 0
    return int(field.size + (rounds(field) + 1) * field.sliding.jump) + 1


def _shut(reach: dict[str, Reach]) -> set[str]:
    return {name for name, found in reach.items() if not any(found.open)}
