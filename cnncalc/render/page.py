"""Pages of working: what renderers read that is not a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cnncalc.notation import Form, Notation


class Line(NamedTuple):
    """``label = form = form unit  (note)``: the forms are equal to each other."""

    label: str
    forms: Sequence[Form]
    unit: str = ""
    note: str = ""


class Meaning(NamedTuple):
    """What a letter stands for: in formulas of these kinds of layers, or wherever it comes."""

    letter: str
    text: str
    kinds: tuple[str, ...] = ()


class Paragraph(NamedTuple):
    """Words, what they are about, and where they are from; ``letters``: the meanings that they tell."""

    about: str
    text: str
    source: str | None = None
    letters: tuple[Meaning, ...] = ()


class Section(NamedTuple):
    """Lines in groups, each with a word before it, and paragraphs below them."""

    title: str
    groups: Sequence[tuple[str, Sequence[Line]]] = ()
    paragraphs: Sequence[Paragraph] = ()


class Page(NamedTuple):
    title: str
    sections: Sequence[Section]


class Grouped(Notation):
    """Plain text for people: digits in groups of three."""

    def digits(self, value: int) -> str:
        return f"{value:,}"


#: How lines are written where there is nothing but characters.
GROUPED = Grouped()


def written(line: Line, notation: Notation = GROUPED) -> str:
    """A line as one line of text."""
    unit = f" {line.unit}" if line.unit else ""
    note = f"  ({line.note})" if line.note else ""
    return " = ".join([line.label, *(form.write(notation) for form in line.forms)]) + unit + note


def glossary(meanings: Iterable[Meaning]) -> dict[str, str]:
    """Every letter once, with what it stands for; in which layers, where that depends on them."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for letter, text, kinds in meanings:
        found.setdefault(letter, {}).setdefault(text, {}).update(dict.fromkeys(kinds))
    return {letter: _told(texts) for letter, texts in found.items()}


def _told(texts: Mapping[str, Iterable[str]]) -> str:
    if len(texts) == 1:
        return next(iter(texts))
    return ", ".join(f"{text} ({', '.join(kinds)})" for text, kinds in texts.items())


def explaining(meanings: Iterable[Meaning]) -> Paragraph:
    """The paragraph that says what letters stand for."""
    known = tuple(meanings)
    told = "; ".join(f"{letter}: {text}" for letter, text in glossary(known).items())
    return Paragraph("Letters", told, letters=known)
