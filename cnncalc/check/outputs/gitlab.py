"""GitLab's Code Quality report: https://docs.gitlab.com/ci/testing/code_quality/."""

from __future__ import annotations

import json

from cnncalc.check.fingerprints import fingerprints
from cnncalc.check.outputs.words import relative, sentence
from cnncalc.check.report import Report

_SEVERITY = {"error": "major", "warning": "minor", "note": "info"}


def write(report: Report, color: bool = False) -> str:
    issues = [
        {
            "description": f"{found.code}: {sentence(found)}",
            "check_name": f"{found.code} {found.name}",
            "fingerprint": known,
            "severity": _SEVERITY[found.severity],
            "location": {
                "path": relative(found.place.path),
                "lines": {"begin": found.place.line, "end": found.place.end_line},
            },
        }
        for found, known in fingerprints(report.diagnostics)
    ]
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"
