"""Options that commands share, and what they mean."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, NamedTuple, get_type_hints

import typer

from cnncalc.errors import UsageError
from cnncalc.network import Network, load
from cnncalc.render import FORMATS, Report, render
from cnncalc.results import Analysis
from cnncalc.spec import Limits

Net = Annotated[
    str,
    typer.Argument(metavar="NET", help="A file, - for standard input, a bundled spec, or one line."),
]
At = Annotated[
    list[str] | None,
    typer.Option("--at", metavar="H=512,W=512", help="Values for the symbols of the inputs."),
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="Values for the parameters of the spec."),
]
Symbolic = Annotated[
    bool, typer.Option("--symbolic", help="Leave symbols free, whatever the spec's default.")
]
Batch = Annotated[
    str, typer.Option("--batch", metavar="N", help="Images (a number or a symbol) for MACs and bytes.")
]
Dtype = Annotated[str, typer.Option("--dtype", help="Type of activations, for bytes.")]
Format = Annotated[
    str, typer.Option("--format", "-f", metavar="|".join(FORMATS), help="How to print the answer.")
]
Json = Annotated[bool, typer.Option("--json", help="The same as -f json.")]
Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write the answer to a file.")
]
Color = Annotated[
    str, typer.Option("--color", metavar="auto|always|never", help="Colour; auto: on a terminal.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No warnings on standard error.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")]
Limit = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=N", help="Raise a limit for very large specs."),
]


class Common(NamedTuple):
    """The options of every command that analyses a network."""

    at: At = None
    set: Set = None
    symbolic: Symbolic = False
    batch: Batch = "1"
    dtype: Dtype = "float32"
    format: Format = "table"
    json: Json = False
    output: Output = None
    color: Color = "auto"
    quiet: Quiet = False
    verbose: Verbose = False
    limit: Limit = None

    def network(self, net: str) -> Network:
        return load(net, Limits.parse(_integers("--limit", self.limit)))

    def analyze(self, net: str) -> Analysis:
        """The analysis; its warnings go to standard error."""
        started = time.perf_counter()
        analysis = self.network(net).analyze(
            pairs("--at", self.at),
            pairs("--set", self.set),
            symbolic=self.symbolic,
            batch=self.batch,
            dtype=self.dtype,
        )
        if self.verbose:
            elapsed = 1000 * (time.perf_counter() - started)
            say(f"{analysis.name}: {len(analysis.layers)} layers in {elapsed:.1f} ms")
        if not self.quiet:
            for warning in analysis.warnings:
                say(f"warning: {warning}")
        return analysis

    def show(self, report: Report) -> None:
        """Prints the report, or writes it to the file of ``--output``."""
        format = "json" if self.json else self.format
        text = render(report, format, color=self._colored())
        if self.output is None:
            sys.stdout.write(text)
            sys.stdout.flush()
            return
        try:
            with open(self.output, "w", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise UsageError(
                f"cannot write {self.output}: {error.strerror}", hint="choose another file"
            ) from None

    def _colored(self) -> bool:
        if self.color not in ("auto", "always", "never"):
            raise UsageError(
                f"--color takes auto, always or never, got {self.color!r}", hint="--color auto"
            )
        if self.color == "auto":
            return self.output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        return self.color == "always"


def shared(function: Callable[..., None]) -> Callable[..., None]:
    """A command whose parameter ``common`` stands for the options of :class:`Common`.

    Typer reads options off a signature; this one has them in place of ``common``.
    """
    own = [
        parameter
        for parameter in signature(function, eval_str=True).parameters.values()
        if parameter.name != "common"
    ]
    hints = get_type_hints(Common, include_extras=True)
    options = [
        Parameter(
            name,
            Parameter.POSITIONAL_OR_KEYWORD,
            default=Common._field_defaults[name],
            annotation=hints[name],
        )
        for name in Common._fields
    ]

    def command(**given: Any) -> None:
        common = Common(**{name: given.pop(name) for name in Common._fields})
        function(**given, common=common)

    parameters = [*own, *options]
    command.__doc__ = function.__doc__
    command.__annotations__ = {item.name: item.annotation for item in parameters}
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    return command


def say(message: str) -> None:
    print(message, file=sys.stderr)


def pairs(flag: str, given: list[str] | None) -> dict[str, Any]:
    """``["H=512,W=512"]`` as a mapping; commas in brackets belong to a value."""
    found: dict[str, Any] = {}
    for text in given or []:
        for part in _split(text):
            name, equals, value = part.partition("=")
            if not equals or not name.strip() or not value.strip():
                raise UsageError(f"{flag} {text}: not NAME=VALUE", hint=f"write {flag} H=512,W=512")
            found[name.strip()] = value.strip()
    return found


def _split(text: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [*parts, text[start:]]


def _integers(flag: str, given: list[str] | None) -> dict[str, int]:
    found = pairs(flag, given)
    for name, value in found.items():
        if not value.isdigit():
            raise UsageError(f"{flag} {name}={value}: not an integer", hint=f"{flag} {name}=1000000")
    return {name: int(value) for name, value in found.items()}
