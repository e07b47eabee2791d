"""Every section of the course documents has a question, and the page that says so is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sources_page

from cnncalc.quiz import bank
from cnncalc.quiz.registry import Template, catalogue


@pytest.mark.parametrize("one", catalogue().values(), ids=list(catalogue()))
def test_sources_are_sections(one: Template) -> None:
    for source in one.sources:
        sources_page.section_of(source)


def test_every_section_has_a_question() -> None:
    assert sources_page.uncovered() == []


def test_the_page_is_current() -> None:
    found = sources_page.PAGE.read_text(encoding="utf-8")
    assert found == sources_page.page(), "python tests/sources_page.py writes it anew"


def test_the_sections_are_those_of_five_documents() -> None:
    every = sources_page.sections()
    assert {one.document for one in every} == {"000", "001", "002", "003", "004"}
    assert len(every) > 300
    named = [(one.document, one.title) for one in every]
    assert len({*named}) == len(named)


def test_sections_that_nothing_is_about_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check can fail: for a section of its own, and for one with such a part."""
    own = sources_page.section_of("000 Early Stopping")
    without = {**sources_page.questions(), own: []}
    monkeypatch.setattr(sources_page, "questions", lambda: without)
    assert sources_page.uncovered() == [own]


@pytest.mark.parametrize(
    ("source", "title"),
    [
        (
            "003 7.5.3 Receptive Fields",
            "7.5.3 Receptive Fields: Understanding What Each Pixel Sees",
        ),
        ("003 Multiple Filters and Output Channels", "7.3.3 Multiple Filters and Output Channels"),
        ("003 7.13.1 Understanding the Problem", "Enrichment 7.13.1: Understanding the Problem"),
        ("000 what is a 1x1 convolution", "What Is a 1×1 Convolution?"),
    ],
)
def test_sources_may_be_short(source: str, title: str) -> None:
    assert sources_page.section_of(source).title == title


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("003 7.5.9 Receptive Fields", "names 0 sections.*7.5.3"),
        ("000 Use Cases", "names 2 sections"),
        ("009 Receptive Fields", "names 0"),
    ],
)
def test_sources_that_name_no_section(source: str, said: str) -> None:
    with pytest.raises(LookupError, match=said):
        sources_page.section_of(source)


def test_the_documents_are_those_of_the_claims() -> None:
    claims = Path(__file__).parent.parent / "specs" / "claims"
    texts = [path.read_text(encoding="utf-8") for path in claims.glob("*.yaml")]
    documents = {found[1] for text in texts for found in re.finditer(r'^seed: "(\d+)"', text, re.M)}
    assert documents == {one.document for one in sources_page.sections()}


def test_every_type_and_document_is_in_the_bank() -> None:
    entries = list(bank.templates())
    assert {one.type for one in entries} == {"single", "truefalse", "matching"}
    assert {one.sources[0][:3] for one in entries} == {"000", "001", "002", "003", "004"}
