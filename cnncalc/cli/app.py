"""The commands, gathered."""

from __future__ import annotations

import click

import cnncalc
from cnncalc.cli import (
    analyze,
    claims,
    domain,
    macs,
    params,
    prove,
    rf,
    shape,
    solve,
    verify,
    work,
    zoo,
)

_COMMANDS = {
    module.__name__.rpartition(".")[2]: module.command
    for module in (
        analyze,
        shape,
        rf,
        params,
        macs,
        domain,
        solve,
        prove,
        claims,
        work,
        verify,
        zoo,
    )
}


class _InOrder(click.Group):
    """Lists the commands as they are gathered, the main one first."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_InOrder,
    commands=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="NET is a file, - for standard input, the name of a bundled spec (cnncalc zoo lists "
    'them) or one line of text: "3x32x32 | conv 10 k=5 p=2 | relu | maxpool 2".',
)
@click.version_option(cnncalc.__version__, prog_name="cnncalc", message="%(prog)s %(version)s")
def app() -> None:
    """Output sizes, receptive fields, parameters, MACs and memory of a CNN, from a short spec."""
