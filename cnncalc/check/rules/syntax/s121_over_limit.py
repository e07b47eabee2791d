"""S121 over-limit."""

from __future__ import annotations

from cnncalc import errors
from cnncalc.check.rule import ErrorRule


class OverLimit(ErrorRule):
    """The spec asks for more than the limits allow.

    Limits on nesting, layers, numbers and file size keep a hostile or mistaken file from taking all
    memory or time. Real networks stay far below them.

    Example:

        input: 3x32x32
        layers:
          - repeat: 1000000
            layers:
              - relu

    Fix: ask for less. Where that much is meant, the other commands take ``--limit layers=…``.

    Use instead:

        input: 3x32x32
        layers:
          - repeat: 10
            layers:
              - relu
    """

    code = "S121"
    name = "over-limit"
    error = errors.LimitError
