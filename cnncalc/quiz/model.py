"""What a question is: its text, its body, its solution, and its claims about networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.quiz.bodies import (
    LETTERS,
    TYPES,
    Body,
    Matching,
    Numeric,
    Option,
    Pair,
    Single,
    Statement,
    Symbolic,
    Table,
    TrueFalse,
    Value,
    Wrong,
    plain,
    shown,
)
from cnncalc.render.page import Page

if TYPE_CHECKING:
    from cnncalc.quiz.ask import Ask
    from cnncalc.render.drawing.scene import Scene


class Claim(NamedTuple):
    """What a question states about a network: that ``ask`` comes to ``value``, or that it does not.

    Tests hold claims to PyTorch, without the template's help.
    """

    ask: Ask
    value: Value
    true: bool = True


class Question(NamedTuple):
    """A question, its answer, and everything that exports and grading need.

    ``stem`` is text in paragraphs (blank lines between them), with ``code`` in backticks and
    nothing else marked up; a paragraph of code alone is a block, with its lines as they are (a
    matrix, a listing). ``command`` is a line for the terminal that prints the answer.
    """

    id: str
    number: int
    template: str
    topic: str
    difficulty: int
    stem: str
    body: Body
    solution: Page
    sources: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    command: str | None = None
    picture: Scene | None = None

    @property
    def type(self) -> str:
        return self.body.type

    @property
    def points(self) -> int:
        """What it is worth: its difficulty."""
        return self.difficulty

    @property
    def worth(self) -> str:
        """The same in words."""
        return amount(self.points, "point")

    @property
    def key(self) -> str:
        """The answer in one line."""
        return self.body.key

    def to_dict(self) -> dict[str, Any]:
        from cnncalc.render.plain import page

        return {
            "id": self.id,
            "number": self.number,
            "template": self.template,
            "topic": self.topic,
            "type": self.type,
            "difficulty": self.difficulty,
            "stem": self.stem,
            **self.body.to_dict(),
            "solution": page(self.solution).strip("\n").split("\n"),
            "command": self.command,
            "sources": list(self.sources),
            "picture": self.picture.description if self.picture else None,
        }


def amount(count: int, what: str) -> str:
    """
    >>> amount(1, "point"), amount(2, "point")
    ('1 point', '2 points')
    """
    return f"{count} {what}{'s' * (count != 1)}"


def spans(stem: str) -> list[list[tuple[bool, str]]]:
    """The paragraphs of a stem as pieces: is it code, and its text.

    >>> spans("Given `3x8x8 | relu`:\\n\\nHow many?")
    [[(False, 'Given '), (True, '3x8x8 | relu'), (False, ':')], [(False, 'How many?')]]
    """
    return [
        [(i % 2 == 1, piece) for i, piece in enumerate(paragraph.split("`")) if piece]
        for paragraph in stem.split("\n\n")
    ]


def block(paragraph: list[tuple[bool, str]]) -> str | None:
    """The text of a paragraph that is code alone, whose lines stay; None for any other."""
    return paragraph[0][1] if len(paragraph) == 1 and paragraph[0][0] else None


__all__ = [
    "LETTERS",
    "TYPES",
    "Body",
    "Claim",
    "Matching",
    "Numeric",
    "Option",
    "Pair",
    "Question",
    "Single",
    "Statement",
    "Symbolic",
    "Table",
    "TrueFalse",
    "Value",
    "Wrong",
    "amount",
    "block",
    "plain",
    "shown",
    "spans",
]
