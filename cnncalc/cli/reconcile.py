"""``cnncalc reconcile``: why tools count differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import click

from cnncalc.cli.counting import answer
from cnncalc.cli.options import Common, fold_bn, shared
from cnncalc.errors import UsageError
from cnncalc.reconcile import USUAL, Ledger, Step
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell
from cnncalc.results import opening, plain
from cnncalc.sizes import Number, expand, text
from cnncalc.tables.analysis import headline
from cnncalc.tables.counting import count_facts

_COLUMNS = (
    Column("tool", "tool"),
    Column("entry", "entry"),
    Column("change", "change", right=True),
    Column("total", "total", right=True),
    Column("rules", "rules"),
)
_LISTED = (
    Column("convention", "convention"),
    Column("version", "version"),
    Column("unit", "unit"),
    Column("about", "about"),
)


@click.command()
@click.argument("net", required=False)
@click.option(
    "--tools",
    "-t",
    multiple=True,
    metavar="A,B,…",
    help=f"Conventions, from one to the next (else {','.join(USUAL)}).",
)
@click.option("--list", "listed", is_flag=True, help="The conventions that there are.")
@fold_bn
@shared
def command(
    net: str | None, common: Common, tools: tuple[str, ...], listed: bool, fold_bn: bool
) -> None:
    """Why counting tools differ, from one total to another.

    Each line is what one tool counts and the other does not, or counts by another rule; the changes
    sum to the difference of the totals exactly. In rules, N are elements read, M elements made, K
    elements of the kernel.
    """
    if listed:
        common.show(_listing())
        return
    if net is None:
        raise UsageError("reconcile needs a network", hint="cnncalc reconcile resnet50, or --list")
    ledger = common.reconcile(net, tools or USUAL, fold_bn)
    answer(common, Report(ledger.to_dict, _table(ledger)), ledger.counts)


def _table(ledger: Ledger) -> Table:
    first = ledger.counts[0]
    rows: list[Sequence[Cell]] = [_total(first.convention.key, first.total)]
    for step in ledger.steps:
        rows += _changes(step)
    facts = list(count_facts(ledger.counts))
    if ledger.folding:
        facts.append(("folded", str(ledger.folding)))
    if ledger.why:
        values = ", ".join(f"{name}={value}" for name, value in ledger.at.items())
        facts.append(("at", f"{values}; {ledger.why}"))
    per = "" if ledger.batch == 1 else f", batch {text(ledger.batch)}"
    return Table(headline(ledger) + per, _COLUMNS, rows, facts=facts)


def _total(tool: str, total: Number | None) -> Sequence[Cell]:
    return (tool, "total", None, plain(total), "")


def _changes(step: Step) -> Iterator[Sequence[Cell]]:
    """The changes with the running total, then the total that they lead to."""
    tool = step.after.convention.key
    running = step.before.total or 0
    for change in step.changes:
        running = expand(running + change.amount)
        yield (tool, change.entry, plain(change.amount), plain(running), _worded(change.rules))
    yield _total(tool, step.after.total)


def _worded(rules: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{tool}: {' / '.join(texts)}" for tool, texts in rules.items())


def _listing() -> Report:
    """All conventions, with the versions that their rules were read from."""
    from cnncalc.conventions import every

    found = every()
    rows = [[one.key, one.version, one.unit, one.about] for one in found]
    data = {
        **opening("conventions"),
        "conventions": {
            one.key: {
                "name": one.name,
                "version": one.version or None,
                "unit": one.unit,
                "about": one.about,
                "batch": one.batch,
                "rules": {
                    what: {"counts": rule.text, "source": rule.source}
                    for what, rule in one.rules.items()
                },
            }
            for one in found
        },
    }
    return Report(lambda: data, Table("", _LISTED, rows))
