"""The commands, gathered."""

from __future__ import annotations

from copy import copy
from importlib import import_module
from typing import NamedTuple

import click

import cnncalc


class Entry(NamedTuple):
    """A line of the help: what a command does, and how it is called, for example."""

    does: str
    example: str


#: The commands in the order of the help, each a module beside this one. Only the one that is called is
#: imported: all of them take longer to import than many an answer to compute.
SECTIONS = {
    "Numbers of a network": {
        "analyze": Entry(
            "The whole table, layer by layer; totals last.", "resnet50 --at H=256,W=256"
        ),
        "shape": Entry("The output size, in one line.", '"3xHxW | conv 64 k=7 s=2 p=3"'),
        "rf": Entry("The receptive field: which pixels a unit sees.", "unet --details"),
        "params": Entry("The number of trainable parameters.", "vgg16 --set classes=10"),
        "macs": Entry("The number of multiply-accumulates.", 'resnet50 --assume "H=32*h, W=32*w"'),
        "explain": Entry(
            "The working behind every number, step by step.", "lenet5 --layer conv2 --why"
        ),
        "verify": Entry("Holds every number against PyTorch.", "lenet5"),
        "zoo": Entry("Lists the bundled specs, or shows one.", "unet"),
    },
    "Other tools, training, speed": {
        "reconcile": Entry(
            "Why counting tools differ, from one total to another.",
            "resnet50 --tools mac,fvcore,thop",
        ),
        "train": Entry("What a training step costs.", "resnet50 --optimizer adam --batch 32"),
        "roofline": Entry(
            "Arithmetic intensity, and the least time on a device.",
            "resnet50 --device h100 --dtype float16 --batch 32",
        ),
    },
    "All sizes at once": {
        "domain": Entry("The input sizes for which it is well-formed.", "unet_same"),
        "solve": Entry(
            "Values for which a network is as it is wanted.",
            'resnet50 --for H --such-that "macs <= 4G" --assume W=H --want largest',
        ),
        "prove": Entry(
            "Proves or refutes a statement about all integers.", '"ceil(n/2) == floor((n + 1)/2)"'
        ),
        "claims": Entry(
            "Decides claims, and holds them to their recorded verdicts.", "claims.yaml"
        ),
    },
    "Designs": {
        "compare": Entry(
            "Networks, fragments or single layers side by side.",
            '"CxHxW | conv C k=5" "CxHxW | conv C k=3 | conv C k=3"',
        ),
        "rewrite": Entry(
            "Rewrites a spec by a rule that is taught.", "vgg16 --rule separable --compare"
        ),
        "expand": Entry("The flat spec, with a line for each layer.", "unet --set depth=2"),
        "diff": Entry(
            "What changed between versions: each number, old and new.", "resnet18 resnet34"
        ),
    },
    "In CI and in editors": {
        "check": Entry("Holds specs to their budgets and to the rules.", "models/ --select B,S"),
        "rules": Entry("Lists the rules of check, or explains one.", "B401"),
        "schema": Entry("A JSON Schema of the language, for editors.", "-o cnncalc.schema.json"),
    },
    "In class": {
        "quiz": Entry(
            "Exams with distractors made of real misconceptions.",
            "--topic rf:2,params:1 -n 3 --seed 7 --key",
        ),
        "work": Entry(
            "Tensors worked by hand, with every product written out.",
            'conv "1 2 0; 3 1 1; 0 2 4" "1 -1; 0 2"',
        ),
    },
}
COMMANDS = {name: entry for section in SECTIONS.values() for name, entry in section.items()}


class _Commands(click.Group):
    """Commands that are imported when they are asked for, each with an example of its use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = copy(import_module(f"cnncalc.cli.{cmd_name}").command)
        example = f"\b\nExample:\n  cnncalc {cmd_name} {COMMANDS[cmd_name].example}"
        command.epilog = "\n\n".join(filter(None, (command.epilog, example)))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name in COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        raise click.UsageError(f"No such command {name!r}. {_meant(name)}", ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        width = max(map(len, COMMANDS))
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(width), entry.does) for name, entry in section.items()]
                )


def _meant(word: str) -> str:
    """What somebody may want who writes ``word`` for a command."""
    from cnncalc.errors import nearest
    from cnncalc.zoo import names

    if "|" in word or word in names():
        shown = word if word.isidentifier() else f'"{word}"'
        return f"Say what you want to know: cnncalc analyze {shown}"
    near = nearest(word, COMMANDS)
    return f"Did you mean {near!r}?" if near else "cnncalc --help lists the commands."


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    epilog="NET is a file, - for standard input, the name of a bundled spec (cnncalc zoo lists "
    "them) or one line of text:\n\n\b\n"
    '  cnncalc analyze "3x32x32 | conv 10 k=5 p=2 | relu | maxpool 2"',
)
@click.version_option(cnncalc.__version__, prog_name="cnncalc", message="%(prog)s %(version)s")
def app() -> None:
    """Output sizes, receptive fields, parameters, MACs and memory of a CNN, from a short spec."""
