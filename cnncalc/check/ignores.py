"""Findings that a comment in the spec silences, and comments that silence nothing.

``# cnncalc: ignore[CODE] reason`` is about its line or, alone on a line, about the next one;
``# cnncalc: ignore-file[CODE] reason`` is about the file. In the brackets are codes or beginnings
of codes, separated by commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cnncalc.check import codes, rules
from cnncalc.check.comments import Comment, comments
from cnncalc.check.diagnostics import Diagnostic, Edit, Fix, Place
from cnncalc.check.rule import ErrorRule
from cnncalc.check.rules.advice.a590_unused_ignore import UnusedIgnore
from cnncalc.check.rules.advice.a591_invalid_ignore import InvalidIgnore
from cnncalc.check.settings import Settings, names
from cnncalc.errors import nearest

_OURS = re.compile(r"#\s*cnncalc\s*:\s*(?P<word>[A-Za-z][\w-]*)")
_CODES = re.compile(r"\s*\[(?P<codes>[^\]]*)\]")
_CODE = re.compile(r"[^\s,]+")
_WORDS = ("ignore", "ignore-file")
_HOW = "write # cnncalc: ignore[B401] and the reason"


class _Ignore(NamedTuple):
    """One comment; ``line`` is the one that it is about, None for the file."""

    line: int | None
    codes: tuple[str, ...]
    place: Place
    #: Where its codes are written, between the brackets.
    brackets: Place
    #: What goes when the comment goes.
    whole: Place
    excerpt: str

    def covers(self, found: Diagnostic) -> bool:
        return self.line in (None, found.place.line)


class Settled(NamedTuple):
    """What is left of the findings of a file, and how many of them comments silence."""

    left: tuple[Diagnostic, ...]
    silenced: int


def settle(found: Iterable[Diagnostic], text: str, path: str, settings: Settings) -> Settled:
    """All findings of a file as ``settings`` and the comments of the file want them."""
    every = list(found)
    comments = _Comments(text, path)
    reported = [one for one in every if settings.selects(one.code, path)]
    left = [one for one in reported if not comments.silence(one)]
    more = list(comments.invalid)
    if not any(isinstance(rules.rules()[one.code], ErrorRule) for one in every):
        more += comments.unused(settings)
    about = [one for one in more if settings.selects(one.code, path)]
    left += [one for one in about if not comments.silence(one)]
    silenced = len(reported) + len(about) - len(left)
    shown = [one._replace(severity=settings.severity_of(one.code, one.severity)) for one in left]
    return Settled(tuple(sorted(shown, key=lambda one: one.order)), silenced)


class _Comments:
    """The comments of a file that are ours, and which of their codes were of use."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.ignores: list[_Ignore] = []
        self.invalid: list[Diagnostic] = []
        self.used: set[tuple[_Ignore, str]] = set()
        if "cnncalc" in text and _OURS.search(text):
            self.lines = text.splitlines()
            found = list(comments(text))
            alone = {comment.line for comment in found if comment.alone}
            for comment in found:
                self._read(comment, alone)

    def silence(self, found: Diagnostic) -> bool:
        """Is there a comment for this finding? All that there are were of use then."""
        of_use = {
            (ignore, prefix)
            for ignore in self.ignores
            if ignore.covers(found)
            for prefix in ignore.codes
            if names(prefix, found.code)
        }
        self.used |= of_use
        return bool(of_use)

    def unused(self, settings: Settings) -> Iterator[Diagnostic]:
        """Comments that silence nothing, with codes of rules that are switched on in the file."""
        on = [code for code in rules.rules() if settings.selects(code, self.path)]
        about = (UnusedIgnore.code, InvalidIgnore.code)
        for ignore in self.ignores:
            idle = [
                prefix
                for prefix in ignore.codes
                if (ignore, prefix) not in self.used
                and any(names(prefix, code) for code in on)
                and not any(names(prefix, code) for code in about)
            ]
            if idle:
                left = [prefix for prefix in ignore.codes if prefix not in idle]
                edit = Edit(ignore.brackets, ", ".join(left)) if left else Edit(ignore.whole, "")
                fix = Fix("remove what silences nothing", (edit,))
                yield UnusedIgnore().report(", ".join(idle), ignore.place, ignore.excerpt, fix)

    def _read(self, comment: Comment, alone: set[int]) -> None:
        ours = _OURS.search(comment.text)
        if ours is None:
            return
        word = ours["word"]
        if word not in _WORDS:
            near = nearest(word, _WORDS)
            if near:
                self._refuse(comment, ours.span("word"), f"{word!r} says nothing to cnncalc", near)
            return
        brackets = _CODES.match(comment.text, ours.end())
        written = list(_CODE.finditer(brackets["codes"])) if brackets else []
        if brackets is None or not written:
            self._refuse(comment, ours.span("word"), f"{word!r} without a code in brackets", None)
            return
        start = brackets.start("codes")
        known = [one.group() for one in written if codes.known(one.group())]
        for one in written:
            if one.group() not in known:
                span = (start + one.start(), start + one.end())
                message, help = f"no rule has the code {one.group()!r}", codes.hint(one.group())
                self._refuse(comment, span, message, None, help)
        if known:
            self.ignores.append(
                _Ignore(
                    self._about(comment, word, alone),
                    tuple(dict.fromkeys(known)),
                    self._place(comment, (ours.start(), brackets.end())),
                    self._place(comment, brackets.span("codes")),
                    self._whole(comment, ours.start()),
                    self.lines[comment.line - 1],
                )
            )

    def _about(self, comment: Comment, word: str, alone: set[int]) -> int | None:
        """The line that a comment is about: its own, or the next that has anything but comments."""
        if word == "ignore-file":
            return None
        line = comment.line
        while comment.alone and line <= len(self.lines) and self._says_nothing(line, alone):
            line += 1
        return line

    def _says_nothing(self, line: int, alone: set[int]) -> bool:
        return line in alone or not self.lines[line - 1].strip()

    def _refuse(
        self,
        comment: Comment,
        span: tuple[int, int],
        message: str,
        near: str | None,
        help: str | None = None,
    ) -> None:
        hint = help or (f"did you mean {near!r}?" if near else _HOW)
        excerpt = self.lines[comment.line - 1]
        place = self._place(comment, span)
        self.invalid.append(InvalidIgnore().report(message, place, excerpt, hint))

    def _place(self, comment: Comment, span: tuple[int, int]) -> Place:
        start, end = (comment.column + offset for offset in span)
        return Place(self.path, comment.line, start, comment.line, end)

    def _whole(self, comment: Comment, start: int) -> Place:
        """The comment with the blanks before it, or its line; after other words only itself."""
        line = self.lines[comment.line - 1]
        if comment.alone and start == 0 and comment.line < len(self.lines):
            return Place(self.path, comment.line, 1, comment.line + 1, 1)
        before = line[: comment.column - 1 + start].rstrip()
        return Place(self.path, comment.line, len(before) + 1, comment.line, len(line) + 1)
