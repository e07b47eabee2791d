"""Questions on input sizes that work: held to networks that are run in PyTorch."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import cnncalc
from cnncalc.backends.torch.build import build
from cnncalc.errors import CnncalcError
from cnncalc.graph import Graph
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Numeric, Question, TrueFalse
from cnncalc.quiz.registry import catalogue

SEEDS = range(12)


def made(id: str, seed: int) -> Question:
    return question(catalogue()[id], Seed(seed))


def chain(net: str, large: int = 200) -> list[nn.Module]:
    """The layers of a network whose input is H high, in PyTorch."""
    graph = cnncalc.load(net.replace("H", str(large))).graph()
    twins = build(graph).twins
    return [twins[node.name] for node in graph]


def runs(layers: list[nn.Module], height: int) -> bool:
    x = torch.zeros(1, 3, height, height)
    try:
        for layer in layers:
            x = layer(x)
    except RuntimeError:
        return False
    return x.numel() > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_smallest_input_runs_and_a_smaller_one_does_not(seed: int) -> None:
    found = made("smallest-input", seed)
    (claim,) = found.claims
    assert isinstance(found.body, Numeric)
    height = int(found.body.value)
    net = claim.ask.net.replace(f"3x{height}x{height}", "3xHxH", 1)
    layers = chain(net)
    assert [runs(layers, n) for n in (height - 1, height, height + 1)] == [False, True, True]
    for wrong in found.body.wrong:
        works = runs(layers, int(wrong.value))
        assert works is ("smaller images" in wrong.feedback)


def reads_all(layer: nn.Module, x: torch.Tensor) -> bool:
    """Does every row have a part in what the layer makes? By the gradient of random sums."""
    x = torch.rand_like(x, dtype=torch.float64).requires_grad_()
    y = layer.double()(x) if not isinstance(layer, nn.MaxPool2d) else averaged(layer)(x)
    (y * torch.rand_like(y)).sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    return bool((x.grad.abs().sum((0, 1, 3)) > 0).all())


def averaged(layer: nn.MaxPool2d) -> nn.Module:
    """The same windows, all of whose elements count."""
    return nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding)


@pytest.mark.parametrize("seed", SEEDS)
def test_rows_that_are_read_are_those_with_a_gradient(seed: int) -> None:
    found = made("windows-come-out-even", seed)
    assert isinstance(found.body, TrueFalse)
    for claim, statement in zip(found.claims, found.body.statements):
        height = int(claim.ask.net.partition("x")[2].partition("x")[0])
        assert f"{height}×{height}" in statement.text
        x, every = torch.rand(1, 3, height, height), True
        for layer in chain(claim.ask.net):
            every = every and reads_all(layer, x)
            x = layer.float()(x)
        assert every is statement.true


def test_the_oracle_sees_a_row_that_is_not_read() -> None:
    conv = nn.Conv2d(1, 1, 2, stride=2)
    assert reads_all(conv, torch.rand(1, 1, 8, 8))
    assert not reads_all(conv, torch.rand(1, 1, 9, 9))


@pytest.mark.parametrize("seed", SEEDS)
def test_nearest_heights_of_u_nets_run(seed: int) -> None:
    found = made("unet-good-sizes", seed)
    assert found.command is not None
    net = found.command.split('"')[1]
    start = int(found.command.rpartition("=")[2])
    claimed = next(claim for claim in found.claims if claim.true)
    right = int(str(claimed.value))

    def fits(height: int) -> bool:
        try:
            graph: Graph = cnncalc.load(net.replace("H", str(height))).graph()
        except CnncalcError:
            return False
        build(graph)(torch.zeros(1, 1, height, height))
        return True

    step = 1 if right > start else -1
    between = range(start, right, step)
    assert fits(right)
    assert not any(map(fits, between))


@pytest.mark.parametrize("id", ["skip-sizes-agree", "windows-come-out-even"])
def test_mistakes_name_the_statement_that_they_are_about(id: str) -> None:
    for seed in SEEDS:
        found = made(id, seed)
        assert isinstance(found.body, TrueFalse)
        for statement in found.body.statements:
            if statement.wrong:
                assert str(statement.wrong.value).lower() == statement.text.rstrip(".").lower()
