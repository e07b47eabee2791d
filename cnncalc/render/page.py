"""Pages of working: what renderers read that is not a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.notation import Form, Notation


class Line(NamedTuple):
    """``label = form = form unit  (note)``: the forms are equal to each other."""

    label: str
    forms: Sequence[Form]
    unit: str = ""
    note: str = ""


class Paragraph(NamedTuple):
    """Words, what they are about, and where they are from."""

    about: str
    text: str
    source: str | None = None


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
