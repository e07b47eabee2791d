"""Decisions for all sizes at once, by the Integer Set Library; only this package imports islpy.

With constant kernels and strides every size is quasi-affine in the input sizes, a fragment that
isl decides exactly. Expressions come in as text in the syntax that sympy and isl share; one
outside the fragment (a product of symbols) is answered with None: undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from cnncalc.presburger.words import wording

if TYPE_CHECKING:
    import islpy


def always_zero(expression: str, names: tuple[str, ...]) -> bool | None:
    """Is the expression 0 for all positive symbols: yes, no for all of them, or None."""
    return _decide("==", expression, names)


def always_nonnegative(expression: str, names: tuple[str, ...]) -> bool | None:
    """Is the expression ≥ 0 for all positive symbols: yes, no for all of them, or None."""
    return _decide(">=", expression, names)


def condition(relation: str, expression: str, names: tuple[str, ...]) -> str | None:
    """When ``expression == 0`` (or ``>= 0``) holds, such as ``H mod 16 = 0``; None if undecidable."""
    return jointly(((relation, expression),), names)


def jointly(needs: Iterable[tuple[str, str]], names: tuple[str, ...]) -> str | None:
    """When all of the relations hold for positive symbols, such as ``H mod 16 = 0 and H >= 21``.

    ``always`` or ``never`` when that depends on nothing; None if one of them is undecidable.
    """
    everything = _positive(names)
    meets = everything
    for relation, expression in needs:
        holds = _set(relation, expression, names)
        if holds is None:
            return None
        meets = meets.intersect(holds)
    return wording(meets, everything, names)


def _decide(relation: str, expression: str, names: tuple[str, ...]) -> bool | None:
    holds = _set(relation, expression, names)
    if holds is None:
        return None
    everything = _positive(names)
    if bool(everything.is_subset(holds)):
        return True
    return False if bool(holds.intersect(everything).is_empty()) else None


@lru_cache(maxsize=4096)
def _set(relation: str, expression: str, names: tuple[str, ...]) -> islpy.Set | None:
    import islpy

    for index, name in enumerate(names):  # isl reads some names as words of its own, such as mod
        expression = re.sub(rf"(?<!\w){re.escape(name)}(?![\w(])", f"_{index}", expression)
    space = _space(names)
    try:
        value = islpy.PwAff(f"{space}{{ [{expression}] }}")
        zero = islpy.PwAff(f"{space}{{ [0] }}")
        return value.eq_set(zero) if relation == "==" else value.ge_set(zero)
    except islpy.Error:
        return None


@lru_cache(maxsize=256)
def _positive(names: tuple[str, ...]) -> islpy.Set:
    import islpy

    bounds = " and ".join(f"_{index} >= 1" for index in range(len(names)))
    return islpy.Set(f"{_space(names)}{{ : {bounds} }}")


def _space(names: tuple[str, ...]) -> str:
    return f"[{', '.join(f'_{index}' for index in range(len(names)))}] -> "
