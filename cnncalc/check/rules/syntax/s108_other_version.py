"""S108 other-version."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class OtherVersion(ErrorRule):
    """The spec is in a version of the language that this program does not read.

    ``cnncalc: 1`` at the top of a spec names the version of the language that it is written in. A later
    version may give other meanings to the same words.

    Example:

        cnncalc: 2
        input: 3x32x32
        layers:
          - relu

    Fix: update cnncalc, or write the version whose language the spec is in.

    Use instead:

        cnncalc: 1
        input: 3x32x32
        layers:
          - relu
    """

    code = "S108"
    name = "other-version"
    error = problems.OtherVersion
