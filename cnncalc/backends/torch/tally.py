"""What comparing measured fields with computed ones has found so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from cnncalc.analyses.sliding import AxisField, Interval
from cnncalc.backends.torch.results import Check, Mismatch, Value
from cnncalc.sizes import axis_names, whole

#: First and last position; None where a unit sees nothing.
Ends = tuple[int, int] | None


class Numbers(NamedTuple):
    """What is said of a field along one axis."""

    size: Any
    jump: Any
    start: Any

    def __str__(self) -> str:
        return f"size {self.size}, jump {self.jump}, start {self.start}"


class Measurement(NamedTuple):
    """What was compared: ``units`` of ``tensors``, and the ``positions`` that they see.

    ``numbers`` are the measured ones by tensor and axis, where two rounds of units are clear of
    the borders; ``notes`` say what was not measured.
    """

    tensors: int
    units: int
    positions: int
    checked: int
    mismatched: list[Mismatch]
    numbers: dict[tuple[str, int], Numbers]
    notes: list[str]

    def check(self) -> Check:
        said = "; ".join(self.notes)
        if not self.checked and not self.mismatched:
            return Check(0, [], said or "no layer has a local receptive field")
        return Check(self.checked, self.mismatched, note=said or None)


class Tally:
    """Compares, and counts what it compared."""

    def __init__(self, rank: int) -> None:
        self.axes = axis_names(rank)
        self.tensors: set[str] = set()
        self.units = self.positions = self.checked = 0
        self.mismatched: list[Mismatch] = []
        self.numbers: dict[tuple[str, int], Numbers] = {}
        self.missed: dict[str, dict[str, None]] = {}

    def found(self) -> Measurement:
        notes = [f"{why}: {_several(list(names))}" for why, names in self.missed.items()]
        counts = (len(self.tensors), self.units, self.positions, self.checked)
        return Measurement(*counts, self.mismatched, self.numbers, notes)

    def miss(self, why: str, names: Iterable[str]) -> None:
        """Say why something of these tensors is not compared."""
        for name in names:
            self.missed.setdefault(why, {})[name] = None

    def measured(self, masks: Iterable[int]) -> None:
        for mask in masks:
            self.units += 1
            self.positions += mask.bit_count()

    def positions_of(
        self, name: str, axis: int, what: str, stated: Mapping[int, int], seen: Mapping[int, int]
    ) -> None:
        """The positions of each unit, as bits. One mismatch of a tensor is reported."""
        self.tensors.add(name)
        self.checked += len(stated)
        for unit, mask in stated.items():
            if mask != seen[unit]:
                what = f"{what} of unit {unit} along {self.axes[axis]}"
                self.mismatch(name, what, spans(mask), spans(seen[unit]))
                return

    def field_of(
        self, name: str, axis: int, field: AxisField, seen: Mapping[int, int], rounds: int
    ) -> None:
        """Units clear of the borders, one after the other: as the field says for all of them.

        ``rounds``: how many units are two rounds of all phases; with fewer, there are no numbers.
        """
        assert field.sliding is not None
        found = {unit: _ends(mask) for unit, mask in seen.items()}
        self.checked += len(found)
        for unit, ends in found.items():
            stated = field.sliding.interval(unit)
            if stated != ends:
                what = f"field of unit {unit} along {self.axes[axis]}"
                self.mismatch(name, what, _to(stated), _to(ends))
                break
        if len(found) >= rounds:
            self.checked += 3
            stated_numbers = Numbers(field.size, field.jump, field.start)
            numbers = self.numbers[name, axis] = _numbers(found, field.sliding.period)
            if numbers != stated_numbers:
                what = f"field along {self.axes[axis]}"
                self.mismatch(name, what, str(stated_numbers), str(numbers))

    def mismatch(self, name: str, what: str, expected: Value, measured: Value) -> None:
        self.mismatched.append(Mismatch(name, what, expected, measured))


def _numbers(found: Mapping[int, Ends], period: int) -> Numbers:
    """Size, jump and start of two rounds of units; None what they do not agree on."""
    seeing = {unit: ends for unit, ends in found.items() if ends is not None}
    steps = {
        seeing[unit + period][end] - seeing[unit][end]
        for unit in seeing
        if unit + period in seeing
        for end in (0, 1)
    }
    size = max((last - first + 1 for first, last in seeing.values()), default=None)
    if len(steps) != 1:
        return Numbers(size, None, None)
    (step,) = steps
    unit = min(seeing, key=lambda unit: unit % period)
    return Numbers(size, whole(Fraction(step, period)), seeing[unit][0] - unit // period * step)


def _ends(mask: int) -> Ends:
    return ((mask & -mask).bit_length() - 1, mask.bit_length() - 1) if mask else None


def _to(ends: Interval | None) -> str:
    return "nothing" if ends is None else f"{ends[0]} to {ends[1]}"


def spans(mask: int) -> str:
    """Positions in words: ``3 to 9, 11``; of many, how many there are between which."""
    if not mask:
        return "nothing"
    bits, parts, position = mask, [], 0
    while bits:
        skip = (bits & -bits).bit_length() - 1
        bits, position = bits >> skip, position + skip
        run = (~bits & (bits + 1)).bit_length() - 1
        parts.append(_to((position, position + run - 1)) if run > 1 else str(position))
        bits, position = bits >> run, position + run
    if len(parts) > 8:
        return f"{mask.bit_count()} positions: {', '.join(parts[:4])}, …, {parts[-1]}"
    return ", ".join(parts)


def _several(names: list[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest
