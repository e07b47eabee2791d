"""Receptive fields held against gradients: of every tensor that has a local one, along every axis.

Units at the borders and in the middle are measured (:mod:`.measuring`), and compared

- with the positions that the layers' windows read, holes and borders included;
- where they are clear of all borders, with the first and last position that the field states for
  them, and two rounds of all phases with its size, jump and start;
- for a few tensors with the positions from which paths are counted.

One axis at a time, on an input that is as narrow along the others as the network takes
(:mod:`.views`). Along the axis it has the network's own size, for what borders leave of the
fields, and another where that is not the size at which two rounds of units are clear of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analyses.receptive_field import Fields, receptive_fields
from cnncalc.analyses.tracing import Tracer
from cnncalc.backends.torch.measuring import Instrument, Unit, UnrunnableError
from cnncalc.backends.torch.reach import clear_units
from cnncalc.backends.torch.tally import Measurement, Tally
from cnncalc.backends.torch.views import View, Views, rounds
from cnncalc.graph import Graph, Node
from cnncalc.layers.arguments import Choice
from cnncalc.layers.convolution import PADDING_MODES

#: Units at each border.
_BORDER = 3
#: Tensors whose paths are followed, in each measurement.
_TRACED = 4
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


class _Survey:
    """The local part of a graph along one axis, measured."""

    def __init__(
        self, graph: Graph, fields: dict[str, Fields], axis: int, device: str, tally: Tally
    ) -> None:
        self.axis = axis
        self.device = device
        self.tally = tally
        self.views = Views(graph, fields, axis)
        self.fields = self.views.fields
        graph = self.views.graph
        self.folded = _downstream(graph, {node.name for node in graph if _folds(node)})

    def measure(self) -> None:
        """At the network's own size, and at one where units are clear of the borders."""
        views = self.views
        shut = [name for name in views.nodes if name in views.shut]
        self.tally.miss("not measured, as its axes depend on each other", shut)
        roomy = views.roomy()
        names = [name for name in views.nodes if name not in views.shut]
        ready = views.ready(roomy, names) if roomy else []
        done: set[str] = set()
        if roomy and roomy.deltas[self.axis] < 0:  # its borders are like the network's own
            done.update(self.compare(roomy, ready))
        names = [name for name in names if name not in done]
        if not names:
            return
        own = views.own()
        compared = self.compare(own, names) if own else []
        missed = [name for name in names if name not in {*compared}]
        self.tally.miss("not measured, as it takes too much", missed)
        done.update(views.ready(own, compared) if own else ())
        if roomy and roomy.deltas[self.axis] >= 0:
            rest = [name for name in ready if name not in done]
            done.update(self.compare(roomy, rest, borders=False))
        self.tally.miss(
            "measured at borders only, as no size leaves two rounds of units clear of them",
            (name for name in compared if name not in done and self.fields[name].sliding),
        )

    def compare(self, view: View, names: Sequence[str], borders: bool = True) -> list[str]:
        """Measure units of these tensors, which are in the graph's order, and compare them.

        At the network's own size along the other axes if PyTorch does not run it at this one, for
        reasons of its own. Says which were measured.
        """
        names = [name for name in names if name in view.reach]
        if not names:
            return []
        try:
            equal, seen = self.seen(view, names, borders)
        except UnrunnableError as error:
            if not any(view.deltas) or isinstance(error.made, tuple):
                raise
            wide = self.views.wide(view)
            return self.compare(wide, names, borders) if wide else []
        for root, masks in seen.items():
            self.tally.measured(masks.values())
            for name in equal[root]:
                self.hold(view, name, masks)
        self.trace(view, {equal[root][0]: masks for root, masks in seen.items()})
        return [name for root in seen for name in equal[root]]

    def seen(
        self, view: View, names: Sequence[str], borders: bool
    ) -> tuple[dict[str, list[str]], dict[str, dict[int, int]]]:
        """Tensors that are one and the same, by the first of them; and what units of these see."""
        instrument = Instrument(view.graph, view.local, self.device)
        equal: dict[str, list[str]] = {}
        for name in names:
            equal.setdefault(instrument.same[name], []).append(name)
        units = [
            Unit(root, unit)
            for root, same in equal.items()
            for unit in self.units(view, same[0], borders)
        ]
        every = instrument.elements * len(units) // _MOST_WORK + 1
        kept = set() if instrument.elements > _MOST_ELEMENTS else {*[*equal][::-every]}
        units = [unit for unit in units if unit.tensor in kept]
        found: dict[str, dict[int, int]] = {root: {} for root in equal if root in kept}
        for (root, unit), mask in zip(units, instrument.seen(units, self.axis)):
            found[root][unit] = mask
        return equal, found

    def units(self, view: View, name: str, borders: bool) -> list[int]:
        """Two rounds of units clear of the borders, from the middle, and some at the borders."""
        clear, count = clear_units(view.reach[name]), rounds(self.fields[name])
        found = {*clear[max(0, len(clear) - count) // 2 :][:count]}
        if name in self.folded:
            self.tally.miss("not measured at borders, padded with positions from within", [name])
        elif borders:
            last = len(view.reach[name].seen)
            near = (*range(_BORDER), last // 2, *range(last - _BORDER, last))
            found.update(unit for unit in near if 0 <= unit < last)
        return sorted(found)

    def hold(self, view: View, name: str, masks: dict[int, int]) -> None:
        """A tensor's units against what its layers read and what its field says."""
        reach, field = view.reach[name], self.fields[name]
        stated = {unit: reach.seen[unit] for unit in masks}
        self.tally.positions_of(name, self.axis, "positions", stated, masks)
        if field.sliding is not None and self.views.alike(view, name):
            clear = clear_units(reach)
            inner = {unit: mask for unit, mask in masks.items() if unit in clear}
            two_rounds = 2 * field.sliding.period
            self.tally.field_of(name, self.axis, field, inner, two_rounds)
            if rounds(field) < two_rounds:
                self.tally.miss("measured in part, as it has too many phases", [name])

    def trace(self, view: View, seen: dict[str, dict[int, int]]) -> None:
        """Units of a few tensors against the positions that their paths come from."""
        tracer = Tracer(view.graph, view.fields)
        for name in [*seen][:: -(len(seen) // _TRACED + 1)]:
            stated = {
                unit: sum(1 << at for at in tracer.paths(name, {self.axis: unit}, clip=True))
                for unit in seen[name]
            }
            self.tally.positions_of(name, self.axis, "positions of the paths", stated, seen[name])


def _folds(node: Node) -> bool:
    """Is the map padded with positions of its own, and not with zeros?

    Units at the borders read these a second time; which, windows do not say.
    """
    mode = node.layer.arguments.get("mode")
    folds = isinstance(mode, Choice) and mode.options == PADDING_MODES
    return folds and vars(node.layer)["mode"] != "zeros"


def _downstream(graph: Graph, names: set[str]) -> set[str]:
    """These tensors and all that is made of them."""
    found = {*names}
    for node in graph:
        if found.intersection(node.inputs):
            found.add(node.name)
    return found
