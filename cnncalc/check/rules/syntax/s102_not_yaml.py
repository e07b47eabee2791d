"""S102 not-yaml."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class NotYaml(ErrorRule):
    """The text is not YAML.

    A bracket or a quote may be open, a line indented with tabs or unlike its neighbours, or an alias
    may stand for nothing. What comes after it was not read.

    Example:

        input: 3x32x32
        layers: [conv 8 k=3, relu

    Fix: the place is where the reader gave up; look for the cause there and just above.

    Use instead:

        input: 3x32x32
        layers: [conv 8 k=3, relu]
    """

    code = "S102"
    name = "not-yaml"
    error = problems.NotYaml
