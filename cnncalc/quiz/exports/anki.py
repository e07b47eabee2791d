"""Cards for Anki: tab-separated text, the question in front, the answer and its working behind.

Importing again updates the cards, by their identifiers. Every type is a question with its answer;
pictures are inside, formulas are for the MathJax that Anki has.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from cnncalc.quiz.bodies import dotted
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import fragments
from cnncalc.quiz.exports.fallbacks import ByType
from cnncalc.quiz.exports.fragments import escape, inline, items, mistakes
from cnncalc.quiz.model import (
    LETTERS,
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    shown,
)


def write(quiz: Quiz, key: bool) -> str:
    output = StringIO()
    output.write("#separator:tab\n#html:true\n#notetype:Basic\n")
    output.write("#deck:CNN\n#columns:guid\tFront\tBack\tTags\n#guid column:1\n#tags column:4\n")
    rows = csv.writer(output, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    for question in quiz.questions:
        rows.writerow([question.id, _front(question), _back(question), _tags(question)])
    return output.getvalue()


def _front(question: Question) -> str:
    asked = fragments.stem(question, fragments.within)
    return _on_one_line(asked + _ASKED[type(question.body)](question.body))


def _back(question: Question) -> str:
    answer = _ANSWERS[type(question.body)](question.body)
    solution = fragments.solution(question.solution, fragments.tex)
    wrong = mistakes(question.body.mistakes())
    return _on_one_line(answer + solution + wrong + fragments.command(question))


def _on_one_line(html: str) -> str:
    return html.replace("\n", "<br/>")


def _tags(question: Question) -> str:
    topic = question.topic.replace(" ", "_")
    return f"cnncalc {topic} difficulty::{question.difficulty} {question.template}"


# What is asked.


def _asked_single(body: Single) -> str:
    return _lettered(shown(option.value, body.unit) for option in body.options)


def _asked_truefalse(body: TrueFalse) -> str:
    return f"<p>True or false?</p>{_lettered(one.text for one in body.statements)}"


def _asked_numeric(body: Numeric) -> str:
    return f"<p>In {escape(body.unit)}.</p>" if body.unit else ""


def _asked_matching(body: Matching) -> str:
    return items(inline(pair.left) for pair in body.pairs) + _lettered(body.choices)


def _asked_table(body: Table) -> str:
    rows = body.filled(lambda number, gap: f"({number + 1})")
    return fragments.table(body.columns, [list(map(inline, row)) for row in rows])


def _asked_symbolic(body: Symbolic) -> str:
    return f"<p>A formula in {escape(', '.join(body.symbols))}.</p>"


# The answers.


def _single(body: Single) -> str:
    return _strong(f"{body.key}) {shown(body.options[body.at].value, body.unit)}")


def _truefalse(body: TrueFalse) -> str:
    return _lettered("true" if one.true else "false" for one in body.statements)


def _numeric(body: Numeric) -> str:
    within = f" (within {shown(body.tolerance)})" if body.tolerance else ""
    return _strong(body.key + within)


def _matching(body: Matching) -> str:
    pairs = zip(body.key, body.pairs)
    return items(f"{inline(pair.left)}: {letter}) {inline(pair.right)}" for letter, pair in pairs)


def _table(body: Table) -> str:
    rows = [
        [
            f"<strong>{cell.key}</strong>" if isinstance(cell, Numeric) else inline(cell)
            for cell in row
        ]
        for row in body.rows
    ]
    return fragments.table(body.columns, rows)


def _symbolic(body: Symbolic) -> str:
    return _strong(dotted(body.value))


def _strong(text: str) -> str:
    return f"<p><strong>{inline(text)}</strong></p>"


def _lettered(texts: Iterable[str]) -> str:
    """Options with their letters, which a list without style would number."""
    return "".join(f"<p>{letter}) {inline(text)}</p>" for letter, text in zip(LETTERS, texts))


_ASKED: ByType = {
    Single: _asked_single,
    TrueFalse: _asked_truefalse,
    Numeric: _asked_numeric,
    Matching: _asked_matching,
    Table: _asked_table,
    Symbolic: _asked_symbolic,
}
_ANSWERS: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
