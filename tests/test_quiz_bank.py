"""The bank as a whole: what tells the answer without knowing it, and what would be asked twice."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from cnncalc.quiz import bank
from cnncalc.quiz.engine import Seed, question
from cnncalc.quiz.model import Matching, Single, TrueFalse
from cnncalc.quiz.registry import Template

#: The entries as they are written: no part of the quiz reads them here.
_FILES = sorted(Path(bank.__file__).parent.glob("*.yaml"))
ITEMS: list[dict[str, Any]] = [
    item
    for path in _FILES
    for item in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)["items"]
]
_ABSOLUTE = [
    "all",
    "always",
    "any",
    "cannot",
    "each",
    "every",
    "must",
    "neither",
    "never",
    "no",
    "none",
    "only",
]
_HEDGED = [
    "about",
    "almost",
    "can",
    "may",
    "might",
    "most",
    "often",
    "should",
    "some",
    "usual",
    "usually",
]
_REASON = ["because", "since", "so", "therefore"]


def statements() -> list[tuple[str, bool]]:
    return [
        (one.get("true") or one["false"], "true" in one)
        for item in ITEMS
        for one in item.get("statements", [])
    ]


def test_all_entries_are_read() -> None:
    assert [one.id for one in bank.templates()] == [item["id"] for item in ITEMS]
    assert len(ITEMS) >= 130


def test_right_answers_are_told_neither_by_being_long_nor_by_being_short() -> None:
    """The places by length of the right ones of five, where chance gives a fifth each."""
    places: Counter[int] = Counter()
    singles = [item for item in ITEMS if item["type"] == "single"]
    for item in singles:
        lengths = [len(one["says"]) for one in item["wrong"]]
        longer = sum(length > len(item["right"]) for length in lengths)
        shorter = sum(length < len(item["right"]) for length in lengths)
        places[0] += not longer and shorter == len(lengths)
        places[4] += not shorter and longer == len(lengths)
    assert places[0] <= len(singles) / 4, "shorten right answers, or lengthen wrong ones"
    assert places[4] <= len(singles) / 4, "lengthen right answers, or shorten wrong ones"


def test_as_many_statements_are_true_as_false() -> None:
    true = sum(one for _, one in statements())
    assert 0.45 <= true / len(statements()) <= 0.55


def test_the_longest_statement_is_no_more_often_true() -> None:
    judged = [item["statements"] for item in ITEMS if item["type"] == "truefalse"]
    longest = [max(some, key=lambda one: len(one.get("true") or one["false"])) for some in judged]
    assert 1 / 3 <= sum("true" in one for one in longest) / len(judged) <= 2 / 3


_telltale = pytest.mark.parametrize(
    "words", [_ABSOLUTE, _HEDGED, _REASON], ids=["absolute", "hedged", "reason"]
)


@_telltale
def test_words_do_not_tell_what_is_true(words: list[str]) -> None:
    """Statements with "only" or "usually" are true as often as others, more or less."""
    found = [true for text, true in statements() if {*re.findall(r"\w+", text.lower())} & {*words}]
    assert len(found) > 10
    assert 1 / 3 <= sum(found) / len(found) <= 2 / 3


@_telltale
def test_words_do_not_tell_the_right_answer(words: list[str]) -> None:
    """Of the answers with such words about a fifth are right, as of all answers."""
    answers = [
        (text, text == item["right"])
        for item in ITEMS
        if item["type"] == "single"
        for text in (item["right"], *(one["says"] for one in item["wrong"]))
    ]
    found = [right for text, right in answers if {*re.findall(r"\w+", text.lower())} & {*words}]
    assert len(found) > 10
    assert 0.1 <= sum(found) / len(found) <= 0.4


def test_no_question_and_no_statement_stands_twice() -> None:
    asked = [item["asks"] for item in ITEMS]
    said = [text.lower() for text, _ in statements()]
    for texts in (asked, said):
        assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_misconceptions_continue_you() -> None:
    """One clause in the past tense, such as "took …": feedback is "You took …."."""
    mistakes = {
        one["mistake"]
        for item in ITEMS
        for part in ("wrong", "statements", "others")
        for one in item.get(part, [])
        if "mistake" in one
    }
    irregular = [
        "chose",
        "did",
        "forgot",
        "gave",
        "hid",
        "kept",
        "left",
        "let",
        "made",
        "put",
        "reset",
        "saw",
        "thought",
        "took",
    ]
    for mistake in mistakes:
        first = mistake.split()[0].removesuffix(",")
        assert first in irregular or re.fullmatch(r"[a-z]+ed", first), mistake
        assert not re.search(r"[.!?]( |$)", mistake), mistake


_AMERICAN = re.compile(
    r"\b(?!(?:re)?siz)[a-z]+iz(?:e[ds]?|ing|ations?)\b|\b(?:color|center|gray|behavior)"
)


def test_spelling_is_british() -> None:
    """Names of sections keep theirs."""
    for item in ITEMS:
        text = str({key: value for key, value in item.items() if key not in ("source", "also")})
        assert not _AMERICAN.search(text), item["id"]


def test_british_is_told_from_american() -> None:
    american = ["normalized", "regularization", "initialize", "color", "center"]
    british = [
        "size",
        "sized",
        "resizes",
        "normalised",
        "initialise",
        "colour",
        "centre",
        "horizontal",
    ]
    assert [word for word in american + british if _AMERICAN.search(word)] == american


_STEPS = """
bank: 1
document: "002"
items:
  - id: x
    topic: training
    type: single
    source: "S"
    asks: "Why?"
    right: r
    wrong: [{{says: a, mistake: took a}}, {{says: b, mistake: took b}}, {{says: c, mistake: took c}}]
    because: {because}
"""


@pytest.mark.parametrize(
    ("because", "paragraphs", "level"),
    [('"So."', 1, 1), ('["So."]', 1, 1), ('["One.", "Two."]', 2, 2), ("[a, b, c, d, e, f]", 6, 3)],
)
def test_steps_of_an_argument_make_a_question_harder(
    because: str, paragraphs: int, level: int
) -> None:
    (one,) = bank.parse(_STEPS.format(because=because))
    made = question(one, Seed(1))
    assert [len(section.paragraphs) for section in made.solution.sections] == [paragraphs]
    assert made.difficulty == level


@pytest.mark.parametrize("one", [*bank.templates()], ids=lambda one: one.id)
def test_variants_of_an_entry_are_good(one: Template) -> None:
    """Different draws keep their answers apart, and some are true, some false."""
    keys = set()
    for seed in range(40):
        body = question(one, Seed(seed)).body
        keys.add(str(body.to_dict()))
        if isinstance(body, Single):
            assert len({option.value for option in body.options}) == len(body.options)
        elif isinstance(body, Matching):
            assert len({*body.choices}) == len(body.choices) > len(body.pairs)
        else:
            assert isinstance(body, TrueFalse)
            assert {statement.true for statement in body.statements} == {True, False}
    assert len(keys) > 4
