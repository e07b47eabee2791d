"""One page that checks answers itself: feedback, worked solutions, a score by topic.

It needs nothing else, no network and no server; so the answers are in it, which makes it a page to
practise with and not an exam.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape as attribute
from pathlib import Path
from typing import Any

from cnncalc.quiz.bodies import dotted
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import fragments
from cnncalc.quiz.exports.fallbacks import ByType, unmatched
from cnncalc.quiz.exports.fragments import escape, inline
from cnncalc.quiz.model import (
    LETTERS,
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
from cnncalc.render import mathml

_HERE = Path(__file__).parent


def write(quiz: Quiz, key: bool) -> str:
    style, script = (_HERE / f"page.{kind}" for kind in ("css", "js"))
    data = [
        {"topic": topic_words(one.topic), "parts": _PARTS[type(one.body)](one.body)}
        for one in quiz.questions
    ]
    return _PAGE.format(
        title=escape(quiz.title),
        style=style.read_text(encoding="utf-8"),
        script=script.read_text(encoding="utf-8"),
        count=len(quiz.questions),
        questions="\n".join(map(_question, quiz.questions)),
        data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    )


_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<a class="skip" href="#q1">To the questions</a>
<header>
<h1>Quiz</h1>
<p class="from">{title}</p>
<p class="print-only">Name: ______________________________</p>
<noscript><p>Answers are checked by a script, which this browser does not run.</p></noscript>
</header>
<main>
{questions}
</main>
<aside id="score" aria-labelledby="score-title">
<h2 id="score-title">Score</h2>
<p id="total" role="status">0 of {count}; 0 answered</p>
<table id="topics"><thead><tr><th scope="col">topic</th><th scope="col">score</th><th scope="col">answered</th></tr></thead><tbody></tbody></table>
<div id="mistakes"></div>
<p><button type="button" id="again">Start again</button></p>
</aside>
<script type="application/json" id="data">{data}</script>
<script>
{script}</script>
</body>
</html>
"""


def _question(question: Question) -> str:
    number, name = question.number, f"q{question.number}"
    about = f"{topic_words(question.topic)} · difficulty {question.difficulty}"
    solution = fragments.solution(question.solution, mathml.formula) + fragments.command(question)
    return "\n".join(
        [
            f'<section id="{name}" class="question" aria-labelledby="{name}-title">',
            f'<h2 id="{name}-title">Question {number} <small>{about}</small></h2>',
            fragments.stem(question, fragments.within),
            '<form novalidate autocomplete="off">',
            f'<fieldset><legend class="unseen">Answer to question {number}</legend>',
            _BODIES[type(question.body)](question.body, name),
            "</fieldset>",
            '<p class="check"><button type="submit">Check</button></p>',
            "</form>",
            '<div class="feedback" role="status"></div>',
            '<details class="solution" hidden><summary>Worked solution</summary>',
            f"{solution}</details>",
            "</section>",
        ]
    )


# What is shown, by type: the fields of part i are called NAME-i.


def _single(body: Single, name: str) -> str:
    return "".join(
        f'<label class="option"><input type="radio" name="{name}-0" value="{letter}"> '
        f"<b>{letter}</b> {inline(shown(option.value, body.unit))}</label>"
        for letter, option in zip(LETTERS, body.options)
    )


def _truefalse(body: TrueFalse, name: str) -> str:
    rows = [
        [
            f"<b>{letter}</b> {inline(one.text)}",
            *(
                f'<label><input type="radio" name="{name}-{i}" value="{word}" '
                f'aria-label="{letter}: {word}"></label>'
                for word in ("true", "false")
            ),
        ]
        for i, (letter, one) in enumerate(zip(LETTERS, body.statements))
    ]
    return fragments.table(("statement", "true", "false"), rows)


def _numeric(body: Numeric, name: str) -> str:
    within = f" (within {shown(body.tolerance)})" if body.tolerance else ""
    return f"<label>Answer: {_entry(f'{name}-0')} {escape(body.unit + within)}</label>"


def _matching(body: Matching, name: str) -> str:
    options = "".join(
        f'<option value="{letter}">{letter}) {escape(one)}</option>'
        for letter, one in zip(LETTERS, body.choices)
    )
    rows = [
        [
            inline(pair.left),
            f'<select name="{name}-{i}" aria-label="{attribute(pair.left)}">'
            f'<option value="">–</option>{options}</select>',
        ]
        for i, pair in enumerate(body.pairs)
    ]
    choices = "".join(
        f"<p><b>{letter}</b> {inline(one)}</p>" for letter, one in zip(LETTERS, body.choices)
    )
    return f'{fragments.table(("", "goes with"), rows)}<div class="choices">{choices}</div>'


def _table(body: Table, name: str) -> str:
    rows = body.filled(
        lambda number, gap: (
            f"<label>({number + 1}) {_entry(f'{name}-{number}', 7)} {escape(gap.unit)}</label>"
        )
    )
    cells = [
        [text if isinstance(cell, Numeric) else inline(text) for text, cell in zip(texts, row)]
        for texts, row in zip(rows, body.rows)
    ]
    return fragments.table(body.columns, cells)


def _symbolic(body: Symbolic, name: str) -> str:
    return f"<label>Formula in {escape(', '.join(body.symbols))}: {_entry(f'{name}-0', 30)}</label>"


def _entry(name: str, size: int = 12) -> str:
    return f'<input type="text" name="{name}" size="{size}" spellcheck="false">'


# What is checked: a part for each thing that is answered.


def _part(kind: str, label: str, right: str, key: str, wrong: Iterable[tuple[str, Wrong]]) -> Any:
    """``right`` is how the script knows the right answer, ``key`` how it says it."""
    said = [[value, one.feedback, one.text] for value, one in wrong]
    return {"kind": kind, "label": label, "right": right, "key": key, "wrong": said}


def _single_parts(body: Single) -> list[Any]:
    wrong = [(letter, one.wrong) for letter, one in zip(LETTERS, body.options) if one.wrong]
    key = f"{body.key}: {shown(body.options[body.at].value, body.unit)}"
    return [_part("choice", "", body.key, key, wrong)]


def _truefalse_parts(body: TrueFalse) -> list[Any]:
    words = {True: "true", False: "false"}
    return [
        _part(
            "choice",
            letter,
            words[one.true],
            words[one.true],
            [(words[not one.true], one.wrong)] if one.wrong else [],
        )
        for letter, one in zip(LETTERS, body.statements)
    ]


def _matching_parts(body: Matching) -> list[Any]:
    return [
        _part(
            "choice",
            pair.left,
            key,
            f"{key}: {pair.right}",
            [
                (letter, unmatched(one, body))
                for letter, one in zip(LETTERS, body.choices)
                if one != pair.right
            ],
        )
        for key, pair in zip(body.key, body.pairs)
    ]


def _number_part(body: Numeric, label: str = "") -> Any:
    wrong = [(str(one.value), one) for one in body.wrong if not isinstance(one.value, str)]
    part = _part("number", label, str(body.value), body.key, wrong)
    return part | {"unit": body.unit, "tolerance": str(body.tolerance)}


def _table_parts(body: Table) -> list[Any]:
    return [_number_part(gap, f"({i})") for i, gap in enumerate(body.gaps, 1)]


def _symbolic_parts(body: Symbolic) -> list[Any]:
    wrong = [(str(one.value), one) for one in body.wrong]
    part = _part("formula", "", body.value, dotted(body.value), wrong)
    return [part | {"symbols": [*body.symbols]}]


_BODIES: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
_PARTS: ByType = {
    Single: _single_parts,
    TrueFalse: _truefalse_parts,
    Numeric: lambda body: [_number_part(body)],
    Matching: _matching_parts,
    Table: _table_parts,
    Symbolic: _symbolic_parts,
}
