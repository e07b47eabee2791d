"""What a quiz is to consist of: topics, types and difficulties, in counts or free."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from cnncalc.errors import CnncalcError, Position, Source, SpecError, UsageError, suggest
from cnncalc.quiz import bank
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.engine import LEVELS, VERSION, QuizError
from cnncalc.quiz.model import TYPES
from cnncalc.quiz.profiles import profile
from cnncalc.quiz.registry import TOPICS, Template, catalogue
from cnncalc.spec.limits import Limits
from cnncalc.spec.yaml import Mapping as Tree
from cnncalc.spec.yaml import Scalar, read
from cnncalc.spec.yaml import Sequence as List

T = TypeVar("T")

#: Counts for some words; None leaves the count free.
Mix = Mapping[str, int | None]

#: No wish.
FREE: Mix = MappingProxyType({})

#: What a mix is of.
_MIXES = ("topics", "types", "difficulty")
#: Stands for a count in a file where any number will do.
ANY = "any"
#: Questions, unless said otherwise; and at most.
USUAL, MOST = 10, 500


class Blueprint(NamedTuple):
    """Each mix is empty where everything goes. ``banks`` are added to what is drawn from.

    ``only_banks``: nothing else is drawn from.
    """

    questions: int
    topics: Mix = FREE
    types: Mix = FREE
    difficulty: Mix = FREE
    banks: tuple[bank.Bank, ...] = ()
    only_banks: bool = False

    def templates(self) -> dict[str, Template]:
        """What is drawn from, by ids."""
        own = {one.id: one for found in self.banks for one in found.templates}
        return own if self.only_banks else {**catalogue(), **own}


def blueprint(
    count: int | None = None,
    topics: Mix = FREE,
    types: Mix = FREE,
    difficulty: Mix = FREE,
    *,
    banks: Iterable[bank.Named] = (),
    only_banks: bool = False,
    places: Mapping[str, Position] = MappingProxyType({}),
) -> Blueprint:
    """A blueprint whose counts agree; raises :class:`UsageError` where they do not.

    ``banks`` are files of questions (see :mod:`cnncalc.quiz.bank`) that are added to those of
    cnncalc, or with ``only_banks`` take their place. ``places`` say where ``questions`` and the mixes
    stand, if they come from a file: errors are then of :class:`SpecError`.
    """
    own = bank.loaded(banks)
    if only_banks and not own:
        raise UsageError("no bank is given, and nothing else is to be asked", hint="--bank FILE")
    words = _words(own)

    def refused(name: str, message: str, hint: str) -> CnncalcError:
        at = places.get(name)
        return SpecError(message, at=at, hint=hint) if at else UsageError(message, hint=hint)

    for name, mix in (("topics", topics), ("types", types), ("difficulty", difficulty)):
        for word in mix:
            if word not in words[name]:
                hint = suggest(word, words[name], name)
                raise UsageError(f"{name}: there is no {word!r}", hint=hint)
        counts = [number for number in mix.values() if number is not None]
        whole = len(counts) == len(mix)
        if counts and count is None and whole:
            count = sum(counts)
        if not counts or count is None:
            continue
        hint = f"ask for {sum(counts)} questions"
        if whole and sum(counts) < count:
            other = next((word for word in words[name] if word not in mix), next(iter(mix)))
            free = f"{other}: {ANY}" if name in places else other
            hint += f", or add what the others may be, as in {free}"
        elif sum(counts) <= count:
            continue
        raise refused(
            name, f"the counts of {name} add up to {sum(counts)} questions, not {count}", hint
        )
    count = USUAL if count is None else count
    if not 1 <= count <= MOST:
        message = f"a quiz has 1 to {MOST} questions, not {count}"
        raise refused("questions", message, "write -n 20")
    return Blueprint(count, topics, types, difficulty, own, only_banks)


def _words(banks: Iterable[bank.Bank]) -> dict[str, tuple[str, ...]]:
    """The words that the mixes may have."""
    own = (topic for one in banks for topic in one.topics)
    return {
        "topics": tuple(dict.fromkeys((*TOPICS, *own))),
        "types": tuple(TYPES),
        "difficulty": tuple(map(str, LEVELS)),
    }


def mix(option: str, given: Iterable[str]) -> dict[str, int | None]:
    """``("rf:3,params",)`` as ``{"rf": 3, "params": None}``."""
    found: dict[str, int | None] = {}
    for part in (part.strip() for text in given for part in text.split(",")):
        word, colon, number = part.partition(":")
        if not word.strip() or (colon and not _is_count(number)):
            raise UsageError(f"{option} {part!r}: not NAME or NAME:COUNT", hint=f"{option} rf:3")
        if word.strip() in found:
            raise UsageError(f"{option}: {word.strip()} is given twice", hint="leave one out")
        found[word.strip()] = int(number) if colon else None
    return found


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6


def load(
    path: str,
    count: int | None = None,
    banks: Iterable[bank.Named] = (),
    only_banks: bool = False,
) -> Blueprint:
    """A file with ``questions:`` (unless ``count`` is given), ``topics:``, ``types:``, ``difficulty:``.

    Its ``bank:``, one or several, is sought from its folder; ``banks`` come before these.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not in UTF-8", hint="save it in UTF-8") from None
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}", hint="name a file in YAML"
        ) from None
    source = Source(path, text)
    if not text.strip():
        raise SpecError("the blueprint is empty", at=Position(source, 1, 1), hint=_EXAMPLE)
    tree = read(source, Limits())
    keys = ("questions", *_MIXES, "bank")
    if not isinstance(tree, Tree):
        raise SpecError("a blueprint is a mapping", at=tree.at, hint=_EXAMPLE)
    found: dict[str, Mix] = {}
    places: dict[str, Position] = {}
    own = _banks(tree, path, bank.loaded(banks))
    words = _words(own)
    for key, value in tree.items:
        if key.text not in keys:
            hint = suggest(key.text, keys, "keys")
            raise SpecError(f"unknown key {key.text!r} in a blueprint", at=key.at, hint=hint)
        places[key.text] = key.at
        if key.text == "questions":
            if not isinstance(value, Scalar) or not _is_count(value.text):
                raise SpecError(
                    f"questions: must be a whole number from 1 to {MOST}",
                    at=value.at,
                    hint="questions: 20",
                )
            count = int(value.text) if count is None else count
        elif key.text in _MIXES:
            found[key.text] = _mix(key.text, value, words[key.text])
    return blueprint(count, **found, banks=own, only_banks=only_banks, places=places)


_EXAMPLE = "topics: {rf: 3, params: 2}"


def _banks(tree: Tree, path: str, before: tuple[bank.Bank, ...]) -> tuple[bank.Bank, ...]:
    """The banks ``before`` and those that the blueprint in ``path`` names."""
    given = tree.get("bank")
    for one in given.items if isinstance(given, List) else (given,) if given else ():
        if not isinstance(one, Scalar) or not one.text.strip():
            raise SpecError(
                "bank: must be a file, or a list of files", at=one.at, hint="bank: own.yaml"
            )
        file = os.path.join(os.path.dirname(path), one.text.strip())
        try:
            before = (*before, bank.load(file, before))
        except UsageError as error:
            raise SpecError(error.message, at=one.at, hint=error.hint) from None
    return before


def _mix(name: str, tree: Any, words: Collection[str]) -> Mix:
    """``{rf: 3, params: any}``, ``[rf, params]`` or ``rf``."""
    found: dict[str, int | None] = {}
    if isinstance(tree, Tree):
        for key, value in tree.items:
            text = value.text if isinstance(value, Scalar) else ""
            if text != ANY and not _is_count(text):
                raise SpecError(
                    f"{name}: {key.text} must be a whole number, or {ANY}",
                    at=value.at,
                    hint=f"{key.text}: 3",
                )
            found[_word(name, key, words)] = None if text == ANY else int(text)
        return found
    for one in tree.items if isinstance(tree, List) else (tree,):
        if not isinstance(one, Scalar):
            raise SpecError(f"{name}: must be words", at=one.at, hint=f"{name}: [rf, params]")
        found[_word(name, one, words)] = None
    return found


def _word(name: str, scalar: Scalar, words: Collection[str]) -> str:
    if scalar.text not in words:
        hint = suggest(scalar.text, words, name)
        raise SpecError(f"{name}: there is no {scalar.text!r}", at=scalar.at, hint=hint)
    return scalar.text


# Choosing templates.


class Slot(NamedTuple):
    """A question to be: its template, and the difficulty that it must have (None: any)."""

    template: Template
    level: int | None


def chosen(
    wanted: Blueprint,
    seed: int,
    among: Iterable[Template],
    ranks: Mapping[str, int] = MappingProxyType({}),
) -> list[Slot]:
    """A template for each question, in order; none twice before all that fit had their turn.

    ``ranks`` of templates say which to prefer, the lowest ones.

    Raises :class:`QuizError` where the templates cannot meet the blueprint.
    """
    draw = Draw(VERSION, seed, "blueprint")
    pool = [
        one
        for one in draw.shuffled(among)
        if (not wanted.topics or one.topic in wanted.topics)
        and (not wanted.types or one.type in wanted.types)
    ]
    open_topics = _open(wanted.topics, {one.topic for one in pool})
    open_types = _open(wanted.types, TYPES)
    topics = _slots(draw, wanted.questions, wanted.topics)
    types = _slots(draw, wanted.questions, wanted.types)
    levels = _slots(draw, wanted.questions, wanted.difficulty, in_turn=True)

    def fits(one: Template, topic: str | None, type: str | None, level: str | None) -> bool:
        return (
            one.topic in ([topic] if topic else open_topics)
            and one.type in ([type] if type else open_types)
            and (level is None or int(level) in profile(one).levels)
        )

    def any_fits(pair: tuple[str | None, str | None], level: str | None = None) -> bool:
        return any(fits(one, *pair, level) for one in pool)

    pairs = _matched(topics, types, lambda topic, type: any_fits((topic, type)))
    slots = _matched(pairs, levels, any_fits)
    used: Counter[str] = Counter()
    found: dict[int, Slot] = {}
    free = [(*pair, level).count(None) for pair, level in slots]
    for i in sorted(range(len(slots)), key=lambda i: free[i]):  # the most particular ones first
        (topic, type), level = slots[i]
        fitting = [
            one for one in pool if fits(one, topic, type, level) and not (one.once and used[one.id])
        ]
        if not fitting:
            raise _short(wanted, len(found), (topic, type, level))
        best = min(
            fitting,
            key=lambda one: (
                bool(ranks) * used[one.id],
                ranks.get(one.id, 0),
                used[one.topic],
                used[one.id],
            ),
        )
        used.update([best.topic, best.id])
        found[i] = Slot(best, None if level is None else int(level))
    if not slots:
        raise QuizError(
            "there are not enough templates with these topics, types and difficulties together",
            hint="ask for fewer questions, or for more kinds of them: cnncalc quiz --list",
        )
    return [found[i] for i in range(wanted.questions)]


def _open(mix: Mix, words: Iterable[str]) -> Collection[str]:
    """What questions may be of that no count asks for: a count is of all that there are."""
    return {word for word, number in mix.items() if number is None} if mix else {*words}


def _short(wanted: Blueprint, found: int, slot: tuple[str | None, ...]) -> QuizError:
    """What there is no further template for."""
    mixes = (wanted.topics, wanted.types, wanted.difficulty)
    words = [word or ", ".join(w for w in mix if mix[w] is None) for word, mix in zip(slot, mixes)]
    about = ", ".join(
        f"{name} {word}" for name, word in zip(("topic", "type", "difficulty"), words) if word
    )
    return QuizError(
        f"there are not enough templates: only {found} of {wanted.questions} questions, then none "
        f"is left{about and f' with {about}'}",
        hint=f"ask for fewer questions (-n {max(found, 1)}), or for more kinds: cnncalc quiz --list",
    )


def _slots(draw: Draw, count: int, wanted: Mix, in_turn: bool = False) -> list[str | None]:
    """A word for each question that counts give one, in random order; None leaves it free.

    ``in_turn``: free ones take the words without counts in turn.
    """
    fixed: list[str | None] = [word for word, number in wanted.items() for _ in range(number or 0)]
    words = [word for word, number in wanted.items() if number is None] if in_turn else []
    rest = [words[i % len(words)] if words else None for i in range(count - len(fixed))]
    return draw.shuffled(fixed + rest)


def _matched(
    left: Sequence[T], right: Sequence[str | None], fits: Callable[[T, str | None], bool]
) -> list[tuple[T, str | None]]:
    """Pairs of all on the left with all on the right that fit; empty where there are none.

    By augmenting paths: who finds all partners taken asks one of these to take another.
    """
    known = cache(fits)
    partner: dict[int, int] = {}

    def seek(i: int, tried: set[int]) -> bool:
        fitting = [j for j, word in enumerate(right) if j not in tried and known(left[i], word)]
        for j in sorted(fitting, key=lambda j: j in partner):  # those that are free first
            if j not in tried:
                tried.add(j)
                if j not in partner or seek(partner[j], tried):
                    partner[j] = i
                    return True
        return False

    if not all(seek(i, set()) for i in range(len(left))):
        return []
    return [(left[i], right[j]) for j, i in sorted(partner.items(), key=lambda pair: pair[1])]
