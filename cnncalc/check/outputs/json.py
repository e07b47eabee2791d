"""For programs."""

from __future__ import annotations

import json
from typing import Any

from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.report import FileReport, Report

#: Version of the JSON; changes only add keys.
SCHEMA = 1


def write(report: Report, color: bool = False) -> str:
    from cnncalc import __version__

    data = {
        "schema": SCHEMA,
        "cnncalc": __version__,
        "tool": "cnncalc check",
        "files": [_file(file) for file in report.files],
        "summary": {"files": len(report.files), "expectations": report.expected, **report.counts},
    }
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _file(file: FileReport) -> dict[str, Any]:
    """``metrics`` are those of the first model, for files that have only one."""
    return {
        "path": file.path,
        "metrics": dict(file.models[0].metrics) if file.models else {},
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
    edits = [{**edit.place._asdict(), "text": edit.text} for edit in (fix.edits if fix else ())]
    return {
        **fields,
        "notes": list(found.notes),
        **place._asdict(),
        **({"fix": {"message": fix.message, "edits": edits}} if fix else {}),
    }
