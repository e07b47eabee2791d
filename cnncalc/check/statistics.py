"""How often each rule found something, instead of what it found."""

from __future__ import annotations

import json
from collections import Counter

from cnncalc.check.report import Report


def write(report: Report) -> str:
    """A line for each rule, the most frequent first, as a table without borders."""
    rows = _rows(report)
    width = max((len(str(count)) for count, _, _ in rows), default=0)
    return "".join(f"{count:>{width}}  {code}  {name}\n" for count, code, name in rows)


def write_json(report: Report) -> str:
    rows = [{"count": count, "code": code, "name": name} for count, code, name in _rows(report)]
    return json.dumps(rows, indent=2) + "\n"


def _rows(report: Report) -> list[tuple[int, str, str]]:
    found = Counter((one.code, one.name) for one in report.diagnostics)
    return sorted(
        ((count, code, name) for (code, name), count in found.items()),
        key=lambda row: (-row[0], row[1]),
    )
