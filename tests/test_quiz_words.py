"""Keys from the words of the questions alone: what a student reads is what is answered.

Claims (see :mod:`quiz_oracle`) say what a template computed; they cannot tell that its text is about
another network. Here texts, tables and pictures are read, by :mod:`quiz_readers`, and PyTorch answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import quiz_oracle
from hypothesis import settings
from quiz_readers import FORMULAS, READERS
from quiz_readers.asked import number

from cnncalc.quiz import bank
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Matching, Question, Single, Symbolic, Table, TrueFalse
from cnncalc.quiz.registry import catalogue


def seeds() -> range:
    """1,000 with ``--long``."""
    return range(1000 if settings.get_current_profile_name() == "long" else 12)


def answers(one: Question) -> list[Any]:
    """What is marked as right."""
    found = quiz_oracle.answers(one)
    return [number(x) for x in found] if isinstance(one.body, Matching) else found


#: Templates whose texts are read by other tests.
ELSEWHERE = {
    "test_quiz_spotting": {
        "spot-size-error",
        "spot-params-error",
        "spot-macs-error",
        "spot-rf-error",
    },
    "test_quiz_fits": {
        *("padding-to-keep", "kernel-to-infer", "stride-to-infer"),
        *("deconv-output-padding", "unet-good-sizes"),
    },
    "test_quiz_by_hand": {
        *("convolve-by-hand", "strided-by-hand", "dilated-by-hand", "conv-weight-gradient"),
        *("maxpool-forward", "maxpool-backward", "avgpool-forward", "avgpool-backward"),
        *("norm-by-hand", "norm-axes-matching", "norm-statistics-count"),
    },
}


def test_every_template_is_read() -> None:
    """A new one needs a reader: without it, only its own claims would be held to PyTorch."""
    read = [*READERS, *FORMULAS, *(one for some in ELSEWHERE.values() for one in some)]
    assert sorted(read) == sorted({*catalogue()} - {one.id for one in bank.templates()})
    for name, templates in ELSEWHERE.items():
        source = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        assert all(f'"{one}"' in source or one.startswith("spot-") for one in templates)


@pytest.mark.parametrize("template", READERS)
def test_the_text_has_the_answer(template: str) -> None:
    for seed in seeds():
        one = question(catalogue()[template], Seed(seed))
        assert READERS[template](one) == answers(one), one


@pytest.mark.parametrize("template", READERS)
def test_another_answer_would_be_found(template: str) -> None:
    """The reader does not look at the key: with a wrong one, it is not what is read."""
    one = question(catalogue()[template], Seed(3))
    body = one.body
    if isinstance(body, TrueFalse):
        first, *rest = body.statements
        body = TrueFalse((first._replace(true=not first.true), *rest))
    elif isinstance(body, Single):
        moved = (body.options[-1], *body.options[:-1])
        body = Single(tuple(o._replace(wrong=p.wrong) for o, p in zip(body.options, moved)))
    elif isinstance(body, Matching):
        wrong = next(x for x in body.choices if x != body.pairs[0].right)
        body = body._replace(pairs=(body.pairs[0]._replace(right=wrong), *body.pairs[1:]))
    elif isinstance(body, Table):
        body = Table(
            body.columns,
            tuple(
                tuple(x if isinstance(x, str) else x._replace(value=x.value + 1) for x in row)
                for row in body.rows
            ),
        )
    else:
        body = body._replace(value=body.value + 1)  # type: ignore[operator]
    damaged = one._replace(body=body)
    assert READERS[template](damaged) != answers(damaged)


@pytest.mark.parametrize("template", FORMULAS)
def test_the_text_has_the_formula(template: str) -> None:
    for seed in seeds():
        one = question(catalogue()[template], Seed(seed))
        assert isinstance(one.body, Symbolic)
        for c in (2, 5, 12):
            right = FORMULAS[template](one.stem, c)
            at = {"C": c, "g": c, "M": c, "H": 20, "W": 24}
            assert quiz_oracle._evaluated(one.body.value, at) == right, one
            assert quiz_oracle._evaluated(f"{one.body.value} + 1", at) != right
