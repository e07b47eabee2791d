"""Measured receptive fields notice windows, joins, fields and paths that are not what is run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("torch")

import cnncalc
from cnncalc.analyses import sliding
from cnncalc.analyses.receptive_field import receptive_fields
from cnncalc.analyses.tracing import Tracer
from cnncalc.backends.torch import views
from cnncalc.backends.torch.fields import measure_fields
from cnncalc.backends.torch.results import Mismatch
from cnncalc.backends.torch.verify import verify
from cnncalc.graph import Graph, Node
from cnncalc.layers import KINDS, Layer
from cnncalc.layers.convolution import Conv, TransposedConv
from cnncalc.layers.joining import Add
from cnncalc.layers.pooling import AvgPool, MaxPool
from cnncalc.layers.windows import Slide, Taps, Window
from cnncalc.sizes import Shape, Size


def measured(text: str) -> Any:
    return measure_fields(cnncalc.load(text).graph())


# Each kind below lies about its windows; its twin is right.


class Shifted(Conv):
    """One position too many before, one too few after."""

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(
            Slide(w.kernel, w.stride, w.before + 1, w.after - 1, w.dilation)
            for w in super().windows(x)
            if isinstance(w, Slide)
        )


class Dense(Conv):
    """A kernel without holes that spans as much."""

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(
            Slide((w.kernel - 1) * w.dilation + 1, w.stride, w.before, w.after)
            for w in super().windows(x)
            if isinstance(w, Slide)
        )


class Hasty(Slide):
    def taps(self, n: Size) -> Taps:
        return super().taps(n)._replace(step=self.stride + 1)


class Striding(Conv):
    """Makes as many units as it should, which advance too fast."""

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(
            Hasty(w.kernel, w.stride, w.before, w.after, w.dilation)
            for w in super().windows(x)
            if isinstance(w, Slide)
        )


class Rounding(MaxPool):
    """Forgets that it rounds up: it makes a unit less than it says."""

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return MaxPool(**{**self.given, "ceil": False}).torch(torch, *xs)


class Narrow(AvgPool):
    """Says that it reads an element less than it does."""

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return AvgPool(**self.given).torch(torch, *xs)

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return tuple(
            Slide(w.kernel - 1, w.stride, w.before, w.after - 1)
            for w in super().windows(x)
            if isinstance(w, Slide)
        )


class Even(TransposedConv):
    """Says that all its phases read alike."""

    def windows(self, x: Shape) -> tuple[Window, ...]:
        class Alike(type(super().windows(x)[0])):  # type: ignore[misc]
            def taps(self, n: Size) -> Taps | None:
                taps = super().taps(n)
                return taps._replace(runs=(taps.runs[0],) * taps.every)

        return tuple(
            Alike(w.kernel, w.stride, w.before, w.after, w.dilation, w.extra)  # type: ignore[attr-defined]
            for w in super().windows(x)
        )


class Leaning(Add):
    """Says that it reads its second tensor one position further on."""

    def reads(self, *xs: Shape) -> tuple[tuple[Window, ...], ...]:
        first, *rest = super().reads(*xs)
        return first, *((Slide(before=-1, after=1),) * xs[0].rank for _ in rest)


def graph_of(layer: Layer, text: str = "1x40 | conv 1 k=3 p=1") -> Graph:
    """A network, and the layer after it; a join joins its input and its output."""
    graph = cnncalc.load(text).graph()
    (end,) = graph.outputs.values()
    inputs = ("input", end) if layer.arity[0] == 2 else (end,)
    shape = layer.output(*(graph.shapes[name] for name in inputs))
    relu = Node("after", KINDS["relu"](), ("lie",), shape)
    return Graph(
        graph.inputs, (*graph.nodes, Node("lie", layer, inputs, shape), relu), {"output": "after"}
    )


@pytest.mark.parametrize(
    ("layer", "row"),
    [
        (
            Shifted(out=1, kernel=(3,), padding=(1,)),
            "lie: positions of unit 0 along width: expected 0 to 1, measured 0 to 2",
        ),
        (
            Dense(out=1, kernel=(3,), dilation=(4,)),
            "lie: positions of unit 0 along width: expected 0 to 9, measured 0 to 1, 3 to 5, 7 to 9",
        ),
        (
            Striding(out=1, kernel=(3,), stride=(2,)),
            "lie: field along width: expected size 5, jump 3, start -1, "
            "measured size 5, jump 2, start -1",
        ),
        (
            Rounding(kernel=(3,), stride=(2,), ceil=True),
            "lie: positions, measuring its field: expected 6, measured 5",
        ),
        (
            Narrow(kernel=(3,), stride=(3,)),
            "lie: positions of unit 0 along width: expected 0 to 2, measured 0 to 3",
        ),
        (
            Even(out=1, kernel=(3,), stride=(2,), padding=(1,)),
            "lie: positions of unit 1 along width: expected 0 to 1, measured 0 to 2",
        ),
        (
            Leaning(),
            "lie: positions of unit 0 along width: expected 0 to 2, measured 0 to 1",
        ),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Layer) else "",
)
def test_notices_windows_that_lie(layer: Layer, row: str) -> None:
    found = measure_fields(graph_of(layer)).mismatched
    assert row in [*map(str, found)]
    assert {mismatch.layer for mismatch in found} <= {"lie", "after"}


@pytest.mark.parametrize("axis", [0, 1])
def test_notices_a_lie_along_one_axis(axis: int) -> None:
    class OneSided(Shifted):
        def windows(self, x: Shape) -> tuple[Window, ...]:
            right, wrong = list(Conv.windows(self, x)), super().windows(x)
            right[axis] = wrong[axis]
            return tuple(right)

    layer = OneSided(out=1, kernel=(3,), padding=(1,))
    found = measure_fields(graph_of(layer, "1x40x30 | conv 1 k=3 p=1")).mismatched
    assert found
    assert all(row.what.endswith(("height", "width")[axis]) for row in found)


class Skipping(Add):
    """Says nothing of its second tensor, which it adds all the same."""

    def reads(self, *xs: Shape) -> tuple[tuple[Window, ...], ...]:
        return super().reads(*xs)[:1]


def test_notices_a_branch_that_is_left_out() -> None:
    found = measure_fields(graph_of(Skipping())).mismatched
    assert "lie: positions of unit 0 along width: expected 0, measured 0 to 1" in map(str, found)


def spoilt(monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any]) -> None:
    """Fields are stated after a change of every one that slides."""

    def wrong(graph: Graph) -> Any:
        found = receptive_fields(graph)
        fields = {
            name: tuple(
                axis._replace(sliding=change(axis.sliding)) if axis.sliding else axis
                for axis in axes
            )
            for name, axes in found.fields.items()
        }
        return found._replace(fields=fields)

    monkeypatch.setattr("cnncalc.backends.torch.fields.receptive_fields", wrong)
    monkeypatch.setattr(views, "receptive_fields", wrong)


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found._replace(step=found.step + 1),
        lambda found: found._replace(edges=tuple((a - 1, b) for a, b in found.edges)),
        lambda found: found._replace(edges=tuple((a, b + 1) for a, b in found.edges)),
        lambda found: found._replace(edges=(*found.edges[1:], found.edges[0])),
    ],
)
def test_notices_fields_that_are_not_what_windows_make(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], Any]
) -> None:
    graph = cnncalc.load("1x60 | deconv 1 k=3 s=2 p=1 | conv 1 k=2 d=2").graph()
    assert measure_fields(graph).mismatched == []
    spoilt(monkeypatch, change)
    rows = measure_fields(graph).mismatched
    assert any(row.layer == "conv1" and row.what.startswith("field of unit") for row in rows)


def test_notices_numbers_that_are_not_what_the_field_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sliding.AxisField, "start", property(lambda field: 7))
    assert measured("1x20 | conv 1 k=3").mismatched == [
        Mismatch(
            "conv1",
            "field along width",
            "size 3, jump 1, start 7",
            "size 3, jump 1, start 0",
        )
    ]


def test_notices_paths_from_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Tracer.paths

    def wrong(self: Tracer, name: str, unit: dict[int, int], clip: bool = False) -> Any:
        return {at: paths for at, paths in right(self, name, unit, clip).items() if at != 1}

    monkeypatch.setattr(Tracer, "paths", wrong)
    assert [str(row) for row in measured("1x20 | conv 1 k=3").mismatched] == [
        "conv1: positions of the paths of unit 0 along width: expected 0, 2, measured 0 to 2"
    ]


def test_verify_reports_it() -> None:
    found = verify(graph_of(Dense(out=1, kernel=(3,), dilation=(4,))), device="cpu")
    assert not found.ok
    rows = found.to_dict()["checks"]["receptive_field"]["mismatched"]
    assert rows[0] == {
        "layer": "lie",
        "what": "positions of unit 0 along width",
        "expected": "0 to 9",
        "measured": "0 to 1, 3 to 5, 7 to 9",
    }
