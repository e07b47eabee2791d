"""Entries of a bank, from a text in YAML to templates; what is wrong is told all at once."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from types import MappingProxyType

from cnncalc.errors import LimitError, Position, Source, SpecError, suggest
from cnncalc.problems import MissingKey
from cnncalc.quiz.bank.kinds import KINDS
from cnncalc.quiz.bank.reading import EXAMPLES, in_line, list_at, text_at, texts_at, tried
from cnncalc.quiz.making import because
from cnncalc.quiz.registry import ID, TOPICS, Template
from cnncalc.quiz.several import Several
from cnncalc.spec.limits import Limits
from cnncalc.spec.reporting import AllProblems, Problems
from cnncalc.spec.trees import known_keys, mapping
from cnncalc.spec.yaml import Mapping as Tree
from cnncalc.spec.yaml import Tree as Any
from cnncalc.spec.yaml import read

#: Version of the format.
VERSION = 1
_TOP = ("bank", "document", "topics", "items")
_COMMON = ("id", "topic", "type", "source", "also", "asks", "because", "title")
_START = 'a bank starts with "bank: 1" and "items:"; docs/quiz.md has an example'
#: A topic that is not one of ours: words that can stand in ``--topic NAME:COUNT``.
_TOPIC = re.compile(r"[^\W_][\w -]{0,59}")


def parse(
    text: str,
    name: str = "<bank>",
    taken: Mapping[str, str] = MappingProxyType({}),
    own: str = "",
) -> list[Template]:
    """The entries of a text. ``taken`` are ids that others have, and who; ``own`` is their file.

    Raises :class:`SpecError` with line and column, or :class:`Several`.
    """
    problems = AllProblems()
    found: list[Template] = []
    with suppress(LimitError), problems:  # at the limit of problems there are enough to tell
        found = _entries(_tree(Source(name, text), problems), problems, taken, own)
    if problems.any:
        told = sorted(problems.found, key=lambda one: _place(one.at))
        raise told[0] if len(told) == 1 else Several(told)
    return found


def _place(at: Position | None) -> tuple[int, int]:
    return (at.line, at.column) if at else (0, 0)


def _tree(source: Source, problems: Problems) -> Any:
    try:
        return read(source, Limits(), problems)
    except MissingKey as empty:
        raise SpecError("the bank is empty", at=empty.at, hint=_START) from None
    except LimitError as error:
        at = error.at or Position(source, 1, 1)
        hint = "split it into several files: --bank may be given more than once"
        raise SpecError(error.message, at=at, hint=hint) from None


def _entries(tree: Any, problems: Problems, taken: Mapping[str, str], own: str) -> list[Template]:
    top = mapping(tree, "a bank of questions", EXAMPLES["bank"])
    top = known_keys(top, _TOP, problems, " in a bank")
    version = text_at(top, "bank")
    if version.text != str(VERSION):
        message = f"this is version {VERSION} of the format, the file says {version.text!r}"
        raise SpecError(message, at=version.at, hint=f"write bank: {VERSION}")
    topics = {*TOPICS, *_topics(top)}
    document = text_at(top, "document").text if top.get("document") else ""
    ids = dict(taken)
    found = []
    for item in list_at(top, "items"):
        with problems:
            one = _entry(item, problems, document, topics, ids)
            found.append(one._replace(bank=own))
    return found


def _topics(top: Tree) -> list[str]:
    """Topics of the bank's own."""
    found = texts_at(top, "topics") if top.get("topics") else []
    for one in found:
        if one.text in TOPICS:
            raise SpecError(
                f"{one.text!r} is a topic already", at=one.at, hint="leave it out here, and use it"
            )
        if not _TOPIC.fullmatch(one.text):
            raise SpecError(
                f"{one.text!r} is no name of a topic",
                at=one.at,
                hint="letters, digits, spaces and hyphens, at most 60 of them",
            )
    return [one.text for one in found]


def _entry(
    tree: Any, problems: Problems, document: str, topics: Collection[str], ids: dict[str, str]
) -> Template:
    """A template; where something has been reported, with something in its place."""

    def some(key: str) -> list[str]:
        return tried(problems, lambda: [one.text for one in texts_at(item, key)], [""])

    item = mapping(tree, "a question", '"- id: …" and its other keys below it')
    every = (*_COMMON, *dict.fromkeys(key for kind in KINDS.values() for key in kind.keys))
    item = known_keys(item, every, problems, " in a question")
    id = tried(problems, lambda: _id(item, ids), "")
    topic = tried(problems, lambda: _topic(item, topics), "")
    asks = tried(problems, lambda: _asks(item), "")
    type = text_at(item, "type")
    if type.text not in KINDS:
        raise SpecError(
            f"type: there is no {type.text!r} in a bank",
            at=type.at,
            hint=suggest(type.text, KINDS, "types"),
        )
    kind = KINDS[type.text]
    for key, _ in item.items:
        if key.text not in _COMMON + kind.keys:
            message = f"a question of type {type.text} has no {key.text}:"
            hint = f"it has {', '.join(kind.keys)}; leave this out, or change the type"
            problems.report(SpecError(message, at=key.at, hint=hint))
    steps = some("because")
    sources = some("source") if item.get("source") else []
    also = some("also") if item.get("also") else []
    title = asks.partition("\n")[0]
    if item.get("title"):
        title = tried(problems, lambda: in_line(text_at(item, "title")).text, "")
    make = kind.read(item, problems, asks, because(*steps))
    return Template(
        id,
        topic,
        type.text,
        title,
        lambda draw: make(draw)._replace(steps=len(steps) if len(steps) > 1 else 0),
        (*(f"{document} {source}".strip() for source in sources), *also),
        True,
    )


def _topic(item: Tree, topics: Collection[str]) -> str:
    topic = text_at(item, "topic")
    if topic.text not in topics:
        near = suggest(topic.text, topics, "topics")
        raise SpecError(
            f"topic: there is no {topic.text!r}",
            at=topic.at,
            hint=f"{near}{';' * (near[-1] != '?')} a topic of your own is named above the items: "
            f"topics: [{topic.text}]",
        )
    return topic.text


def _asks(item: Tree) -> str:
    asks = text_at(item, "asks")
    if asks.text.count("`") % 2:
        raise SpecError(
            "asks: a ` is not closed", at=asks.at, hint="code stands between two of them: `conv 8`"
        )
    return asks.text


def _id(item: Tree, ids: dict[str, str]) -> str:
    """The id, which nothing else may have: progress and measurements are kept by it."""
    id = text_at(item, "id")
    if not ID.fullmatch(id.text):
        raise SpecError(
            f"{id.text!r} is no id",
            at=id.at,
            hint="lower case words with hyphens between them, such as dead-relu",
        )
    if id.text in ids:
        raise SpecError(
            f"the id {id.text!r} is taken: {ids[id.text]} has it", at=id.at, hint="choose another"
        )
    ids[id.text] = f"line {id.at.line}"
    return id.text


__all__ = ["parse"]
