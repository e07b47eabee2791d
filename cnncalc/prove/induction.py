"""Induction on a name: an equality or an inequality that its differences carry on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from cnncalc import terms
from cnncalc.prove.search import Free
from cnncalc.terms import Formula, Term

Prover = Callable[[Iterable[Formula], Formula, Mapping[str, Free]], str | None]


def by_induction(
    conditions: list[Formula], goal: Formula, free: Mapping[str, Free], proves: Prover
) -> str | None:
    """Proves ``goal`` for the lowest value of a name, and for n + 1 from n.

    Conditions that mention the name are not used: the step would have to stay within them.
    """
    for name, one in free.items():
        if one.low is None or one.high is not None or name not in set(terms.names_in(goal)):
            continue
        if not _raised(goal, name):
            continue
        kept = [one for one in conditions if name not in terms.names_in(one)]
        base = terms.replaced(goal, {name: one.low})
        step = terms.replaced(goal, {name: terms.name(name) + 1})
        others = {other: bounds for other, bounds in free.items() if other != name}
        if proves(kept, base, others) is None:
            continue
        if proves([*kept, goal], step, free) is not None:
            return f"induction on {name}"
    return None


def _raised(item: Term | Formula, name: str) -> bool:
    """Is the name in an exponent, where nothing else reaches?"""
    if item.op in ("number", "name"):
        return False
    if item.op == "**" and name in terms.names_in(item.args[1]):
        return True
    return any(_raised(part, name) for part in item.args)
