"""``cnncalc rules``: what ``cnncalc check`` looks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cnncalc.check.documentation import Page, as_markdown, as_text, page
from cnncalc.check.rule import FAMILIES
from cnncalc.check.rules import rules
from cnncalc.cli.options import Common, answering
from cnncalc.errors import UsageError, suggest
from cnncalc.render import Column, Report, Table
from cnncalc.results import SCHEMA

_COLUMNS = (
    Column("code", "code"),
    Column("name", "name"),
    Column("severity", "severity"),
    Column("summary", "summary"),
)


@click.command()
@click.argument("code", required=False)
@answering
def command(code: str | None, common: Common) -> None:
    """Lists the rules of check, or explains one.

    CODE is a code (B401) or a name, or the beginning of some codes (A, D3) to list those.
    """
    every = [page(rule) for rule in rules().values()]
    if code is None:
        common.show(_listed(every))
        return
    one = [found for found in every if code.upper() == found.code or code.lower() == found.name]
    if one:
        common.show(_explained(one[0]))
        return
    some = [found for found in every if code and found.code.startswith(code.upper())]
    if not some:
        names = [name for found in every for name in (found.code, found.name)]
        families = ", ".join(f"{letter} {family}" for letter, family in FAMILIES.items())
        near = suggest(code.upper() if code[1:].isdigit() else code.lower(), names, "rules")
        raise UsageError(
            f"there is no rule {code!r}",
            hint=near if near.startswith("did you mean") else f"families of rules: {families}",
        )
    common.show(_listed(some))


def _listed(pages: Sequence[Page]) -> Report:
    rows = [[one.code, one.name, one.severity, one.summary] for one in pages]
    return Report(lambda: _data(pages), Table("", _COLUMNS, rows))


def _explained(one: Page) -> Report:
    own = {"table": lambda: as_text(one), "markdown": lambda: as_markdown(one)}
    return _listed([one])._replace(own=own)


def _data(pages: Sequence[Page]) -> dict[str, Any]:
    from cnncalc import __version__

    return {"schema": SCHEMA, "cnncalc": __version__, "rules": [one.to_dict() for one in pages]}
