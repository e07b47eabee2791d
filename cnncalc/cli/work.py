"""``cnncalc work``: tensor arithmetic worked by hand."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cnncalc.cli.options import Common, answering
from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table

if TYPE_CHECKING:
    from cnncalc.work import Working

_COLUMNS = (
    Column("element", "element"),
    Column("working", "working"),
    Column("value", "value", right=True),
)


class _Setting(NamedTuple):
    """An option: how it is written, and what the library calls it."""

    flags: tuple[str, ...]
    name: str
    help: str
    metavar: str = "N|NxN"


_KERNEL = _Setting(("-k", "--kernel"), "kernel", "Size of the window (required).")
_STRIDE = _Setting(("-s", "--stride"), "stride", "Step between windows.")
_PADDING = _Setting(("-p", "--padding"), "padding", "Zeros on both sides of every axis.")
_DILATION = _Setting(("-d", "--dilation"), "dilation", "Distance between elements of the kernel.")
_BIAS = _Setting(("--bias",), "bias", "A number, or one for each output channel.", "ARRAY")
_SLIDING = (_STRIDE, _PADDING, _DILATION)
_EXTRA = _Setting(("--op",), "output_padding", "Positions more at the output's end.")
_CHANNELS = "X and W have the same axes, 1 to 3; or X is C,H,W and W is O,C,K,K, as in a layer."


class _Operation(NamedTuple):
    arrays: tuple[str, ...]
    settings: tuple[_Setting, ...]
    about: str
    example: str


_OPERATIONS = {
    "conv": _Operation(
        ("X", "W"),
        (*_SLIDING, _BIAS),
        f"The convolution of deep learning: W slides over X, unflipped.\n\n{_CHANNELS}",
        '"1 2 0; 3 1 1; 0 2 4" "1 -1; 0 2"',
    ),
    "convolve": _Operation(
        ("X", "W"),
        (*_SLIDING, _BIAS),
        f"The convolution of mathematics: W is flipped first.\n\n{_CHANNELS}",
        '"0 1 0" "1 2 3" --padding 1',
    ),
    "deconv": _Operation(
        ("X", "W"),
        (*_SLIDING, _EXTRA, _BIAS),
        "The transposed convolution: each input spreads W over the output.\n\n"
        "With channels X is C,H,W and W is C,O,K,K, as in PyTorch.",
        '"1 2" "1 1 1" --stride 2',
    ),
    "conv-backward": _Operation(
        ("X", "W", "DY"),
        _SLIDING,
        "Gradients of a convolution by weights, bias and input: dw, db, dx.\n\n"
        f"DY is the gradient of the output. {_CHANNELS}",
        '"1 2 0; 3 1 1; 0 2 4" "1 -1; 0 2" "1 0; 0 1"',
    ),
    "maxpool": _Operation(
        ("X",),
        (_KERNEL, *_SLIDING),
        "The largest of each window, and where it stands.\n\nThe stride is the kernel unless "
        "given. -k 1x2x2 pools the channels of C,H,W apart.",
        '"1 3 2 1; 4 2 1 5" -k 2',
    ),
    "avgpool": _Operation(
        ("X",),
        (_KERNEL, _STRIDE, _PADDING),
        "The mean of each window.\n\nThe stride is the kernel unless given. Zeros of the padding "
        "are counted.",
        '"1 3 2 1; 4 2 1 5" -k 2',
    ),
    "maxpool-backward": _Operation(
        ("X", "DY"),
        (_KERNEL, *_SLIDING),
        "The gradient of max pooling by its input.\n\nEach window's goes to the (first) largest.",
        '"1 3 2 1; 4 2 1 5" "1 2" -k 2',
    ),
    "avgpool-backward": _Operation(
        ("X", "DY"),
        (_KERNEL, _STRIDE, _PADDING),
        "The gradient of average pooling by its input.\n\nEach window's is shared out evenly; of X "
        "only the shape matters.",
        '"1 3 2 1; 4 2 1 5" "1 2" -k 2',
    ),
    "norm": _Operation(
        ("X",),
        (),
        "Batch, layer, instance or group normalisation of a small batch.\n\nX is N,C or N,C,… "
        "(samples, channels, further axes). Variances divide by the count.",
        '"1 2; 3 5" --kind ln',
    ),
    "matmul": _Operation(
        ("A", "B"), (), "The product of two matrices, or of a matrix and a vector.",
        '"1 2; 3 4" "5 6; 7 8"',
    ),
    "outer": _Operation(
        ("A", "B"), (), "The outer product of two vectors: column times row.\n\n"
        "A separable kernel is one, as Sobel's.",
        '"1 2 1" "1 0 -1"',
    ),
}  # fmt: skip


class _Command(click.Command):
    """Arguments that begin with a negative number are no options."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [f" {one}" if _NEGATIVE.match(one) else one for one in args])


_NEGATIVE = re.compile(r"[-−]\.?\d")


class _Group(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_Group,
    epilog='Arrays are nested lists ("[[1, 2], [3, 4]]"), rows ("1 2; 3 4"), a file of either, or - '
    "for standard input; numbers are integers, decimals and fractions, kept exact. -q prints the "
    "result alone, as an array that the next command can read; -f latex and -f markdown write "
    "formulas.",
)
def command() -> None:
    """Tensors worked by hand, with every product written out.

    Convolutions, transposed ones, pooling, their gradients, normalisation, products of matrices.
    """


def _added(name: str, operation: _Operation) -> None:
    def run(common: Common, element: str | None, of: str | None = None, **given: Any) -> None:
        from cnncalc import work

        arrays = _read([given.pop(one.lower()) for one in operation.arrays])
        for setting in operation.settings:
            text = given.pop(setting.name)
            if text is not None:
                value = _input(text) if setting is _BIAS else _sizes(setting.flags[-1], text)
                given[setting.name] = value
        call: Callable[..., Working] = getattr(work, name.replace("-", "_"))
        if given.get("kernel", ...) is ... and _KERNEL in operation.settings:
            raise UsageError("the window has no size", hint="write -k 2, or -k 2x3")
        found = call(*arrays, **{key: value for key, value in given.items() if value is not None})
        if of is not None:
            found = found.only(of)
        if element is not None:
            found = found.at(*_index(element))
        elif common.quiet and of is None and name in ("maxpool-backward", "norm"):
            found = found.only(found.results[-1].key)
        common.show(_report(found, common.quiet))

    made = answering(run)
    made = click.option(
        "--element", metavar="I,J", help="Only one element of the result, counted from 0."
    )(made)
    if name == "norm":
        made = click.option("--eps", metavar="E", help="Added to variances; 0 unless given.")(made)
        made = click.option("--groups", type=int, metavar="G", help="Groups of channels, for gn.")(
            made
        )
        made = click.option(
            "--kind", default="bn", metavar="bn|ln|in|gn", help="Batch, layer, instance, group."
        )(made)
    if name in ("conv-backward", "norm", "maxpool-backward"):
        made = click.option("--of", metavar="NAME", help="Only one of the results, as dx.")(made)
    for setting in reversed(operation.settings):
        made = click.option(
            *setting.flags, setting.name, metavar=setting.metavar, help=setting.help
        )(made)
    for one in reversed(operation.arrays):
        made = click.argument(one.lower(), metavar=one)(made)
    first = operation.about.partition("\n")[0]
    example = f"\b\nExample:\n  cnncalc work {name} {operation.example}"
    command.command(name, cls=_Command, help=operation.about, short_help=first, epilog=example)(
        made
    )


for _name, _one in _OPERATIONS.items():
    _added(_name, _one)


def _report(found: Working, brief: bool) -> Report:
    def rows() -> list[list[str]]:
        lines = []
        for result in found.results:
            for step in found.steps(result):
                data = step.to_dict()
                lines.append([step.name, data["working"] or "", str(data["value"])])
        return lines

    return Report(
        found.to_dict,
        Table("", _COLUMNS, rows()),
        found.brief() if brief else str(found),
        {"markdown": found.markdown, "latex": found.latex},
    )


# Reading arguments.


def _read(given: list[str]) -> list[str]:
    if [one.strip() for one in given].count("-") > 1:
        raise UsageError("two arrays are - (standard input)", hint="put one of them in a file")
    return list(map(_input, given))


def _input(given: str) -> str:
    """The text of an array: the argument itself, a file's, or standard input's."""
    if given == "-":
        return sys.stdin.buffer.read(_MOST + 1).decode("utf-8", "replace").strip("\r\n")
    if os.path.isfile(given) if len(given) < 4096 and "\0" not in given else False:
        try:
            with open(given, "rb") as file:
                return file.read(_MOST + 1).decode("utf-8", "replace").strip("\r\n")
        except OSError as error:
            raise UsageError(f"cannot read {given}: {error.strerror}") from None
    if re.fullmatch(r"[^\s\[\](),;]*[A-Za-z_/.][^\s\[\](),;]*", given) and not _NUMBERS.match(
        given
    ):
        raise UsageError(
            f"there is no file {given}",
            hint='an array is written "[[1, 2], [3, 4]]", or as rows: "1 2; 3 4"',
        )
    return given


#: Bytes of a file: more is no example to work by hand.
_MOST = 100_000
_NUMBERS = re.compile(r"\s*[-+−]?\.?\d")


def _sizes(flag: str, text: str) -> Any:
    """``3``, or ``3x1`` for each axis."""
    parts = text.strip().split("x")
    if not all(re.fullmatch(r"-?[0-9]{1,9}", part) for part in parts):
        raise UsageError(
            f"{flag} must be an integer of at most nine digits, or one for each axis, got {text.strip()!r}",
            hint=f"write {flag} 2, or {flag} 2x1",
        )
    return int(parts[0]) if len(parts) == 1 else list(map(int, parts))


def _index(text: str) -> list[int]:
    parts = text.strip().strip("[]()").split(",")
    if not all(re.fullmatch(r"\s*[0-9]{1,9}\s*", part) for part in parts):
        raise UsageError(
            f"--element must be indices, got {text.strip()!r}", hint="write --element 0,1"
        )
    return list(map(int, parts))
