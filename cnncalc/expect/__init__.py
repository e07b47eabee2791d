"""What a spec says of itself: its ``expect:`` held against what is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnncalc.errors import CnncalcError
from cnncalc.expect.base import Base
from cnncalc.expect.cases import Case, cases
from cnncalc.expect.holding import KEYS, PART_KEYS, Subject, outcomes
from cnncalc.expect.outcome import Outcome
from cnncalc.expect.parts import Part, Parts
from cnncalc.network import Network
from cnncalc.spec.syntax import Expect


def unmet(
    network: Network,
    at: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> list[str]:
    """What ``expect:`` says and is not so, a line each, with its place; empty when all holds.

    Values are expressions over the parameters and symbols, or numbers as 4.1G, 32M, 5k. ``at`` is
    for the sizes that the spec does not choose itself. Increases are not looked at: there is
    nothing to compare with. Raises :class:`cnncalc.CnncalcError` for an expectation that means
    nothing.
    """
    found: list[str] = []
    for case in cases(network.spec, network.limits):
        if isinstance(case, CnncalcError):
            raise case
        chosen = Network(case.spec(network.spec), network.limits)
        free = {name: value for name, value in (at or {}).items() if name not in case.at}
        expansion = chosen.expansion(free, settings)
        analysis = chosen.analyzed(expansion.graph(), expansion.binding)
        subject = Subject(chosen, expansion.root, analysis, settings)
        for outcome in outcomes(case.expected, subject):
            if isinstance(outcome, CnncalcError):
                raise outcome
            if outcome.held is False:
                found.append(str(outcome))
    return found


__all__ = [
    "KEYS",
    "PART_KEYS",
    "Base",
    "Case",
    "Expect",
    "Outcome",
    "Part",
    "Parts",
    "Subject",
    "cases",
    "outcomes",
    "unmet",
]
