"""The commands, gathered."""

from __future__ import annotations

from importlib import import_module

import click

import cnncalc

#: The commands in the order of the help, each a module beside this one. Only the one that is called
#: is imported: all of them take longer to import than many an answer to compute.
NAMES = (
    "analyze",
    "shape",
    "rf",
    "params",
    "macs",
    "explain",
    "reconcile",
    "compare",
    "rewrite",
    "train",
    "roofline",
    "expand",
    "domain",
    "solve",
    "prove",
    "claims",
    "work",
    "check",
    "rules",
    "quiz",
    "diff",
    "schema",
    "verify",
    "zoo",
)


class _Commands(click.Group):
    """Commands that are imported when they are asked for, listed with the main one first."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NAMES:
            return None
        command: click.Command = import_module(f"cnncalc.cli.{cmd_name}").command
        return command


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="NET is a file, - for standard input, the name of a bundled spec (cnncalc zoo lists "
    'them) or one line of text: "3x32x32 | conv 10 k=5 p=2 | relu | maxpool 2".',
)
@click.version_option(cnncalc.__version__, prog_name="cnncalc", message="%(prog)s %(version)s")
def app() -> None:
    """Output sizes, receptive fields, parameters, MACs and memory of a CNN, from a short spec."""
