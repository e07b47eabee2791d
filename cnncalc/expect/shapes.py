"""Expectations of the shape of a tensor."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest

from cnncalc.expect.outcome import Outcome, depends, shown, sizes
from cnncalc.expect.possible import SIZE, Impossible
from cnncalc.expect.reading import items, number
from cnncalc.problems import BadExpectation
from cnncalc.sizes import Shape, equal
from cnncalc.spec.expressions import Names
from cnncalc.spec.syntax import Entry, Piece

#: Any size will do.
ANY = ("_", "*")
#: Is a size, by its place in the shape, what is written wherever the network is well-formed?
Decide = Callable[[int, Piece], "bool | None"]


def shaped(
    key: str,
    name: str,
    entry: Entry,
    got: Shape,
    names: Names,
    decide: Decide,
    part: str | None = None,
) -> Outcome:
    """A list of sizes, channels first: numbers, expressions, or ``_`` for any size.

    ``decide`` is asked for symbols whose answer is not the same for all of their values.
    Raises :class:`SpecError` for anything else than such a list.
    """
    listed = items(entry) or ()
    leaves = [item.value for item in listed if isinstance(item.value, Piece)]
    if not leaves or len(leaves) < len(listed):
        raise BadExpectation(
            f"{name} must be a list of sizes",
            at=entry.at,
            hint="write [10] for features, [2, 388, 388] for a map",
        )
    wanted = [None if leaf.text.strip() in ANY else number(leaf, names) for leaf in leaves]
    same_rank = len(wanted) == len(got)
    answers: list[bool | None] = []
    for index, (size, want) in enumerate(zip(got, wanted) if same_rank else ()):
        answer = True if want is None else equal(size, want)
        answers.append(decide(index, leaves[index]) if answer is None else answer)
    undecided = [one for one, answer in zip((*got, *wanted), 2 * answers) if answer is None]
    found = Outcome(
        key,
        name,
        sizes("_" if one is None else one for one in wanted),
        sizes(got),
        same_rank and all(answers),
        entry.at,
        shape=got,
        instead=tuple(None if answer else want for want, answer in zip_longest(wanted, answers)),
        entry=entry,
        part=part,
        why=depends(undecided) if False not in answers else "",
    )
    for leaf, want in zip(leaves, wanted):
        if want is not None and not SIZE.has(want):
            message = f"{name}: a size cannot be {shown(want)}"
            raise Impossible(message, leaf.at, f"it is {SIZE}, or {ANY[0]} for any size", found)
    return found
