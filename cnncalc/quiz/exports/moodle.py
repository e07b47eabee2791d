"""Moodle XML, for the question bank: every type is Moodle's own, pictures and solutions inside.

Statements and tables are cloze questions, so that each part has its own mark and feedback; a
formula is a choice (Moodle compares letters, and would mark equivalent formulas wrong).
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import fragments
from cnncalc.quiz.exports.fallbacks import (
    ByType,
    asks,
    choice,
    decimal,
    numbers,
    reach,
    right,
    spellings,
)
from cnncalc.quiz.exports.fragments import inline, mistakes, prose
from cnncalc.quiz.model import (
    LETTERS,
    Matching,
    Numeric,
    Question,
    Single,
    Statement,
    Symbolic,
    Table,
    TrueFalse,
    Wrong,
    shown,
)
from cnncalc.quiz.registry import topic_words


def write(quiz: Quiz, key: bool) -> str:
    root = Element("quiz")
    root.append(ElementTree.Comment(f" {quiz.title} "))
    category = SubElement(SubElement(root, "question", type="category"), "category")
    _text(category, f"$course$/top/cnncalc/seed {quiz.seed}, variant {quiz.variant}")
    for question in quiz.questions:
        root.append(_BODIES[type(question.body)](question, question.body))
    ElementTree.indent(root, " ")
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _question(
    question: Question, type: str, gaps: str = "", beside: Iterable[tuple[str, Wrong]] = ()
) -> Element:
    """What all types have; ``gaps`` go after the stem, ``beside`` are said with the solution."""
    found = Element("question", type=type)
    _text(SubElement(found, "name"), question.id)
    stem = _html(found, "questiontext", fragments.stem(question, _place) + gaps)
    if question.picture:
        name = fragments.file_name(question)
        file = SubElement(stem, "file", name=name, path="/", encoding="base64")
        file.text = fragments.base64(question.picture)
    solution = fragments.solution(question.solution, fragments.tex)
    _html(found, "generalfeedback", solution + mistakes(beside) + fragments.command(question))
    for name, value in (
        ("defaultgrade", str(question.points)),
        ("penalty", "0.3333333"),
        ("hidden", "0"),
        ("idnumber", question.id),
    ):
        SubElement(found, name).text = value
    tags = SubElement(found, "tags")
    for tag in ("cnncalc", topic_words(question.topic), f"difficulty {question.difficulty}"):
        _text(SubElement(tags, "tag"), tag.replace(",", ";"))
    return found


def _place(question: Question) -> str:
    return f"@@PLUGINFILE@@/{fragments.file_name(question)}"


def _single(question: Question, body: Single) -> Element:
    found = _question(question, "multichoice")
    for name in ("single", "shuffleanswers"):
        SubElement(found, name).text = "true"
    SubElement(found, "answernumbering").text = "ABCD"
    for option in body.options:
        answer = _answer(found, inline(shown(option.value, body.unit)), not option.wrong, "html")
        _html(answer, "feedback", inline(option.feedback))
    return found


def _numeric(question: Question, body: Numeric) -> Element:
    found = _question(question, "numerical", prose(asks(body)))
    for value, said in [(body.value, right(body)), *numbers(body)]:
        answer = _answer(found, decimal(value), value == body.value, "moodle_auto_format")
        _html(answer, "feedback", inline(said))
        SubElement(answer, "tolerance").text = reach(body)
    return found


def _matching(question: Question, body: Matching) -> Element:
    beside = ((str(one.value), one) for one in body.others)
    found = _question(question, "matching", beside=beside)
    SubElement(found, "shuffleanswers").text = "true"
    for left, right_side in [
        *((pair.left, pair.right) for pair in body.pairs),
        *(("", str(one.value)) for one in body.others),
    ]:
        side = SubElement(found, "subquestion", format="html")
        _text(side, inline(left))
        _text(SubElement(side, "answer"), right_side)
    return found


def _symbolic(question: Question, body: Symbolic) -> Element:
    among = choice(body)
    if among:
        return _single(question, among)
    found = _question(question, "shortanswer")
    SubElement(found, "usecase").text = "1"
    for text in spellings(body):
        _answer(found, text.replace("*", r"\*"), True, "moodle_auto_format")
    return found


# Cloze: the answers stand in the text.


def _truefalse(question: Question, body: TrueFalse) -> Element:
    rows = []
    for letter, one in zip(LETTERS, body.statements):
        said = one.wrong.feedback if one.wrong else "Not right."
        options = [(word, None if is_so else said) for word, is_so in _said_of(one)]
        rows.append([letter, inline(one.text), _gap("MULTICHOICE", options)])
    return _question(question, "cloze", fragments.table(("", "statement", "true or false"), rows))


def _said_of(one: Statement) -> tuple[tuple[str, bool], ...]:
    return ("true", one.true), ("false", not one.true)


def _table(question: Question, body: Table) -> Element:
    gaps = list(map(_number, body.gaps))
    rows = body.filled(lambda number, gap: f"{_MARK}{number}")
    cells = [
        [gaps[int(cell[1:])] if cell.startswith(_MARK) else inline(cell) for cell in row]
        for row in rows
    ]
    return _question(question, "cloze", fragments.table(body.columns, cells))


#: Stands before a gap's number; no text has it.
_MARK = "\0"


def _number(gap: Numeric) -> str:
    wrong = [(f"{decimal(value)}:{reach(gap)}", said) for value, said in numbers(gap)]
    unit = f" {fragments.escape(gap.unit)}" if gap.unit else ""
    return _gap("NUMERICAL", [(f"{decimal(gap.value)}:{reach(gap)}", None), *wrong]) + unit


def _gap(kind: str, answers: Iterable[tuple[str, str | None]]) -> str:
    """``{1:NUMERICAL:=15:0#Right.~%0%16:0#You rounded up.}``: answers, and what is wrong with them."""
    parts = (
        f"{'%0%' if said else '='}{text}#{_cloze(inline(said or 'Right.'))}"
        for text, said in answers
    )
    return f"{{1:{kind}:{'~'.join(parts)}}}"


def _cloze(html: str) -> str:
    """Feedback in a gap: what has a meaning there is named by its number."""
    return "".join(f"&#{ord(one)};" if one in "{}~#\\" else one for one in html)


# Elements.


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text


def _html(parent: Element, name: str, html: str) -> Element:
    found = SubElement(parent, name, format="html")
    _text(found, html)
    return found


def _answer(parent: Element, text: str, is_right: bool, format: str) -> Element:
    found = SubElement(parent, "answer", fraction="100" if is_right else "0", format=format)
    _text(found, text)
    return found


_BODIES: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
