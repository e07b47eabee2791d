"""S107 wrong-form."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class WrongForm(ErrorRule):
    """A list, a mapping, or nothing, where something else is wanted.

    Each key takes one form: ``layers:`` a list, ``params:`` a mapping, ``input:`` one value.

    Example:

        input: [3, 32, 32]
        layers:
          - relu

    Fix: write it in the form that the help shows.

    Use instead:

        input: 3x32x32
        layers:
          - relu
    """

    code = "S107"
    name = "wrong-form"
    error = problems.WrongForm
