"""``cnncalc solve``: values for which a network is as it is wanted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from cnncalc.cli.options import Common, shared
from cnncalc.errors import UsageError
from cnncalc.render import Column, Report, Table
from cnncalc.results import opening

if TYPE_CHECKING:  # imported when the command runs
    from cnncalc.solve import Found

#: More values than this are counted and not shown, but in JSON.
_SHOWN = 20


@click.command()
@click.argument("net")
@click.option(
    "--for",
    "unknowns",
    required=True,
    metavar="NAME[,NAME]",
    help="Symbols, parameters, or arguments of layers (conv1.padding).",
)
@click.option(
    "--such-that",
    required=True,
    metavar="COND",
    help='As "macs <= 4G", "output.h == input.h", "rf >= 224".',
)
@click.option(
    "--want",
    default="all",
    type=click.Choice(["all", "smallest", "largest"]),
    help="Which of the values.",
)
@click.option("--range", "span", metavar="LOW:HIGH", help="Try these values instead of solving.")
@shared
def command(
    net: str, common: Common, unknowns: str, such_that: str, want: str, span: str | None
) -> None:
    """Values for which a network is as it is wanted.

    Exact, and it says why: decided by isl for all values at once, found by bisection where what is
    compared is proved never to shrink, solved in closed form, or tried one by one over a range.

    Conditions are expressions over macs, flops, params, buffers, activation_bytes,
    peak_activation_bytes, rf, jump, the sizes of tensors (output.h, input.w, conv1.c), symbols and
    parameters; 4G is 4,000,000,000. Symbols that are left are meant for all their values. Exit
    code 1 when there is no such value.
    """
    network = common.network(net)
    names = [name.strip() for name in unknowns.split(",") if name.strip()]
    if not names or len(set(names)) < len(names):
        raise UsageError(f"--for {unknowns}: not names", hint="write --for H, or --for k,s")
    found = network.solve(
        names, such_that, want, **common.values(), symbolic=common.symbolic, span=_span(span)
    )
    lines = _lines(found, want)
    table = Table("", (Column("answer", "answer"),), [[line] for line in lines])
    data = {
        **opening(network.name),
        "for": names,
        "such_that": such_that,
        "want": want,
        **found.to_dict(),
    }
    common.show(Report(lambda: data, table, "\n".join([*lines, f"({found.argument})"])))
    if not lines or lines[0].startswith("none"):
        click.get_current_context().exit(1)


def _span(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,9}):(\d{1,9})", text.strip())
    if not found or int(found[1]) > int(found[2]):
        raise UsageError(f"--range {text}: not LOW:HIGH", hint="write --range 1:512")
    return int(found[1]), int(found[2])


def _lines(found: Found, want: str) -> list[str]:
    """The answer for people, a line for each value or fact."""
    if found.solutions is not None:
        return _solved(found) or ["none"]
    if found.tried and not found.values:
        return [f"none from {found.tried[0]} to {found.tried[1]}"]
    if want == "smallest":
        return [_said(found.smallest)]
    if want == "largest":
        if found.smallest and found.largest is None and found.condition:
            return [f"no largest: {found.condition}"]
        if found.largest is None and found.values:
            return [f"{_said(found.values[-1])} or more"]
        return [_said(found.largest)]
    if found.condition is None:
        values = found.values or []
        more = [f"and {len(values) - _SHOWN} more"] if len(values) > _SHOWN else []
        return [*map(_said, values[:_SHOWN]), *more] or ["none"]
    if found.smallest is None:
        return ["none"]
    lines = [found.condition]
    if found.largest != found.smallest:
        lines.append(f"smallest {_said(found.smallest)}")
        lines += [f"largest {_said(found.largest)}"] if found.largest else []
    return lines


def _solved(found: Found) -> list[str]:
    lines = []
    for solution in found.solutions or ():
        values = ", ".join(
            f"{name} = {value}" if value != name else f"any {name}"
            for name, value in solution.values.items()
        )
        when = f", where {' and '.join(solution.conditions)}" if solution.conditions else ""
        lines.append(f"{values}{when}")
    return lines


def _said(point: dict[str, int] | None) -> str:
    if point is None:
        return "none"
    return ", ".join(f"{name} = {number}" for name, number in point.items())
