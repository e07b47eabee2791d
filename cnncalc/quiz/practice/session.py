"""A session: asks, reads, tells at once what was right or which misconception showed, and counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from textwrap import wrap
from typing import NamedTuple, Protocol

from cnncalc.quiz.answering import form, right, unreadable
from cnncalc.quiz.exports.text import sheet
from cnncalc.quiz.marking import Mark, mark
from cnncalc.quiz.model import Question
from cnncalc.quiz.registry import TOPICS, topic_words
from cnncalc.render import plain
from cnncalc.shares import points

#: What can be typed instead of an answer.
WORDS = {
    "why": "the worked solution of the question before",
    "skip": "leaves the question out",
    "help": "says how to answer",
    "quit": "ends the session; so do Ctrl-C and Ctrl-D",
}
#: Other ways to say the same.
_ALSO = {"?": "help", "exit": "quit", "next": "", "solution": "why"}


class Screen(Protocol):
    """Where a session takes place."""

    #: Columns.
    width: int
    #: Is someone sitting there, who reads before going on?
    waits: bool

    def say(self, text: str = "", role: str = "") -> None:
        """A line; ``role`` is "", "title", "right", "wrong" or "quiet"."""

    def read(self, prompt: str) -> str:
        """A line that is typed; raises :class:`EOFError` at the end."""


class Score(NamedTuple):
    """The marks of the questions that were answered or left out, in their order."""

    marks: tuple[tuple[Question, Mark], ...] = ()
    #: Ended before the last question by a signal from the keyboard.
    interrupted: bool = False

    def by_topic(self) -> dict[str, tuple[Fraction, int]]:
        """Points (1 for each question) and questions."""
        found: dict[str, tuple[Fraction, int]] = {}
        for question, one in self.marks:
            points, count = found.get(question.topic, (Fraction(0), 0))
            found[question.topic] = points + one.score, count + 1
        return {topic: found[topic] for topic in {**TOPICS, **found} if topic in found}

    def shown(self) -> list[tuple[str, int]]:
        """The misconceptions that showed, in words, most frequent first."""
        found = Counter(wrong.text for _, one in self.marks for wrong in one.wrong)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))


#: Told of every question and its mark, at once: keeps the progress.
Note = Callable[[Question, Mark], None]


def play(questions: Sequence[Question], screen: Screen, note: Note) -> Score:
    """Asks the questions and prints the score, also when it ends early."""
    marks: list[tuple[Question, Mark]] = []
    interrupted = False
    try:
        for number, question in enumerate(questions, 1):
            found = _ask(question, f"{number}/{len(questions)}", screen, [one for one, _ in marks])
            marks.append((question, found))
            note(question, found)
            if screen.waits and number < len(questions):
                _pause("Enter goes on, why shows the working: ", question, screen)
        if marks:
            _pause("Enter ends, why shows the working: ", questions[-1], screen)
    except _Quit:
        pass
    except EOFError:
        screen.say()
    except KeyboardInterrupt:
        screen.say()
        interrupted = True
    score = Score(tuple(marks), interrupted)
    for line, role in summary(score):
        screen.say(_fitted(line, screen.width), role)
    return score


class _Quit(Exception):
    """The word was typed."""


def _ask(question: Question, place: str, screen: Screen, before: list[Question]) -> Mark:
    topic = topic_words(question.topic)
    screen.say()
    screen.say(
        _fitted(f"{place}  {topic}, difficulty {question.difficulty}", screen.width), "title"
    )
    screen.say()
    for line in sheet(question._replace(number=int(place.partition("/")[0])), screen.width):
        screen.say(_fitted(line, screen.width))
    screen.say()
    screen.say(_fitted(f"Answer: {form(question.body)}.", screen.width), "quiet")
    while True:
        answer = screen.read("> ").strip()
        word = _ALSO.get(answer.lower(), answer.lower())
        if word == "quit":
            raise _Quit
        if word == "skip":
            screen.say(_fitted(f"Left out. The answer: {right(question.body)}.", screen.width))
            return Mark(Fraction(0))
        if word == "why" and before:
            _work(before[-1], screen)
        elif word == "why":
            text = "The working follows the answer; skip leaves the question out."
            screen.say(_fitted(text, screen.width), "quiet")
        elif word == "help":
            _help(question, screen)
        elif not answer:
            screen.say(_fitted("Type an answer, or skip, help or quit.", screen.width), "quiet")
        elif problem := unreadable(question.body, answer):
            screen.say(
                _fitted(
                    f"{problem[0].upper()}{problem[1:]}. Answer: {form(question.body)}.",
                    screen.width,
                ),
                "quiet",
            )
        else:
            found = mark(question, answer)
            for line, role in told(question, found):
                screen.say(_fitted(line, screen.width), role)
            return found


def told(question: Question, found: Mark) -> Iterator[tuple[str, str]]:
    """What is said of an answer, with the role of each line."""
    if found.right:
        yield "Right.", "right"
        return
    verdict = f"Partly right, {_percent(found.score)}." if found.score else "Wrong."
    first, *others = [wrong.feedback for wrong in dict.fromkeys(found.wrong)] or [""]
    yield f"{verdict} {first}".rstrip(), "wrong"
    yield from ((feedback, "wrong") for feedback in others)
    yield f"The answer: {right(question.body)}", ""


def _pause(prompt: str, question: Question, screen: Screen) -> None:
    """Until an empty line. What is no word of :data:`WORDS` goes on, too."""
    while True:
        answer = screen.read(prompt).strip().lower()
        word = _ALSO.get(answer, answer)
        if word == "quit":
            raise _Quit
        if word != "why":
            return
        _work(question, screen)


def _work(question: Question, screen: Screen) -> None:
    """The worked solution, and the command that computes the answer."""
    for line in plain.page(question.solution).strip("\n").split("\n"):
        screen.say(_fitted(line, screen.width))
    if question.command:
        screen.say(_fitted(f"  $ {question.command}", screen.width), "quiet")


def _help(question: Question, screen: Screen) -> None:
    screen.say(_fitted(f"Answer: {form(question.body)}. Or type", screen.width))
    for word, about in WORDS.items():
        screen.say(_fitted(f"    {word}: {about}", screen.width))


def summary(score: Score) -> Iterator[tuple[str, str]]:
    """The score by topic, and the misconceptions that showed, with the role of each line."""
    yield "", ""
    if not score.marks:
        yield "No question was answered.", "title"
        return
    rows = [(topic_words(topic), *of) for topic, of in score.by_topic().items()]
    points = sum((one.score for _, one in score.marks), Fraction(0))
    width = max(len(name) for name, _, _ in rows)
    yield (
        f"Score: {_decimal(points)} of {len(score.marks)}, {_percent(points / len(score.marks))}",
        "title",
    )
    for name, got, count in rows:
        yield f"    {name.ljust(width)}  {_decimal(got)} of {count}", ""
    if score.shown():
        yield "Look again at these:", "title"
    for text, times in score.shown():
        yield f"    You {text}{f' ({times} times)' if times > 1 else ''}.", ""


def _decimal(value: Fraction) -> str:
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _percent(value: Fraction) -> str:
    return f"{points(value, 1)} %"


def _fitted(text: str, width: int) -> str:
    """A line folded to the screen, its other lines as far in as the first."""
    if len(text) <= width:
        return text
    indent = len(text) - len(text.lstrip())
    lead = " " * min(indent + 3 * (text[indent + 1 : indent + 3] == ") "), max(width - 20, 0))
    return "\n".join(
        wrap(
            text,
            max(width, 10),
            subsequent_indent=lead,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
    )
