"""The commands, gathered."""

from __future__ import annotations

import typer

import cnncalc
from cnncalc.cli import analyze, macs, params, rf, shape, verify, zoo

app = typer.Typer(
    name="cnncalc",
    help="Output sizes, receptive fields, parameters, MACs and memory of a CNN, from a short spec.",
    epilog="NET is a file, - for standard input, a bundled spec (see zoo) or one line: "
    '"3x32x32 | conv 10 k=5 p=2 | relu | maxpool 2".',
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for module in (analyze, shape, rf, params, macs, verify, zoo):
    app.command(module.__name__.rpartition(".")[2])(module.command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cnncalc {cnncalc.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    pass
