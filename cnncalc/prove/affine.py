"""Goals in Presburger arithmetic: sums of names and floors by numbers, decided by isl."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.prove.goals import Condition, Joint
from cnncalc.prove.polynomials import Poly


class NotAffine(Exception):
    """A product of names, or a division by one."""


def formula(condition: Condition, names: Sequence[str]) -> str:
    """The condition as isl reads it, the names as ``_0, _1, …``; raises :class:`NotAffine`."""
    if isinstance(condition, bool):
        return "0 = 0" if condition else "0 = 1"
    if isinstance(condition, Joint):
        return f" {condition.word} ".join(f"({formula(part, names)})" for part in condition.parts)
    relation = {"==": "="}.get(condition.relation, condition.relation)
    return f"{_sum(condition.poly, names)} {relation} 0"


def _sum(poly: Poly, names: Sequence[str]) -> str:
    parts = []
    for monomial, value in poly.terms.items():
        if value.denominator != 1:
            raise NotAffine
        if not monomial:
            parts.append(str(value.numerator))
            continue
        (atom, exponent), *others = monomial
        if others or exponent != 1:
            raise NotAffine
        if atom.kind == "name":
            written = f"_{names.index(atom.key)}"
        elif atom.kind == "floor" and atom.inside[1].number is not None:
            over, under = atom.inside
            if under.number < 1 or under.number.denominator != 1:
                raise NotAffine
            written = f"floor(({_sum(over, names)})/{under.number})"
        else:
            raise NotAffine
        parts.append(f"{value.numerator}*{written}")
    return " + ".join(f"({part})" for part in parts) or "0"
