"""JUnit XML: a suite per file, a case per expectation, those that hold too, so that numbers show.

The form that Jenkins, GitLab and GitHub read: https://github.com/testmoapp/junitxml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.outputs.text import block
from cnncalc.check.outputs.words import sentence
from cnncalc.check.report import Expected, FileReport, Report

#: Characters that XML 1.0 does not have.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def write(report: Report, color: bool = False) -> str:
    root = ElementTree.Element("testsuites", name="cnncalc check")
    for file in report.files:
        suite = ElementTree.SubElement(root, "testsuite", name=_plain(file.path))
        suite.extend(_cases(file))
        _count(suite)
    for name in ("tests", "failures", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _count(suite: ElementTree.Element) -> None:
    suite.set("tests", str(len(suite)))
    for name, tag in (("failures", "failure"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in suite)))


def _cases(file: FileReport) -> Iterator[ElementTree.Element]:
    """Expectations first, then the findings that are about none of them."""
    about: dict[tuple[int, int], list[Diagnostic]] = {}
    for found in file.diagnostics:
        about.setdefault((found.place.line, found.place.column), []).append(found)
    used = set()
    for model in file.models:
        for one in model.expected:
            there = [] if one.held else about.get((one.line, one.column), [])
            # A finding that several models share is reported once.
            own = next((found for found in there if found.model == model.label), None)
            used.update(there)
            yield _expectation(one, own or next(iter(there), None), file.path, model.label)
    rest = [found for found in file.diagnostics if found not in used]
    yield from (_finding(found) for found in rest)
    if not rest and not any(model.expected for model in file.models):
        yield _case("is a network", file.path)


def _case(name: str, path: str, line: int | None = None) -> ElementTree.Element:
    about = {"name": _plain(name), "classname": _plain(path), "file": _plain(path)}
    return ElementTree.Element("testcase", {**about, **({"line": str(line)} if line else {})})


def _expectation(
    one: Expected, found: Diagnostic | None, path: str, label: str | None
) -> ElementTree.Element:
    of = f"{label}: " if label else ""
    case = _case(f"{of}{one.name}: {one.wanted}", path, one.line)
    if one.held is None:
        ElementTree.SubElement(case, "skipped", message=_plain(one.got))
    elif found:
        _failure(case, found)
    ElementTree.SubElement(case, "system-out").text = _plain(f"{one.name}: {one.got}")
    return case


def _finding(found: Diagnostic) -> ElementTree.Element:
    case = _case(
        f"{found.code} {found.name}: {sentence(found)}", found.place.path, found.place.line
    )
    if found.severity == "error":
        _failure(case, found)
    else:
        ElementTree.SubElement(case, "system-out").text = _plain("\n".join(block(found)))
    return case


def _failure(case: ElementTree.Element, found: Diagnostic) -> None:
    failure = ElementTree.SubElement(
        case, "failure", message=_plain(sentence(found)), type=f"{found.code} {found.name}"
    )
    failure.text = _plain("\n".join(block(found)))


def _plain(text: str) -> str:
    """What XML 1.0 can say of it."""
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
