"""The commands, gathered."""

from __future__ import annotations

from importlib import import_module

import click

import cnncalc

#: The commands in the order of the help, each a module beside this one, and what each does. Only the
#: one that is called is imported: all of them take longer to import than many an answer to compute.
COMMANDS = {
    "analyze": "The whole table, layer by layer; totals last.",
    "shape": "The output size, in one line.",
    "rf": "The receptive field: which pixels a unit sees.",
    "params": "The number of trainable parameters.",
    "macs": "The number of multiply-accumulates.",
    "explain": "The working behind every number, step by step.",
    "reconcile": "Why counting tools differ, from one total to another.",
    "compare": "Networks, fragments or single layers side by side.",
    "rewrite": "Rewrites a spec by a rule that is taught.",
    "train": "What a training step costs.",
    "roofline": "Arithmetic intensity, and the least time on a device.",
    "expand": "The flat spec, with a line for each layer.",
    "domain": "The input sizes for which it is well-formed.",
    "solve": "Values for which a network is as it is wanted.",
    "prove": "Proves or refutes a statement about all integers.",
    "claims": "Decides claims, and holds them to their recorded verdicts.",
    "work": "Tensors worked by hand, with every product written out.",
    "check": "Holds specs to their budgets and to the rules.",
    "rules": "Lists the rules of check, or explains one.",
    "quiz": "Exams with distractors made of real misconceptions.",
    "diff": "What changed between versions: each number, old and new.",
    "schema": "A JSON Schema of the language, for editors.",
    "verify": "Holds every number against PyTorch.",
    "zoo": "Lists the bundled specs, with their sources.",
}


class _Commands(click.Group):
    """Commands that are imported when they are asked for, listed with the main one first."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"cnncalc.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="NET is a file, - for standard input, the name of a bundled spec (cnncalc zoo lists "
    'them) or one line of text: "3x32x32 | conv 10 k=5 p=2 | relu | maxpool 2".',
)
@click.version_option(cnncalc.__version__, prog_name="cnncalc", message="%(prog)s %(version)s")
def app() -> None:
    """Output sizes, receptive fields, parameters, MACs and memory of a CNN, from a short spec."""
