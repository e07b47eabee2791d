"""The page about a rule, read from the docstring of its class.

A docstring is a summary line, then text, then sections: ``Example:`` with a spec that triggers the
rule, ``Fix:`` with how to mend it, ``Use instead:`` with a spec that does not trigger it. Specs are
indented. The first line of an example may be the command that it needs, ``$ cnncalc check … net.cnn.yaml``;
``Before:`` is what ``before.cnn.yaml`` then holds, for rules about changes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from textwrap import dedent, indent
from typing import Any, NamedTuple

from cnncalc.check.rule import FAMILIES, Rule

#: What an example is called, and how it is checked unless it says otherwise.
FILE = "net.cnn.yaml"
BEFORE = "before.cnn.yaml"
COMMAND = f"$ cnncalc check {FILE}"
_SECTION = re.compile(r"^(Example|Before|Fix|Use instead):[ \t]*", re.MULTILINE)


class Example(NamedTuple):
    """A spec, empty where there is no file, and the command that checks it."""

    command: str
    spec: str

    @property
    def arguments(self) -> list[str]:
        """What follows ``cnncalc`` in the command."""
        import shlex

        return shlex.split(self.command.removeprefix("$ "))[1:]


class Page(NamedTuple):
    """What is said of a rule; ``text`` and ``fix`` are paragraphs with ``code`` in backquotes."""

    code: str
    name: str
    severity: str
    summary: str
    text: str
    example: Example
    fix: str
    instead: Example | None
    before: str

    @property
    def family(self) -> str:
        return FAMILIES[self.code[0]]

    @property
    def title(self) -> str:
        """Its heading in docs/rules.md."""
        return f"{self.code} {self.name}"

    @property
    def anchor(self) -> str:
        """The place of that heading, as in docs/rules.md#s102-not-yaml."""
        return self.title.lower().replace(" ", "-")

    def to_dict(self) -> dict[str, Any]:
        """As the JSON of ``cnncalc rules`` has it."""
        return {
            "code": self.code,
            "name": self.name,
            "family": self.family,
            "severity": self.severity,
            "summary": self.summary,
            "text": self.text,
            "example": self.example._asdict(),
            "fix": self.fix,
            "instead": self.instead._asdict() if self.instead else None,
            "before": self.before or None,
        }


def page(rule: Rule) -> Page:
    """Raises ValueError for a docstring without an example or without a way to mend it."""
    parts = _SECTION.split(inspect.getdoc(type(rule)) or "")
    summary, _, text = parts[0].strip().partition("\n")
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    for needed in ("Example", "Fix"):
        if not sections.get(needed, "").strip():
            raise ValueError(f"{rule.code} {rule.name} says no {needed}:")
    instead = sections.get("Use instead")
    return Page(
        code=rule.code,
        name=rule.name,
        severity=rule.severity,
        summary=_plain(summary),
        text=_plain(text),
        example=_example(sections["Example"]),
        fix=_plain(sections["Fix"]),
        instead=_example(instead) if instead else None,
        before=_block(sections.get("Before", "")),
    )


def _example(section: str) -> Example:
    text = _block(section)
    if not text.startswith("$ "):
        return Example(COMMAND, text)
    command, _, spec = text.partition("\n")
    return Example(command, spec.lstrip("\n"))


def _block(section: str) -> str:
    text = dedent(section).strip()
    return f"{text}\n" if text else ""


def _plain(text: str) -> str:
    return text.strip().replace("``", "`")


def as_text(page: Page) -> str:
    """For a terminal."""
    parts = [f"{page.title} ({page.severity}, {page.family})", page.summary, page.text]
    if page.before:
        parts += ["Before:", indent(page.before.rstrip(), "    ")]
    parts += ["Example:", indent(_shown(page.example), "    "), f"Fix: {page.fix}"]
    if page.instead:
        parts += ["Use instead:", indent(_shown(page.instead), "    ")]
    return "\n\n".join(filter(None, parts)) + "\n"


def as_markdown(page: Page, level: int = 1) -> str:
    """For a document in which its heading is of this level."""
    parts = [
        f"{'#' * level} {page.title}",
        f"{page.summary} *{page.severity}, {page.family}*",
        page.text,
    ]
    if page.before:
        parts += ["Before:", _fenced("yaml", page.before)]
    parts += ["Example:", *_fences(page.example), f"Fix: {page.fix}"]
    if page.instead:
        parts += ["Use instead:", *_fences(page.instead)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _shown(example: Example) -> str:
    """The spec, below the command where that is not the plain one."""
    command = "" if example.command == COMMAND else example.command
    return "\n\n".join(filter(None, (command, example.spec.rstrip())))


def _fences(example: Example) -> Iterator[str]:
    if example.command != COMMAND:
        yield _fenced("sh", example.command.removeprefix("$ "))
    if example.spec:
        yield _fenced("yaml", example.spec)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"
