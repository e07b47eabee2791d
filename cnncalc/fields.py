"""The receptive field of one tensor, from every side: what ``cnncalc rf`` shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from cnncalc.analyses.effective import Effective, Support, effective, largest, supports
from cnncalc.analyses.findings import Finding, warning
from cnncalc.analyses.gridding import holes
from cnncalc.analyses.paths import Extremes, extreme_paths
from cnncalc.analyses.receptive_field import Fields, ReceptiveFields
from cnncalc.analyses.sliding import Interval
from cnncalc.analyses.tracing import Cells, Tracer
from cnncalc.errors import UsageError
from cnncalc.graph import Graph
from cnncalc.layers.windows import Slide, Window
from cnncalc.results import context_to_dict, fields_to_dict, plain
from cnncalc.sizes import Shape, Size, at_least, axis_names, is_int, minimum, ratio


class Sight(NamedTuple):
    """What one unit sees of the image.

    ``stated``: first and last position per axis, those in the padding included (None: it sees
    nothing, or has no field that slides). ``cells``: paths by position, nested by axis, in the
    image alone. ``span``: first and last position in the image per axis.
    """

    unit: tuple[int, ...]
    stated: tuple[Interval | None, ...]
    cells: Cells
    span: tuple[tuple[int, int], ...]

    @property
    def read(self) -> int:
        """How many positions of the image are read."""
        return _count(self.cells)

    def to_dict(self) -> dict[str, Any]:
        return {
            "unit": list(self.unit),
            "first": [first for first, _ in self.span],
            "last": [last for _, last in self.span],
            "read": self.read,
            "unclipped": [one and [plain(one[0]), plain(one[1])] for one in self.stated],
        }


class LayerField:
    """The receptive field of the tensor ``name`` of a graph; what costs time is found when asked.

    Numbers along every axis: ``fields``. ``head``: what JSON begins with;
    ``instead_of``: the tensor that was meant, if another one has to answer. The rest needs kernels, strides and dilations that are
    numbers, and is None (or empty) where they are symbols.
    """

    def __init__(
        self,
        graph: Graph,
        found: ReceptiveFields,
        name: str,
        head: Mapping[str, Any] | None = None,
        instead_of: str | None = None,
    ) -> None:
        if not found.fields.get(name):
            raise UsageError(
                f"{name} has no receptive field",
                hint="no input with spatial axes, as 3x32x32, leads to it",
            )
        self.name = name
        self.head = dict(head or {})
        self._instead_of = (instead_of,) if instead_of and instead_of != name else ()
        self._graph = graph
        self._found = found
        self._tracer = Tracer(graph, found.fields)

    @property
    def fields(self) -> Fields:
        """Size, jump, start, end, center and effective padding along every axis."""
        return self._found.fields[self.name]

    @property
    def defined(self) -> bool:
        """Is there one size and jump along every axis?"""
        return all(field.defined for field in self.fields)

    @property
    def image(self) -> tuple[Size, ...]:
        """Sizes of the grid that the fields lie on: the smallest of the inputs'."""
        return grid(self._graph.inputs.values())

    @property
    def axes(self) -> tuple[str, ...]:
        return axis_names(len(self.fields))

    @property
    def output(self) -> Shape:
        """Shape of the tensor."""
        return self._graph.shapes[self.name]

    @cached_property
    def phases(self) -> tuple[tuple[Support, ...], ...]:
        """Per axis: the positions that each phase of the units reads (see ``cnncalc rf --phases``)."""
        try:
            return tuple(
                supports(self._tracer, self.name, axis, field)
                for axis, field in enumerate(self.fields)
            )
        except UsageError:
            return ((),) * len(self.fields)

    @property
    def supports(self) -> tuple[Support | None, ...]:
        """Per axis: the support of the phase with the largest field."""
        return tuple(map(largest, self.phases))

    @cached_property
    def effective(self) -> tuple[Effective | None, ...]:
        """Per axis: where the paths come from, to a unit of the largest phase far from borders."""
        units = [support.unit if support else 0 for support in self.supports]
        return (None,) * len(units) if None in self.supports else self.effective_of(units)

    def effective_of(self, unit: Sequence[int]) -> tuple[Effective | None, ...]:
        """Per axis: where the paths to one unit come from, as if there were no borders."""
        place = dict(enumerate(unit))
        return tuple(effective(self._tracer, self.name, place, axis) for axis in place)

    @cached_property
    def paths(self) -> tuple[Extremes | None, ...]:
        """Per axis: the smallest and the largest path."""
        return tuple(
            extreme_paths(self._graph, self.name, axis) for axis in range(len(self.fields))
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed on the way to this tensor, and holes in its field."""
        before = self._graph.before(self.name, *self._instead_of)
        noticed = [one for one in self._found.findings if one.node in before]
        if self._instead_of:
            (last,) = self._instead_of
            noticed.append(
                warning(f"{last} has no field that can be told: this is the field of {self.name}")
            )
        if not any(map(_may_skip, _windows(self._graph))):
            return tuple(noticed)
        for axis, (support, paths) in enumerate(zip(self.supports, self.paths)):
            found = support and paths and holes(self._graph, paths.largest, axis, support)
            if found and found not in noticed:
                noticed.append(found)
        return tuple(noticed)

    @property
    def context_from(self) -> str | None:
        """The first layer from which on units see all of the image beside their own field."""
        before = self._graph.before(self.name)
        for node in self._graph:
            found = self._found.fields.get(node.name, ())
            if node.name in before and any(field.context is not None for field in found):
                return node.name
        return None

    def seen_by(self, unit: Sequence[int]) -> Sight:
        """What the unit with these indices, one for each axis, sees of the image.

        Exact at borders too: positions that lie in the padding of any tensor are left out. Raises
        :class:`UsageError` for a unit that does not exist, and for sizes that are not numbers.
        """
        self._check(unit)
        cells = self._tracer.paths(self.name, dict(enumerate(unit)), clip=True)
        stated = tuple(
            field.sliding.interval(index) if field.sliding else field.context
            for index, field in zip(unit, self.fields)
        )
        span = tuple(_span(cells, depth) for depth in range(len(unit))) if cells else ()
        return Sight(tuple(unit), stated, cells, span)

    def unclipped(self, unit: Sequence[int]) -> Cells:
        """Paths to a unit by position, nested by axis, as if there were no borders."""
        return self._tracer.paths(self.name, dict(enumerate(unit)))

    def is_join(self, name: str) -> bool:
        """Does this tensor of the graph have several inputs?"""
        return any(len(node.inputs) > 1 for node in self._graph if node.name == name)

    def middle(self) -> tuple[int, ...]:
        """The unit in the middle."""
        self._check((0,) * self.output.rank)
        return tuple(size // 2 for size in self.output.spatial)

    def _check(self, unit: Sequence[int]) -> None:
        sizes = self.output.spatial
        if len(sizes) != len(self.fields):
            raise UsageError(
                f"the units of {self.name} have no place: its shape is {self.output}",
                hint="ask for a layer before flatten and global pooling: --layer NAME",
            )
        if len(unit) != len(sizes):
            raise UsageError(
                f"a unit of {self.name} has {len(sizes)} indices ({','.join(self.axes)}), "
                f"got {len(unit)}",
                hint=f"write --unit {','.join('0' * len(sizes))}",
            )
        for axis, index, size in zip(self.axes, unit, sizes):
            if not is_int(size):
                raise UsageError(
                    f"the size of {self.name} is {self.output}, not numbers",
                    hint="give every symbol a number, with --at or --set",
                )
            if not 0 <= index < size:
                raise UsageError(
                    f"{self.name} has no unit {index} along {axis}",
                    hint=f"its {size} units there are 0 to {size - 1}",
                )

    def to_dict(self) -> dict[str, Any]:
        """As JSON: ``receptive_field`` as everywhere, and what is known beside it."""
        return {
            **self.head,
            "layer": self.name,
            "output": [plain(size) for size in self.output],
            "receptive_field": fields_to_dict(self.fields),
            "context": self._context(),
            "support": [_support_to_dict(one) for one in self.supports],
            "effective": [_effective_to_dict(one) for one in self.effective],
            "phases": [[_support_to_dict(one) for one in along] for along in self.phases],
            "paths": [_extremes_to_dict(one) for one in self.paths],
            "findings": [one._asdict() for one in self.findings],
        }

    def _context(self) -> dict[str, Any] | None:
        interval = context_to_dict(self.fields)
        return {"through": self.context_from, "interval": interval} if interval else None


def grid(inputs: Iterable[Shape]) -> tuple[Size, ...]:
    """Sizes of the grid on which inputs with the most spatial axes lie: the smallest of theirs."""
    shapes = list(inputs)
    most = max(shape.rank for shape in shapes)
    return tuple(
        minimum(sizes) for sizes in zip(*(one.spatial for one in shapes if one.rank == most))
    )


def _windows(graph: Graph) -> Iterator[Window]:
    for node in graph:
        for windows in node.layer.reads(*graph.inputs_of(node)):
            yield from windows


def _may_skip(window: Window) -> bool:
    """Has it a dilation, or a stride that may be larger than its kernel?"""
    return isinstance(window, Slide) and (
        window.dilation != 1 or at_least(window.kernel, window.stride) is not True
    )


def _support_to_dict(support: Support | None) -> dict[str, Any] | None:
    if support is None:
        return None
    return {
        "unit": support.unit,
        "first": support.positions[0] if support.positions else None,
        "last": support.positions[-1] if support.positions else None,
        "size": support.size,
        "read": support.read,
        "fraction": plain(ratio(support.read, support.size)) if support.size else 0,
    }


def _effective_to_dict(found: Effective | None) -> dict[str, Any] | None:
    if found is None:
        return None
    first, last = found.interval
    return {
        "paths": found.paths,
        "center": plain(ratio(found.center.numerator, found.center.denominator)),
        "variance": plain(ratio(found.variance.numerator, found.variance.denominator)),
        "deviation": round(found.deviation, 4),
        "width": found.width,
        "first": first,
        "last": last,
    }


def _extremes_to_dict(found: Extremes | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        key: {
            "size": plain(path.field.size),
            "jump": plain(path.field.jump),
            "start": plain(path.field.start),
            "certain": path.certain,
            "layers": [stop.name for stop in path.stops],
        }
        for key, path in (("min", found.smallest), ("max", found.largest))
    }


def _count(cells: Any) -> int:
    return sum(map(_count, cells.values())) if isinstance(cells, dict) else 1


def _span(cells: Any, depth: int) -> tuple[int, int]:
    if depth == 0:
        return min(cells), max(cells)
    spans = [_span(inner, depth - 1) for inner in cells.values()]
    return min(first for first, _ in spans), max(last for _, last in spans)
