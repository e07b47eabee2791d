"""Reading parts of a bank, with messages for what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NoReturn, TypeVar

from cnncalc.problems import MissingKey, WrongForm
from cnncalc.spec.reporting import Problems
from cnncalc.spec.trees import found_in, missing, text_of
from cnncalc.spec.yaml import Mapping as Tree
from cnncalc.spec.yaml import Scalar
from cnncalc.spec.yaml import Sequence as List
from cnncalc.spec.yaml import Tree as Any

T = TypeVar("T")

#: A text and its place.
Text = Scalar

#: What hints show for a key.
EXAMPLES = {
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
    "source": 'source: "slide 12"',
    "also": 'also: "chapter 3"',
}


def tried(problems: Problems, read: Callable[[], T], instead: T) -> T:
    """What is read, or something else where that has a problem, so that the rest is looked at, too."""
    with problems:
        return read()
    return instead


def value_at(tree: Tree, key: str) -> Any:
    found = tree.get(key)
    if found is None:
        _lacks(tree, key)
    return found


def _lacks(tree: Tree, key: str) -> NoReturn:
    hint = f"add {EXAMPLES[key]}"
    raise missing(tree, MissingKey(f"{key}: is missing", at=tree.at, hint=hint))


def full(tree: Any, what: str) -> Text:
    """A text that is not empty, without the white space around it."""
    found = text_of(tree, what, 'write a text in quotes: "…"')
    if not found.text.strip():
        raise WrongForm(f"{what} is empty", at=found.at, hint='write a text in quotes: "…"')
    return found._replace(text=found.text.strip())


def in_line(text: Text) -> Text:
    """The same in one line: answers have no paragraphs."""
    return text._replace(text=re.sub(r"\s*\n\s*", " ", text.text))


def text_at(tree: Tree, key: str) -> Text:
    return full(value_at(tree, key), f"{key}:")


def list_at(tree: Tree, key: str) -> Sequence[Any]:
    found = value_at(tree, key)
    if not isinstance(found, List) or not found.items:
        got = "an empty one" if isinstance(found, List) else found_in(found)
        raise WrongForm(
            f"{key}: must be a list, got {got}", at=found.at, hint=f"write {EXAMPLES[key]}"
        )
    return found.items


def texts_at(tree: Tree, key: str) -> list[Text]:
    """A text, or several."""
    found = value_at(tree, key)
    return [
        full(one, f"{key}:") for one in (list_at(tree, key) if isinstance(found, List) else [found])
    ]
