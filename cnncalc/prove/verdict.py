"""What is found out about a statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.sizes import text

PROVED, REFUTED, UNDECIDED = "proved", "refuted", "undecided"


class Verdict(NamedTuple):
    """``argument`` says what proved or refuted the statement, or how far it was searched.

    ``counterexample`` has a value for every name; ``smallest``: no point with a smaller sum is one.
    ``sides`` are the sides of the comparison there, with their values. ``domain`` says which
    integers were asked about, ``assumed`` what networks need in order to be well-formed.
    """

    verdict: str
    argument: str
    statement: str
    given: tuple[str, ...]
    domain: str
    counterexample: Mapping[str, int] | None = None
    smallest: bool = True
    sides: tuple[tuple[str, Any], ...] = ()
    assumed: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """JSON of schema 1."""
        from cnncalc import __version__
        from cnncalc.results import SCHEMA

        found = self.counterexample
        return {
            "schema": SCHEMA,
            "cnncalc": __version__,
            "statement": self.statement,
            "given": list(self.given),
            "verdict": self.verdict,
            "counterexample": None if found is None else dict(found),
            "argument": self.argument,
            "domain": self.domain,
            "assumed": list(self.assumed),
            "sides": [{"text": side, "value": plain(value)} for side, value in self.sides],
        }


def plain(value: Any) -> Any:
    """A value for JSON: integers and lists as they are, fractions as text."""
    if isinstance(value, list):
        return [plain(part) for part in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return text(value)


def written(value: Any) -> str:
    """A value for people."""
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    return "undefined" if value is None else text(value)
