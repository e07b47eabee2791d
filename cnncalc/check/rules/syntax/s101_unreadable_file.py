"""S101 unreadable-file."""

from __future__ import annotations

from cnncalc import problems
from cnncalc.check.rule import ErrorRule


class UnreadableFile(ErrorRule):
    """A file that is to be checked is not there, or is not text.

    Nothing in it was checked. A pipeline that goes on without it would hold nothing to anything.

    Example:

        $ cnncalc check gone.cnn.yaml

    Fix: check the path, the permissions and the encoding (UTF-8).
    """

    code = "S101"
    name = "unreadable-file"
    error = problems.UnreadableFile
