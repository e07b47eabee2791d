"""Values for which a network is as it is wanted: largest, smallest or all; exactly, and saying why.

Four ways, the first that fits: isl, where the condition is about sizes, or proves that what is
compared never shrinks, so that bisection finds the edge; the roots of polynomials, where the only
unknown is a depth or a width; an equation that must hold for all sizes, in closed form; otherwise
every value of a range is tried.
"""

from __future__ import annotations

from cnncalc.errors import UsageError, suggest
from cnncalc.solve.problem import Found as Found
from cnncalc.solve.problem import Problem as Problem

#: Which of the values can be asked for.
WANTED = ("all", "smallest", "largest")


def solve(problem: Problem, want: str = "all", span: tuple[int, int] | None = None) -> Found:
    """``want`` is all, smallest or largest; with a ``span`` its values are tried."""
    if want not in WANTED:
        raise UsageError(
            f"{want!r} values are not what can be wanted", hint=suggest(str(want), WANTED, "ones")
        )
    from cnncalc.solve.equations import by_equations
    from cnncalc.solve.polynomials import by_polynomials
    from cnncalc.solve.sets import by_sets
    from cnncalc.solve.trying import by_trying

    if span:
        return by_trying(problem, want, span)
    return (
        by_sets(problem)
        or by_polynomials(problem)
        or by_equations(problem)
        or by_trying(problem, want)
    )
