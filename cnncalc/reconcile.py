"""Ledgers: from one tool's total to another's, entry by entry.

Each convention's count of a network is a sum of entries (multiply–accumulates, biases, batch
normalisation, …). What two of them differ in is the difference of these entries, which sums to the
difference of the totals exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from cnncalc import given
from cnncalc.conventions.base import LABELS
from cnncalc.conventions.counting import Count
from cnncalc.errors import UsageError
from cnncalc.network import Network
from cnncalc.results import Folding, count_to_dict, plain
from cnncalc.sizes import Number, Shape, Size, equal, expand

#: Those that are compared when none are named.
USUAL = ("mac", "torch", "fvcore", "ptflops", "thop", "deepspeed", "torchinfo")


class Change(NamedTuple):
    """One entry that two tools count differently: by how much, and by which rules."""

    entry: str
    amount: Number
    rules: Mapping[str, tuple[str, ...]]

    def to_dict(self) -> dict[str, Any]:
        rules = {name: list(texts) for name, texts in self.rules.items()}
        return {"entry": self.entry, "amount": plain(self.amount), "rules": rules}


class Step(NamedTuple):
    """From one tool's total to another's: the first, with all changes, is the second."""

    before: Count
    after: Count
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "from": self.before.convention.key,
            "to": self.after.convention.key,
            "changes": [change.to_dict() for change in self.changes],
            "difference": plain(expand(sum(change.amount for change in self.changes))),
        }


class Ledger(NamedTuple):
    """What several tools count, and the steps from each to the next.

    ``at`` are values of symbols for which everything is counted in numbers, because a tool's rule has
    no formula in them; ``why`` says which.
    """

    head: Mapping[str, Any]
    batch: Size
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    counts: tuple[Count, ...]
    steps: tuple[Step, ...]
    folding: Folding | None = None
    at: Mapping[str, int] = MappingProxyType({})
    why: str | None = None

    @property
    def name(self) -> str:
        return str(self.head["name"])

    def __str__(self) -> str:
        """As ``cnncalc reconcile`` prints it."""
        from cnncalc.render.plain import plain as written
        from cnncalc.tables.reconcile import ledger_table

        return written(ledger_table(self))

    def _repr_html_(self) -> str:
        """The same table, as notebooks show it."""
        from cnncalc.render.html import table
        from cnncalc.tables.reconcile import ledger_table

        return table(ledger_table(self))

    def to_dict(self) -> dict[str, Any]:
        """JSON: every tool's entries, and the steps; ``evaluated`` where there are only numbers."""
        counts = {count.convention.key: count_to_dict(count) for count in self.counts}
        evaluated = {"evaluated": {"at": dict(self.at), "why": self.why}} if self.why else {}
        return {
            **self.head,
            "batch": plain(self.batch),
            "conventions": counts,
            "steps": [step.to_dict() for step in self.steps],
            **evaluated,
            **(self.folding.to_dict() if self.folding else {}),
        }


def reconcile(
    network: Network,
    tools: Iterable[str] | None = None,
    at: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    symbolic: bool = False,
    assume: Mapping[str, Any] | None = None,
    batch: Size = 1,
    fold_bn: bool = False,
) -> Ledger:
    """The ledger of :meth:`cnncalc.Network.reconcile`."""
    names, batch = USUAL if tools is None else tools, given.batch(batch)
    counts = network.count(
        names, at, settings, symbolic=symbolic, assume=assume, batch=batch, fold_bn=fold_bn
    )
    sized = network.sized(at, settings, symbolic, assume, fold_bn)
    graph = sized.graph
    ledger = Ledger(
        sized.head,
        batch,
        graph.inputs,
        {name: graph.shapes[tensor] for name, tensor in graph.outputs.items()},
        counts,
        _steps(counts),
        sized.folding,
    )
    open_ones = [count for count in counts if count.numeric]
    if not open_ones:
        return ledger
    name, reason = next(iter(open_ones[0].numeric.items()))
    why = f"{open_ones[0].convention.key} has no closed form at {name}: {reason}"
    found = open_ones[0].at
    if found is None:
        raise UsageError(why, hint="give every symbol a number, with --at, --set or --batch")
    numbers = network.count(names, found[0], settings, batch=batch, fold_bn=fold_bn)
    return ledger._replace(counts=numbers, steps=_steps(numbers), at=found[0], why=why)


def _steps(counts: tuple[Count, ...]) -> tuple[Step, ...]:
    return tuple(_step(before, after) for before, after in pairwise(counts))


def _step(before: Count, after: Count) -> Step:
    old, new = before.terms, after.terms
    changes = []
    for entry in dict.fromkeys((*old, *new)):
        amount = expand(new.get(entry, 0) - old.get(entry, 0))
        if equal(amount, 0) is not True:
            texts = {count.convention.key: _texts(count, entry) for count in (before, after)}
            rules = {name: said for name, said in texts.items() if said}
            changes.append(Change(entry, amount, rules))
    return Step(before, after, tuple(changes))


def _texts(count: Count, entry: str) -> tuple[str, ...]:
    """What a tool's rules for an entry say, where there are several of which operations.

    What the tool has no rule for is said too.
    """
    said = count.rules.get(entry, {}) if entry in count.terms else {}
    several = len(said) > 1
    found = [
        f"{text} ({', '.join(whats)})" if several and whats else text
        for text, whats in said.items()
    ]
    missing = ", ".join(_missing(count, entry))
    return (*found, *([f"uncounted: {missing}"] if missing else []))


def _missing(count: Count, entry: str) -> Iterator[str]:
    """The operations of an entry that a tool leaves out."""
    for kind, operations, layers in count.uncounted:
        named = [name for name in operations if LABELS.get(name) == entry]
        if named:
            part = "" if len(operations) == 1 else f"{' and '.join(named)} of "
            yield f"{part}{kind} x{len(layers)}"
