"""The smallest point of a set of integers that a formula of isl's describes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

#: Steps that isl may take before the question counts as undecided.
MOST_STEPS = 2_000_000


class Undecided(Exception):
    """The formula is outside the fragment, or takes too long."""


def smallest(
    formula: str, weights: Sequence[int], lowest: Sequence[int | None]
) -> tuple[int, ...] | None:
    """The integers ``_0, _1, …`` that satisfy the formula: the least sum, then in order.

    Each counts ``weights`` times in the sum; one without a lowest value counts as its distance
    from 0. None when there are none. Raises :class:`Undecided`.
    """
    import islpy

    names = [f"_{index}" for index in range(len(weights))]
    parts, total = [f"({formula})"], []
    distances: list[str] = []
    for name, weight, low in zip(names, weights, lowest):
        counted = name
        if low is None or low < 0:
            counted = f"a{name}"
            distances.append(counted)
            parts.append(f"{counted} >= 0 and ({counted} = {name} or {counted} = -{name})")
        if low is not None:
            parts.append(f"{name} >= {low}")
        total.append(f"{weight}*{counted}")
    variables = ", ".join(["total", *names, *distances])
    parts.append(f"total = {' + '.join(total) or '0'}")
    context: Any = islpy.Context()
    context.set_max_operations(MOST_STEPS)
    try:
        points = islpy.Set(f"{{ [{variables}] : {' and '.join(parts)} }}", context)
        first = points.lexmin()
        if bool(first.is_empty()):
            return None
        point = first.sample_point()
        return tuple(
            point.get_coordinate_val(islpy.dim_type.set, index + 1).to_python()
            for index in range(len(names))
        )
    except islpy.Error:
        raise Undecided from None
