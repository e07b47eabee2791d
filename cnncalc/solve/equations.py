"""Solving in closed form: an equation that must hold for all sizes, linear in the unknowns."""

from __future__ import annotations

from typing import Any

from cnncalc.errors import LayerError, SpecError
from cnncalc.solve.facts import Beyond, Facts
from cnncalc.solve.problem import Found, Problem
from cnncalc.spec.bind import sympy_symbol
from cnncalc.spec.build import Expansion
from cnncalc.spec.expressions import evaluate


def by_equations(problem: Problem) -> Found | None:
    """In closed form, where symbols are left and the condition is a linear equation.

    It must hold for all sizes of the inputs; other symbols may be part of the answer.
    """
    wanted = problem.wanted.comparisons
    if not wanted or any(one.relation != "==" for one in wanted):
        return None
    asked: set[str] = set()

    def noted(name: str) -> Any:
        asked.add(name)
        return sympy_symbol(name)

    expansion = Expansion(problem.spec, problem.given(symbols=noted), problem.limits)
    try:
        graph = expansion.graph()
    except (LayerError, SpecError):
        return None
    if asked <= set(problem.unknowns):
        return None
    from cnncalc.symbolic import forms

    facts = Facts(graph, expansion.root)
    try:
        differences = [evaluate(one.left, facts) - evaluate(one.right, facts) for one in wanted]
    except Beyond:
        return None
    if any(one.requirement.relation == "==" for one in graph.conditions):
        return None  # the sizes are not free of each other
    inputs = [size for shape in facts.graph.inputs.values() for size in shape]
    universal = [name for name in forms.names(inputs) if name not in problem.unknowns]
    solutions = forms.solve_for_all(differences, problem.unknowns, universal)
    if solutions is None or (graph.conditions and not solutions):
        return None
    everything = f" for all {', '.join(universal)}" if universal else ""
    argument = f"linear in {', '.join(problem.unknowns)}, solved exactly{everything}"
    return Found(argument, solutions=solutions)
