"""GIFT, the text format that Moodle and many others import.

Statements are matched with "true" and "false"; GIFT has no tables, so each gap is a question of its
own; a formula is a choice. Pictures stand in the text as data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import fragments
from cnncalc.quiz.exports.fallbacks import (
    ByType,
    asks,
    choice,
    decimal,
    gaps,
    numbers,
    reach,
    right,
    spellings,
)
from cnncalc.quiz.exports.fragments import inline, mistakes, prose
from cnncalc.quiz.model import (
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    Wrong,
    shown,
)
from cnncalc.quiz.registry import topic_words


def write(quiz: Quiz, key: bool) -> str:
    lines = [
        f"// {quiz.title}",
        "",
        f"$CATEGORY: $course$/top/cnncalc/seed {quiz.seed}, variant {quiz.variant}",
        "",
    ]
    for question in quiz.questions:
        lines += _BODIES[type(question.body)](question, question.body)
    return "\n".join(lines)


def _question(
    question: Question,
    answers: Iterable[str],
    more: str = "",
    id: str = "",
    beside: Iterable[tuple[str, Wrong]] = (),
    start: str = "",
) -> Iterator[str]:
    """``more`` goes after the stem, ``beside`` is said with the solution."""
    id = id or question.id
    yield f"// [id:{id}] [tag:{topic_words(question.topic)}] [tag:difficulty {question.difficulty}]"
    stem = fragments.stem(question, fragments.within) + more
    yield f"::{_escape(id)}::[html]{_escape(stem)}{{{start}"
    yield from (f"  {answer}" for answer in answers)
    solution = fragments.solution(question.solution, fragments.tex)
    yield f"  ####{_escape(solution + mistakes(beside) + fragments.command(question))}"
    yield "}"
    yield ""


def _single(question: Question, body: Single) -> Iterator[str]:
    answers = (
        f"{'~' if option.wrong else '='}{_escape(inline(shown(option.value, body.unit)))}"
        f"#{_escape(inline(option.feedback))}"
        for option in body.options
    )
    return _question(question, answers)


def _truefalse(question: Question, body: TrueFalse) -> Iterator[str]:
    answers = (_pair(inline(one.text), "true" if one.true else "false") for one in body.statements)
    beside = ((one.text, one.wrong) for one in body.statements if one.wrong)
    return _question(question, answers, beside=beside)


def _matching(question: Question, body: Matching) -> Iterator[str]:
    pairs = [_pair(inline(pair.left), pair.right) for pair in body.pairs]
    others = [_pair("", str(one.value)) for one in body.others]
    beside = ((str(one.value), one) for one in body.others)
    return _question(question, pairs + others, beside=beside)


def _pair(left: str, right: str) -> str:
    """The first arrow parts them, so the left side has none."""
    return f"={_escape(left.replace('-&gt;', '→'))} -> {_escape(right)}"


def _numeric(question: Question, body: Numeric) -> Iterator[str]:
    return _question(question, _values(body), prose(asks(body)), start="#")


def _values(body: Numeric) -> Iterator[str]:
    off = reach(body)
    yield f"={decimal(body.value)}:{off}#{_escape(inline(right(body)))}"
    for value, said in numbers(body):
        yield f"=%0%{decimal(value)}:{off}#{_escape(inline(said))}"


def _table(question: Question, body: Table) -> Iterator[str]:
    rows = body.filled(lambda number, gap: f"({number + 1}) {gap.unit}".rstrip())
    table = fragments.table(body.columns, [list(map(inline, row)) for row in rows])
    for part in gaps(question, body):
        assert isinstance(part.body, Numeric)
        more = f"{table}<p>{part.asks}</p>"
        yield from _question(question, _values(part.body), more, part.id, start="#")


def _symbolic(question: Question, body: Symbolic) -> Iterator[str]:
    among = choice(body)
    if among:
        return _single(question, among)
    return _question(question, (f"={_escape(text)}" for text in spellings(body)))


def _escape(text: str) -> str:
    """What GIFT reads as its own is escaped; a line break would end the question if doubled."""
    for character in "\\~=#{}:":
        text = text.replace(character, "\\" + character)
    return text.replace("\n", "\\n")


_BODIES: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
