"""A591 invalid-ignore."""

from __future__ import annotations

from cnncalc.check.diagnostics import Diagnostic, Place
from cnncalc.check.rule import Rule


class InvalidIgnore(Rule):
    """A comment is meant to silence a finding and cannot be understood, so that it silences nothing.

    It is ``# cnncalc: ignore[CODE]`` for a line or ``# cnncalc: ignore-file[CODE]`` for a file, with
    codes, or beginnings of codes, in the brackets and the reason after them.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3  # cnncalc: ignore[Q401] to be made smaller

    Fix: write the code as the finding has it.
    """

    code = "A591"
    name = "invalid-ignore"
    severity = "warning"

    def report(self, message: str, place: Place, excerpt: str, help: str) -> Diagnostic:
        return self.found(message, place, excerpt=excerpt, help=help)
