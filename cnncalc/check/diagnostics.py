"""What a check finds: plain values, which outputs print and worker processes send back."""

from __future__ import annotations

from typing import Any, NamedTuple

#: Severities, worst first.
SEVERITIES = ("error", "warning", "note")


class Place(NamedTuple):
    """A stretch of a file: 1-based lines and columns (in code points), the end not included."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Edit(NamedTuple):
    """``text`` in the place of what is there."""

    place: Place
    text: str


class Fix(NamedTuple):
    """A change that does what is meant without changing any number that was right."""

    message: str
    edits: tuple[Edit, ...]


class Diagnostic(NamedTuple):
    """One finding. ``message`` stands alone: lowercase, no full stop; the remedy is in ``help``.

    ``label`` is said at the caret, ``node`` the layer, ``model`` the preset or binding, where there
    are several. ``excerpt`` is the source line of ``place``.
    """

    code: str
    name: str
    severity: str
    message: str
    place: Place
    excerpt: str = ""
    label: str = ""
    notes: tuple[str, ...] = ()
    help: str | None = None
    node: str | None = None
    model: str | None = None
    fix: Fix | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """Findings of a file are listed from its top to its bottom."""
        return (self.place.line, self.place.column, self.code, self.message, self.model or "")
