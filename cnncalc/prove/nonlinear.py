"""Goals with products and divisions of names, by z3; the only file that imports it.

A floor ⌊n/d⌋ is an integer q with q d <= n < q d + d for positive d (and the mirror image for
negative d), so z3's own division, which rounds differently, is never used. A power is an integer
of which only the sign is said: enough to prove, while what z3 takes for a counterexample is
checked on plain numbers by whoever asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.prove.canonical import Canonical
from cnncalc.prove.goals import Condition, Joint
from cnncalc.prove.polynomials import Atom, Poly

#: Steps that z3 may take before it answers "unknown"; not seconds, so that answers are the same
#: on any machine.
MOST_STEPS = 4_000_000


#: Factors of a product, each name as often as its exponent says.
MOST_FACTORS = 1_000


class Unwritable(Exception):
    """A power that may be a fraction, or a product of too many factors."""


def available() -> bool:
    from importlib.util import find_spec

    return find_spec("z3") is not None


class Search:
    """Looks for values of the names that meet a condition; raises :class:`Unwritable`."""

    def __init__(self, condition: Condition, canonical: Canonical, names: Sequence[str]) -> None:
        import z3

        self.z3 = z3
        self.canonical = canonical
        self.context = z3.Context()
        self.solver = z3.Solver(ctx=self.context)
        self.solver.set("rlimit", MOST_STEPS)
        self.solver.set("random_seed", 0)
        self.variables: dict[Atom, Any] = {}
        self.names = {name: z3.Int(f"n_{name}", self.context) for name in names}
        for name, variable in self.names.items():
            low = canonical.least.get(name)
            if low is not None:
                self.solver.add(variable >= low)
        self.solver.add(self._truth(condition))

    def point(self) -> dict[str, int] | bool:
        """Values that meet the condition; False: there are none; True: it cannot be told."""
        try:
            answer = self.solver.check()
        except self.z3.Z3Exception:
            return True
        if answer == self.z3.unsat:
            return False
        if answer != self.z3.sat:
            return True
        model = self.solver.model()
        return {
            name: model.eval(variable, model_completion=True).as_long()
            for name, variable in self.names.items()
        }

    def smaller(self, weights: Mapping[str, int], point: dict[str, int]) -> dict[str, int] | bool:
        """A point with a smaller weighted sum of distances from 0, or as :meth:`point`."""
        z3 = self.z3
        total: Any = 0
        for name, weight in weights.items():
            variable = self.names[name]
            low = self.canonical.least.get(name)
            distance = (
                variable
                if low is not None and low >= 0
                else z3.If(variable >= 0, variable, -variable)
            )
            total = total + weight * distance
        limit = sum(weight * abs(point[name]) for name, weight in weights.items())
        self.solver.add(total < limit)
        return self.point()

    def _truth(self, condition: Condition) -> Any:
        z3 = self.z3
        if isinstance(condition, bool):
            return z3.BoolVal(condition, self.context)
        if isinstance(condition, Joint):
            parts = [self._truth(part) for part in condition.parts]
            return z3.And(*parts) if condition.word == "and" else z3.Or(*parts)
        value = self._poly(condition.poly)
        if condition.relation == "==":
            return value == 0
        return value != 0 if condition.relation == "!=" else value >= 0

    def _poly(self, poly: Poly) -> Any:
        total: Any = self.z3.IntVal(0, self.context)
        for monomial, coefficient in poly.terms.items():
            if sum(exponent for _, exponent in monomial) > MOST_FACTORS:
                raise Unwritable
            part: Any = self.z3.IntVal(int(coefficient), self.context)
            for atom, exponent in monomial:
                for _ in range(exponent):
                    part = part * self._atom(atom)
            total = total + part
        return total

    def _atom(self, atom: Atom) -> Any:
        if atom.kind == "name":
            return self.names[atom.key]
        if not atom.whole:
            raise Unwritable
        if atom not in self.variables:
            variable = self.z3.Int(f"a_{len(self.variables)}", self.context)
            self.variables[atom] = variable
            getattr(self, f"_{atom.kind}")(atom, variable)
        return self.variables[atom]

    def _floor(self, atom: Atom, quotient: Any) -> None:
        over, under = atom.inside
        scale = over.denominators() * under.denominators()
        n, d = self._poly(over.scaled(scale)), self._poly(under.scaled(scale))
        z3 = self.z3
        above = z3.And(quotient * d <= n, n < quotient * d + d)
        if self.canonical.positive(under):
            self.solver.add(above)
            return
        self.solver.add(z3.Implies(d > 0, above))
        self.solver.add(z3.Implies(d < 0, z3.And(quotient * d >= n, n > quotient * d + d)))

    def _power(self, atom: Atom, variable: Any) -> None:
        low = self.canonical.lowest(atom)
        if low is not None:
            self.solver.add(variable >= low)
