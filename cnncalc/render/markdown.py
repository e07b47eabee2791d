"""Pages of working as Markdown, with the formulas as code."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.render.delimited import escape
from cnncalc.render.page import GROUPED, Line, Page, Section


def page(found: Page) -> str:
    """Headings, a list of lines for each group, and quotes for the paragraphs."""
    lines = [f"# {escape(found.title)}"] if found.title else []
    for section in found.sections:
        lines += [*([""] if section.title else []), *_section(section)]
    return "\n".join(lines).lstrip("\n") + "\n"


def _section(section: Section) -> Iterator[str]:
    if section.title:
        yield f"## {escape(section.title)}"
    for word, lines in section.groups:
        yield ""
        if word:
            yield f"**{escape(word)}**"
            yield ""
        yield from (f"- {_line(line)}" for line in lines)
    for paragraph in section.paragraphs:
        yield ""
        source = f" Source: {escape(paragraph.source)}." if paragraph.source else ""
        about = f"*{escape(paragraph.about)}*: " if paragraph.about else ""
        yield f"> {about}{escape(paragraph.text)}{source}"


def _line(line: Line) -> str:
    """The label, and the equation as code, in which nothing needs to be escaped."""
    unit = f" {line.unit}" if line.unit else ""
    note = f" ({escape(line.note)})" if line.note else ""
    equation = " = ".join(form.write(GROUPED) for form in line.forms)
    return f"{escape(line.label)} = `{equation}{unit}`{note}"
