"""docs/quiz-sources.md: which questions are about which section of the course documents.

``python tests/sources_page.py`` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import NamedTuple
from unicodedata import combining, normalize

from cnncalc.quiz.registry import catalogue

PAGE = Path(__file__).parent.parent / "docs" / "quiz-sources.md"
SECTIONS = Path(__file__).parent / "data" / "sections.txt"

_HEAD = """# What the questions are about

Made from the templates and the bank by `python tests/sources_page.py`; the test suite fails when it
is out of date, or when a section has no question. The sections are those of the five course
documents that the [claims](claims.md) are from; headings that only divide up the argument of a
section are left out. Questions about a whole chapter stand at the chapter.

*Templates* make new numbers for every seed; entries of the **bank** are in bold.
"""


class Section(NamedTuple):
    """A heading of a document; ``detail``: the section it stands in covers it."""

    document: str
    title: str
    depth: int
    detail: bool


@cache
def sections() -> tuple[Section, ...]:
    """All of them, in order; a document itself has depth 0."""
    found: list[Section] = []
    document = ""
    for line in SECTIONS.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        title = line.strip()
        if line[0] != " ":
            document, _, title = title.partition(" ")
        depth = (len(line) - len(line.lstrip())) // 2
        found.append(Section(document, title.removeprefix("~ "), depth, title.startswith("~ ")))
    return tuple(found)


def section_of(source: str) -> Section:
    """The section that a source names: its heading, or the beginning of it.

    Raises :class:`LookupError` for a source that names none, or several.
    """
    document, _, title = source.partition(" ")
    ours = [one for one in sections() if one.document == document and one.depth]
    wanted = _words(title)
    same = [one for one in ours if _words(one.title) == wanted or _bare(one.title) == wanted]
    begin = [one for one in ours if f"{_words(one.title)} ".startswith(f"{wanted} ")]
    begin = begin or [one for one in ours if f"{_bare(one.title)} ".startswith(f"{wanted} ")]
    found = same or begin
    if len(found) != 1:
        near = get_close_matches(title, [one.title for one in found or ours], 3, 0.4)
        raise LookupError(f"{source!r} names {len(found)} sections; there are: {near}")
    return found[0]


def _words(title: str) -> str:
    """Lower case words and numbers; accents, "Enrichment" and punctuation do not matter."""
    plain = "".join(one for one in normalize("NFD", title) if not combining(one))
    text = plain.lower().replace("×", "x").removeprefix("enrichment ")
    return " ".join(re.findall(r"[\w.]*\w", text))


def _bare(title: str) -> str:
    """The words without a number before them."""
    return re.sub(r"^([\d.]+|[a-d]) (?=[a-z0-9])", "", _words(title))


@cache
def questions() -> dict[Section, list[str]]:
    """The ids of the templates about each section."""
    found: dict[Section, list[str]] = {one: [] for one in sections()}
    for template in catalogue().values():
        for source in template.sources:
            about = found[section_of(source)]
            if template.id not in about:
                about.append(template.id)
    return found


def uncovered() -> list[Section]:
    """Sections that no question is about: neither about them nor about a part of them."""
    every = sections()
    found = []
    for i, one in enumerate(every):
        inside = [one]
        for other in every[i + 1 :]:
            if other.depth <= one.depth:
                break
            inside.append(other)
        if not one.detail and not any(questions()[part] for part in inside):
            found.append(one)
    return found


def page() -> str:
    return "\n".join([_HEAD, *_lines()]).rstrip() + "\n"


def _lines() -> Iterator[str]:
    for one in sections():
        if one.depth == 0:
            yield from (
                "",
                f"## {one.document} {one.title}",
                "",
                "| section | questions |",
                "|---|---|",
            )
        elif not one.detail:
            names = ", ".join(map(_name, sorted(questions()[one])))
            yield f"| {'· ' * (one.depth - 1)}{_escaped(one.title)} | {names or '(see its parts)'} |"


def _name(template: str) -> str:
    return f"**{template}**" if catalogue()[template].once else template


def _escaped(title: str) -> str:
    return re.sub(r"([*_<>|])", r"\\\1", title)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
