"""Expectations of a receptive field."""

from __future__ import annotations

from collections.abc import Iterator

from cnncalc.analyses.receptive_field import Fields
from cnncalc.errors import SpecError
from cnncalc.expect.numbers import held_to
from cnncalc.expect.outcome import Outcome
from cnncalc.expect.possible import ANY, COUNT, Range
from cnncalc.expect.reading import items, named, unknown
from cnncalc.problems import BadExpectation
from cnncalc.results import FIELD_KEYS, per_axis
from cnncalc.sizes import axis_names
from cnncalc.spec.expressions import Names
from cnncalc.spec.syntax import Entry

KEY = "receptive_field"
#: What is not negative; an edge may lie outside of the image.
_CAN = {"size": COUNT, "jump": Range(0)}
_EXAMPLE = "{size: 427, jump: 32, start: -213}"


def seen(
    name: str, entry: Entry, fields: Fields | None, names: Names, part: str | None = None
) -> Iterator[Outcome | SpecError]:
    """What is expected of a receptive field, key by key.

    What means nothing is an error among the outcomes.
    """
    for key, inner in named(entry, f"{name} must name what is expected", _EXAMPLE).items():
        try:
            if key not in FIELD_KEYS:
                raise unknown(key, FIELD_KEYS, inner, "of a receptive field")
            yield from _property(f"{name}: {key}", key, inner, fields, names, part)
        except SpecError as error:
            yield error


def _property(
    name: str, key: str, entry: Entry, fields: Fields | None, names: Names, part: str | None
) -> Iterator[Outcome | SpecError]:
    """One value for all axes, or a list of one for each."""
    can = _CAN.get(key, ANY)
    if not fields:
        why = f"{part or 'the network'} has no feature map"
        for inner in (items(entry) or (entry,))[:1]:
            yield from held_to(KEY, name, inner, None, names, part=part, why=why, can=can)
        return
    axes = axis_names(len(fields))
    each = items(entry) or (entry,) * len(fields)
    if len(each) != len(fields):
        raise BadExpectation(
            f"{key} has {len(each)} values for {len(fields)} axes",
            at=entry.at,
            hint=f"give one for all, or one each: {', '.join(axes)}",
        )
    for axis, inner, got in zip(axes, each, per_axis(fields, key)):
        yield from held_to(KEY, name, inner, got, names, part=part, can=can, axis=axis)
