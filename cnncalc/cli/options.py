"""Options that commands share, and what they mean."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cnncalc.analyses.findings import Finding
from cnncalc.analyses.memory import DTYPES
from cnncalc.cli.streams import put, say
from cnncalc.errors import LayerError, UsageError
from cnncalc.network import Network, load
from cnncalc.render import FORMATS, Report, render
from cnncalc.results import Analysis
from cnncalc.spec import Limits

if TYPE_CHECKING:
    from cnncalc.fields import LayerField
    from cnncalc.reconcile import Ledger
    from cnncalc.roofline import Roofline
    from cnncalc.training import Training

_VALUES = (
    click.option(
        "--at", multiple=True, metavar="H=512,W=512", help="Values for the symbols of the inputs."
    ),
    click.option(
        "--set", multiple=True, metavar="NAME=VALUE", help="Values for the parameters of the spec."
    ),
)
_OPTIONS = (
    *_VALUES,
    click.option(
        "--assume",
        multiple=True,
        metavar="H=32*h,W=H",
        help="Symbols or parameters as expressions; new names are symbols. Implies --symbolic.",
    ),
    click.option(
        "--symbolic",
        is_flag=True,
        help="Leave symbols free, whatever values the spec has for them.",
    ),
    click.option(
        "--batch",
        default="1",
        metavar="N",
        help="Images (a number or a symbol) for MACs and bytes.",
    ),
    click.option(
        "--dtype",
        default="float32",
        type=click.Choice(list(DTYPES)),
        help="Type of the elements, for bytes.",
    ),
)
#: For commands that count operations.
convention = click.option(
    "--convention",
    "-c",
    multiple=True,
    metavar="NAME[,NAME]",
    help="Count as these tools do too: fvcore, thop, ptflops@0.7.5, … (reconcile --list has all).",
)
#: Those of every command, whatever it is about.
_ANSWER = (
    click.option(
        "--format",
        "-f",
        default="table",
        type=click.Choice(list(FORMATS)),
        help="How to answer.",
    ),
    click.option("--json", is_flag=True, help="The same as -f json."),
    click.option("--output", "-o", metavar="FILE", help="Write the answer to a file."),
    click.option(
        "--color",
        default="auto",
        type=click.Choice(["auto", "always", "never"]),
        help="Colour; auto: on a terminal, unless NO_COLOR is set.",
    ),
    click.option("--quiet", "-q", is_flag=True, help="No warnings on standard error."),
    click.option("--verbose", "-v", is_flag=True, help="Say more on standard error."),
)
_LIMIT = click.option(
    "--limit",
    multiple=True,
    metavar="NAME=N",
    help=f"Raise a limit, for very large specs: {', '.join(Limits._fields)}.",
)


#: For commands that look at inference.
fold_bn = click.option(
    "--fold-bn",
    is_flag=True,
    help="Fold batch normalisation into the layers before it, as inference does.",
)


class Common(NamedTuple):
    """The options of every command."""

    at: tuple[str, ...] = ()
    set: tuple[str, ...] = ()
    assume: tuple[str, ...] = ()
    symbolic: bool = False
    batch: str = "1"
    dtype: str = "float32"
    format: str = "table"
    json: bool = False
    output: str | None = None
    color: str = "auto"
    quiet: bool = False
    verbose: bool = False
    limit: tuple[str, ...] = ()

    @property
    def limits(self) -> Limits:
        return Limits.parse(_integers("--limit", self.limit))

    def network(self, net: str) -> Network:
        return load(net, self.limits)

    def analyze(
        self, net: str, fold_bn: bool = False, conventions: tuple[str, ...] = ()
    ) -> Analysis:
        """The analysis, counted by ``conventions`` too; its warnings go to standard error."""
        started = time.perf_counter()
        network = self.network(net)
        with self.nearest(network):
            analysis = network.analyze(
                **self.values(),
                symbolic=self.leaves_open,
                batch=self.batch,
                dtype=self.dtype,
                fold_bn=fold_bn,
                conventions=conventions,
            )
        if self.verbose:
            elapsed = 1000 * (time.perf_counter() - started)
            say(f"{analysis.name}: {len(analysis.layers)} layers in {elapsed:.1f} ms")
        self.notice(analysis.findings)
        return analysis

    def training(self, net: str, optimizer: str, mixed: bool) -> Training:
        """The cost of a training step."""
        network = self.network(net)
        with self.nearest(network):
            return network.training(
                **self.values(),
                symbolic=self.leaves_open,
                batch=self.batch,
                dtype=self.dtype,
                optimizer=optimizer,
                mixed=mixed,
            )

    def roofline(self, net: str, device: str | None, fold_bn: bool) -> Roofline:
        """What layers move, and what bounds them on a device."""
        network = self.network(net)
        with self.nearest(network):
            found = network.roofline(
                device,
                **self.values(),
                symbolic=self.leaves_open,
                batch=self.batch,
                dtype=self.dtype,
                fold_bn=fold_bn,
            )
        self.notice(found.folding.findings if found.folding else ())
        return found

    def receptive_field(self, net: str, layer: str | None) -> LayerField:
        """The receptive field of a layer; what is noticed of it goes to standard error."""
        network = self.network(net)
        with self.nearest(network):
            field = network.receptive_field(layer, **self.values(), symbolic=self.leaves_open)
        self.notice(field.findings)
        return field

    def reconcile(self, net: str, tools: tuple[str, ...], fold_bn: bool) -> Ledger:
        """What tools count, and why they differ."""
        network = self.network(net)
        with self.nearest(network):
            found = network.reconcile(
                tools,
                **self.values(),
                symbolic=self.leaves_open,
                batch=self.batch,
                fold_bn=fold_bn,
            )
        self.notice(found.folding.findings if found.folding else ())
        return found

    @property
    def leaves_open(self) -> bool:
        """Do symbols without a value stay symbols?"""
        return self.symbolic or bool(self.assume)

    def values(self) -> dict[str, dict[str, Any]]:
        """What the options say of symbols and parameters, as the library takes it."""
        return {
            "at": pairs("--at", self.at),
            "settings": pairs("--set", self.set),
            "assume": pairs("--assume", self.assume),
        }

    @contextmanager
    def nearest(self, network: Network) -> Iterator[None]:
        """Adds the nearest good sizes to the hint of a network that does not fit together."""
        try:
            yield
        except LayerError as error:
            given = self.values()
            near = None if self.leaves_open else network.good_sizes(given["at"], given["settings"])
            error.hint = "; ".join(filter(None, (error.hint, near))) or None
            raise

    def notice(self, findings: Iterable[Finding]) -> None:
        """Findings go to standard error, one a line."""
        if not self.quiet:
            for finding in findings:
                say(f"{finding.level}: {finding}")

    def show(self, report: Report) -> None:
        """Prints the report, or writes it to the file of ``--output``."""
        text = render(report, "json" if self.json else self.format, color=self._colored())
        put(text, self.output)

    def _colored(self) -> bool:
        return colored(self.color, self.output)


def shared(function: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the options of :class:`Common`, as its parameter ``common``."""
    return _with((*_OPTIONS, *_ANSWER, _LIMIT), function)


def answering(function: Callable[..., None]) -> Callable[..., None]:
    """The same for a command that is about no network: how to answer."""
    return _with(_ANSWER, function)


def bound(function: Callable[..., None]) -> Callable[..., None]:
    """The same for a command about specs with values for their symbols and parameters."""
    return _with((*_VALUES, *_ANSWER, _LIMIT), function)


def _with(options: tuple[Any, ...], function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def command(**given: Any) -> None:
        common = Common(**{name: given.pop(name) for name in Common._fields if name in given})
        function(**given, common=common)

    for option in reversed(options):
        command = option(command)
    return command


def colored(color: str, output: str | None) -> bool:
    """What ``--color`` means for an answer in a file, or (None) on standard output."""
    if color == "auto":
        return output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    return color == "always"


def pairs(flag: str, given: tuple[str, ...]) -> dict[str, Any]:
    """``("H=512,W=512",)`` as a mapping; commas in brackets belong to a value."""
    found: dict[str, Any] = {}
    example = {"--at": "H=512,W=512", "--set": "classes=10", "--assume": "H=32*h"}.get(
        flag, "layers=1000000"
    )
    for text in given:
        for part in _split(text):
            name, equals, value = part.partition("=")
            if not equals or not name.strip() or not value.strip():
                raise UsageError(f"{flag} {text}: not NAME=VALUE", hint=f"write {flag} {example}")
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


def _integers(flag: str, given: tuple[str, ...]) -> dict[str, int]:
    found = pairs(flag, given)
    return {
        name: integer(f"{flag} {name}", value, f"{flag} {name}=1000000")
        for name, value in found.items()
    }


def integer(flag: str, value: str, example: str) -> int:
    """The number that an option takes; raises :class:`UsageError` for anything else."""
    if value.isascii() and value.isdigit() and len(value) < 18 and int(value) > 0:
        return int(value)
    raise UsageError(
        f"{flag} must be an integer of at least 1, got {value!r}", hint=f"write {example}"
    )
