"""S118 bad-expression."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class BadExpression(ErrorRule):
    """An expression that cannot be read.

    Expressions are numbers, names, ``+ - * // / % **``, comparisons, ``and or not``, ``a if c else b``
    and ``min max ceil floor abs``. Python is not run, so nothing else of it is there.

    Example:

        input: 3x32x32
        layers:
          - conv 2^3 k=3

    Fix: write it with what there is; a power is ``2**3``.

    Use instead:

        input: 3x32x32
        layers:
          - conv 2**3 k=3
    """

    code = "S118"
    name = "bad-expression"
    error = problems.BadExpression
