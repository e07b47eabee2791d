"""Questions on batches that fit and on what is alive: held to what PyTorch does."""

from __future__ import annotations

import re

import pytest
import quiz_oracle

from cnncalc.notation import PLAIN
from cnncalc.quiz.ask import Ask
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Numeric, Question
from cnncalc.quiz.registry import catalogue

SEEDS = range(12)


def made(id: str, seed: int) -> Question:
    return question(catalogue()[id], Seed(seed))


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
