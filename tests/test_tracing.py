"""Paths to single units, held against gradients: with all weights 1 these count paths exactly."""

from __future__ import annotations

import warnings
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

pytest.importorskip("torch")

import torch
from hypothesis import HealthCheck, assume, given, settings
from rf_graphs import Drawn, networks

import cnncalc
from cnncalc.analyses.effective import effective, marginal, supports
from cnncalc.analyses.receptive_field import receptive_fields
from cnncalc.analyses.tracing import Tracer
from cnncalc.backends.torch.build import build
from cnncalc.errors import UsageError
from cnncalc.graph import Graph


def counted(graph: Graph, unit: tuple[int, ...]) -> dict[tuple[int, ...], int]:
    """Paths to a unit of the output from every position of the input, as PyTorch has them."""
    network = build(graph).double().eval()
    with torch.no_grad():
        for name, weight in network.named_parameters():
            weight.fill_(0 if name.endswith("bias") else 1)
    (shape,) = graph.inputs.values()
    x = torch.ones(1, *shape, dtype=torch.float64, requires_grad=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's remarks on its own speed
        network(x)[0].sum(0)[unit].backward()
    found = x.grad[0, 0]
    assert found.max() < 2**53, "no longer exact"
    return {tuple(at): int(found[tuple(at)]) for at in found.nonzero().tolist()}


def flat(cells: Any) -> dict[tuple[int, ...], int]:
    if not isinstance(cells, dict):
        return {(): cells}
    return {(index, *rest): n for index, inner in cells.items() for rest, n in flat(inner).items()}


def tracer(graph: Graph) -> tuple[Tracer, str]:
    (name,) = graph.outputs.values()
    return Tracer(graph, receptive_fields(graph).fields), name


def check_paths(graph: Graph) -> None:
    found, name = tracer(graph)
    sizes = graph.shapes[name].spatial
    for unit in product(*({0, 1, size // 2, size - 1} & {*range(size)} for size in sizes)):
        assert flat(found.paths(name, dict(enumerate(unit)), clip=True)) == counted(graph, unit)


@pytest.mark.parametrize(
    "text",
    [
        "1x9 | conv 1 k=3 p=1 | conv 1 k=3 p=1 | conv 1 k=3 p=1",
        "1x20 | conv 1 k=3 d=2 | conv 1 k=3 d=2 | conv 1 k=3 d=2",
        "1x9x8 | conv 1 k=3x2 s=2x1 p=1 | conv 1 k=3 p=2 d=1x2",
        "1x9 | deconv 1 k=3 s=2 | conv 1 k=3 p=1 | deconv 1 k=2 s=3 p=1",
        "1x7x7 | a = conv 1 k=1x5 p=0x2 | from input | b = conv 1 k=5x1 p=2x0 | add a b | conv 1 k=3",
        "1x9x9 | b = deconv 1 k=3 s=2 | a = conv 1 k=3 p=1 | add a b | conv 1 k=3 s=2",
        "1x8 | a = conv 1 k=3 s=2 p=1 | from input | b = crop size=4 | add a b | conv 1 k=2",
        "1x9x9 | a = deconv 1 k=1 s=2 | from input | upsample 2 | crop size=17 | add a x",
        "1x5x5x5 | b = conv 1 k=3x2x1 p=1x0x0 | a = conv 1 k=3 p=1 | add a b",
    ],
)
def test_paths_are_those_of_gradients(text: str) -> None:
    check_paths(cnncalc.load(text).graph())


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
@given(networks())
def test_paths_in_random_networks(drawn: Drawn) -> None:
    text = drawn.text((23,) * drawn.rank)
    assume(
        "pool" not in text and "bn" not in text and "mode=" not in text.replace("mode=zeros", "")
    )
    try:
        graph = cnncalc.load(text).graph()
    except cnncalc.CnncalcError:
        assume(False)
    check_paths(graph)


def test_the_local_field_leaves_gates_out() -> None:
    gate = "gap | conv 1 k=1 | sigmoid | mul s x | conv 1 k=3 p=1"
    graph = cnncalc.load(f"1x9x9 | s = conv 1 k=3 p=1 | {gate}").graph()
    found, name = tracer(graph)
    assert sorted(found.paths(name, {0: 4})) == [2, 3, 4, 5, 6]


def test_symbolic_kernels_are_refused() -> None:
    found, name = tracer(cnncalc.load("CxHxW | conv 8 k=C").graph())
    with pytest.raises(UsageError, match="in numbers only"):
        found.paths(name, {0: 0})


# The effective field.


def test_effective_field_of_a_stack() -> None:
    """Variances add up: each layer of three equal weights adds (3² − 1)/12 at jump 1."""
    graph = cnncalc.load("1x40 | conv 1 k=3 | conv 1 k=3 | conv 1 k=3 | conv 1 k=3").graph()
    found, name = tracer(graph)
    stack = effective(found, name, {0: 0}, 0)
    assert stack is not None
    assert (stack.paths, stack.center, stack.variance) == (81, 4, 4 * Fraction(8, 12))
    assert stack.deviation == pytest.approx(1.63299, abs=1e-5)
    # 1, 4, 10, 16, 19, 16, 10, 4, 1: the middle 5 hold 71 of 81, the middle 7 hold 79
    assert (stack.interval, stack.width) == ((1, 7), 7)


def test_branches_weigh_by_their_paths_along_all_axes() -> None:
    """A 3x3 beside an identity: 9 paths beside 1, so that along an axis there are 3, 3 + 1, 3."""
    graph = cnncalc.load("1x9x9 | a = conv 1 k=3 p=1 | add a input").graph()
    found, name = tracer(graph)
    assert found.paths(name, {0: 0}) == {-1: 3, 0: 4, 1: 3}
    assert marginal(found.paths(name, {0: 0, 1: 0}), 0) == {-1: 3, 0: 4, 1: 3}


def test_uneven_phases_are_weighed_jointly() -> None:
    """Where units read differently much along the other axis, both are followed."""
    graph = cnncalc.load("1x9x9 | b = deconv 1 k=3 s=2 | a = conv 1 k=3 p=1 | add a b").graph()
    found, name = tracer(graph)
    assert not found.even(name, (1,))
    one = effective(found, name, {0: 8, 1: 8}, 0)
    paths = counted(graph, (8, 8))
    total = sum(paths.values())
    assert one is not None
    assert one.paths == total
    assert one.center == Fraction(sum(y * n for (y, _), n in paths.items()), total)


def test_supports_of_phases() -> None:
    graph = cnncalc.load("1x9 | deconv 1 k=4 s=3 d=2").graph()
    found, name = tracer(graph)
    (field,) = receptive_fields(graph).fields[name]
    phases = supports(found, name, 0, field)
    assert [(one.unit, one.positions) for one in phases] == [
        (0, (-2, 0)),
        (1, (-1,)),
        (2, (0,)),
    ]
    assert (phases[0].size, phases[0].read, phases[0].fraction) == (3, 2, Fraction(2, 3))
