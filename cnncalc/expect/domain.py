"""Expectations of the sizes for which the network is well-formed, decided by isl."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.errors import Position, SpecError
from cnncalc.expect.outcome import EXACT, Outcome
from cnncalc.expect.reading import number, size_hint, unknown
from cnncalc.problems import BadExpectation, UnknownName
from cnncalc.spec.expressions import Names, evaluate
from cnncalc.spec.syntax import Entry, Piece

if TYPE_CHECKING:
    from cnncalc.domain import Domain
    from cnncalc.graph import Graph
    from cnncalc.presburger.points import Points
    from cnncalc.sizes import Size

#: How a condition is held against the sizes that fit: they are those, they include those, they are
#: all among those.
INCLUDES, WITHIN = "includes", "within"
RELATIONS = (INCLUDES, WITHIN)
#: So many points are tried where isl does not decide.
_MOST_TRIED = 200
_WORDS = {"always": "yes", "never": "no"}


class _Difference(NamedTuple):
    """A point at which condition and network differ, and does the network fit there?"""

    point: Mapping[str, int]
    fits: bool


def fitting(entry: Entry, domain: Domain, names: Names) -> Iterator[Outcome | SpecError]:
    """A condition that says exactly which sizes fit, or ``{includes: …, within: …}``.

    What means nothing is an error among the outcomes.
    """
    if isinstance(entry.value, Mapping):
        for relation, inner in entry.value.items():
            try:
                if relation not in RELATIONS:
                    raise unknown(relation, RELATIONS, inner, "of a domain")
                yield _held(relation, inner, domain, names)
            except SpecError as error:
                yield error
    else:
        yield _held(EXACT, entry, domain, names)


def fits_as(
    domain: Domain, size: Callable[[Graph], Size], piece: Piece, names: Names
) -> bool | None:
    """Is a size what is written, for all sizes of the input at which the network is well-formed?

    Yes, no for each of them, or None: it depends, or is not known.
    """
    from cnncalc.presburger.quasi import Undecided

    world, answers = domain.world, set()
    for case in () if domain.unknown else domain.cases:
        world.region = case.region
        try:
            wanted = number(piece, _Symbols(domain, names))
            answers.add(None if world.postponed else world.holds("==", size(case.graph), wanted))
        except Undecided:
            answers.add(None)
        world.postponed.clear()
    return answers.pop() if len(answers) == 1 else None


def _held(relation: str, entry: Entry, domain: Domain, names: Names) -> Outcome:
    if not isinstance(entry.value, Piece):
        raise BadExpectation(
            "domain is a condition", at=entry.at, hint='write domain: "H % 32 == 0"'
        )
    meant = _where(entry.value, domain, names)
    found, unsure = _difference(relation, meant, domain)
    words = "" if relation == EXACT else f"{relation} "
    name = "domain" if relation == EXACT else f"domain: {relation}"
    why = ""
    notes: tuple[str, ...] = ()
    if found is not None:
        at = ", ".join(f"{symbol}={number}" for symbol, number in found.point.items())
        why = f"they differ at {at}" if at else "they differ"
        notes = (_note(found, at, domain),)
    elif unsure:
        why = "not decided" if str(unsure) == "always" else f"not decided where {unsure}"
    return Outcome(
        "domain",
        name,
        f"{words}{entry.value.text.strip()}",
        domain.condition,
        found is None and not unsure,
        entry.at,
        relation,
        entry=entry,
        why=why,
        notes=notes,
    )


def _note(found: _Difference, at: str, domain: Domain) -> str:
    where = f"at {at}" if at else "here"
    if found.fits:
        return f"{where} the network is well-formed, though the condition does not hold"
    failure = domain.failure(found.point)
    said = "the network is not well-formed"
    if failure is not None:
        said = f"{failure.layer}: {failure.message}" if failure.layer else failure.message
    return f"{where} the condition holds, but {said}"


def _difference(relation: str, meant: Points, domain: Domain) -> tuple[_Difference | None, Points]:
    """The smallest point that speaks against it, and the points that are not decided.

    Where isl does not decide, points are tried one by one: all of them, when they are few.
    """
    unsure = domain.unknown
    found: list[_Difference] = []
    if relation != WITHIN:
        bad = meant - domain.good - domain.unknown
        found += [_Difference(point, False) for point in bad.smallest(1)]
    else:
        unsure = unsure - meant
    if relation != INCLUDES:
        found += [_Difference(point, True) for point in (domain.good - meant).smallest(1)]
    else:
        unsure = unsure & meant
    tried = [] if found else list(unsure.smallest(_MOST_TRIED))
    for point in tried:
        fits = domain.failure(point) is None
        if fits != (point in meant):
            found.append(_Difference(point, fits))
            break
    if len(tried) < _MOST_TRIED:
        unsure = unsure - unsure
    first = min(found, key=lambda one: (max(one.point.values(), default=0), one.fits), default=None)
    return first, unsure


class _Symbols:
    """Symbols of the domain as isl knows them; parameters as they are."""

    def __init__(self, domain: Domain, names: Names) -> None:
        self.limits = names.limits
        self._domain = domain
        self._names = names

    def lookup(self, name: str, at: Position) -> Any:
        symbols = self._domain.symbols
        if name in symbols:
            return self._domain.world.symbol(name)
        try:
            return self._names.lookup(name, at)
        except UnknownName as error:
            error.hint = size_hint(name, symbols)
            raise


def _where(piece: Piece, domain: Domain, names: Names) -> Points:
    """The points for which a condition holds."""
    from cnncalc.presburger.quasi import Undecided

    world, symbols = domain.world, _Symbols(domain, names)
    condition = Piece(_spelled(piece.text), piece.at)
    before, world.region, world.postponed = world.region, world.everything, []
    holds = world.everything - world.everything
    regions = [world.everything]
    try:
        while regions:
            world.region = regions.pop()
            answer = evaluate(condition, symbols)
            if not isinstance(answer, bool):
                raise BadExpectation(
                    "domain is a condition", at=piece.at, hint='write domain: "H % 32 == 0"'
                )
            if answer:
                holds |= world.region
            regions += world.postponed
            world.postponed.clear()
    except Undecided as question:
        raise BadExpectation(
            f"it cannot be decided for which sizes {question} holds",
            at=piece.at,
            hint="compare sums of symbols with numbers, and remainders: H % 32 == 0 and H >= 64",
        ) from None
    finally:
        world.region = before
        world.postponed.clear()
    return holds


def _spelled(text: str) -> str:
    """A condition in the language, also when it was copied from ``cnncalc domain``."""
    found = re.sub(r"\bmod\b", " % ", text)
    found = re.sub(r"(?<![<>=!])=(?!=)", "==", found)
    return _WORDS.get(found.strip(), found)
