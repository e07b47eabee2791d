"""Questions on the memory of training and on batches that fit: held to what PyTorch does."""

from __future__ import annotations

import re
from typing import Any

import pytest
import quiz_oracle
import torch
from torch import nn

from cnncalc.notation import PLAIN
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Numeric, Question, Single
from cnncalc.quiz.registry import catalogue

SEEDS = range(12)


def made(id: str, seed: int) -> Question:
    return question(catalogue()[id], Seed(seed))


def network(stem: str) -> tuple[nn.Sequential, tuple[int, int, int]]:
    """The layers of a stem in PyTorch, and the shape of their input, read from its words."""
    c, h, w = map(int, re.findall(r"(\d+)×(\d+)×(\d+)", stem)[0])
    layers: list[nn.Module] = []
    channels, flat = c, 0
    x = torch.zeros(1, c, h, w)
    for words in re.findall(r"\(\d\) ([^;]+)", stem):

        def number(pattern: str, default: int = 0, words: str = words) -> int:
            found = re.search(pattern, words)
            return int(found[1]) if found else default

        if "convolution" in words:
            layer: nn.Module = nn.Conv2d(
                channels,
                number(r"(\d+) filters"),
                number(r"(\d)×"),
                number(r"stride (\d)", 1),
                number(r"padding (\d)"),
            )
            channels = number(r"(\d+) filters")
        elif "max pooling" in words:
            layer = nn.MaxPool2d(number(r"(\d)×"), number(r"stride (\d)", 1))
        elif "fully connected" in words:
            layer = nn.Linear(flat, number(r"(\d+) units"))
        else:
            layer = nn.Flatten() if "flatten" in words else nn.ReLU()
        x = layer(x)
        flat = x.shape[1]
        layers.append(layer)
    return nn.Sequential(*layers), (c, h, w)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_kept_is_what_autograd_keeps(seed: int) -> None:
    found = made("kept-for-backward", seed)
    model, shape = network(found.stem)
    batch = int(re.findall(r"batch of (\d+)", found.stem)[0])
    weights = {p.untyped_storage().data_ptr() for p in model.parameters()}
    kept: dict[int, int] = {}
    alive: list[Any] = []

    def pack(x: torch.Tensor) -> torch.Tensor:
        storage = x.untyped_storage()
        alive.append(x)
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage.nbytes()
        return x

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        alive.append(model(torch.rand(batch, *shape)))
    assert isinstance(found.body, Numeric)
    assert found.body.value == sum(kept.values())


_OPTIMIZERS = {
    "SGD with momentum": lambda p: torch.optim.SGD(p, momentum=0.9, lr=0.1),
    "Adam": lambda p: torch.optim.Adam(p),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_state_of_training_is_what_pytorch_holds(seed: int) -> None:
    found = made("training-state-bytes", seed)
    model, shape = network(found.stem)
    (make,) = (make for name, make in _OPTIMIZERS.items() if name in found.stem)
    optimizer = make(model.parameters())
    model(torch.rand(2, *shape)).sum().backward()
    optimizer.step()
    held = [x for p in model.parameters() for x in (p, p.grad)]
    held += [x for state in optimizer.state.values() for x in state.values()]
    tensors = [
        x for x in held if isinstance(x, torch.Tensor) and x.ndim
    ]  # Adam counts its steps, too
    assert isinstance(found.body, Single)
    right = found.body.options[found.body.at].value
    assert right == sum(x.numel() * x.element_size() for x in tensors)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_largest_batch_fits_and_a_larger_one_does_not(seed: int) -> None:
    found = made("largest-batch", seed)
    memory = int(re.findall(r"has ([\d,]+) bytes", found.stem)[0].replace(",", ""))
    params, peak = (claim.ask for claim in found.claims)
    weights = 4 * quiz_oracle.measure(params, {})

    def needed(batch: int) -> int:
        return int(weights + quiz_oracle.measure(Ask(peak.net, "peak", batch=batch), {}))

    assert isinstance(found.body, Numeric)
    batch = int(found.body.value)
    assert needed(batch) <= memory < needed(batch + 1)


@pytest.mark.parametrize("seed", SEEDS)
def test_moments_say_what_is_alive(seed: int) -> None:
    """The largest of the moments of a solution is the peak that PyTorch has."""
    found = made("peak-bytes", seed)
    (claim,) = found.claims
    *moments, most = found.solution.sections[0].groups[0][1]
    values = [int(line.forms[-1].write(PLAIN)) for line in moments]
    assert 4 * max(values) == quiz_oracle.measure(claim.ask, {})
    assert len(moments) == len(claim.ask.graph.nodes)
    assert most.unit == "B"
