"""A590 unused-ignore."""

from __future__ import annotations

from cnncalc.check.diagnostics import Diagnostic, Fix, Place
from cnncalc.check.rule import Rule


class UnusedIgnore(Rule):
    """A comment silences a finding that is not there.

    The network has changed since, or the comment stands in the wrong line: it belongs on the line
    of the finding or on one above it. What it still hides is nobody's intention when it comes back.
    Codes of rules that are switched off are not looked at, nor comments of a spec that is broken.

    Example:

        input: 3x32x32
        layers:
          - conv 8 k=3  # cnncalc: ignore[B401] to be made smaller

    Fix: remove the comment, or the code from its brackets; ``--fix`` does it.

    Use instead:

        input: 3x32x32
        layers:
          - conv 8 k=3
    """

    code = "A590"
    name = "unused-ignore"
    severity = "warning"

    def report(self, unused: str, place: Place, excerpt: str, fix: Fix) -> Diagnostic:
        """``unused`` are the codes that silence nothing, as they are written."""
        return self.found(
            f"nothing is silenced by ignore[{unused}]",
            place,
            excerpt=excerpt,
            help="remove it",
            fix=fix,
        )
