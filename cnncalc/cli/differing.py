"""Differences between versions, as tables and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from cnncalc.check.differences import METRICS, Change, Difference, Differences, State, Value
from cnncalc.render import Column, Report, Table
from cnncalc.render.delimited import csv
from cnncalc.render.report import Cell
from cnncalc.tables.comparison import LAYERS, TITLES, layer_rows

#: What people call metrics; those that are not here are for programs.
NAMES = {name: {**TITLES, "output": "output"}[name] for name in METRICS if name != "flops"}
#: What is said of models that are new, gone or whole again, and columns that are always there.
MAIN = ("params", "macs", "peak_activation_bytes", "receptive_field", "output")

_COLUMNS = (
    Column("model", "model"),
    Column("metric", "metric"),
    Column("old", "old", right=True),
    Column("new", "new", right=True),
    Column("change", "change", right=True),
)
_FULL = tuple(
    Column(key, key)
    for key in "path label status metric old new difference ratio percent".split()  # noqa: SIM905
)


def report(found: Differences, everything: bool, layers: bool) -> Report:
    """What differs; with ``everything`` what does not, too."""
    models = chosen(found, everything)
    table = _layers(found, models) if layers else _metrics(found, models, everything)
    return Report(
        lambda: to_dict(found, models, layers),
        table,
        None if table.rows else summary(found),
        own={"csv": lambda: csv(Table("", _FULL, list(_full(found, models))))},
    )


def chosen(found: Differences, everything: bool) -> tuple[Difference, ...]:
    """The models that are shown."""
    return found.models if everything else found.different


# For people.


def _metrics(found: Differences, models: Sequence[Difference], everything: bool) -> Table:
    rows: list[Sequence[Cell]] = []
    for model in models:
        lines = list(_rows(model, found.least, everything))
        rows += [[model.title if i == 0 else "", *line] for i, line in enumerate(lines)]
    return Table(
        "",
        _COLUMNS[1:] if _alone(found) else _COLUMNS,
        [row[1:] for row in rows] if _alone(found) else rows,
        facts=_facts(found),
    )


def _facts(found: Differences) -> list[tuple[str, str]]:
    names = [("old", found.old_name), ("new", found.new_name)]
    return names if _alone(found) else [*names, ("", summary(found))]


def _alone(found: Differences) -> bool:
    """Are it two specs, so that their model needs no name?"""
    return [model.path for model in found.models] == [""]


def _rows(model: Difference, least: Fraction, everything: bool) -> Iterator[list[Cell]]:
    """Metric, old, new and change."""
    status = model.status(least)
    if model.title != model.old_title:
        yield ["renamed", "", "", f"from {model.old_title}"]
    if model.new and model.new.error:
        yield ["broken", "", "", model.new.error]
        return
    notable = model.notable(least)
    for change in model.changes:
        title = NAMES.get(change.metric)
        both = status not in ("added", "removed", "mended")
        wanted = change in notable or everything if both else change.metric in MAIN
        if title and wanted:
            yield [
                title,
                cell(change, change.old),
                cell(change, change.new),
                _worded(change, status),
            ]


def _worded(change: Change, status: str) -> str:
    if status in ("added", "removed"):
        return status
    if status == "mended":
        return "was broken"
    if change.old == change.new:
        return "same"
    return percent(change.share) if change.share is not None else "differs"


def percent(share: Fraction) -> str:
    """``+2.35 %``: to three digits, never 0 for what is not 0."""
    value = 100 * share
    digits = f"{float(value):+,.0f}" if abs(value) >= 100 else f"{float(value):+.3g}"
    return f"{digits} %"


def cell(change: Change, value: Value) -> Cell:
    if value is None or isinstance(value, (int, str)):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{name} {_sizes(sizes)}" for name, sizes in value.items())
    if change.metric == "jump" and len({*value}) == 1:
        return str(value[0])
    return _sizes(value)


def _sizes(values: Sequence[Any]) -> str:
    """``7x7``; a formula in brackets, as shapes are written."""
    words = ["?" if value is None else str(value) for value in values]
    alone = len(words) == 1
    return "x".join(word if alone or word.isalnum() else f"({word})" for word in words)


def summary(found: Differences) -> str:
    """``2 models changed, 1 added; 3 changed by less than 0.1 %; 12 files as they were``."""
    counts = dict(found.counts)
    if _alone(found) and counts["same"]:
        return "no difference"
    same, small = counts.pop("same"), counts.pop("small")
    said = [f"{count} {status}" for status, count in counts.items() if count]
    if said:
        number, _, status = said[0].partition(" ")
        said[0] = f"{_counted(int(number), 'model')} {status}"
    parts = [", ".join(said) or "no model changed"]
    if small:
        parts.append(f"{small} changed by less than {float(100 * found.least):g} %")
    if same:
        parts.append(f"{same} the same")
    if found.unchanged:
        parts.append(f"{_counted(found.unchanged, 'file')} as before")
    return "; ".join(parts)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _layers(found: Differences, models: Sequence[Difference]) -> Table:
    rows: list[Sequence[Cell]] = []
    for model in aligned(found, models):
        rows += [[model.title, *row] for row in layer_cells(model)]
    columns = (Column("model", "model"), *(one for one in LAYERS if one.key != "networks"))
    return Table(
        "",
        columns[1:] if _alone(found) else columns,
        [row[1:] for row in rows] if _alone(found) else rows,
        facts=_facts(found),
    )


def aligned(found: Differences, models: Sequence[Difference]) -> Iterator[Difference]:
    """Models whose layers can be compared and differ, even where their numbers are the same."""
    for model in found.models:
        if model in models or (model.alignment and model.alignment.different):
            yield model


def layer_cells(model: Difference) -> Iterator[Sequence[Cell]]:
    if model.alignment:
        for pair in model.alignment.different:
            for change, _, *rest in layer_rows(pair, ""):
                yield [change, *rest]


# For programs.


def _full(found: Differences, models: Sequence[Difference]) -> Iterator[list[Cell]]:
    for model in models:
        status = model.status(found.least)
        for change in model.changes:
            data = _change(change)
            yield [
                model.path,
                model.label,
                status,
                change.metric,
                *(_flat(data[key]) for key in ("old", "new", "difference", "ratio", "percent")),
            ]


def _flat(value: Any) -> Cell:
    if isinstance(value, list):
        return "x".join(map(str, value))
    return str(value) if isinstance(value, (float, dict)) else value


def to_dict(found: Differences, models: Sequence[Difference], layers: bool) -> dict[str, Any]:
    from cnncalc.results import opening

    return {
        **{key: value for key, value in opening("").items() if key != "name"},
        "tool": "cnncalc diff",
        "old": found.old_name,
        "new": found.new_name,
        "models": [_model(model, found.least, layers) for model in models],
        "summary": {**found.counts, "unchanged_files": found.unchanged},
    }


def _model(model: Difference, least: Fraction, layers: bool) -> dict[str, Any]:
    renamed = model.title != model.old_title
    return {
        "path": model.path,
        "label": model.label or None,
        "status": model.status(least),
        **(
            {"renamed_from": {"path": model.old_path, "label": model.old_label or None}}
            if renamed
            else {}
        ),
        "old": _state(model.old),
        "new": _state(model.new),
        "metrics": {change.metric: _change(change) for change in model.changes},
        **({"layers": model.alignment and model.alignment.to_dict()} if layers else {}),
    }


def _state(state: State | None) -> dict[str, Any] | None:
    return state and {"name": state.name, "at": dict(state.at), "error": state.error}


def _change(change: Change) -> dict[str, Any]:
    numbers = change.quantity.to_dict() if change.metric != "output" else None
    share = change.share
    return {
        "old": change.old,
        "new": change.new,
        "difference": numbers["differences"][0] if numbers else None,
        "ratio": numbers["ratios"][0] if numbers else None,
        "percent": None if share is None else round(float(100 * share), 6),
    }
