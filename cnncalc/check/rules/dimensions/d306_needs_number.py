"""D306 needs-number."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NeedsNumber(ErrorRule):
    """Something is decided by a symbol that has no value.

    A condition or a number of repetitions depends on it, so there is not one network but several.

    Example:

        input: 3xHxH
        layers:
          - if: x.h > 100
            then:
              - maxpool 2
          - conv 8 k=3

    Fix: give it a value: under ``at:`` or ``params:`` in the spec, or with ``--at`` and ``--set``.

    Use instead:

        input: 3xHxH
        at: {H: 224}
        layers:
          - if: x.h > 100
            then:
              - maxpool 2
          - conv 8 k=3
    """

    code = "D306"
    name = "needs-number"
    error = problems.NeedsNumber
