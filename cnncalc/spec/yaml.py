"""YAML as a tree in which every node knows its line and column, and every scalar is its text.

PyYAML's own composer is not used: it recurses without bound in C, drops duplicate keys and shares
aliased nodes. This one is built from the event stream, with limits, and leaves the meaning of
scalars to the language (so that ``no`` in ``bias=no`` is a word of ours).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from cnncalc.errors import Position, Source, SpecError
from cnncalc.problems import ForeignYaml, GivenTwice, MissingKey, NotYaml
from cnncalc.spec.limits import Limits
from cnncalc.spec.reporting import Problems


class Scalar(NamedTuple):
    """``at`` is where the text starts, after an anchor and an opening quote."""

    text: str
    at: Position


class Sequence(NamedTuple):
    items: tuple[Tree, ...]
    at: Position


class Mapping(NamedTuple):
    """``partial``: keys are left out, and have been reported; another one may be among them."""

    items: tuple[tuple[Scalar, Tree], ...]
    at: Position
    partial: bool = False

    def get(self, key: str) -> Tree | None:
        return next((value for name, value in self.items if name.text == key), None)

    def key(self, key: str) -> Scalar:
        return next(name for name, _ in self.items if name.text == key)


class Broken(NamedTuple):
    """What was not read, and has been reported."""

    at: Position


Tree = Scalar | Sequence | Mapping | Broken


def read(source: Source, limits: Limits, problems: Problems | None = None) -> Tree:
    """The document in ``source``; raises :class:`NotYaml` for anything that is not YAML."""
    import yaml

    size = len(source.text.encode("utf-8", "surrogatepass"))
    limits.check("file", size, f"a spec of {len(source.text):,} characters")
    forbidden = yaml.reader.Reader.NON_PRINTABLE.search(source.text)
    if forbidden:
        before = source.text[: forbidden.start()]
        at = Position(source, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise NotYaml(
            f"not YAML: the character {forbidden.group()!r} is not allowed", at=at, hint="remove it"
        )
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = yaml.parse(source.text, Loader=loader)
        return _Composer(source, limits, events, problems or Problems()).document()
    except yaml.YAMLError as error:
        raise _broken(source, error) from None


def _broken(source: Source, error: Any) -> NotYaml:
    mark = getattr(error, "problem_mark", None)
    at = Position(source, mark.line + 1, mark.column + 1) if mark else Position(source, 1, 1)
    problem = getattr(error, "problem", None) or "it cannot be read"
    context = getattr(error, "context", None)
    message = f"not YAML: {problem}" + (f" ({context})" if context else "")
    opened = getattr(error, "context_mark", None)
    return NotYaml(message, at=at, hint=_repair(source, at, problem, opened))


def _repair(source: Source, at: Position, problem: str, opened: Any) -> str:
    """What to do about a problem that the YAML reader reports in its own words."""
    text = source.line(at.line)
    since = f"opened in line {opened.line + 1}" if opened else "opened above"
    if "tab character" in problem or "\t" in text[: len(text) - len(text.lstrip())]:
        return "indent with spaces, not tabs"
    if "',' or" in problem:
        return f"close the bracket {since}; in it, put a value with brackets of its own in quotes"
    if "end of stream" in problem:
        return f"close the quote {since}"
    if "mapping values" in problem:
        return "indent a key like its neighbours; put a text with a colon in quotes"
    if "expected key" in problem or "'-' indicator" in problem:
        return "indent this line like the others of its list or mapping"
    if "alphabetic or numeric" in problem:
        return "put a text with * or & in quotes, or on a line of its own"
    if "cannot start any token" in problem:
        return "put a text that begins with this character in quotes"
    return "check the indentation, the brackets and the quotes here"


class _Composer:
    def __init__(
        self, source: Source, limits: Limits, events: Iterator[Any], problems: Problems
    ) -> None:
        self.source = source
        self.limits = limits
        self.events = events
        self.problems = problems
        self.anchors: dict[str, tuple[Tree, int]] = {}
        self.count = 0

    def document(self) -> Tree:
        tree: Tree | None = None
        for event in self.events:
            name = type(event).__name__
            if name == "DocumentStartEvent":
                if tree is not None:
                    self.problems.report(
                        ForeignYaml(
                            "a second document in one file",
                            at=self.at(event),
                            hint="put what follows --- into a file of its own",
                        )
                    )
                    return tree
                tree = self.tree(next(self.events), 0)
        if tree is None:
            raise MissingKey("the spec is empty", at=Position(self.source, 1, 1), hint=_START)
        return tree

    def at(self, event: Any) -> Position:
        mark = event.start_mark
        return Position(self.source, mark.line + 1, mark.column + 1)

    def tree(self, event: Any, depth: int) -> Tree:
        at = self.at(event)
        self.limits.check("depth", depth, "YAML nested too deeply", at)
        start = self.count
        self.add(1, at)
        name = type(event).__name__
        tag = getattr(event, "tag", None)
        if tag:
            written = tag.replace("tag:yaml.org,2002:", "!!")
            self.problems.report(
                ForeignYaml(f"the tag {written} means nothing here", at=at, hint="remove it")
            )
        if name == "AliasEvent":
            if event.anchor not in self.anchors:
                self.problems.report(
                    NotYaml(
                        f"*{event.anchor} is not defined above",
                        at=at,
                        hint=f"mark a value above it with &{event.anchor}, "
                        "or put the text in quotes",
                    )
                )
                return Broken(at)
            tree, values = self.anchors[event.anchor]
            self.add(values, at)
            return tree
        if name == "ScalarEvent":
            tree = self.scalar(event, at)
        elif name == "SequenceStartEvent":
            tree = Sequence(tuple(self.items(depth)), at)
        else:
            tree = self.mapping(depth, at)
        if event.anchor:
            self.anchors[event.anchor] = (tree, self.count - start)
        return tree

    def add(self, values: int, at: Position) -> None:
        self.count += values
        self.limits.check("values", self.count, "too many YAML values", at)

    def scalar(self, event: Any, at: Position) -> Scalar:
        style = event.style
        if event.anchor:
            at = self.after_anchor(at)
        if style in ("'", '"'):
            at = at.shifted(1)
        elif style in ("|", ">"):
            at = Position(self.source, at.line + 1, 1)
        return Scalar(event.value, at)

    def after_anchor(self, at: Position) -> Position:
        """Where the value begins, when that is in the line of its anchor."""
        found = _ANCHOR.match(self.source.line(at.line), at.column - 1)
        return at.shifted(len(found.group())) if found else at

    def items(self, depth: int) -> Iterator[Tree]:
        for event in self.events:
            if type(event).__name__ == "SequenceEndEvent":
                return
            yield self.tree(event, depth + 1)

    def mapping(self, depth: int, at: Position) -> Mapping:
        items: list[tuple[Scalar, Tree]] = []
        seen: dict[str, Position] = {}
        partial = False
        for event in self.events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key = self.tree(event, depth + 1)
            wrong = None if isinstance(key, Broken) else self.wrong(key, seen)
            if wrong:
                self.problems.report(wrong)
            value = self.tree(next(self.events), depth + 1)
            if isinstance(key, Scalar) and not wrong:
                seen[key.text] = key.at
                items.append((key, value))
            else:
                partial = partial or not isinstance(wrong, GivenTwice)
        return Mapping(tuple(items), at, partial)

    def wrong(self, key: Tree, seen: dict[str, Position]) -> SpecError | None:
        """What is wrong with a key, if anything."""
        if not isinstance(key, Scalar):
            return ForeignYaml(
                "a key must be a word", at=key.at, hint="quote it, or indent it as a list"
            )
        if key.text == "<<":
            return ForeignYaml(
                "merging with << is not part of the language",
                at=key.at,
                hint="write the keys out, or use a block for what repeats",
            )
        if key.text in seen:
            return GivenTwice(
                f"the key {key.text!r} is given twice",
                at=key.at,
                hint=f"the first is in line {seen[key.text].line}; keep one of them",
            )
        return None


_ANCHOR = re.compile(r"&\S+\s+(?=\S)")
_START = "start with `input: 3x32x32` and `layers:`"
