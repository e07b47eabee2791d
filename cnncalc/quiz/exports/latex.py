"""A sheet for LaTeX's ``exam`` class; with ``key`` the class prints the answers and solutions.

One file needs no other: pictures are drawn by TikZ. Sheet and key differ in the option ``answers``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cnncalc.quiz.bodies import dotted
from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports.fallbacks import ByType
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
\usepackage{{amsmath,amssymb,array,tabularx}}
\usepackage{{tikz}}
\allowdisplaybreaks
\sloppy
\setlength{{\parindent}}{{0pt}}
\renewcommand{{\arraystretch}}{{1.3}}
\CorrectChoiceEmphasis{{\bfseries}}
\setlength{{\answerlinelength}}{{5cm}}
\setlength{{\answerclearance}}{{3pt}}
\newcolumntype{{Y}}{{>{{\raggedright\arraybackslash}}X}}
% Lines as they are; what is too long hangs below its start.
\newenvironment{{listing}}
  {{\list{{}}{{\leftmargin4em\itemindent-2em\labelwidth0pt\labelsep0pt\parsep0pt}}\item\relax
   \ttfamily\raggedright\setlength{{\parindent}}{{-2em}}}}
  {{\endlist}}
% The box to tick, which the key ticks, and the other one.
\newcommand{{\yes}}{{\ifprintanswers$\boxtimes$\else$\square$\fi}}
\newcommand{{\no}}{{$\square$}}
\pagestyle{{headandfoot}}
\header{{{title}}}{{}}{{{right}}}
\footer{{}}{{\thepage}}{{}}
\begin{{document}}
{points}
\begin{{questions}}
"""
#: Questions in a row of the table of points, and the most questions that have such a table.
_COLUMNS, _MOST = 10, 60
_TAIL = "\\end{questions}\n\\end{document}\n"
#: Ends a paragraph where no page may end.
_TOGETHER = "\\par\\nopagebreak"


def write(quiz: Quiz, key: bool) -> str:
    head = _HEAD.format(
        title=escape(quiz.title),
        answers=",answers" if key else "",
        points=_points(len(quiz.questions)),
        right="Key" if key else r"Name: \rule{5cm}{0.4pt}",
    )
    lines = [line for question in quiz.questions for line in _question(question)]
    return head + "\n".join(lines) + "\n" + _TAIL


def _points(questions: int) -> str:
    """A table to enter points in; one of very many questions would not fit on the page."""
    if questions > _MOST:
        return r"\numquestions{} questions, \numpoints{} points."
    rows = -(-questions // _COLUMNS)
    return rf"\begin{{center}}\multirowgradetable{{{rows}}}[questions]\end{{center}}"


def _question(question: Question) -> Iterator[str]:
    yield ""
    yield f"% {question.id}"
    yield rf"\question[{question.points}]"
    yield r"\begin{samepage}"
    for paragraph in spans(question.stem):
        lines = block(paragraph)
        yield _inline_of(paragraph) if lines is None else _listing(lines)
        yield _TOGETHER
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


def _listing(text: str) -> str:
    """Lines as they are, with their spaces; but a line may be broken where it has a single one."""
    lines = [re.sub("  +", lambda some: "~" * len(some[0]), escape(x)) for x in text.split("\n")]
    inside = f"\n{_TOGETHER}\n".join(line or "~" for line in lines)
    return f"\\begin{{listing}}\n{inside}\n\\end{{listing}}"


def _inline(text: str) -> str:
    return "".join(map(_inline_of, spans(text)))


def _inline_of(paragraph: list[tuple[bool, str]]) -> str:
    return "".join(_code(text) if code else _raised(text) for code, text in paragraph)


def _raised(text: str) -> str:
    """Text, with the exponents of formulas where they belong."""
    parts = re.split(r"(?<=[\w)])\^(\d+)", text)
    return "".join(f"$^{{{part}}}$" if i % 2 else escape(part) for i, part in enumerate(parts))


def _mistakes(question: Question) -> Iterator[str]:
    found = list(question.body.mistakes())
    if found:
        yield r"\begin{itemize}\setlength{\itemsep}{0pt}"
        for answer, wrong in found:
            yield rf"\item {_inline(answer)}: {_inline(wrong.feedback)}"
        yield r"\end{itemize}"


def _single(body: Single) -> Iterator[str]:
    yield r"\begin{choices}"
    for option in body.options:
        command = r"\choice" if option.wrong else r"\CorrectChoice"
        yield rf"{command} {_inline(shown(option.value, body.unit))}"
    yield r"\end{choices}"


def _truefalse(body: TrueFalse) -> Iterator[str]:
    rows = [
        [f"{letter}.", _inline(one.text), *((r"\yes", r"\no") if one.true else (r"\no", r"\yes"))]
        for letter, one in zip(LETTERS, body.statements)
    ]
    yield from _tabular("rYcc", [["", "", "true", "false"], *rows])


def _numeric(body: Numeric) -> Iterator[str]:
    if body.unit:
        yield f"Answer in {escape(body.unit)}."
    if body.tolerance:
        yield f"(Within {escape(shown(body.tolerance))}.)"
    yield rf"\answerline[{escape(body.key)}]"


def _matching(body: Matching) -> Iterator[str]:
    lefts = [
        [rf"\fillin[{letter}][2em]", _inline(pair.left)]
        for letter, pair in zip(body.key, body.pairs)
    ]
    rights = [[f"{letter}.", _inline(one)] for letter, one in zip(LETTERS, body.choices)]
    lefts += [["", ""]] * (len(rights) - len(lefts))
    yield from _tabular("lYrY", [left + right for left, right in zip(lefts, rights)])


def _table(body: Table) -> Iterator[str]:
    width = max(5, *(0.65 * len(gap.key) for gap in body.gaps))  # em: the key prints into it
    rows = body.filled(
        lambda number, gap: rf"({number + 1})~\fillin[{escape(gap.key)}][{width:.3g}em]"
    )
    cells = [
        [text if isinstance(cell, Numeric) else _inline(text) for text, cell in zip(texts, row)]
        for texts, row in zip(rows, body.rows)
    ]
    columns = "Y" + "l" * (len(body.columns) - 1)
    heads = [escape(column) for column in body.columns]
    yield from _tabular(columns, [heads, *cells], lines=True)


def _symbolic(body: Symbolic) -> Iterator[str]:
    yield f"A formula in {escape(', '.join(body.symbols))}."
    yield rf"\answerline[{_raised(dotted(body.value))}]"


def _tabular(columns: str, rows: Iterable[Iterable[str]], lines: bool = False) -> Iterator[str]:
    rule = r" \hline" if lines else ""
    yield rf"\begin{{tabularx}}{{\linewidth}}{{@{{}}{columns}@{{}}}}{rule}"
    for row in rows:
        yield " & ".join(row) + r" \\" + rule
    yield r"\end{tabularx}"
    yield ""


_BODIES: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
