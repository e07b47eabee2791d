"""Tables for a job summary or a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cnncalc.check.outputs.words import relative, sentence, summary, worst_first
from cnncalc.check.report import FileReport, Report

_SIGNS = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}
_METRICS = {"params": "Params", "macs": "MACs"}


def write(report: Report, color: bool = False) -> str:
    lines = ["### cnncalc check", "", _text(summary(report)), ""]
    if report.diagnostics:
        lines += ["| | Where | Code | Finding |", "|---|---|---|---|"]
        for found in worst_first(report):
            where = f"{_code(relative(found.place.path))}:{found.place.line}"
            help = f"<br>help: {_text(found.help)}" if found.help else ""
            said = f"{_text(sentence(found))}{help}"
            lines.append(f"| {_SIGNS[found.severity]} | {where} | {found.code} | {said} |")
        lines.append("")
    rows = [row for file in report.files for row in _rows(file)]
    if rows:
        heads = ("Model", "Output", *_METRICS.values(), "Receptive field", "Expectations")
        lines += ["| " + " | ".join(heads) + " |", "|---|---|" + "--:|" * (len(heads) - 2)]
        lines += ["| " + " | ".join(row) + " |" for row in rows] + [""]
    return "\n".join(lines)


def _rows(file: FileReport) -> Iterator[list[str]]:
    for model in file.models:
        name = _text(model.name + (f" ({model.label})" if model.label else ""))
        metrics = model.metrics
        field = (metrics.get("receptive_field") or {}).get("size") or []
        checked = [one.held for one in model.expected if one.held is not None]
        yield [
            f"{name}<br>{_code(relative(file.path))}",
            _output(metrics),
            *(_number(metrics.get(key)) for key in _METRICS),
            _sizes(field),
            f"{sum(checked)}/{len(checked)}" if checked else "",
        ]


def _output(metrics: Any) -> str:
    named = metrics.get("outputs") or {"": metrics.get("output") or []}
    return "<br>".join(
        f"{_text(name)}: {_sizes(sizes)}" if name else _sizes(sizes)
        for name, sizes in named.items()
    )


def _sizes(sizes: Any) -> str:
    return _text("x".join("?" if size is None else str(size) for size in sizes))


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else _text(str(value or ""))


def _text(text: str) -> str:
    """As it is meant, whatever signs of Markdown or HTML are in it."""
    escaped = re.sub(r"([\\`*_\[\]|~$#])", r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")


def _code(text: str) -> str:
    return "`" + text.replace("`", "'").replace("|", r"\|").replace("\n", " ") + "`"
