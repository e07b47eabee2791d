"""Differences between versions as a comment on a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cnncalc.check.differences import Change, Difference, Differences
from cnncalc.cli.differing import MAIN, NAMES, aligned, cell, chosen, layer_cells, percent, summary
from cnncalc.render.delimited import escape
from cnncalc.render.report import shown
from cnncalc.tables.comparison import LAYERS

#: The comment of an earlier run is found by it, and replaced.
MARK = "<!-- cnncalc diff -->"
#: GitHub takes comments of 65,536 characters.
_LONGEST = 60_000


def comment(found: Differences, everything: bool, layers: bool) -> str:
    """Markdown with a hidden mark, a row for each model."""
    models = chosen(found, everything)
    lines = [MARK, f"**cnncalc**: {escape(summary(found))}", ""]
    lines.append(f"{escape(found.old_name)} → {escape(found.new_name)}")
    changed = {change.metric for model in models for change in model.notable(found.least)}
    metrics = [name for name in NAMES if name in MAIN or name in changed]
    rows = [_comment_row(model, metrics, found.least) for model in models]
    if rows:
        lines += ["", _row(["model", *(NAMES[name] for name in metrics)])]
        lines.append(_row(["---", *("---:" for _ in metrics)]))
    details = [_details(model) for model in aligned(found, models)] if layers else []
    return _fitted(lines, rows, [one for one in details if one])


def _fitted(lines: list[str], rows: list[str], details: list[str]) -> str:
    """As many rows, then details, as a comment takes."""
    left = _LONGEST - sum(map(len, lines))
    for what, parts, begins in (("models", rows, ()), ("models' layers", details, ("",))):
        for i, part in enumerate(parts):
            left -= len(part) + 2
            if left < 0:
                lines += ["", f"… and {len(parts) - i} more {what}: `cnncalc diff` lists all"]
                return "\n".join(lines) + "\n"
            lines += [*begins, part]
    return "\n".join(lines) + "\n"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _comment_row(model: Difference, metrics: Sequence[str], least: Fraction) -> str:
    status = model.status(least)
    about = [escape(" ".join(model.title.split()))] if model.title else []
    if not about and model.new:
        about = [escape(model.new.name)]
    if model.title != model.old_title:
        about.append(f"renamed from {escape(model.old_title)}")
    elif status in ("added", "removed"):
        about.append(f"**{status}**")
    elif status == "mended":
        about.append("was broken")
    if model.new and model.new.error:
        about.append(f"**broken**: {escape(model.new.error)}")
    cells = {change.metric: _comment_cell(change) for change in model.changes}
    return _row([", ".join(about), *(cells[name] for name in metrics)])


def _comment_cell(change: Change) -> str:
    old, new = (escape(shown(cell(change, value))) for value in (change.old, change.new))
    if change.old == change.new or change.old is None:
        return new
    if change.new is None:
        return old
    share = f" ({percent(change.share)})" if change.share is not None else ""
    return f"{old} → {new}{share}"


def _details(model: Difference) -> str:
    """The layers that differ, folded away."""
    rows = [_row([escape(shown(cell)) for cell in row]) for row in layer_cells(model)]
    if not rows:
        return ""
    columns = [one for one in LAYERS if one.key != "networks"]
    title = escape(model.title or (model.new.name if model.new else ""))
    return "\n".join(
        [
            f"<details><summary>Layers of {title}</summary>",
            "",
            _row([one.title for one in columns]),
            _row(["---:" if one.right else "---" for one in columns]),
            *rows,
            "",
            "</details>",
        ]
    )
