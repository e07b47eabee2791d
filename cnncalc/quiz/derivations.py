"""Derivations with a mistake in one step, as questions: which step is wrong?

The mistake is a misconception of one layer. In one of six questions there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.quiz.draw import Draw
from cnncalc.quiz.making import Made, choice, merged
from cnncalc.quiz.model import Claim, Wrong
from cnncalc.quiz.wording import layer_words, nodes
from cnncalc.render.page import Page, Paragraph, Section

#: What a step can be, beside a mistake.
_RIGHT = "took a right step for a mistake"
_FOLLOWS = "took what follows from a mistake for the mistake"
_NONE = "none of the steps"


class Step(NamedTuple):
    """A line of a derivation: as it stands there, as it should, and what was got wrong."""

    text: str
    right: str
    mistake: Wrong | None = None
    claims: tuple[Claim, ...] = ()
    solution: Page = Page("", [])


def spotted(draw: Draw, stem: str, steps: Sequence[Step], chained: bool = True) -> Made:
    """Which of the steps is wrong? ``chained``: each goes on from the result of the one before."""
    at = next((i for i, step in enumerate(steps) if step.mistake), None)
    found = []
    for i, step in enumerate(steps):
        if i == at:
            continue
        text = _FOLLOWS if chained and at is not None and i > at else _RIGHT
        said = f"Step {i + 1} is right: {step.right}."
        if text == _FOLLOWS:
            said = f"Step {i + 1} is right for what it is given; the mistake is before it."
        found.append(Wrong(f"step {i + 1}", text, said=said))
    key = _NONE if at is None else f"step {at + 1}"
    mistake = steps[at].mistake if at is not None else None
    why = "Every step is right."
    if at is not None and mistake:
        why = f"Step {at + 1} is wrong: the student {mistake.text}. It should be {steps[at].right}."
        said = f"You overlooked step {at + 1}, where the student {mistake.text}."
        found.append(Wrong(_NONE, mistake.text, said=said))
    listed = "\n".join(f"({i}) {step.text}" for i, step in enumerate(steps, 1))
    solution = merged(step.solution for step in steps if step.mistake or at is None)
    after = " (Steps after a mistake go on from its result; that is no other mistake.)"
    made = choice(
        draw,
        f"{stem}\n\n`{listed}`\n\nWhich step is wrong, if any?{after * chained}",
        key,
        found,
        Page("", [Section("", paragraphs=[Paragraph("", why)]), *solution.sections]),
    )
    return made._replace(claims=tuple(claim for step in steps for claim in step.claims))


def place(draw: Draw, count: int) -> int | None:
    """Which step is wrong; None in one of six questions."""
    return draw.below(count) if draw.below(6) else None


def words(net: str) -> str:
    """The last layer; its filters are left out where they are many as ever."""
    return layer_words(nodes(net)[-1].layer).replace(f", {FILTERS} filters", "")


#: How many filters there are where it does not matter.
FILTERS = 11
