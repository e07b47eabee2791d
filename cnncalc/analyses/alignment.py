"""Do the branches of a join look at the same places?

A sum or a concatenation puts unit m of every branch into one unit. That has a field of its own
only if all branches advance by the same jump; and a meaning of its own only if they are centred on
the same place. Source: Araujo, Norris & Sim 2019, "Alignment issues".
"""

from __future__ import annotations

from cnncalc.analyses.findings import ALIGNMENT, Finding, warning
from cnncalc.analyses.sliding import AxisField, Fields, hull_of
from cnncalc.sizes import Number, Size, axis_names, equal, is_int, text


def misaligned(
    node: str, names: list[str], found: list[Fields], sizes: tuple[Size, ...]
) -> Finding | None:
    """The first two branches that disagree: in jump an error, in centre a warning.

    ``found`` are the fields of the branches ``names`` as they enter a join with output ``sizes``.
    """
    for axis in range(len(found[0])):
        moving = [
            (name, fields[axis]) for name, fields in zip(names, found) if fields[axis].sliding
        ]
        for name, field in moving[1:]:
            first_name, first = moving[0]
            if equal(_known(field.jump), _known(first.jump)) is not True:
                where = "" if len(found[0]) == 1 else f" along {axis_names(len(found[0]))[axis]}"
                size = sizes[axis] if axis < len(sizes) else None
                return Finding(
                    "error",
                    f"{node}: its branches advance differently{where} ({first_name} by "
                    f"{text(_known(first.jump))}, {name} by {text(_known(field.jump))} input "
                    f"positions per unit): {_drift(first, field, size)}no one size and jump "
                    "describe its receptive field. Give both branches the same total stride",
                    node,
                    ALIGNMENT,
                )
            if _differ(field, first):
                return warning(
                    f"{node}: its branches are centred {text(abs(_known(field.center) - _known(first.center)))} input positions "
                    f"apart ({first_name} at {first.center}, {name} at {field.center})",
                    node,
                    ALIGNMENT,
                )
    return None


def _drift(a: AxisField, b: AxisField, size: Size | None) -> str:
    """How the field of the join changes from the first unit to the last, in numbers."""
    if not is_int(size) or size < 2:
        return ""
    extents = []
    for unit in (0, size - 1):
        field = hull_of(one.sliding.interval(unit) for one in (a, b) if one.sliding)
        if field is None or not all(map(is_int, field)):
            return ""
        extents.append(field)
    (first, last), (low, high) = extents
    return (
        f"unit 0 sees positions {first} to {last} ({last - first + 1}), unit {size - 1} "
        f"{low} to {high} ({high - low + 1}); "
    )


def _differ(a: AxisField, b: AxisField) -> bool:
    return equal(_known(a.center), _known(b.center)) is False and not _both_causal(a, b)


def _both_causal(a: AxisField, b: AxisField) -> bool:
    """Do both see nothing after their own position? Causal branches are centred differently."""
    first = [field.sliding and field.sliding.edges[0] for field in (a, b)]
    return all(interval is not None and equal(interval[1], 0) is True for interval in first)


def _known(value: Number | None) -> Number:
    assert value is not None
    return value
