"""Items of QTI 2.1: a question each, with its scoring and its feedback.

Statements and pairs are matched, tables have their gaps inside, a formula is a choice. Feedback
names the mistakes, and the solution follows the answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from html import escape as attribute
from typing import NamedTuple

from cnncalc.quiz.exports import fragments
from cnncalc.quiz.exports.fallbacks import (
    ByType,
    asks,
    choice,
    decimal,
    numbers,
    reach,
    spellings,
    unmatched,
)
from cnncalc.quiz.exports.fragments import escape, inline, prose
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
from cnncalc.render import mathml

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
SCHEMA = "http://www.w3.org/2001/XMLSchema-instance"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


class _Response(NamedTuple):
    """What is answered: how it is declared, the expression that it is right, and its mistakes.

    Where only points say how much is right, ``scored`` is the expression of these points. A mistake
    is the expression that it was made, and what is said of it.
    """

    declared: str
    right: str = ""
    scored: str = ""
    mistakes: tuple[tuple[str, str], ...] = ()


class _Body(NamedTuple):
    asked: str
    responses: tuple[_Response, ...]


def item(question: Question) -> str:
    """The file of a question."""
    body: _Body = _BODIES[type(question.body)](question.body, question.points)
    share = decimal(Fraction(question.points, len(body.responses)))
    said = [one for response in body.responses for one in response.mistakes]
    solution = fragments.solution(question.solution, mathml.formula) + fragments.command(question)
    lines = [
        f'<assessmentItem xmlns="{QTI}" xmlns:xsi="{SCHEMA}" xsi:schemaLocation="{QTI} '
        f'http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd" identifier="{question.id}" '
        f'title="{question.id}" adaptive="false" timeDependent="false" toolName="cnncalc">',
        *(response.declared for response in body.responses),
        _outcome("SCORE", "0"),
        _outcome("MAXSCORE", str(question.points)),
        '<outcomeDeclaration identifier="SAID" cardinality="multiple" baseType="identifier"/>',
        f"<itemBody>{fragments.stem(question, fragments.file_name)}{body.asked}</itemBody>",
        "<responseProcessing>",
        *(_rule(response, share) for response in body.responses),
        *(_if(when, _say(f"M{i}")) for i, (when, _) in enumerate(said, 1)),
        _say("SOLUTION"),
        "</responseProcessing>",
        *(_feedback(f"M{i}", f"<p>{inline(text)}</p>") for i, (_, text) in enumerate(said, 1)),
        _feedback("SOLUTION", solution),
        "</assessmentItem>\n",
    ]
    return HEAD + "\n".join(lines)


# Bodies; each gets what the question is worth.


def _single(body: Single, worth: int) -> _Body:
    options = list(zip(LETTERS, body.options))
    asked = "".join(
        f'<simpleChoice identifier="{letter}">{inline(shown(option.value, body.unit))}'
        "</simpleChoice>"
        for letter, option in options
    )
    response = _Response(
        _declared("RESPONSE", "single", "identifier", [body.key]),
        f'<match>{_variable("RESPONSE")}<correct identifier="RESPONSE"/></match>',
        mistakes=tuple(
            (f"<match>{_variable('RESPONSE')}{_value('identifier', letter)}</match>", one.feedback)
            for letter, one in options
            if one.wrong
        ),
    )
    interaction = 'choiceInteraction responseIdentifier="RESPONSE" shuffle="true" maxChoices="1"'
    return _Body(f"<{interaction}>{asked}</choiceInteraction>", (response,))


def _truefalse(body: TrueFalse, worth: int) -> _Body:
    lefts = [one.text for one in body.statements]
    rights = {"T": "true", "F": "false"}
    said = [
        (f"S{i} {'F' if one.true else 'T'}", one.wrong.feedback)
        for i, one in enumerate(body.statements, 1)
        if one.wrong
    ]
    return _matched(lefts, rights, body.key, said, worth)


def _matching(body: Matching, worth: int) -> _Body:
    lefts = [pair.left for pair in body.pairs]
    rights = dict(zip(LETTERS, body.choices))
    said = [
        (f"S{i} {letter}", unmatched(one, body).feedback)
        for i, pair in enumerate(body.pairs, 1)
        for letter, one in rights.items()
        if one != pair.right
    ]
    return _matched(lefts, rights, body.key, said, worth)


def _matched(
    lefts: list[str], rights: dict[str, str], key: str, said: list[tuple[str, str]], worth: int
) -> _Body:
    """Each left side with one of the right ones; a pair that is right has its share of points."""
    pairs = [f"S{i} {letter}" for i, letter in enumerate(key, 1)]
    share = decimal(Fraction(worth, len(pairs)))
    sides = ({f"S{i}": left for i, left in enumerate(lefts, 1)}, rights)
    sets = "".join(
        f"<simpleMatchSet>{''.join(_associable(*one, most) for one in side.items())}"
        "</simpleMatchSet>"
        for side, most in zip(sides, (1, 0))
    )
    response = _Response(
        _declared("RESPONSE", "multiple", "directedPair", pairs, dict.fromkeys(pairs, share)),
        scored='<mapResponse identifier="RESPONSE"/>',
        mistakes=tuple(
            (f"<member>{_value('directedPair', pair)}{_variable('RESPONSE')}</member>", text)
            for pair, text in said
        ),
    )
    interaction = (
        f'matchInteraction responseIdentifier="RESPONSE" shuffle="false" '
        f'maxAssociations="{len(pairs)}"'
    )
    return _Body(f"<{interaction}>{sets}</matchInteraction>", (response,))


def _associable(identifier: str, text: str, most: int) -> str:
    return (
        f'<simpleAssociableChoice identifier="{identifier}" matchMax="{most}">{inline(text)}'
        "</simpleAssociableChoice>"
    )


def _numeric(body: Numeric, worth: int) -> _Body:
    entry = f"<p>{_entry('RESPONSE', body.unit)}</p>"
    return _Body(prose(asks(body._replace(unit=""))) + entry, (_number("RESPONSE", body),))


def _table(body: Table, worth: int) -> _Body:
    rows = body.filled(lambda number, gap: _entry(f"RESPONSE_{number + 1}", gap.unit))
    cells = [
        [text if isinstance(cell, Numeric) else inline(text) for text, cell in zip(texts, row)]
        for texts, row in zip(rows, body.rows)
    ]
    responses = (_number(f"RESPONSE_{i}", gap) for i, gap in enumerate(body.gaps, 1))
    return _Body(fragments.table(body.columns, cells), tuple(responses))


def _number(name: str, gap: Numeric) -> _Response:
    def equal(first: str) -> str:
        off = reach(gap)
        mode = f'toleranceMode="absolute" tolerance="{off} {off}"'
        mode = 'toleranceMode="exact"' if off == "0" else mode
        return f"<equal {mode}>{first}{_variable(name)}</equal>"

    return _Response(
        _declared(name, "single", "float", [decimal(gap.value)]),
        equal(f'<correct identifier="{name}"/>'),
        mistakes=tuple(
            (equal(_value("float", decimal(value))), said) for value, said in numbers(gap)
        ),
    )


def _entry(name: str, unit: str = "", length: int = 12) -> str:
    entry = f'<textEntryInteraction responseIdentifier="{name}" expectedLength="{length}"/>'
    return f"{entry} {escape(unit)}".rstrip()


def _symbolic(body: Symbolic, worth: int) -> _Body:
    among = choice(body)
    if among:
        return _single(among, worth)
    known = dict.fromkeys(spellings(body), str(worth))
    response = _Response(
        _declared("RESPONSE", "single", "string", [body.value], known),
        scored='<mapResponse identifier="RESPONSE"/>',
    )
    return _Body(f"<p>{_entry('RESPONSE', length=40)}</p>", (response,))


# Elements.


def _declared(
    name: str, many: str, base: str, values: Iterable[str], worth: dict[str, str] | None = None
) -> str:
    right = "".join(f"<value>{escape(value)}</value>" for value in values)
    entries = "".join(
        f'<mapEntry mapKey="{attribute(value)}" mappedValue="{share}"/>'
        for value, share in (worth or {}).items()
    )
    mapping = f'<mapping defaultValue="0">{entries}</mapping>' if entries else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{many}" baseType="{base}">'
        f"<correctResponse>{right}</correctResponse>{mapping}</responseDeclaration>"
    )


def _outcome(name: str, value: str) -> str:
    return (
        f'<outcomeDeclaration identifier="{name}" cardinality="single" baseType="float">'
        f"<defaultValue><value>{value}</value></defaultValue></outcomeDeclaration>"
    )


def _rule(response: _Response, share: str) -> str:
    if response.scored:
        return _set("SCORE", f"<sum>{_variable('SCORE')}{response.scored}</sum>")
    return _if(
        response.right, _set("SCORE", f"<sum>{_variable('SCORE')}{_value('float', share)}</sum>")
    )


def _say(identifier: str) -> str:
    more = f"<multiple>{_variable('SAID')}{_value('identifier', identifier)}</multiple>"
    return _set("SAID", more)


def _if(when: str, then: str) -> str:
    return f"<responseCondition><responseIf>{when}{then}</responseIf></responseCondition>"


def _set(name: str, value: str) -> str:
    return f'<setOutcomeValue identifier="{name}">{value}</setOutcomeValue>'


def _variable(name: str) -> str:
    return f'<variable identifier="{name}"/>'


def _value(base: str, value: str) -> str:
    return f'<baseValue baseType="{base}">{escape(value)}</baseValue>'


def _feedback(identifier: str, html: str) -> str:
    return (
        f'<modalFeedback outcomeIdentifier="SAID" identifier="{identifier}" showHide="show">'
        f"{html}</modalFeedback>"
    )


_BODIES: ByType = {
    Single: _single,
    TrueFalse: _truefalse,
    Numeric: _numeric,
    Matching: _matching,
    Table: _table,
    Symbolic: _symbolic,
}
