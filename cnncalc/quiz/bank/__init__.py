"""The bank of questions about ideas: entries of the YAML files in this folder, each a template.

A file has ``bank: 1``, the ``document`` and ``seed`` that its entries are about, and ``items``. An
entry has an ``id``, ``topic``, ``type``, ``source`` (the section that teaches it, or several), what it
``asks`` and why (``because``: a text, or a list of the steps of an argument, each of which makes the
question more difficult); ``also`` names sections of other documents, such as ``001 Max Pooling``, and
``title`` says in short what a long question asks. Then there are

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

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cnncalc.errors import Position, Source, SpecError, suggest
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import Made, because, choice, judged, matching
from cnncalc.quiz.model import Statement, Wrong
from cnncalc.quiz.registry import TOPICS, Template
from cnncalc.spec.limits import Limits
from cnncalc.spec.yaml import Mapping, Scalar, Sequence, Tree, read

#: Version of the format.
VERSION = 1
#: Statements and pairs that are shown, unless an entry says otherwise.
SHOWN = 4

_TOP = ("bank", "document", "seed", "items")
_COMMON = ("id", "topic", "type", "source", "also", "asks", "because", "title")
#: The keys that the types have beside the common ones.
_OWN = {
    "single": ("right", "wrong"),
    "truefalse": ("statements", "show"),
    "matching": ("pairs", "others", "show"),
}


def templates() -> Iterator[Template]:
    """Those of all files, by name."""
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        yield from parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, name: str = "<bank>") -> list[Template]:
    """The entries of a text; raises :class:`SpecError` with line and column."""
    top = _mapping(read(Source(name, text), Limits()), "a bank of questions")
    _known(top, _TOP, "a bank")
    if _text(top, "bank") != str(VERSION):
        raise SpecError(f"write bank: {VERSION}", at=top.at, hint="the version of the format")
    seed = _text(top, "seed")
    return [_entry(_mapping(item, "an entry"), seed) for item in _list(top, "items")]


def _entry(item: Mapping, seed: str) -> Template:
    type = _text(item, "type")
    _one_of(item, "type", _OWN)
    _one_of(item, "topic", TOPICS)
    _known(item, _COMMON + _OWN[type], f"an entry of type {type}")
    asks = _text(item, "asks")
    sources = [f"{seed} {source}" for source in _texts(item, "source")]
    sources += _texts(item, "also") if item.get("also") else []
    steps = _texts(item, "because")
    make = _MAKERS[type](item, asks, because(*steps))
    title = _text(item, "title") if item.get("title") else asks.partition("\n")[0]
    return Template(
        _text(item, "id"),
        _text(item, "topic"),
        type,
        title,
        lambda draw: make(draw)._replace(steps=len(steps) if len(steps) > 1 else 0),
        tuple(sources),
        True,
    )


# One function for each type: reads the entry, and returns what makes its questions.

_Make = Callable[[Draw], Made]


def _single(item: Mapping, asks: str, solution: Any) -> _Make:
    right = _texts(item, "right")
    wrong = [_wrong(_mapping(one, "a wrong answer")) for one in _list(item, "wrong")]
    if len(wrong) < 3:
        raise _problem(item, "wrong", "a single choice needs at least three wrong answers")
    return lambda draw: choice(draw, asks, draw.choose(right), wrong, solution)


def _truefalse(item: Mapping, asks: str, solution: Any) -> _Make:
    statements = [_statement(_mapping(one, "a statement")) for one in _list(item, "statements")]
    show = _count(item, len(statements))
    if len({one.true for one in statements}) != 2:
        raise _problem(item, "statements", "some statements must be true, and some false")
    traps = show // 2
    return lambda draw: judged(asks, draw.sample(statements, show), solution, traps)


def _matching(item: Mapping, asks: str, solution: Any) -> _Make:
    pairs = [(key.text, _scalar(value)) for key, value in _mapping_at(item, "pairs").items]
    others = [
        _wrong(_mapping(one, "another choice"))
        for one in (_list(item, "others") if item.get("others") else ())
    ]
    show = _count(item, len(pairs))
    return lambda draw: matching(draw, asks, draw.sample(pairs, show), others, solution)


_MAKERS: dict[str, Callable[[Mapping, str, Any], _Make]] = {
    "single": _single,
    "truefalse": _truefalse,
    "matching": _matching,
}


def _wrong(item: Mapping) -> Wrong:
    _known(item, ("says", "mistake"), "a wrong answer")
    return Wrong(_text(item, "says"), _text(item, "mistake"))


def _statement(item: Mapping) -> Statement:
    _known(item, ("true", "false", "mistake"), "a statement")
    true = item.get("true") is not None
    says = _text(item, "true" if true else "false")
    if item.get("mistake") is None:
        if not true:
            raise _problem(item, "false", "a false statement has a mistake")
        return Statement(says, true)
    return Statement(says, true, Wrong(says, _text(item, "mistake")))


def _count(item: Mapping, most: int) -> int:
    if item.get("show") is None:
        return min(SHOWN, most)
    text = _text(item, "show")
    if not (text.isascii() and text.isdigit() and 2 <= int(text[:4]) <= most):
        raise _problem(item, "show", f"show: must be a number from 2 to {most}")
    return int(text)


# Reading.


def _mapping(tree: Tree, what: str) -> Mapping:
    if not isinstance(tree, Mapping):
        raise SpecError(f"{what} is a mapping", at=tree.at, hint="write key: value")
    return tree


def _known(tree: Mapping, keys: tuple[str, ...], what: str) -> None:
    for key, _ in tree.items:
        if key.text not in keys:
            hint = suggest(key.text, keys, "keys")
            raise SpecError(f"unknown key {key.text!r} in {what}", at=key.at, hint=hint)


def _value(tree: Mapping, key: str) -> Tree:
    found = tree.get(key)
    if found is None:
        raise SpecError(f"{key}: is missing", at=tree.at, hint=f"add {key}: …")
    return found


def _scalar(tree: Tree) -> str:
    if not isinstance(tree, Scalar) or not tree.text.strip():
        raise SpecError("a text is expected here", at=tree.at, hint='write "…"')
    return tree.text.strip()


def _text(tree: Mapping, key: str) -> str:
    return _scalar(_value(tree, key))


def _list(tree: Mapping, key: str) -> tuple[Tree, ...]:
    found = _value(tree, key)
    if not isinstance(found, Sequence) or not found.items:
        raise SpecError(f"{key}: must be a list", at=found.at, hint="- …")
    return found.items


def _texts(tree: Mapping, key: str) -> list[str]:
    found = _value(tree, key)
    return list(map(_scalar, found.items if isinstance(found, Sequence) else (found,)))


def _mapping_at(tree: Mapping, key: str) -> Mapping:
    return _mapping(_value(tree, key), key)


def _one_of(tree: Mapping, key: str, known: Any) -> None:
    if _text(tree, key) not in known:
        word = _text(tree, key)
        raise SpecError(
            f"{key}: there is no {word!r}",
            at=_at(tree, key),
            hint=suggest(word, known, f"{key}s"),
        )


def _problem(tree: Mapping, key: str, message: str) -> SpecError:
    return SpecError(message, at=_at(tree, key), hint="the docstring of cnncalc.quiz.bank says how")


def _at(tree: Mapping, key: str) -> Position:
    return _value(tree, key).at


__all__ = ["parse", "templates"]
