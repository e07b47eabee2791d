"""Sets and functions as text: ``H mod 16 = 0 and H >= 16``, ``floor((H + 3)/4)``.

isl's own text is exact, but says ``16*floor((H)/16) >= -7 + H`` for ``H mod 16 <= 7``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import islpy


def wording(
    meets: islpy.Set, everything: islpy.Set, names: tuple[str, ...], least: bool = False
) -> str:
    """When a point of ``everything`` lies in ``meets``; ``always`` or ``never`` if that depends on nothing.

    ``least``: with the smallest number of every symbol, where it is above 1 and follows only from
    the rest.
    """
    if bool(meets.is_empty()):
        return "never"
    known = meets.coalesce().gist(everything).coalesce().compute_divs()
    ways = []
    for basic in known.get_basic_sets():
        parts = _conjunction(basic, names)
        if least:
            parts += _least(basic, everything, names, parts)
        ways.append(" and ".join(parts))
    if len(ways) == 1:
        return ways[0] or "always"
    return " or ".join(f"({way})" if " and " in way else way for way in sorted(ways))


def _least(
    basic: islpy.BasicSet, everything: islpy.Set, names: tuple[str, ...], parts: list[str]
) -> Iterator[str]:
    space = basic.to_set().intersect(everything)
    space = space.move_dims(_kind("set"), 0, _kind("param"), 0, len(names))
    for index, name in enumerate(names):
        mentioned = [part for part in parts if name in re.findall(r"\w+", part)]
        stated = any(
            part.startswith((f"{name} >= ", f"{name} = ")) or f" <= {name} <= " in part
            for part in mentioned
        )
        number = space.dim_min_val(index)
        if mentioned and not stated and number.is_int() and number.to_python() > 1:
            yield f"{name} >= {number}"


def formula(value: islpy.PwAff, region: islpy.Set, names: tuple[str, ...]) -> str:
    """The function in the syntax of sympy, every floor over one fraction: ``floor((H + 3)/4)``.

    Where it is not the same everywhere, the cases: ``H if H <= 5 else 5``.
    """
    pieces = value.gist_params(region.params()).coalesce().get_pieces()
    *others, (_, last) = ((piece, _closed(aff, names)) for piece, aff in pieces)
    cases = [f"{text} if {wording(piece, region, names)} else " for piece, text in others]
    return "".join([*cases, last])


def _closed(aff: islpy.Aff, names: tuple[str, ...]) -> str:
    floors: list[_Atom] = []
    for index in range(aff.dim(_kind("div"))):
        quotient = aff.get_div(index)
        by = quotient.get_denominator_val()
        inside = _form(quotient.scale_val(by), names, floors, remainders=False)
        floors.append(_Atom("floor", inside, by.to_python()))
    below = aff.get_denominator_val()
    form = _settled(_form(aff.scale_val(below), names, floors, remainders=False))
    return str(form) if bool(below.is_one()) else f"({form})/{below.to_python()}"


def _settled(form: _Form) -> _Form:
    """With what floors hold beyond one divisor outside of them: ⌊(5n − 1)/4⌋ = n + ⌊(n + 3)/4⌋ − 1."""
    found = _Form((), form.constant)
    for atom, count in form.atoms:
        if atom.inside is None:
            found = found.plus(_Form(((atom, 1),)), count)
            continue
        inside, outside = _Form(()), _Form(())
        for inner, times in _settled(atom.inside).atoms:
            whole, rest = divmod(times, atom.by)
            outside = outside.plus(_Form(((inner, 1),)), whole)
            inside = inside.plus(_Form(((inner, 1),)), rest)
        whole, rest = divmod(atom.inside.constant, atom.by)
        merged = _Atom("floor", inside._replace(constant=rest), atom.by)
        found = found.plus(outside._replace(constant=whole), count)
        found = found.plus(_Form(((merged, 1),)), count)
    return found


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


def _conjunction(basic: islpy.BasicSet, names: tuple[str, ...]) -> list[str]:
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
    return sorted(found, key=lambda text: " mod " not in text)


def _kind(name: str) -> islpy.dim_type:
    import islpy

    return islpy.dim_type[name]


def _form(
    row: islpy.Constraint | islpy.Aff,
    names: tuple[str, ...],
    floors: list[_Atom],
    remainders: bool = True,
) -> _Form:
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
        shorter = remainders and rest == 0 and len(by_remainder.atoms) < len(by_floor.atoms)
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
