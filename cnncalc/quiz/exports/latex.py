"""A sheet for LaTeX's ``exam`` class; with ``key`` the class prints the answers and solutions.

One file needs no other: pictures are drawn by TikZ. Sheet and key differ in the option ``answers``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cnncalc.quiz.bodies import dotted
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports.fallbacks import ByType, points
from cnncalc.quiz.model import (
    LETTERS,
    Matching,
    Numeric,
    Question,
    Single,
    Symbolic,
    Table,
    TrueFalse,
    block,
    shown,
    spans,
)
from cnncalc.render.drawing.tikz import tikz
from cnncalc.render.latex import escape, lines_of

_HEAD = r"""% {title}
% Run pdflatex twice, so that the table of points is right.
\documentclass[11pt,a4paper,addpoints{answers}]{{exam}}
\usepackage[utf8]{{inputenc}}
\usepackage{{amsmath,amssymb,array}}
\usepackage{{tikz}}
\allowdisplaybreaks
\sloppy
\setlength{{\parindent}}{{0pt}}
\renewcommand{{\arraystretch}}{{1.3}}
\CorrectChoiceEmphasis{{\bfseries}}
\setlength{{\answerlinelength}}{{5cm}}
\setlength{{\answerclearance}}{{3pt}}
\newcolumntype{{L}}[1]{{>{{\raggedright\arraybackslash}}p{{#1\linewidth}}}}
% The box to tick, which the key ticks, and the other one.
\newcommand{{\yes}}{{\ifprintanswers$\boxtimes$\else$\square$\fi}}
\newcommand{{\no}}{{$\square$}}
\pagestyle{{headandfoot}}
\header{{{title}}}{{}}{{{right}}}
\footer{{}}{{\thepage}}{{}}
\begin{{document}}
\begin{{center}}\multirowgradetable{{{rows}}}[questions]\end{{center}}
\begin{{questions}}
"""
#: Questions in a row of the table of points.
_COLUMNS = 10
_TAIL = "\\end{questions}\n\\end{document}\n"


def write(quiz: Quiz, key: bool) -> str:
    head = _HEAD.format(
        title=escape(quiz.title),
        answers=",answers" if key else "",
        rows=-(-len(quiz.questions) // _COLUMNS),
        right="Key" if key else r"Name: \rule{5cm}{0.4pt}",
    )
    lines = [line for question in quiz.questions for line in _question(question)]
    return head + "\n".join(lines) + "\n" + _TAIL


def _question(question: Question) -> Iterator[str]:
    yield ""
    yield f"% {question.id}"
    yield rf"\question[{points(question)}]"
    yield r"\begin{samepage}"
    for paragraph in spans(question.stem):
        lines = block(paragraph)
        if lines is None:
            yield "".join(_code(text) if code else escape(text) for code, text in paragraph)
        else:
            yield rf"\begin{{quote}}\ttfamily {_lines(lines)}\end{{quote}}"
        yield ""
    if question.picture:
        yield rf"\begin{{center}}{tikz(question.picture)}\end{{center}}"
    yield from _BODIES[type(question.body)](question.body)
    yield r"\end{samepage}"
    yield r"\begin{solution}"
    for section in question.solution.sections:
        yield from lines_of(section, r"\textbf")
    yield from _mistakes(question)
    yield r"\end{solution}"


def _code(text: str) -> str:
    return rf"\texttt{{{escape(text)}}}"


def _lines(text: str) -> str:
    """Lines as they are, with their spaces."""
    return "\\\\\n".join(escape(line).replace(" ", "~") or "~" for line in text.split("\n"))


def _inline(text: str) -> str:
    pieces = (piece for paragraph in spans(text) for piece in paragraph)
    return "".join(_code(piece) if code else escape(piece) for code, piece in pieces)


def _mistakes(question: Question) -> Iterator[str]:
    found = list(dict.fromkeys(question.body.wrongs()))
    if found:
        yield r"\begin{itemize}"
        for wrong in found:
            yield rf"\item {_inline(shown(wrong.value).rstrip('.'))}: {_inline(wrong.feedback)}"
        yield r"\end{itemize}"


def _single(body: Single) -> Iterator[str]:
    yield r"\begin{choices}"
    for option in body.options:
        command = r"\choice" if option.wrong else r"\CorrectChoice"
        yield rf"{command} {_inline(shown(option.value, body.unit))}"
    yield r"\end{choices}"


def _truefalse(body: TrueFalse) -> Iterator[str]:
    rows = [
        [
            f"{letter}) {_inline(one.text)}",
            *((r"\yes", r"\no") if one.true else (r"\no", r"\yes")),
        ]
        for letter, one in zip(LETTERS, body.statements)
    ]
    yield from _tabular(r"L{0.72}cc", [["", "true", "false"], *rows])


def _numeric(body: Numeric) -> Iterator[str]:
    if body.unit:
        yield f"Answer in {escape(body.unit)}."
    if body.tolerance:
        yield f"(Within {escape(shown(body.tolerance))}.)"
    yield rf"\answerline[{escape(body.key)}]"


def _matching(body: Matching) -> Iterator[str]:
    lefts = [
        rf"\fillin[{letter}][2em] {_inline(pair.left)}"
        for letter, pair in zip(body.key, body.pairs)
    ]
    rights = [f"{letter}) {_inline(one)}" for letter, one in zip(LETTERS, body.choices)]
    lefts += [""] * (len(rights) - len(lefts))
    yield from _tabular(r"L{0.46}L{0.46}", zip(lefts, rights))


def _table(body: Table) -> Iterator[str]:
    rows = body.filled(lambda number, gap: rf"({number + 1})~\fillin[{escape(gap.key)}][5em]")
    cells = [
        [text if isinstance(cell, Numeric) else _inline(text) for text, cell in zip(texts, row)]
        for texts, row in zip(rows, body.rows)
    ]
    columns = r"L{0.4}" + "l" * (len(body.columns) - 1)
    heads = [escape(column) for column in body.columns]
    yield from _tabular(columns, [heads, *cells], lines=True)


def _symbolic(body: Symbolic) -> Iterator[str]:
    yield f"A formula in {escape(', '.join(body.symbols))}."
    yield rf"\answerline[{escape(dotted(body.value))}]"


def _tabular(columns: str, rows: Iterable[Iterable[str]], lines: bool = False) -> Iterator[str]:
    rule = r" \hline" if lines else ""
    yield ""
    yield rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}{rule}"
    for row in rows:
        yield " & ".join(row) + r" \\" + rule
    yield r"\end{tabular}"
    yield ""


_BODIES: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
