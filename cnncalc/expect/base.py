"""What numbers were before: budgets on how much they grow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.errors import CnncalcError, Position, Source
from cnncalc.expect.outcome import INCREASE, Outcome, depends, shown
from cnncalc.expect.reading import number
from cnncalc.problems import BadExpectation
from cnncalc.sizes import Number, at_least, is_int
from cnncalc.spec.expressions import Names, evaluate
from cnncalc.spec.syntax import Entry, Piece

_PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")


class Base(NamedTuple):
    """The numbers of a network at the base, as JSON has them; ``missing`` says why there are none."""

    metrics: Mapping[str, Any] | None = None
    missing: str = "no base is given"


def increase(
    key: str, name: str, entry: Entry, got: Number | None, names: Names, base: Base
) -> Outcome:
    """``max_increase``: a part of what the base has (``2%``), or a number (``100k``)."""
    assert isinstance(entry.value, Piece)
    written = entry.value
    percent = _PERCENT.fullmatch(written.text)
    more = _share(percent.group(1)) if percent else number(written, names)
    if at_least(more, 0) is not True:
        raise BadExpectation(
            f"an increase is at least 0, got {shown(more)}",
            at=entry.at,
            hint="write max_increase: 2%, or max_increase: 100k",
        )
    allowed = written.text.strip() if percent else shown(more)
    before, missing = _before(key, names, base)
    found = Outcome(
        "base", f"{name}: max_increase", f"an increase of at most {allowed}", shown(got), None,
        entry.at, INCREASE, value=got, entry=entry, base=before, why=missing,
    )  # fmt: skip
    if before is None or got is None:
        return found
    limit = _floor(before + (before * more if percent else more))
    held = at_least(limit, got)
    return found._replace(
        key="increase",
        wanted=f"at most {shown(limit)}, {allowed} more than {shown(before)}",
        held=held is True,
        bound=limit,
        why="" if held is not None else depends((limit, got)),
    )


def _share(percent: str) -> Number:
    from fractions import Fraction

    return Fraction(percent) / 100


def _floor(limit: Number) -> Number:
    """The largest integer within a limit, where that is a number."""
    whole = getattr(limit, "numerator", None)
    return whole // limit.denominator if is_int(whole) else limit


def _before(key: str, names: Names, base: Base) -> tuple[Number | None, str]:
    """The number at the base, or why there is none."""
    if base.metrics is None:
        return None, base.missing
    value = base.metrics.get(key)
    if is_int(value):
        return value, ""
    if not isinstance(value, str):
        return None, f"the base has no {key}"
    try:
        return evaluate(Piece(value, Position(Source("<base>", value), 1, 1)), names), ""
    except CnncalcError:
        return None, f"{key} of the base is {value}, which cannot be compared with"
