"""What a rule is. One file per rule under ``rules``; its docstring is its documentation.

The docstring of a rule has a summary line, then sections that ``cnncalc rules CODE`` prints: what
it finds, why that is bad, an example (a spec in an indented block) and how to fix it.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import ClassVar, NamedTuple

from cnncalc.check.diagnostics import Diagnostic, Fix, Place
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt, renaming, statement, word
from cnncalc.errors import CnncalcError, Position
from cnncalc.expect import Outcome
from cnncalc.graph import Node

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

    @property
    def documentation(self) -> str:
        """What is written of it: a summary line, then why it matters, an example and the fix."""
        return cleandoc(self.__doc__ or "")

    @property
    def summary(self) -> str:
        return " ".join(self.documentation.partition("\n\n")[0].split())

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
        """What is said of an outcome that did not hold, or was not checked."""
        raise NotImplementedError


class Remark(NamedTuple):
    """What an advice rule has to say of one layer, or (``node`` None) of the network.

    ``at`` is the place where the layer has none of its own.
    """

    message: str
    node: Node | None = None
    label: str = ""
    notes: tuple[str, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    at: Position | None = None

    @property
    def where(self) -> Position | None:
        return self.at or (self.node.at if self.node else None)

    @property
    def place(self) -> Place | None:
        """The line of the layer, or the word at the place of its own; None: the whole file."""
        if self.where is None:
            return None
        return word(self.at) if self.at else statement(self.where)


class AdviceRule(Rule):
    """Something that is legal and seldom meant."""

    severity: ClassVar[str] = "warning"

    def remarks(self, model: Model) -> Iterator[Remark]:
        """Every layer that the rule is about; a line that makes several of them is named once."""
        raise NotImplementedError

    def noticed(self, model: Model, topic: str, level: str = "warning") -> Iterator[Remark]:
        """What the analysis notices of a topic."""
        for finding in model.analysis.findings:
            if (finding.topic, finding.level) == (topic, level):
                node = model.nodes.get(finding.node or "")
                yield Remark(finding.message.removeprefix(f"{finding.node}: "), node)

    def look(self, model: Model) -> Iterator[Diagnostic]:
        """One finding for each line, with the layers that it makes."""
        lines: dict[Place, list[Remark]] = {}
        for remark in self.remarks(model):
            lines.setdefault(remark.place or model.place, []).append(remark)
        for place, (first, *others) in lines.items():
            yield self.found(
                first.message,
                place,
                excerpt=excerpt(first.where) if first.where else "",
                label=first.label,
                notes=(*first.notes, *_also(others)),
                help=first.help,
                node=first.node.name if first.node else None,
                model=model.label,
                fix=first.fix,
            )


def _also(others: list[Remark]) -> Iterator[str]:
    names = [other.node.name for other in others if other.node]
    if names:
        more = f" and {len(names) - 3:,} more" if len(names) > 3 else ""
        yield f"the line makes other such layers: {', '.join(names[:3])}{more}"
