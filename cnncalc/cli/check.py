"""``cnncalc check``: specs held to their budgets, like a linter."""

from __future__ import annotations

import click

from cnncalc.check import Settings
from cnncalc.check import check as run
from cnncalc.check.outputs import FORMATS, writer
from cnncalc.cli.options import pairs


@click.command()
@click.argument("paths", nargs=-1)
@click.option(
    "--output-format",
    "-f",
    "formats",
    multiple=True,
    metavar="FMT[:FILE]",
    help=f"One of {', '.join(FORMATS)}; several times for several.",
)
@click.option("--at", multiple=True, metavar="H=512,W=512", help="Values for symbols.")
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Values for parameters."
)
def command(
    paths: tuple[str, ...], formats: tuple[str, ...], at: tuple[str, ...], settings: tuple[str, ...]
) -> None:
    """Holds specs to what they expect of themselves, and to the rules.

    Exit code 0 clean, 1 findings, 2 bad usage, 3 internal error.
    """
    chosen = Settings(
        at=tuple(pairs("--at", at).items()), set=tuple(pairs("--set", settings).items())
    )
    report = run(paths or (".",), chosen)
    for format in formats or ("text",):
        click.echo(writer(format)(report), nl=False)
    if any(chosen.fails(found.severity) for found in report.diagnostics):
        click.get_current_context().exit(1)
