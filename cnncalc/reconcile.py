"""Ledgers: from one tool's total to another's, entry by entry.

Each convention's count of a network is a sum of entries (multiply–accumulates, biases, batch
normalisation, …). What two of them differ in is the difference of these entries, which sums to the
difference of the totals exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from cnncalc.conventions.counting import Count
from cnncalc.errors import UsageError
from cnncalc.network import Network
from cnncalc.results import count_to_dict, head, plain
from cnncalc.sizes import Number, Size, equal, expand

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
    counts: tuple[Count, ...]
    steps: tuple[Step, ...]
    at: Mapping[str, int]
    why: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """JSON: every tool's entries, and the steps; ``evaluated`` where there are only numbers."""
        counts = {count.convention.key: count_to_dict(count) for count in self.counts}
        evaluated = {"evaluated": {"at": dict(self.at), "why": self.why}} if self.why else {}
        return {
            **self.head,
            "conventions": counts,
            "steps": [step.to_dict() for step in self.steps],
            **evaluated,
        }


def reconcile(
    network: Network,
    tools: Iterable[str] = USUAL,
    at: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    *,
    symbolic: bool = False,
    assume: Mapping[str, Any] | None = None,
    batch: Size = 1,
) -> Ledger:
    """The ledger from the first of ``tools`` (names of conventions) to the next, and so on.

    >>> from cnncalc import load
    >>> ledger = reconcile(load("3x32x32 | conv 10 k=5 p=2 | bn"), ["mac", "fvcore"])
    >>> [(change.entry, change.amount) for change in ledger.steps[0].changes]
    [('batch normalisation', 20480)]

    Raises :class:`cnncalc.CnncalcError` for an unknown tool, and where a tool's rule has no formula in
    the symbols and the network has no sizes of its own.
    """
    counts = network.count(tools, at, settings, symbolic=symbolic, assume=assume, batch=batch)
    expansion = network.expansion(at, settings, symbolic, assume)
    begins = head(network.name, expansion.graph().inputs, expansion.binding)
    open_ones = [count for count in counts if count.numeric]
    if not open_ones:
        return Ledger(begins, counts, _steps(counts), {})
    name, reason = next(iter(open_ones[0].numeric.items()))
    why = f"{open_ones[0].convention.key} has no closed form at {name}: {reason}"
    found = open_ones[0].at
    if found is None:
        raise UsageError(why, hint="give every symbol a number, with --at or --set")
    numbers = network.count(tools, found[0], settings, batch=batch)
    return Ledger(begins, numbers, _steps(numbers), found[0], why)


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
    return tuple(rule.text for rule in count.rules.get(entry, ())) if entry in count.terms else ()
