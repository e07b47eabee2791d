"""Ledgers as the rows of a table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cnncalc.conventions.base import LETTERS
from cnncalc.reconcile import Ledger, Step
from cnncalc.render.report import Cell, Column, Table
from cnncalc.results import plain
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


def ledger_table(ledger: Ledger) -> Table:
    """Every total, and the changes from each to the next with the running total."""
    first = ledger.counts[0]
    rows: list[Sequence[Cell]] = [_total(first.convention.key, first.total)]
    for step in ledger.steps:
        rows += _changes(step)
    facts = list(count_facts(ledger.counts))
    if said := _letters(str(row[-1]) for row in rows):
        facts.append(("letters", said))
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
    running = expand(sum(step.before.terms.values()))
    for change in step.changes:
        running = expand(running + change.amount)
        yield (tool, change.entry, plain(change.amount), plain(running), _worded(change.rules))
    yield _total(tool, step.after.total)


def _letters(rules: Iterable[str]) -> str:
    """What the letters of some rules stand for."""
    text = " ".join(rules)
    found = (
        f"{letter}: {meaning}"
        for letter, meaning in LETTERS.items()
        if re.search(rf"(?<![A-Za-z'’]){letter}(?![A-Za-z])", text)
    )
    return "; ".join(found)


def _worded(rules: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{tool}: {' / '.join(texts)}" for tool, texts in rules.items())
