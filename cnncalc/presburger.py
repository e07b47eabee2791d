"""Decisions for all sizes at once, by the Integer Set Library; the only file that imports islpy.

With constant kernels and strides every size is quasi-affine in the input sizes, a fragment that
isl decides exactly. Expressions come in as text in the syntax that sympy and isl share; one
outside the fragment (a product of symbols) is answered with None: undecided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

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
    if bool(meets.is_empty()):
        return "never"
    known = meets.coalesce().gist(everything).coalesce().compute_divs()
    ways = sorted(_conjunction(basic, names) for basic in known.get_basic_sets())
    if len(ways) == 1:
        return ways[0] or "always"
    return " or ".join(f"({way})" if " and " in way else way for way in ways)


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


# Sets as text. isl's own is exact, but says ``16*floor((H)/16) >= -7 + H`` for ``H mod 16 <= 7``.


class _Atom(NamedTuple):
    """A symbol, or ⌊inside / by⌋ or inside mod by, which isl has as variables of a set."""

    word: str
    inside: _Form | None = None
    by: int = 1

    def __str__(self) -> str:
        if self.inside is None:
            return self.word
        inside, only = str(self.inside), self.inside.only
        operand = inside if only and not only.is_remainder else f"({inside})"
        return f"floor({operand}/{self.by})" if self.word == "floor" else f"{operand} mod {self.by}"

    @property
    def is_remainder(self) -> bool:
        return self.inside is not None and self.word == "mod"


class _Form(NamedTuple):
    """An affine form: how often each atom is taken, and a constant."""

    atoms: tuple[tuple[_Atom, int], ...]
    constant: int = 0

    @property
    def only(self) -> _Atom | None:
        """The atom that is all there is, if so."""
        if self.constant or [count for _, count in self.atoms] != [1]:
            return None
        return self.atoms[0][0]

    def plus(self, other: _Form, times: int = 1) -> _Form:
        counts = dict(self.atoms)
        for atom, count in other.atoms:
            counts[atom] = counts.get(atom, 0) + times * count
        kept = ((atom, count) for atom, count in counts.items() if count)
        ordered = sorted(kept, key=lambda item: (item[0].inside is not None, str(item[0])))
        return _Form(tuple(ordered), self.constant + times * other.constant)

    def part(self, sign: int) -> _Form:
        """The atoms taken a positive (or negative) number of times, as positive."""
        return _Form(tuple((atom, sign * count) for atom, count in self.atoms if sign * count > 0))

    def __str__(self) -> str:
        if self.only:
            return str(self.only)
        terms = []
        for atom, count in sorted(self.atoms, key=lambda item: item[1] < 0):
            word = f"({atom})" if atom.is_remainder else str(atom)
            terms.append((count, word if abs(count) == 1 else f"{abs(count)}*{word}"))
        if self.constant or not terms:
            terms.append((self.constant, str(abs(self.constant))))
        joined = " ".join(("- " if count < 0 else "+ ") + word for count, word in terms)
        return joined[2:] if joined[0] == "+" else f"-{joined[2:]}"


def _conjunction(basic: islpy.BasicSet, names: tuple[str, ...]) -> str:
    """The constraints of a basic set, a lower and an upper bound of the same thing joined."""
    floors: list[_Atom] = []
    for index in range(basic.dim(_kind("div"))):
        quotient = basic.get_div(index)
        by = quotient.get_denominator_val()
        inside = _form(quotient.scale_val(by), names, floors)
        floors.append(_Atom("floor", inside, by.to_python()))
    bounds: dict[str, list[tuple[str, str]]] = {}
    for constraint in basic.get_constraints():
        if not constraint.is_div_constraint():
            form = _form(constraint, names, floors)
            left, relation, right = _bound(form, bool(constraint.is_equality()))
            bounds.setdefault(left, []).append((relation, right))
    found = [text for left in sorted(bounds) for text in _ranges(left, sorted(bounds[left]))]
    return " and ".join(sorted(found, key=lambda text: " mod " not in text))


def _kind(name: str) -> islpy.dim_type:
    import islpy

    return islpy.dim_type[name]


def _form(row: islpy.Constraint | islpy.Aff, names: tuple[str, ...], floors: list[_Atom]) -> _Form:
    """A row of coefficients; its floors as remainders where that leaves fewer atoms.

    e − m⌊e/m⌋ = e mod m.
    """

    def count(kind: str, index: int) -> int:
        found: int = row.get_coefficient_val(_kind(kind), index).to_python()
        return found

    constant: int = row.get_constant_val().to_python()
    form = _Form((), constant)
    for index, name in enumerate(names):
        form = form.plus(_Form(((_Atom(name), 1),)), count("param", index))
    for index, floor in enumerate(floors):
        times, rest = divmod(count("div", index), floor.by)
        assert floor.inside is not None
        remainder = _Form(((_Atom("mod", floor.inside, floor.by), 1),))
        by_floor = form.plus(_Form(((floor, 1),)), count("div", index))
        by_remainder = form.plus(floor.inside, times).plus(remainder, -times)
        shorter = rest == 0 and len(by_remainder.atoms) < len(by_floor.atoms)
        form = by_remainder if shorter else by_floor
    return form


def _bound(form: _Form, equality: bool) -> tuple[str, str, str]:
    """``form = 0`` or ``form >= 0`` with the first atom on the left and the constant on the right."""
    (first, count), *others = form.atoms
    inside = first.inside
    if equality and not others and inside and first.is_remainder and abs(count) == 1:
        left = _Atom("mod", inside._replace(constant=0), first.by)
        return str(left), "=", str((-count * form.constant - inside.constant) % first.by)
    sign = 1 if count > 0 else -1
    right = form.part(-sign)._replace(constant=-sign * form.constant)
    relation = "=" if equality else ">=" if sign > 0 else "<="
    return str(form.part(sign)), relation, str(right)


def _ranges(left: str, bounds: list[tuple[str, str]]) -> Iterator[str]:
    numbers = {relation: right for relation, right in bounds if right.lstrip("-").isdigit()}
    joined = "<=" in numbers and ">=" in numbers
    if joined:
        yield f"{numbers['>=']} <= {left} <= {numbers['<=']}"
    for relation, right in bounds:
        if not (joined and numbers.get(relation) == right):
            yield f"{left} {relation} {right}"
