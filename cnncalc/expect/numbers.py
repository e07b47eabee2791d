"""Expectations of one number: exact, within bounds, or not much more than before."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.errors import SpecError
from cnncalc.expect.base import Base, increase
from cnncalc.expect.outcome import AT_LEAST, AT_MOST, Outcome, depends, shown
from cnncalc.expect.possible import COUNT, Impossible, Range, kept_by_none
from cnncalc.expect.reading import number, unknown
from cnncalc.problems import BadExpectation
from cnncalc.sizes import Number, at_least, equal
from cnncalc.spec.expressions import Names
from cnncalc.spec.syntax import Entry, Piece

BOUNDS = ("min", "max")
#: Bounds of a number of the whole network, which a base has too.
TOTAL_BOUNDS = (*BOUNDS, "max_increase")


def held_to(
    key: str,
    name: str,
    entry: Entry,
    got: Number | None,
    names: Names,
    base: Base | None = None,
    part: str | None = None,
    why: str = "",
    can: Range = COUNT,
    axis: str = "",
) -> Iterator[Outcome | SpecError]:
    """An exact value, or ``{min: …, max: …}``; ``why`` says why there is no number.

    With a ``base`` there may be a ``max_increase``. A bound that means nothing is an error among
    the outcomes, and so is a number that there ``can`` not be.
    """
    full = f"{name} ({axis})" if axis else name
    shown_got = shown(got) if got is not None or not why else "none"
    if isinstance(entry.value, Piece):
        wanted = number(entry.value, names)
        answer = None if got is None else equal(got, wanted)
        found = Outcome(
            key, full, shown(wanted), shown_got, answer is True, entry.at, bound=wanted, value=got,
            entry=entry, part=part, why=why or _undecided(answer, got, wanted),
        )  # fmt: skip
        if can.has(wanted):
            yield found
        else:
            message = f"{name} cannot be {shown(wanted)}"
            yield Impossible(message, entry.at, f"it is {can}", found)
        return
    if isinstance(entry.value, tuple):
        raise BadExpectation(
            f"{name} is one number, got a list of {len(entry.value)}",
            at=entry.at,
            hint="write the number, or {min: …, max: …}",
        )
    known = BOUNDS if base is None else TOTAL_BOUNDS
    limits: dict[str, tuple[Entry, Number]] = {}
    for bound, inner in entry.value.items():
        try:
            if bound not in known:
                raise unknown(bound, known, inner, "bounds")
            if not isinstance(inner.value, Piece):
                example = "max_increase: 2%" if bound == "max_increase" else "max: 4.1G"
                raise BadExpectation(
                    f"{bound} must be one number", at=inner.at, hint=f"write {example}"
                )
            if bound == "max_increase":
                assert base is not None
                yield increase(key, full, inner, got, names, base)
                continue
            limits[bound] = inner, number(inner.value, names)
        except SpecError as error:
            yield error
    wrong = kept_by_none(name, limits, can)
    if wrong is not None:
        yield wrong
        return
    for bound, (inner, limit) in limits.items():
        low, high = (limit, got) if bound == "min" else (got, limit)
        answer = None if high is None or low is None else at_least(high, low)
        relation = AT_LEAST if bound == "min" else AT_MOST
        yield Outcome(
            key, full, f"{relation} {shown(limit)}", shown_got, answer is True, inner.at, relation,
            limit, got, entry=inner, part=part, why=why or _undecided(answer, got, limit),
        )  # fmt: skip


def _undecided(answer: bool | None, got: Number | None, wanted: Number) -> str:
    if answer is not None:
        return ""
    return depends((wanted,) if got is None else (got, wanted))
