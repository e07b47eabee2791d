"""What a verification found: typed, and as JSON."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

#: The layer of a mismatch that is about the whole network.
TOTAL = "total"

Value: TypeAlias = "int | str | tuple[int, ...] | None"


class Mismatch(NamedTuple):
    """A number that is not what was measured; None: there is no such thing on that side."""

    layer: str
    what: str
    expected: Value
    measured: Value

    def __str__(self) -> str:
        expected, measured = _show(self.expected), _show(self.measured)
        return f"{self.layer}: {self.what}: expected {expected}, measured {measured}"


class Check(NamedTuple):
    """How many numbers were compared, which differ, and why nothing was if nothing was.

    ``note`` says what was left out of a check that was made.
    """

    checked: int
    mismatched: list[Mismatch]
    skipped: str | None = None
    note: str | None = None


class Verification(NamedTuple):
    """The outcome: ``ok`` when nothing that was checked differs; a skipped check says so itself."""

    ok: bool
    device: str
    versions: dict[str, str]
    checks: dict[str, Check]
    batch: int = 1
    dtype: str = "float32"

    def to_dict(self) -> dict[str, Any]:
        """As JSON of schema 1 has it; ``skipped`` and ``note`` are there only when they say something."""
        checks: dict[str, Any] = {}
        for name, check in self.checks.items():
            rows = [{**row._asdict(), **_lists(row)} for row in check.mismatched]
            checks[name] = {"checked": check.checked, "mismatched": rows}
            said = {"skipped": check.skipped, "note": check.note}
            checks[name].update({key: text for key, text in said.items() if text is not None})
        return {**self._asdict(), "checks": checks}


def _lists(row: Mismatch) -> dict[str, Any]:
    """Shapes as JSON has them."""
    sides = {"expected": row.expected, "measured": row.measured}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in sides.items()}


def _show(value: Value) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value)) or "a single number"
    return "nothing" if value is None else str(value)
