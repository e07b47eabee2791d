"""A package in QTI 2.1: an item for each question, a test of all of them, pictures as files."""

from __future__ import annotations

from html import escape
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from cnncalc.quiz.exam import Quiz
from cnncalc.quiz.exports import fragments
from cnncalc.quiz.exports.qti_items import HEAD, QTI, SCHEMA, item

_PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
#: When all files of a package are from. They are not compressed either, which versions of zlib do
#: differently: the same quiz has the same bytes.
_DATE = (1980, 1, 1, 0, 0, 0)


def write(quiz: Quiz, key: bool) -> bytes:
    found = {"imsmanifest.xml": _manifest(quiz).encode(), "test.xml": _test(quiz).encode()}
    for question in quiz.questions:
        found[f"{question.id}.xml"] = item(question).encode()
        if question.picture:
            found[fragments.file_name(question)] = fragments.drawn(question.picture)
    file = BytesIO()
    with ZipFile(file, "w") as package:
        for name, content in found.items():
            about = ZipInfo(name, _DATE)
            about.create_system = 3
            package.writestr(about, content, ZIP_STORED)
    return file.getvalue()


def _name(quiz: Quiz) -> str:
    return f"cnncalc_s{quiz.seed}{quiz.variant}"


def _test(quiz: Quiz) -> str:
    refs = [
        f'<assessmentItemRef identifier="{one.id}" href="{one.id}.xml"/>' for one in quiz.questions
    ]
    lines = [
        f'<assessmentTest xmlns="{QTI}" xmlns:xsi="{SCHEMA}" xsi:schemaLocation="{QTI} '
        'http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd" '
        f'identifier="{_name(quiz)}" title="{escape(quiz.title)}">',
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>',
        '<testPart identifier="PART" navigationMode="nonlinear" submissionMode="individual">',
        f'<assessmentSection identifier="SECTION" title="{escape(quiz.title)}" visible="true">',
        *refs,
        "</assessmentSection>",
        "</testPart>",
        '<outcomeProcessing><setOutcomeValue identifier="SCORE"><sum>'
        '<testVariables variableIdentifier="SCORE"/></sum></setOutcomeValue></outcomeProcessing>',
        "</assessmentTest>\n",
    ]
    return HEAD + "\n".join(lines)


def _manifest(quiz: Quiz) -> str:
    needed = [f'<dependency identifierref="{one.id}"/>' for one in quiz.questions]
    resources = [_resource("TEST", "imsqti_test_xmlv2p1", ["test.xml"], needed)]
    for one in quiz.questions:
        pictures = [fragments.file_name(one)] if one.picture else []
        files = [f"{one.id}.xml", *pictures]
        resources.append(_resource(one.id, "imsqti_item_xmlv2p1", files))
    lines = [
        f'<manifest xmlns="{_PACKAGE}" identifier="{_name(quiz)}_package">',
        "<metadata><schema>QTIv2.1 Package</schema><schemaversion>1.0.0</schemaversion></metadata>",
        "<organizations/>",
        "<resources>",
        *resources,
        "</resources>",
        "</manifest>\n",
    ]
    return HEAD + "\n".join(lines)


def _resource(identifier: str, type: str, files: list[str], needed: list[str] | None = None) -> str:
    """The first file is the resource's own."""
    inside = "".join([*(f'<file href="{name}"/>' for name in files), *(needed or [])])
    return (
        f'<resource identifier="{identifier}" type="{type}" href="{files[0]}">{inside}</resource>'
    )
