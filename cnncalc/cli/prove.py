"""``cnncalc prove``: a statement about all integers."""

from __future__ import annotations

import click

from cnncalc.cli.options import Common, answering
from cnncalc.render import Column, Report, Table

_KEYS = ("verdict", "statement", "counterexample", "argument")


@click.command()
@click.argument("statement")
@click.option(
    "--given",
    multiple=True,
    metavar="COND",
    help='A condition, such as "S == 1" or "P >= 0"; may be given several times.',
)
@answering
def command(statement: str, given: tuple[str, ...], common: Common) -> None:
    """Proves or refutes a statement about all integers.

    Names are integers of at least 1, unless --given bounds them otherwise. Statements are written
    as in Python, with floor, ceil, min, max and cnncalc's own formulas as functions: conv_out(n, k,
    s, p, d), rf_next(r, k, j), params('3xHxW | conv D k=K') and more.

    Exit code 0: proved; 1: refuted, with the smallest counterexample, or undecided.
    """
    from cnncalc.prove import PROVED, Verdict, prove
    from cnncalc.prove.statement import Text
    from cnncalc.prove.verdict import written

    def point(found: Verdict) -> str:
        return ", ".join(
            f"{name} = {value}" for name, value in (found.counterexample or {}).items()
        )

    found = prove(Text.of(statement), [Text.of(one, name="<given>") for one in given])
    lines = [f"{found.verdict}: {found.statement}"]
    lines += [f"  given {one}" for one in found.given]
    lines.append(f"  for {found.domain}")
    lines += [f"  where {one} (the network is well-formed)" for one in found.assumed]
    if found.counterexample:
        lines.append(f"  not at {point(found)}")
    if found.verdict != PROVED:
        lines += [f"    {side} = {written(value)}" for side, value in found.sides]
    lines.append(f"  argument: {found.argument}")
    row = [found.verdict, found.statement, point(found), found.argument]
    table = Table("", [Column(key, key) for key in _KEYS], [row])
    common.show(Report(found.to_dict, table, "\n".join(lines)))
    if found.verdict != PROVED:
        click.get_current_context().exit(1)
