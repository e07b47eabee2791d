"""Receptive fields against gradients: what units are said to see is what they see."""

from __future__ import annotations

from collections import Counter
from math import prod

import pytest

pytest.importorskip("torch")

from hypothesis import HealthCheck, assume, given, settings
from rf_graphs import Drawn, networks
from rf_oracle import check_fields, inner_units, measure, seen

import cnncalc
from cnncalc.analyses.receptive_field import AxisField, Sliding, receptive_fields
from cnncalc.graph import Graph
from cnncalc.zoo import find

ROOMY = 400


def tight(drawn: Drawn) -> Graph:
    """The network on an input with two rounds of inner units along every axis, and little more."""
    sizes = [ROOMY] * drawn.rank
    for _ in range(10):
        graph = cnncalc.load(drawn.text(tuple(sizes))).graph()
        fields, _ = receptive_fields(graph)
        (name,) = graph.outputs.values()
        wanted = list(sizes)
        for axis, field in enumerate(fields[name]):
            if field.sliding is None:
                wanted[axis] = 30
                continue
            rounds = len(inner_units(graph, fields, axis, name)) // field.sliding.period
            if sizes[axis] == ROOMY or rounds < 2:
                wanted[axis] = max(30, sizes[axis] + (2 - rounds) * field.sliding.step)
        if wanted == sizes:
            break
        sizes = wanted
    assume(max(sizes) < ROOMY and prod(sizes) < 20_000)
    return graph


@settings(max_examples=80, suppress_health_check=[HealthCheck.filter_too_much])
@given(networks())
def test_random_networks(drawn: Drawn) -> None:
    check_fields(tight(drawn), folds=drawn.folds)


@pytest.mark.long
@settings(max_examples=2000, suppress_health_check=[HealthCheck.filter_too_much])
@given(networks())
def test_many_random_networks(drawn: Drawn) -> None:
    check_fields(tight(drawn), folds=drawn.folds)


@pytest.mark.parametrize(
    "text",
    [
        "1x60 | maxpool 3 s=2 p=1 d=2 ceil=yes | conv 1 k=4 d=3 p=same",
        "1x60x50 | conv 2 k=1x7 s=2x1 p=0x3 | conv 1 k=7x1 p=3x0 | avgpool 2x3 s=1x2",
        "1x30x30x30 | conv 1 k=1x2x3 p=0x1x1 | maxpool 2 s=1x2x3",
        "1x60 | deconv 1 k=5 s=3 p=1 d=2 op=2 | conv 1 k=3 s=2",
        "1x40 | deconv 1 k=2 s=3 | conv 1 k=3 p=1",
        "1x40 | conv 1 k=3 s=2 p=1 | deconv 1 k=3 s=2 p=1 op=1 | deconv 1 k=4 s=2 p=1",
        "1x200 | pad left=9 | conv 1 k=2 d=9 | pad left=27 | conv 1 k=2 d=27",
        "1x64x64 | a = conv 1 k=3 s=2 p=1 | from input | avgpool 2 | conv 1 k=1 | add a x",
    ],
)
def test_chosen_networks(text: str) -> None:
    check_fields(cnncalc.load(text).graph())


# Adaptive pooling: without padding, every unit is exact, so no room for inner units is needed.


@pytest.mark.parametrize("size", range(1, 14))
def test_adaptive_pooling(size: int) -> None:
    for out in range(1, 12):
        graph = cnncalc.load(f"1x{size} | adaptive_avgpool {out}").graph()
        (field,) = receptive_fields(graph).fields["adaptive_avgpool1"]
        for unit, interval in measure(graph, 0, list(range(out))):
            assert (field.sliding.interval(unit) if field.sliding else field.context) == interval


@pytest.mark.parametrize(
    "layers",
    [
        "conv 1 k=3 | adaptive_avgpool 7",
        "adaptive_avgpool 14 | conv 1 k=3 s=2",
        "maxpool 2 | adaptive_avgpool 5 | conv 1 k=2 d=2",
        "adaptive_avgpool 9 | adaptive_avgpool 6 | conv 1 k=2",
        "adaptive_avgpool 6 | deconv 1 k=3 s=2 p=1",
    ],
)
def test_adaptive_pooling_among_others(layers: str) -> None:
    for size in range(17, 24):
        graph = cnncalc.load(f"1x{size} | {layers}").graph()
        (name,) = graph.outputs.values()
        (field,) = receptive_fields(graph).fields[name]
        assert field.sliding is not None
        for unit, interval in measure(graph, 0, list(range(graph.shapes[name][1]))):
            assert field.sliding.interval(unit) == interval


def test_units_between_the_taps_see_nothing() -> None:
    graph = cnncalc.load("1x8 | deconv 1 k=2 s=3").graph()
    assert seen(graph, 0)[:6] == [[0], [0], [], [1], [1], []]
    (field,) = receptive_fields(graph).fields["deconv1"]
    assert field.sliding == Sliding(3, 1, ((0, 0), (0, 0), None))
    assert (field.size, str(field.jump), field.start) == (1, "1/3", 0)


@pytest.mark.parametrize(
    "text",
    [
        "1x9 | deconv 1 k=1 s=3 | crop left=1 | conv 1 k=1 s=3",
        "1x9 | deconv 1 k=1 s=2 | crop left=1 | maxpool 1 s=2 | gap",
        "1x9x9 | deconv 1 k=1 s=1x3 | crop left=1 | conv 1 k=1 s=1x3 | conv 1 k=3 p=1",
    ],
)
def test_a_network_that_sees_nothing(text: str) -> None:
    net = cnncalc.load(text)
    row = net.analyze().layers[-1]
    check_fields(net.graph())
    assert row.fields is not None
    for field in row.fields:
        assert (field.size, field.jump, field.start, field.center) == (None,) * 4
        assert field.defined


def test_a_branch_that_sees_nothing_adds_nothing() -> None:
    graph = cnncalc.load(
        "1x40 | a = conv 1 k=3 p=1 | from input | deconv 1 k=1 s=2 | crop left=1 | maxpool 1 s=2"
        " | pad right=1 | crop size=40 | add a x"
    ).graph()
    found = receptive_fields(graph)
    assert found.fields["add1"] == found.fields["a"]
    assert found.findings == ()
    check_fields(graph)


def test_a_gate_sees_everything() -> None:
    gate = (
        "conv 2 k=3 p=1 | s = identity | gap | conv 1 k=1 | relu | conv 2 k=1 | sigmoid | mul s x"
    )
    graph = cnncalc.load(f"1x30 | {gate} | conv 1 k=3").graph()
    (field,) = receptive_fields(graph).fields["conv4"]
    assert seen(graph, 0) == [list(range(30))] * 28
    assert (field.context, field.size) == ((-1, 30), 5)
    check_fields(cnncalc.load("1x30 | conv 2 k=3 p=1 | conv 1 k=3").graph())


def test_dilation_leaves_holes() -> None:
    graph = cnncalc.load("1x12 | conv 1 k=3 d=4").graph()
    assert seen(graph, 0)[1] == [1, 5, 9]
    assert receptive_fields(graph).fields["conv1"][0].size == 9


# U-Net. Three-by-three pairs and two-by-two up-convolutions: 4 of the output's 16 phases see 188
# positions, the other 12 see 204.


@pytest.mark.parametrize(
    ("padding", "height", "width", "small"),
    [("", 636, 188, {0, 1, 2, 3}), (" p=1", 512, 16, {0, 1, 14, 15})],
)
def test_unet(padding: str, height: int, width: int, small: set[int]) -> None:
    text, name, _ = find("unet")
    net = cnncalc.parse(text.replace("k=3", f"k=3{padding}"), name)
    graph = net.graph(at={"H": height, "W": width}, settings={"base": 1})
    fields, findings = receptive_fields(graph)
    assert findings == ()
    (out,) = graph.outputs.values()
    bottom = next(node.inputs[0] for node in graph if node.kind == "deconv")
    for node, size, jump in ((bottom, 140, 16), (out, 204, 1)):
        assert (fields[node][0].size, fields[node][0].jump) == (size, jump)
    units = inner_units(graph, fields, 0, out)[:32]
    sizes = {unit: last - first + 1 for unit, (first, last) in measure(graph, 0, list(units), out)}
    assert Counter(sizes.values()) == {188: 8, 204: 24}
    assert {unit % 16 for unit in sizes if sizes[unit] == 188} == small
    sliding = fields[out][0].sliding
    assert sliding is not None
    assert {phase for phase in range(16) if _length(sliding, phase) == 188} == small
    check_fields(graph, axes=(0,))


def _length(sliding: Sliding, phase: int) -> int:
    first, last = sliding.interval(phase) or (0, -1)
    return last - first + 1


def _moved(field: AxisField, first: int, last: int) -> AxisField:
    assert field.sliding is not None
    edges = tuple((a + first, b + last) for a, b in filter(None, field.sliding.edges))
    return AxisField(field.sliding._replace(edges=edges))


def _turned(field: AxisField) -> AxisField:
    assert field.sliding is not None
    edges = field.sliding.edges
    return AxisField(field.sliding._replace(edges=(*edges[1:], edges[0])))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda field: _moved(field, 1, 1),
        lambda field: _moved(field, -1, 0),
        lambda field: _moved(field, 0, -1),
        _turned,
        lambda field: AxisField(field.sliding._replace(step=field.sliding.step + 1)),
    ],
)
def test_the_oracle_notices(wrong: object) -> None:
    graph = cnncalc.load("1x60 | deconv 1 k=3 s=2 p=1 | conv 1 k=2 d=2").graph()
    fields = dict(receptive_fields(graph).fields)
    check_fields(graph, fields=fields)
    fields["conv1"] = (wrong(fields["conv1"][0]),)  # type: ignore[operator]
    with pytest.raises(AssertionError):
        check_fields(graph, fields=fields)
