"""Banks of questions in words: files in YAML, the ones in this folder and those of teachers.

A file has ``bank: 1`` and ``items``; ``document`` is what the sources of its items are in, and
``topics`` lists topics of its own. An entry has an ``id``, ``topic``, ``type``, what it ``asks`` and
why (``because``: a text, or a list of the steps of an argument, each of which makes the question more
difficult). ``source`` is the section that teaches it, or several; ``also`` names sections of other
documents, such as ``001 Max Pooling``, and ``title`` says in short what a long question asks. Then
there are

- single: ``right`` (a text, or several of which one is drawn) and ``wrong``: at least three
  ``{says, mistake}``;
- truefalse: ``statements``: ``{true: …}`` or ``{false: …}``, the false ones with their ``mistake``;
  ``show`` says how many are drawn;
- matching: ``pairs: {left: right}``, ``show`` says how many are drawn, and ``others`` that go with
  none: ``{says, mistake}``.

``mistake`` names the misconception in words that follow "You"; ``says`` is the wrong answer. More
than are shown make the variants differ.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeAlias

from cnncalc.errors import Position, Source, SpecError, UsageError
from cnncalc.quiz.bank.entries import parse
from cnncalc.quiz.registry import TOPICS, Template, catalogue

#: Bytes of a file that are read at most.
MOST = 1_000_000


class Bank(NamedTuple):
    """The questions of a file; ``sha256`` is that of its bytes."""

    path: str
    sha256: str
    templates: tuple[Template, ...]

    @property
    def topics(self) -> tuple[str, ...]:
        """Those of its own."""
        found = dict.fromkeys(one.topic for one in self.templates)
        return tuple(topic for topic in found if topic not in TOPICS)


#: A bank, or the path of its file.
Named: TypeAlias = "str | os.PathLike[str] | Bank"


def templates() -> Iterator[Template]:
    """Those of all files of this folder, by name."""
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        yield from parse(path.read_text(encoding="utf-8"), path.name)


def load(path: str, before: Sequence[Bank] = ()) -> Bank:
    """The bank in a file; its ids are neither ours nor those of banks ``before``.

    Raises :class:`UsageError` for a file that cannot be read, :class:`SpecError` with line and column
    (or several of them) for what is wrong in it.
    """
    data = _bytes(path)
    digest = sha256(data).hexdigest()
    for one in before:
        if one.sha256 == digest:
            same = "" if one.path == path else f", as {one.path}"
            raise UsageError(f"the bank {path} is given twice{same}", hint="leave one out")
    taken = dict.fromkeys(catalogue(), "cnncalc")
    taken |= {template.id: one.path for one in before for template in one.templates}
    return Bank(path, digest, tuple(parse(_text(path, data), path, taken, own=path)))


def loaded(given: Iterable[Named], before: Sequence[Bank] = ()) -> tuple[Bank, ...]:
    """The banks ``before`` and those given."""
    found = list(before)
    for one in given:
        found.append(one if isinstance(one, Bank) else load(os.fspath(one), found))
    return tuple(found)


def again(records: Iterable[Mapping[str, str]], given: Iterable[str] = ()) -> tuple[Bank, ...]:
    """The banks that a manifest records (path and sha256), as they were.

    ``given`` says where they are now, if elsewhere. Raises :class:`UsageError` for what is missing or
    has changed.
    """
    places = {sha256(_bytes(path)).hexdigest(): path for path in given}
    found: list[Bank] = []
    for record in records:
        path, digest = record["path"], record["sha256"]
        place = places.pop(digest, path)
        elsewhere = "if that is elsewhere now, --bank FILE says where"
        try:
            data = _bytes(place)
        except UsageError as error:
            raise UsageError(
                f"{error.message}; the questions of this quiz come from there", hint=elsewhere
            ) from None
        if sha256(data).hexdigest() != digest:
            raise UsageError(
                f"{place} has changed since this quiz was made",
                hint=f"put the file back as it was (its sha256 was {digest}); {elsewhere}",
            )
        found.append(load(place, found))
    for path in places.values():
        raise UsageError(
            f"{path} is no bank of this quiz, or has changed since it was made",
            hint="leave --bank out, or name the file as it was",
        )
    return tuple(found)


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(MOST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot read the bank {path}: {reason}", hint="name a file of questions in YAML"
        ) from None
    if len(data) > MOST:
        raise UsageError(
            f"the bank {path} has more than {MOST:,} bytes",
            hint="split it: --bank may be given more than once",
        )
    return data


def _text(path: str, data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\0" not in data:
            source = Source(path, data.decode("utf-8", "replace"))
            before = data[: error.start].decode("utf-8", "replace")
            at = Position(source, before.count("\n") + 1, len(before) - before.rfind("\n"))
            byte = f"0x{data[error.start]:02x}"
            raise SpecError(
                f"the byte {byte} is not UTF-8", at=at, hint="save the file as UTF-8"
            ) from None
    else:
        if "\0" not in text:
            return text
    raise UsageError(
        f"the bank {path} is no text in UTF-8: it has zero bytes",
        hint="name a file of questions in YAML, saved as UTF-8",
    )


__all__ = ["Bank", "Named", "again", "load", "loaded", "parse", "templates"]
