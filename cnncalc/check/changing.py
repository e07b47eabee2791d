"""What ``--fix`` and ``--update-expect`` make of a spec."""

from __future__ import annotations

from difflib import unified_diff
from typing import NamedTuple

from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError


class Changes(NamedTuple):
    """Which of the two is asked for."""

    fix: bool = False
    update: bool = False

    def __bool__(self) -> bool:
        return self.fix or self.update

    def made(self, text: str, path: str, settings: Settings) -> str:
        """The text with all changes; as it was where the spec is too broken for them."""
        if self.fix:
            from cnncalc.check.fixing import fix_text

            text, _ = fix_text(text, path, settings)
        if self.update:
            from cnncalc.check.updating import updated

            try:
                text = updated(text, path, settings)
            except CnncalcError:
                return text  # what is wrong with it is a finding
        return text


def difference(before: str, after: str, path: str) -> str:
    """A unified diff, empty where nothing changes."""
    lines = unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), path, path
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
