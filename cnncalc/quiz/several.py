"""All that is wrong with a file, told at once."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.errors import CnncalcError

#: As many problems are told at once.
MOST_TOLD = 20


class Several(CnncalcError):
    """Problems, each with its place."""

    def __init__(self, problems: Sequence[CnncalcError]) -> None:
        super().__init__(problems[0].message, at=problems[0].at, hint=problems[0].hint)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        told = [str(one) for one in self.problems[:MOST_TOLD]]
        more = len(self.problems) - len(told)
        return "\n".join([*told, *([f"and {more} errors more"] if more else [])])
