"""What a rule is. One file per rule under ``rules``; its docstring is its documentation.

The docstring of a rule has a summary line, then sections that ``cnncalc rules CODE`` prints: what
it finds, why that is bad, an example (a spec in an indented block) and how to fix it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.check.diagnostics import Diagnostic, Fix, Place
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt, renaming, statement, word
from cnncalc.errors import CnncalcError, Position
from cnncalc.expect import Outcome

#: What the first letter of a code says.
FAMILIES = {
    "S": "syntax and schema",
    "G": "graph",
    "D": "dimensions",
    "B": "budgets",
    "A": "advice",
}


class Rule:
    """One thing that can be wrong. ``code`` is never used again for another one."""

    code: ClassVar[str]
    #: In lower case with dashes, as it is read aloud.
    name: ClassVar[str]
    severity: ClassVar[str] = "error"

    def found(
        self,
        message: str,
        place: Place,
        *,
        excerpt: str = "",
        label: str = "",
        notes: tuple[str, ...] = (),
        help: str | None = None,
        node: str | None = None,
        model: str | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        return Diagnostic(
            self.code,
            self.name,
            self.severity,
            message,
            place,
            excerpt,
            label,
            notes,
            help,
            node,
            model,
            fix,
        )


class ErrorRule(Rule):
    """A spec that is no network: what reading or building it raises, by the type of the error."""

    error: ClassVar[type[CnncalcError]]
    #: Is it about the whole layer line, or about the word that the error is at?
    line: ClassVar[bool] = False

    def report(self, error: CnncalcError, place: Place, model: str | None = None) -> Diagnostic:
        fix = renaming(error)
        if fix:
            place = fix.edits[0].place
        elif error.at:
            place = statement(error.at) if self.line else word(error.at)
        return self.found(
            error.message,
            place,
            excerpt=excerpt(error.at) if error.at else "",
            help=error.hint,
            node=error.node,
            model=model,
            fix=fix,
        )


class BudgetRule(Rule):
    """An expectation that does not hold; ``keys`` are those of ``expect:`` that it is about."""

    keys: ClassVar[tuple[str, ...]]

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        """What is said of an outcome that did not hold."""
        raise NotImplementedError


class AdviceRule(Rule):
    """Something that is legal and seldom meant."""

    severity: ClassVar[str] = "warning"

    def look(self, model: Model) -> Iterator[Diagnostic]:
        raise NotImplementedError

    def at(
        self,
        at: Position | None,
        message: str,
        model: Model,
        *,
        label: str = "",
        notes: tuple[str, ...] = (),
        help: str | None = None,
        node: str | None = None,
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding at a layer's line."""
        return self.found(
            message,
            statement(at) if at else model.place,
            excerpt=excerpt(at) if at else "",
            label=label,
            notes=notes,
            help=help,
            node=node,
            model=model.label,
            fix=fix,
        )
