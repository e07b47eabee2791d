"""What a check is asked for: plain values that worker processes can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.check.diagnostics import SEVERITIES
from cnncalc.check.patterns import Pattern
from cnncalc.spec.limits import Limits

#: Numbers to compare with: by path and label (nothing where a file has one model), as JSON has them.
Base = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Settings(NamedTuple):
    """``select``, ``ignore`` and ``extend_select`` are codes or beginnings of codes, or ``ALL``.

    ``at`` and ``set`` are values for symbols and parameters, taken by the specs that have them.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    #: Codes that are off in some files, whatever else is said.
    per_file_ignores: tuple[tuple[Pattern, tuple[str, ...]], ...] = ()
    #: Other severities, by the beginning of the code.
    severity: tuple[tuple[str, str], ...] = ()
    at: tuple[tuple[str, str], ...] = ()
    set: tuple[tuple[str, str], ...] = ()
    #: The least severity that fails the run; None: nothing does.
    fail_on: str | None = "error"
    limits: Limits = Limits()
    #: What increases are measured from; None: nothing was given.
    base: Base | None = None

    def selects(self, code: str, path: str | None = None) -> bool:
        """Is a rule switched on (in a file)? The longest beginning that names it decides."""
        chosen = _nearness(self.select + self.extend_select, code)
        ignored = _nearness(self.ignore, code)
        return chosen > ignored and not (path and self._ignores_in(path, code))

    def _ignores_in(self, path: str, code: str) -> bool:
        return any(
            any(names(prefix, code) for prefix in codes) and pattern.matches(path)
            for pattern, codes in self.per_file_ignores
        )

    def severity_of(self, code: str, severity: str) -> str:
        """The severity of a rule: the longest beginning that names it decides, or its own."""
        nearest = max(
            (one for one in self.severity if names(one[0], code)),
            key=lambda one: _nearness(one[:1], code),
            default=None,
        )
        return nearest[1] if nearest else severity

    def fails(self, severity: str) -> bool:
        return self.fail_on is not None and SEVERITIES.index(severity) <= SEVERITIES.index(
            self.fail_on
        )


def _nearness(prefixes: tuple[str, ...], code: str) -> int:
    """How much of a code is named by the longest of ``prefixes``: 0 for ``ALL``, -1 for none."""
    named = [0 if prefix == "ALL" else len(prefix) for prefix in prefixes if names(prefix, code)]
    return max(named, default=-1)


def names(prefix: str, code: str) -> bool:
    """Is ``code`` one of those that ``prefix`` stands for?"""
    return prefix == "ALL" or code.startswith(prefix)
