"""Options for closed forms: by stage, leading terms, derivatives, other notations."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import click

from cnncalc.cli.options import Common
from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import Analysis, plain

_OPTIONS = (
    click.option("--by", type=click.Choice(["stage"]), help="A row for each effective stride."),
    click.option("--leading", is_flag=True, help="The terms of highest degree, without roundings."),
    click.option(
        "--derivative",
        metavar="NAME",
        help="How fast it grows with a symbol, without roundings.",
    ),
    click.option(
        "--emit",
        type=click.Choice(["python", "latex"]),
        help="Write the closed form as a Python function or in LaTeX.",
    ),
)


class Closed(NamedTuple):
    """What is wanted of closed forms."""

    by: str | None
    leading: bool
    derivative: str | None
    emit: str | None

    @property
    def wanted(self) -> bool:
        return self != Closed(None, False, None, None)


def closed(function: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of :class:`Closed`, as its parameter ``form``."""

    @wraps(function)
    def command(**given: Any) -> None:
        form = Closed(**{name: given.pop(name) for name in Closed._fields})
        if form.emit and form._replace(emit=None).wanted:
            raise UsageError(
                "--emit writes the whole closed form",
                hint="leave out --by, --leading and --derivative",
            )
        function(**given, form=form)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def show(common: Common, analysis: Analysis, form: Closed, names: tuple[str, ...]) -> None:
    """The totals called ``names`` in the form that is wanted."""
    from cnncalc import forms

    if form.emit:
        code = forms.emit(analysis, names, form.emit)
        table = Table("", (Column("code", "code"),), [[code]])
        data = {**analysis.head(), "emit": form.emit, "code": code}
        common.show(Report(lambda: data, table, code))
        return
    if form.derivative:
        forms.check_symbol(analysis, form.derivative)
    if form.by:
        common.show(_by_stage(analysis, form, names))
    else:
        common.show(_totals(analysis, form, names))


def _forms(value: Any, form: Closed, key: str) -> dict[str, Any]:
    """The value and what is wanted of it, by key."""
    from cnncalc import forms

    found: dict[str, Any] = {key: plain(value)}
    growth = forms.growth(value, form.derivative)
    if form.leading:
        found[f"{key}_leading"] = plain(growth.leading)
    if form.derivative:
        found[f"{key}_derivative"] = plain(growth.derivative)
    return found


def _totals(analysis: Analysis, form: Closed, names: tuple[str, ...]) -> Report:
    from cnncalc import forms

    found: dict[str, Any] = {}
    for name in names:
        found.update(_forms(forms.TOTALS[name][1](analysis), form, name))
    asked = {key: value for key, value in found.items() if key not in names}
    columns = [Column("name", "name"), *(Column(key, key, right=True) for key in found)]
    table = Table("", columns, [[analysis.name, *found.values()]])
    line = "\n".join(
        str(value) if len(asked) == 1 else f"{key} {value}" for key, value in asked.items()
    )
    return Report(lambda: {**analysis.head(), **found, **_by(form)}, table, line)


def _by(form: Closed) -> dict[str, Any]:
    return {"derivative_by": form.derivative} if form.derivative else {}


def _by_stage(analysis: Analysis, form: Closed, names: tuple[str, ...]) -> Report:
    from cnncalc import forms

    names = tuple(name for name in names if name in ("params", "macs"))
    total = {name: getattr(analysis.total, name) for name in names}
    rows: list[dict[str, Any]] = []
    for stage in forms.stages(analysis):
        row: dict[str, Any] = {"stage": stage.name, "layers": len(stage.layers)}
        for name in names:
            value = getattr(stage.cost, name)
            row.update(_forms(value, form, name))
            row[f"{name}_share"] = forms.share(value, total[name])
        rows.append(row)
    last: dict[str, Any] = {"stage": "total", "layers": len(analysis.layers)}
    for name in names:
        last.update({**_forms(total[name], form, name), f"{name}_share": None})
    titles = {"macs": "MACs"}

    def title(key: str) -> str:
        name, _, form_of = key.partition("_")
        word = titles.get(name, name)
        if form_of == "derivative":
            return f"d {word}/d{form.derivative}"
        return f"{form_of} {word}" if form_of == "leading" else form_of or word

    columns = [Column(key, title(key), right=key != "stage") for key in last]
    cells: list[list[Cell]] = [list(row.values()) for row in rows]
    closing = ["" if value is None else value for value in last.values()]
    table = Table("", columns, cells, closing)
    data = {**analysis.head(), "stages": rows, "totals": last, **_by(form)}
    return Report(lambda: data, table)
