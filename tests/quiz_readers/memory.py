"""Bytes of tensors, at inference and in training."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from math import prod
from typing import Any

import torch
from quiz_words import chain, found, listed, numbers
from torch import nn

from cnncalc.quiz.model import Question

from .asked import Reader, heading, stated


def bytes_of_one(one: Question) -> list[int]:
    batch, each = numbers(one.stem)[0], int(found(r"\((\d) bytes", one.stem))
    after = chain([one.stem.split(": ")[1]], heading(one))[0].after
    return [batch * each * after[0] * after[1] * after[2]]


def memory_of_batch(one: Question) -> list[bool]:
    batch = numbers(one.stem)[0]
    passed = chain(listed(one.stem), heading(one))
    answers = []
    for said, value in stated(one):
        if said.startswith("The network"):
            right = sum(layer.params for layer in passed)
        else:
            layer = passed[int(found(r"\((\d)\)", said)) - 1]
            count = batch * prod(layer.after)
            right = {
                "float32": 4 * count,
                "float16": 2 * count,
                "MACs": batch * layer.macs,
                "parameters": layer.params,
                "high": layer.after[-1],
            }[found(r"(float32|float16|MACs|parameters|high)", said)]
            value = numbers(said.replace("float32", "").replace("float16", ""))[-1]
        answers.append(value == right)
    return answers


def memory_at_most(one: Question) -> list[int]:
    """Tensors are counted while a later layer reads them."""
    *words, last = listed(one.stem)
    adds = last.startswith("addition")
    layers = chain(words if adds else [*words, last], heading(one))
    held = [prod(heading(one)), *(prod(layer.after) for layer in layers)]
    read: dict[int, set[int]] = {i: {i} for i in range(len(layers))}  # by whom is what read
    if adds:
        held.append(held[-1])
        read[len(layers)] = {int(n) for n in re.findall(r"\((\d)\)", last)}
    return [4 * most_at_once(held, read)]


def most_at_once(held: list[int], read: dict[int, set[int]]) -> int:
    """Layer ``i`` reads tensors and writes the one after it; what a later layer reads stays."""
    most = 0
    for i, inputs in read.items():
        later = set().union(*(read[j] for j in read if j > i))
        alive = inputs | {i + 1} | {one for one in later if one <= i}
        most = max(most, sum(held[one] for one in alive))
    return most


def largest_batch(one: Question) -> list[int]:
    memory = numbers(found(r"has ([\d,]+) bytes", one.stem))[0]
    assert "flattening makes none" in one.stem
    layers = chain((words for words in listed(one.stem) if words != "flatten"), heading(one))
    weights = sum(layer.params for layer in layers)
    held = [prod(heading(one)), *(prod(layer.after) for layer in layers)]
    most = most_at_once(held, {i: {i} for i in range(len(layers))})
    return [next(n for n in count() if 4 * (weights + (n + 1) * most) > memory)]


def kept_for_backward(one: Question) -> list[int]:
    """What autograd saves, but for the weights, each storage once."""
    layers = [layer.layer for layer in chain(listed(one.stem), heading(one))]
    weights = {_storage(p) for layer in layers for p in layer.parameters()}
    kept: dict[int, int] = {}
    alive: list[torch.Tensor] = []

    def pack(x: torch.Tensor) -> torch.Tensor:
        alive.append(x)  # so that no other storage comes in its place
        if _storage(x) not in weights:
            kept[_storage(x)] = x.untyped_storage().nbytes()
        return x

    x = torch.empty(int(found(r"batch of (\d+)", one.stem)), *heading(one), device="meta")
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda x: x):
        alive.append(nn.Sequential(*layers)(x))
    return [sum(kept.values())]


def _storage(x: torch.Tensor) -> int:
    return int(x.untyped_storage()._cdata)


_OPTIMIZERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "SGD with momentum": lambda weights: torch.optim.SGD(weights, lr=0.1, momentum=0.9),
    "Adam": torch.optim.Adam,
}


def training_state(one: Question) -> list[int]:
    """What there is after a step: weights, gradients, and tensors of the optimizer."""
    layers = chain(listed(one.stem), heading(one))
    network = nn.Sequential(*(layer.layer for layer in layers))
    optimizer = _OPTIMIZERS[found(r"The optimizer is (.*?)\. ", one.stem)](network.parameters())
    network(torch.empty(2, *heading(one), device="meta")).sum().backward()
    optimizer.step()
    held = [x for weights in network.parameters() for x in (weights, weights.grad)]
    held += [x for state in optimizer.state.values() for x in state.values()]
    tensors = [x for x in held if isinstance(x, torch.Tensor) and x.dim()]  # Adam counts steps, too
    return [sum(x.numel() * x.element_size() for x in tensors)]


READERS: dict[str, Reader] = {
    "activation-bytes": bytes_of_one,
    "batch-memory": memory_of_batch,
    "peak-bytes": memory_at_most,
    "largest-batch": largest_batch,
    "kept-for-backward": kept_for_backward,
    "training-state-bytes": training_state,
}
