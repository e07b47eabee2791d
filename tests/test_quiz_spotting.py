"""Derivations with a mistake: PyTorch finds the step that is wrong, from the text alone."""

from __future__ import annotations

import re
from functools import cache
from math import prod

import pytest
import torch
from hypothesis import settings
from torch import nn

from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Question, Single
from cnncalc.quiz.registry import catalogue


def seeds() -> range:
    """1,000 with ``--long``."""
    return range(1000 if settings.get_current_profile_name() == "long" else 30)


@cache
def made(template: str, seed: int) -> Question:
    return question(catalogue()[template], Seed(seed))


def steps(found: Question) -> list[str]:
    """The lines of the derivation, without their numbers."""
    return [line.partition(" ")[2] for line in found.stem.split("`")[1].split("\n")]


def key(found: Question) -> int | None:
    """The index of the step that is wrong."""
    assert isinstance(found.body, Single)
    right = str(found.body.options[found.body.at].value)
    return None if right == "none of the steps" else int(right.removeprefix("step ")) - 1


def layer(words: str, channels: int) -> nn.Module:
    """``5×5 convolution, 8 filters, stride 2`` as a module."""

    def number(pattern: str, default: int) -> int:
        found = re.search(pattern, words)
        return int(found[1]) if found else default

    k, s = number(r"^(\d)×", 1), number(r"stride (\d)", 1)
    p, d, g = number(r"padding (\d)", 0), number(r"dilation (\d)", 1), number(r"(\d) groups", 1)
    filters = number(r"(\d+) filters", channels)
    if "fully connected" in words:
        return nn.Linear(channels, number(r"(\d+) units", 0))
    if "pooling" in words:
        return nn.MaxPool2d(k, number(r"stride (\d)", k), p)
    if "depthwise" in words:
        g = filters = channels
    return nn.Conv2d(channels, filters, k, s, p, d, g)


def output(module: nn.Module, *shape: int) -> torch.Size:
    with torch.device("meta"):
        result: torch.Tensor = module.to("meta")(torch.empty(1, *shape))
        return result.shape


def value(text: str) -> int:
    return int(text.rpartition("=")[2].replace(",", ""))


def holds(text: str) -> bool:
    """Is the arithmetic of a line right in itself?"""
    left, _, right = text.rpartition(" = ")
    number = r"[\d,]+"
    wanted = left.replace("−", "-").replace("·", "*").replace("⌊", "(").replace("⌋", "")
    wanted = re.sub(r"⌈(.*)\)/(\d)⌉", r"-(-\1)//\2)", wanted).replace("⌈", "")
    wanted = re.sub(rf"({number})", lambda found: found[1].replace(",", ""), wanted)
    wanted = wanted.replace("/", "//").replace("////", "//")
    if wanted.count("(") > wanted.count(")"):  # ⌊a/b⌋ + c became (a//b + c
        wanted = re.sub(r"^\((.*//\d)", r"(\1)", wanted)
    return bool(eval(wanted) == value(right))


def first_wrong(right: list[bool]) -> int | None:
    return right.index(False) if False in right else None


def test_sizes() -> None:
    keys = set()
    for seed in seeds():
        found = made("spot-size-error", seed)
        start = re.search(r"of (\d+)×", found.stem)
        assert start
        n, right = int(start[1]), []
        for line in steps(found):
            words, _, derivation = line.partition(": ")
            expected = output(layer(words, 1), 1, n, n)[2]
            n = value(derivation)  # of who made the mistake: later steps go on from it
            right.append(n == expected)
        assert right.count(False) <= 1
        assert first_wrong(right) == key(found), found
        keys.add(key(found))
    assert keys == {None, 0, 1, 2, 3}


@pytest.mark.parametrize("of", ["params", "macs"])
def test_costs(of: str) -> None:
    keys = set()
    for seed in seeds():
        found = made(f"spot-{of}-error", seed)
        right = []
        for line in steps(found):
            words, _, derivation = line.partition(": ")
            read = re.search(r"\[([\d×]+)\] (.*)", words)
            if read:
                words, text = read[2], read[1]
            else:
                text = re.search(r"map of ([\d×]+)", found.stem)[1]  # type: ignore[index]
            shape = [int(size) for size in text.split("×")]
            module = layer(words, shape[0])
            expected = sum(p.numel() for p in module.parameters())
            if of == "macs":
                weights = sum(p.numel() for p in module.parameters() if p.dim() > 1)
                expected = weights * prod(output(module, *shape)[2:])
            right.append(value(derivation) == expected)
        assert right.count(False) <= 1
        assert first_wrong(right) == key(found), found
        keys.add(key(found))
    assert len(keys) >= 4


def test_receptive_fields() -> None:
    """A field is a set of pixels: that of one more layer is the union of shifted copies."""
    keys = set()
    for seed in seeds():
        found = made("spot-rf-error", seed)
        size, jump, right = 1, 1, []
        for line in steps(found):
            words, _, derivation = line.partition(": ")
            module = layer(words, 1)
            assert isinstance(module, (nn.Conv2d, nn.MaxPool2d))
            k, s, d = (
                one if isinstance(one, int) else int(one[0])
                for one in (module.kernel_size, module.stride, module.dilation)
            )
            pixels = {tap * d * jump + i for tap in range(k) for i in range(size)}
            r, j = map(value, derivation.split(", "))
            right.append((r, j) == (max(pixels) + 1, jump * s))
            size, jump = r, j
        assert first_wrong(right) == key(found), found
        keys.add(key(found))
    assert len(keys) >= 4


@pytest.mark.parametrize("template", ["spot-size-error", "spot-macs-error"])
def test_mistakes_are_in_a_step_not_in_the_arithmetic(template: str) -> None:
    for seed in seeds():
        for line in steps(made(template, seed)):
            assert holds(line.partition(": ")[2]), line


def test_feedback_is_about_the_step() -> None:
    """Who picks a right step before the mistake, one after it, or none, is told different things."""
    texts = set()
    for seed in seeds():
        found = made("spot-size-error", seed)
        at = key(found)
        for wrong in found.body.wrongs():
            texts.add(wrong.text)
            if str(wrong.value).startswith("none"):
                assert f"step {at + 1 if at is not None else 0}, " in wrong.feedback
    assert {"took a right step for a mistake", "rounded up"} <= texts
    assert "took what follows from a mistake for the mistake" in texts
