"""What becomes of a mistake in a spec: raised at once, or kept while the rest is looked at.

Readers say ``with problems:`` around a part that the others do not need. What is raised inside is
a problem of that part alone: :class:`Problems` lets it through, :class:`AllProblems` keeps it and
goes on behind the part, which is then left out or stands as something unknown. What only follows
from an earlier problem raises :class:`Reported` and is not said.
"""

from __future__ import annotations

from types import TracebackType

from cnncalc.errors import CnncalcError, LayerError, LimitError, SpecError

#: Who has this many needs no more.
MOST = 200


class Reported(Exception):
    """A part that needs another one, whose problem has been reported."""


class Problems:
    """The first mistake is raised, and hence the only one."""

    @property
    def any(self) -> bool:
        """Has anything been found? What is missing may be so because of it."""
        return False

    def report(self, error: CnncalcError) -> None:
        """Something is wrong, and what comes next can be read all the same."""
        raise error

    def settle(self) -> None:
        """Raises the first mistake, if there was one."""

    def keeps(self, error: BaseException) -> bool:
        """Is it a mistake that has been taken note of, so that one can go on behind it?"""
        return False

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        return error is not None and self.keeps(error)


class AllProblems(Problems):
    """Keeps mistakes, each once, in the order in which they are found."""

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], CnncalcError] = {}

    @property
    def found(self) -> list[CnncalcError]:
        return list(self._found.values())

    @property
    def any(self) -> bool:
        return bool(self._found)

    def add(self, error: CnncalcError) -> None:
        # The same line of a loop or of a block comes again and again.
        self._found.setdefault((type(error), error.message, str(error.at)), error)

    def report(self, error: CnncalcError) -> None:
        self.add(error)
        if len(self._found) == MOST:
            raise LimitError(
                f"more than {MOST:,} problems: what follows is not looked at",
                at=error.at,
                hint="is this a spec?",
            )

    def settle(self) -> None:
        if self._found:
            raise self.found[0]

    def keeps(self, error: BaseException) -> bool:
        if isinstance(error, (SpecError, LayerError)):
            self.report(error)
        return isinstance(error, (SpecError, LayerError, Reported))
