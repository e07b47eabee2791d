"""The types of questions that a bank may have: each is read by a function of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from cnncalc.errors import SpecError
from cnncalc.problems import MissingKey
from cnncalc.quiz.bank.reading import (
    EXAMPLES,
    Text,
    full,
    in_line,
    list_at,
    text_at,
    texts_at,
    tried,
    value_at,
)
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import FEWEST_OPTIONS, Made, choice, judged, matching
from cnncalc.quiz.model import LETTERS, Statement, Wrong
from cnncalc.render.page import Page
from cnncalc.spec.reporting import Problems
from cnncalc.spec.trees import found_in, known_keys, mapping, missing
from cnncalc.spec.yaml import Mapping as Tree
from cnncalc.spec.yaml import Tree as Any

#: Statements and pairs that are shown, unless an entry says otherwise.
SHOWN = 4

#: Makes a question of an entry.
Make = Callable[[Draw], Made]


class Kind(NamedTuple):
    """The keys of a type beside the common ones, and what reads them."""

    keys: tuple[str, ...]
    read: Callable[[Tree, Problems, str, Page], Make]


def _single(item: Tree, problems: Problems, asks: str, solution: Page) -> Make:
    right: list[Text] = []
    with problems:
        right = list(map(in_line, texts_at(item, "right")))
    count, wrong = len(list_at(item, "wrong")), _wrongs(item, "wrong", problems)
    if count < FEWEST_OPTIONS - 1:
        raise SpecError(
            f"a single choice needs at least three wrong answers, got {count}",
            at=value_at(item, "wrong").at,
            hint=f"add {EXAMPLES['wrong'].partition(' below it ')[2]}",
        )
    _different("answer", [*right, *(says for says, _ in wrong)])
    answers, mistakes = [one.text for one in right], [one for _, one in wrong]
    return lambda draw: choice(draw, asks, draw.choose(answers), mistakes, solution)


def _truefalse(item: Tree, problems: Problems, asks: str, solution: Page) -> Make:
    items, found = list_at(item, "statements"), list[tuple[Text, Statement]]()
    for one in items:
        with problems:
            found.append(_statement(one, problems))
    statements = [one for _, one in found]
    if len(found) == len(items) and len({one.true for one in statements}) != 2:
        raise SpecError(
            f"some statements must be true, and some false; all are {_word(statements[0].true)}",
            at=value_at(item, "statements").at,
            hint=f'add - {{{_word(not statements[0].true)}: "…", mistake: "forgot …"}}',
        )
    _different("statement", [says for says, _ in found])
    show = _count(item, "statements", len(items), len(LETTERS))
    return lambda draw: judged(asks, draw.sample(statements, show), solution, show // 2)


def _matching(item: Tree, problems: Problems, asks: str, solution: Page) -> Make:
    tree = mapping(value_at(item, "pairs"), "pairs:", EXAMPLES["pairs"])
    pairs = [
        (in_line(full(left, "pairs:")), in_line(full(right, f"what goes with {left.text!r}")))
        for left, right in tree.items
    ]
    if len(pairs) < 2:
        raise SpecError(
            f"a matching needs at least two pairs, got {len(pairs)}",
            at=tree.at,
            hint="add a line below pairs:",
        )
    others = _wrongs(item, "others", problems) if item.get("others") else []
    if len(others) > len(LETTERS) - 2:
        raise SpecError(
            f"at most {len(LETTERS) - 2} others have letters beside two pairs, got {len(others)}",
            at=value_at(item, "others").at,
            hint="leave some out",
        )
    _different("right side", [*(right for _, right in pairs), *(says for says, _ in others)])
    show = _count(item, "pairs", len(pairs), len(LETTERS) - len(others))
    sides = [(left.text, right.text) for left, right in pairs]
    mistakes = [one for _, one in others]
    return lambda draw: matching(draw, asks, draw.sample(sides, show), mistakes, solution)


def _wrongs(item: Tree, key: str, problems: Problems) -> list[tuple[Text, Wrong]]:
    found = []
    for one in list_at(item, key):
        with problems:
            tree = mapping(one, f"each of {key}:", '{says: "a wrong answer", mistake: "forgot …"}')
            tree = known_keys(tree, ("says", "mistake"), problems, " in a wrong answer")
            says = in_line(text_at(tree, "says"))
            found.append((says, Wrong(says.text, tried(problems, partial(_mistake, tree), ""))))
    return found


def _statement(one: Any, problems: Problems) -> tuple[Text, Statement]:
    tree = mapping(one, "a statement", '{true: "…"} or {false: "…", mistake: "forgot …"}')
    tree = known_keys(tree, ("true", "false", "mistake"), problems, " in a statement")
    given = [key for key, _ in tree.items if key.text in ("true", "false")]
    if len(given) != 1:
        at = given[1].at if given else tree.at
        message = f"a statement is true: or false:, got {'both' if given else 'none of them'}"
        raise SpecError(message, at=at, hint="write each statement as an item of its own")
    true, says = given[0].text == "true", in_line(text_at(tree, given[0].text))
    if tree.get("mistake") is not None:
        return says, Statement(says.text, true, Wrong(says.text, _mistake(tree)))
    if not true:
        message = "a false statement has a mistake: what who takes it for true has done"
        raise missing(tree, MissingKey(message, at=says.at, hint=f"add {EXAMPLES['mistake']}"))
    return says, Statement(says.text, true)


def _mistake(tree: Tree) -> str:
    """The words after "You", in a sentence that gets its full stop."""
    found = in_line(text_at(tree, "mistake"))
    for wrong, hint in (
        (re.match(r"you\b", found.text, re.I), 'leave "You" out: it is written before the words'),
        (found.text.endswith("."), "leave the full stop out: it is written behind the words"),
        (not Wrong("", found.text).misconception, f"write {EXAMPLES['mistake']}"),
    ):
        if wrong:
            message = f'mistake: {found_in(found)} does not continue "You …"'
            raise SpecError(message, at=found.at, hint=hint)
    return found.text


def _word(true: bool) -> str:
    return "true" if true else "false"


def _count(item: Tree, key: str, found: int, most: int) -> int:
    """How many are shown: as ``show`` says, and no more than have letters."""
    most = min(found, most)
    if item.get("show") is None:
        return min(SHOWN, most)
    show = text_at(item, "show")
    if not (show.text.isascii() and show.text.isdigit() and 2 <= int(show.text[:4]) <= most):
        raise SpecError(
            f"show: must be a number from 2 to {most}, got {show.text!r}",
            at=show.at,
            hint=f"there are {found} {key}; without show, {min(SHOWN, most)} are shown",
        )
    return int(show.text)


def _different(what: str, texts: Iterable[Text]) -> None:
    """Raises :class:`SpecError` where a text stands twice."""
    seen: dict[str, Text] = {}
    for one in texts:
        first = seen.setdefault(one.text, one)
        if first is not one:
            raise SpecError(
                f"the {what} {found_in(one)} stands twice",
                at=one.at,
                hint=f"the first is in line {first.at.line}; change one, or leave it out",
            )


#: The types by their names.
KINDS: dict[str, Kind] = {
    "single": Kind(("right", "wrong"), _single),
    "truefalse": Kind(("statements", "show"), _truefalse),
    "matching": Kind(("pairs", "others", "show"), _matching),
}
