"""SARIF 2.1.0, with what GitHub's code scanning asks beyond the standard.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

from __future__ import annotations

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from cnncalc.check.diagnostics import Diagnostic, Edit, Place
from cnncalc.check.fingerprints import fingerprints
from cnncalc.check.outputs.words import paragraphs, relative
from cnncalc.check.report import Report
from cnncalc.check.rule import FAMILIES, Rule
from cnncalc.check.rules import rules

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
#: GitHub refuses longer descriptions.
_LONGEST = 1024


def write(report: Report, color: bool = False) -> str:
    from cnncalc import __version__

    known = {rule.code: rule for rule in rules().values()}
    index = {code: i for i, code in enumerate(known)}
    run = {
        "tool": {
            "driver": {
                "name": "cnncalc",
                "version": __version__,
                "rules": [_rule(rule) for rule in known.values()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(found, mark, index[found.code])
            for found, mark in fingerprints(report.diagnostics)
        ],
    }
    data = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary[:_LONGEST]},
        "fullDescription": {"text": rule.summary[:_LONGEST]},
        "help": {"text": rule.documentation, "markdown": rule.documentation},
        "defaultConfiguration": {"level": rule.severity},
        "properties": {"tags": [FAMILIES[rule.code[0]]]},
    }


def _result(found: Diagnostic, mark: str, index: int) -> dict[str, Any]:
    fix = found.fix
    return {
        "ruleId": found.code,
        "ruleIndex": index,
        "level": found.severity,
        "message": {"text": "\n".join(paragraphs(found))},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(found.place.path)},
                    "region": _region(found.place),
                }
            }
        ],
        "partialFingerprints": {"cnncalc/v1": mark},
        **({"fixes": [_fix(fix.message, fix.edits)]} if fix else {}),
    }


def _fix(message: str, edits: tuple[Edit, ...]) -> dict[str, Any]:
    paths = dict.fromkeys(edit.place.path for edit in edits)
    return {
        "description": {"text": message},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(path)},
                "replacements": [
                    {
                        "deletedRegion": _region(edit.place),
                        "insertedContent": {"text": edit.text},
                    }
                    for edit in edits
                    if edit.place.path == path
                ],
            }
            for path in paths
        ],
    }


def _region(place: Place) -> dict[str, int]:
    return {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": place.end_column,
    }


def _uri(path: str) -> str:
    shown = relative(path)
    return PurePath(shown).as_uri() if PurePath(shown).is_absolute() else quote(shown)
