"""Entries of a bank, from a text in YAML to templates; what is wrong is told all at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import NoReturn

from cnncalc.errors import LimitError, Position, Source, SpecError, suggest
from cnncalc.problems import MissingKey, WrongForm
from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import FEWEST_OPTIONS, Made, because, choice, judged, matching
from cnncalc.quiz.model import LETTERS, Statement, Wrong
from cnncalc.quiz.registry import ID, TOPICS, Template
from cnncalc.quiz.several import Several
from cnncalc.render.page import Page
from cnncalc.spec.limits import Limits
from cnncalc.spec.reporting import AllProblems, Problems
from cnncalc.spec.trees import found_in, known_keys, mapping, missing, text_of
from cnncalc.spec.yaml import Mapping as Tree
from cnncalc.spec.yaml import Scalar, read
from cnncalc.spec.yaml import Sequence as List
from cnncalc.spec.yaml import Tree as Any

#: Version of the format.
VERSION = 1
#: Statements and pairs that are shown, unless an entry says otherwise.
SHOWN = 4

_TOP = ("bank", "document", "topics", "items")
_COMMON = ("id", "topic", "type", "source", "also", "asks", "because", "title")
#: The keys that the types have beside the common ones.
_OWN = {
    "single": ("right", "wrong"),
    "truefalse": ("statements", "show"),
    "matching": ("pairs", "others", "show"),
}
#: What hints show for a key.
_EXAMPLES = {
    "bank": "bank: 1",
    "items": 'items: and below it "- id: …" for each question',
    "id": "id: dead-relu",
    "topic": "topic: activation",
    "type": "type: single",
    "asks": 'asks: "What …?"',
    "because": 'because: "…", the explanation that follows the answer',
    "right": 'right: "the right answer"',
    "wrong": 'wrong: and below it - {says: "a wrong answer", mistake: "forgot …"}',
    "says": 'says: "a wrong answer"',
    "mistake": 'mistake: "forgot …", the words after "You"',
    "statements": 'statements: and below it - {true: "…"} and - {false: "…", mistake: "forgot …"}',
    "pairs": 'pairs: {left: "what goes with it"}',
    "others": 'others: and below it - {says: "…", mistake: "forgot …"}',
    "topics": "topics: [history, ethics]",
}
_START = 'a bank starts with "bank: 1" and "items:"; docs/quiz.md has an example'
#: A topic that is not one of ours: words that can stand in ``--topic NAME:COUNT``.
_TOPIC = re.compile(r"[^\W_][\w -]{0,59}")

#: A text and its place.
_Text = Scalar


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
    if len(problems.found) == 1:
        raise problems.found[0]
    if problems.any:
        raise Several(problems.found)
    return found


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
    top = mapping(tree, "a bank of questions", _EXAMPLES["bank"])
    top = known_keys(top, _TOP, problems, " in a bank")
    version = _text(top, "bank")
    if version.text != str(VERSION):
        message = f"this is version {VERSION} of the format, the file says {version.text!r}"
        raise SpecError(message, at=version.at, hint=f"write bank: {VERSION}")
    topics = {*TOPICS, *_topics(top)}
    document = _text(top, "document").text if top.get("document") else ""
    ids = dict(taken)
    found = []
    for item in _list(top, "items"):
        with problems:
            one = _entry(item, problems, document, topics, ids)
            found.append(one._replace(bank=own))
    return found


def _topics(top: Tree) -> list[str]:
    """Topics of the bank's own."""
    found = _texts(top, "topics") if top.get("topics") else []
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
    item = mapping(tree, "a question", '"- id: …" and its other keys below it')
    type = _text(item, "type")
    if type.text not in _OWN:
        raise SpecError(
            f"type: there is no {type.text!r} in a bank",
            at=type.at,
            hint=suggest(type.text, _OWN, "types"),
        )
    where = f" in a question of type {type.text}"
    item = known_keys(item, _COMMON + _OWN[type.text], problems, where)
    id, topic, asks = _id(item, ids), _text(item, "topic"), _text(item, "asks")
    if topic.text not in topics:
        near = suggest(topic.text, topics, "topics")
        hint = f"{near.rstrip('?')}; or name it above the items: topics: [{topic.text}]"
        raise SpecError(f"topic: there is no {topic.text!r}", at=topic.at, hint=hint)
    if asks.text.count("`") % 2:
        raise SpecError(
            "asks: a ` is not closed", at=asks.at, hint="code stands between two of them: `conv 8`"
        )
    steps = [one.text for one in _texts(item, "because")]
    make = _MAKERS[type.text](item, problems, asks.text, because(*steps))
    sources = [one.text for one in _texts(item, "source")] if item.get("source") else []
    also = [one.text for one in _texts(item, "also")] if item.get("also") else []
    title = _line(_text(item, "title") if item.get("title") else asks).text
    return Template(
        id,
        topic.text,
        type.text,
        title if item.get("title") else asks.text.partition("\n")[0],
        lambda draw: make(draw)._replace(steps=len(steps) if len(steps) > 1 else 0),
        (*(f"{document} {source}".strip() for source in sources), *also),
        True,
    )


def _id(item: Tree, ids: dict[str, str]) -> str:
    """The id, which nothing else may have: progress and measurements are kept by it."""
    id = _text(item, "id")
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


# One function for each type: reads the entry, and returns what makes its questions.

_Make = Callable[[Draw], Made]


def _single(item: Tree, problems: Problems, asks: str, solution: Page) -> _Make:
    right = list(map(_line, _texts(item, "right")))
    wrong = _wrongs(item, "wrong", problems)
    if len(wrong) < FEWEST_OPTIONS - 1:
        raise SpecError(
            f"a single choice needs at least three wrong answers, got {len(wrong)}",
            at=item.key("wrong").at,
            hint=f"add {_EXAMPLES['wrong'].partition(' below it ')[2]}",
        )
    _different("answer", [*right, *(says for says, _ in wrong)])
    answers, mistakes = [one.text for one in right], [one for _, one in wrong]
    return lambda draw: choice(draw, asks, draw.choose(answers), mistakes, solution)


def _truefalse(item: Tree, problems: Problems, asks: str, solution: Page) -> _Make:
    found = [_statement(one, problems) for one in _list(item, "statements")]
    statements = [one for _, one in found]
    if len({one.true for one in statements}) != 2:
        raise SpecError(
            f"some statements must be true, and some false; all are {_word(statements[0].true)}",
            at=item.key("statements").at,
            hint=f'add - {{{_word(not statements[0].true)}: "…", mistake: "forgot …"}}',
        )
    _different("statement", [says for says, _ in found])
    show = _count(item, "statements", len(found), len(LETTERS))
    return lambda draw: judged(asks, draw.sample(statements, show), solution, show // 2)


def _matching(item: Tree, problems: Problems, asks: str, solution: Page) -> _Make:
    tree = mapping(_value(item, "pairs"), "pairs:", _EXAMPLES["pairs"])
    pairs = [
        (_line(_full(left, "pairs:")), _line(_full(right, left.text))) for left, right in tree.items
    ]
    if len(pairs) < 2:
        raise SpecError(
            f"a matching needs at least two pairs, got {len(pairs)}",
            at=item.key("pairs").at,
            hint="add a line below pairs:",
        )
    others = _wrongs(item, "others", problems) if item.get("others") else []
    _different("right side", [*(right for _, right in pairs), *(says for says, _ in others)])
    show = _count(item, "pairs", len(pairs), len(LETTERS) - len(others))
    sides = [(left.text, right.text) for left, right in pairs]
    mistakes = [one for _, one in others]
    return lambda draw: matching(draw, asks, draw.sample(sides, show), mistakes, solution)


_MAKERS: dict[str, Callable[[Tree, Problems, str, Page], _Make]] = {
    "single": _single,
    "truefalse": _truefalse,
    "matching": _matching,
}


def _wrongs(item: Tree, key: str, problems: Problems) -> list[tuple[_Text, Wrong]]:
    found = []
    for one in _list(item, key):
        tree = mapping(one, f"each of {key}:", '{says: "a wrong answer", mistake: "forgot …"}')
        tree = known_keys(tree, ("says", "mistake"), problems, " in a wrong answer")
        says = _line(_text(tree, "says"))
        found.append((says, Wrong(says.text, _mistake(tree))))
    return found


def _statement(one: Any, problems: Problems) -> tuple[_Text, Statement]:
    tree = mapping(one, "a statement", '{true: "…"} or {false: "…", mistake: "forgot …"}')
    tree = known_keys(tree, ("true", "false", "mistake"), problems, " in a statement")
    given = [key for key, _ in tree.items if key.text in ("true", "false")]
    if len(given) != 1:
        at = given[1].at if given else tree.at
        message = f"a statement is true: or false:, got {'both' if given else 'none of them'}"
        raise SpecError(message, at=at, hint="write each statement as an item of its own")
    true, says = given[0].text == "true", _line(_text(tree, given[0].text))
    if tree.get("mistake") is not None:
        return says, Statement(says.text, true, Wrong(says.text, _mistake(tree)))
    if not true:
        message = "a false statement has a mistake: what who takes it for true has done"
        raise missing(tree, MissingKey(message, at=says.at, hint=f"add {_EXAMPLES['mistake']}"))
    return says, Statement(says.text, true)


def _mistake(tree: Tree) -> str:
    """The words after "You", in a sentence that gets its full stop."""
    found = _line(_text(tree, "mistake"))
    for wrong, hint in (
        (re.match(r"you\b", found.text, re.I), 'leave "You" out: it is written before the words'),
        (found.text.endswith("."), "leave the full stop out: it is written behind the words"),
        (not Wrong("", found.text).misconception, f"write {_EXAMPLES['mistake']}"),
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
    show = _text(item, "show")
    if not (show.text.isascii() and show.text.isdigit() and 2 <= int(show.text[:4]) <= most):
        raise SpecError(
            f"show: must be a number from 2 to {most}, got {show.text!r}",
            at=show.at,
            hint=f"there are {found} {key}; without show, {min(SHOWN, most)} are shown",
        )
    return int(show.text)


def _different(what: str, texts: Iterable[_Text]) -> None:
    """Raises :class:`SpecError` where a text stands twice."""
    seen: dict[str, _Text] = {}
    for one in texts:
        first = seen.setdefault(one.text.casefold(), one)
        if first is not one:
            raise SpecError(
                f"the {what} {found_in(one)} stands twice",
                at=one.at,
                hint=f"the first is in line {first.at.line}; change one, or leave it out",
            )


# Reading.


def _value(tree: Tree, key: str) -> Any:
    found = tree.get(key)
    if found is None:
        _lacks(tree, key)
    return found


def _lacks(tree: Tree, key: str) -> NoReturn:
    hint = f"add {_EXAMPLES[key]}"
    raise missing(tree, MissingKey(f"{key}: is missing", at=tree.at, hint=hint))


def _full(tree: Any, what: str) -> _Text:
    """A text that is not empty, without the white space around it."""
    found = text_of(tree, what, 'write a text in quotes: "…"')
    if not found.text.strip():
        raise WrongForm(f"{what} is empty", at=found.at, hint='write a text in quotes: "…"')
    return found._replace(text=found.text.strip())


def _line(text: _Text) -> _Text:
    """The same in one line: answers have no paragraphs."""
    return text._replace(text=re.sub(r"\s*\n\s*", " ", text.text))


def _text(tree: Tree, key: str) -> _Text:
    return _full(_value(tree, key), f"{key}:")


def _list(tree: Tree, key: str) -> Sequence[Any]:
    found = _value(tree, key)
    if not isinstance(found, List) or not found.items:
        got = "an empty one" if isinstance(found, List) else found_in(found)
        raise WrongForm(
            f"{key}: must be a list, got {got}", at=found.at, hint=f"write {_EXAMPLES[key]}"
        )
    return found.items


def _texts(tree: Tree, key: str) -> list[_Text]:
    """A text, or several."""
    found = _value(tree, key)
    return [
        _full(one, f"{key}:") for one in (_list(tree, key) if isinstance(found, List) else [found])
    ]


__all__ = ["parse"]
