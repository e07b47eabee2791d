"""``cnncalc schema``: a JSON Schema for editors."""

from __future__ import annotations

import json

import click

from cnncalc.cli.options import Common
from cnncalc.render import Report, Table
from cnncalc.schema import json_schema


@click.command()
@click.option("--output", "-o", metavar="FILE", help="Write it to a file.")
def command(output: str | None) -> None:
    """A JSON Schema of the language, for editors.

    They complete kinds and arguments, show what these mean, and mark mistakes. VS Code and others
    with the YAML language server take it from the first line of a spec:

    \b
    # yaml-language-server: $schema=cnncalc.schema.json

    It is draft-07. What takes all of a spec to know (names, sizes) is for cnncalc check.
    """
    found = json_schema()
    text = json.dumps(found, indent=1, ensure_ascii=False)
    Common(output=output).show(Report(lambda: found, Table("", (), ()), text))
