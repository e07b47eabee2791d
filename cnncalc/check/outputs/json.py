"""For programs."""

from __future__ import annotations

import json
from typing import Any

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.report import FileReport, Report

#: Version of the JSON; changes only add keys.
SCHEMA = 1


def write(report: Report) -> str:
    from cnncalc import __version__

    data = {
        "schema": SCHEMA,
        "cnncalc": __version__,
        "tool": "cnncalc check",
        "files": [_file(file) for file in report.files],
        "summary": {**report.counts, "files": len(report.files), "expectations": report.expected},
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _file(file: FileReport) -> dict[str, Any]:
    return {
        "path": file.path,
        "models": [
            {**model._asdict(), "expected": [one._asdict() for one in model.expected]}
            for model in file.models
        ],
        "diagnostics": [diagnostic(found) for found in file.diagnostics],
        "suppressed": file.suppressed,
    }


def diagnostic(found: Diagnostic) -> dict[str, Any]:
    fields = found._asdict()
    place, fix = fields.pop("place"), fields.pop("fix")
    edits = [
        {**edit.place._asdict(), "text": edit.text}
        for edit in (found.fix.edits if found.fix else ())
    ]
    return {
        **fields,
        "notes": list(found.notes),
        **place._asdict(),
        **({"fix": {"message": fix.message, "edits": edits}} if fix else {}),
    }
