"""A quiz: questions from a blueprint and a seed, in variants, and the manifest that rebuilds it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.errors import UsageError
from cnncalc.quiz import bank
from cnncalc.quiz.blueprints import Blueprint, Slot, chosen
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.engine import LEVELS, VERSION, Seed, question, wording
from cnncalc.quiz.model import LETTERS, Body, Question, Single, amount
from cnncalc.quiz.registry import Template, catalogue, find


class Quiz(NamedTuple):
    """Questions, and what they come from; ``banks`` are files that some of them are from."""

    seed: int
    variant: str
    questions: tuple[Question, ...]
    banks: tuple[bank.Bank, ...] = ()

    @property
    def title(self) -> str:
        """The header of every export: what rebuilds the quiz."""
        from cnncalc import __version__

        return f"cnncalc {__version__} quiz, seed {self.seed}, variant {self.variant}"

    @property
    def worth(self) -> str:
        """How many questions there are, and points, in words."""
        points = sum(one.points for one in self.questions)
        return f"{amount(len(self.questions), 'question')}, {amount(points, 'point')}"

    def manifest(self) -> dict[str, Any]:
        """What rebuilds this quiz, and tells whether it is still the same."""
        from cnncalc import __version__

        return {
            "cnncalc": __version__,
            "quiz": VERSION,
            "seed": self.seed,
            "variant": self.variant,
            **({"banks": [_record(one) for one in self.banks]} if self.banks else {}),
            "questions": [
                {"template": one.template, "difficulty": one.difficulty} for one in self.questions
            ],
            "sha256": self.digest(),
        }

    def digest(self) -> str:
        """Of all questions and answers."""
        content = [one.to_dict() for one in self.questions]
        return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """JSON: the questions with their keys, and the manifest."""
        from cnncalc.results import opening

        return {
            **opening(self.title),
            "manifest": self.manifest(),
            "questions": [one.to_dict() for one in self.questions],
        }


def quiz(wanted: Blueprint, seed: int = 1, variant: str = "A") -> Quiz:
    """The quiz of a blueprint. Variants have the same templates and difficulties, other numbers.

    Raises :class:`QuizError` where the templates cannot meet the blueprint.
    """
    slots = chosen(wanted, _checked(seed), wanted.templates().values())
    first = _built(slots, seed, "A", wanted.banks)
    return first if variant == "A" else like(first, variant)


def like(first: Quiz, variant: str) -> Quiz:
    """Another variant: every question of the same template and difficulty."""
    among = _among(first.banks)
    slots = [Slot(find(one.template, among), one.difficulty) for one in first.questions]
    return _built(slots, first.seed, variant, first.banks)


def _among(banks: Iterable[bank.Bank]) -> dict[str, Template]:
    return {**catalogue(), **{one.id: one for found in banks for one in found.templates}}


def _record(one: bank.Bank) -> dict[str, str]:
    return {"path": one.path, "sha256": one.sha256}


def rebuilt(
    manifest: Mapping[str, Any], variant: str | None = None, banks: Iterable[str] = ()
) -> Quiz:
    """The quiz of a manifest (or of an export to JSON), or another variant of it.

    ``banks`` are the files of its banks where they are not where they were. Raises
    :class:`UsageError` for what is no manifest, and for banks that are missing or have changed.
    """
    found = manifest.get("manifest", manifest)
    try:
        records = [
            {"path": str(one["path"]), "sha256": str(one["sha256"])}
            for one in found.get("banks", ())
        ]
        asked = [(str(one["template"]), _level(one["difficulty"])) for one in found["questions"]]
        seed, version, first = int(found["seed"]), found["quiz"], str(found["variant"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise UsageError(
            "this is no manifest of a quiz", hint="cnncalc quiz -f manifest -o quiz.json writes one"
        ) from None
    if version != VERSION:
        raise UsageError(
            f"the manifest is of version {version} of the questions, this is {VERSION}",
            hint=f"install cnncalc {found.get('cnncalc', '')}",
        )
    own = bank.again(records, banks)
    among = _among(own)
    slots = [Slot(find(id, among), level) for id, level in asked]
    return _built(slots, _checked(seed), variant or first, own)


def is_same(manifest: Mapping[str, Any], found: Quiz) -> bool:
    """Are these the questions that the manifest was written for?"""
    inner = manifest.get("manifest", manifest)
    if "sha256" not in inner:
        raise UsageError(
            "this manifest has no sha256, which tells the questions it was written for",
            hint="cnncalc quiz -f manifest -o quiz.json writes a whole one",
        )
    return bool(inner["variant"] != found.variant or inner["sha256"] == found.digest())


def read_manifest(path: str) -> dict[str, Any]:
    """A manifest from a file; raises :class:`UsageError`."""
    try:
        found = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(
            f"cannot read {path}: {error}", hint="name a manifest, or a quiz in JSON"
        ) from None
    if not isinstance(found, dict):
        raise UsageError(f"{path} is no manifest of a quiz", hint="it is a mapping in JSON")
    return found


def _level(value: Any) -> int | None:
    if value is not None and value not in LEVELS:
        raise ValueError(value)
    return None if value is None else int(value)


def _checked(seed: int) -> int:
    if seed < 0:
        raise UsageError(f"a seed is a whole number of at least 0, not {seed}", hint="--seed 7")
    return seed


def _built(slots: Iterable[Slot], seed: int, variant: str, banks: Iterable[bank.Bank]) -> Quiz:
    if len(variant) != 1 or variant not in LETTERS:
        raise UsageError(f"a variant is a letter from A to Z, got {variant!r}", hint="--variant B")
    slots = list(slots)
    used = {slot.template.bank for slot in slots}
    found: list[Question] = []
    for number, slot in enumerate(slots, 1):
        said = map(wording, found)
        found.append(question(slot.template, Seed(seed, variant, number), slot.level, said))
    bodies = _dealt([one.body for one in found], Draw(VERSION, seed, "keys", variant))
    questions = tuple(one._replace(body=body) for one, body in zip(found, bodies))
    return Quiz(seed, variant, questions, tuple(one for one in banks if one.path in used))


def _dealt(bodies: list[Body], draw: Draw) -> list[Body]:
    """Right options in places from a shuffled deck that has each place equally often."""
    widths = {len(body.options) for body in bodies if isinstance(body, Single)}
    decks = {}
    for width in sorted(widths):
        count = sum(isinstance(body, Single) and len(body.options) == width for body in bodies)
        places = draw.shuffled(range(width))
        decks[width] = draw.shuffled([places[i % width] for i in range(count)])
    return [
        body.with_key_at(decks[len(body.options)].pop()) if isinstance(body, Single) else body
        for body in bodies
    ]
