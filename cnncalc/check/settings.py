"""What a check is asked for: plain values that worker processes can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.check.diagnostics import SEVERITIES
from cnncalc.spec.limits import Limits

#: The numbers of other versions of the specs: by path, then by label of the model (or "").
Base = Mapping[str, Mapping[str, Mapping[str, Any]]]


class Settings(NamedTuple):
    """``select``, ``ignore`` and ``extend_select`` are codes or beginnings of codes, or ``ALL``.

    ``at`` and ``set`` are values for symbols and parameters, taken by the specs that have them.
    """

    select: tuple[str, ...] = ("ALL",)
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    at: tuple[tuple[str, str], ...] = ()
    set: tuple[tuple[str, str], ...] = ()
    #: What relative budgets compare with.
    base: Base | None = None
    #: The least severity that fails the run; None: nothing does.
    fail_on: str | None = "error"
    limits: Limits = Limits()

    def selects(self, code: str) -> bool:
        """Is a rule switched on? The longest beginning that names it decides."""
        chosen = max(
            (len(p) for p in self.select + self.extend_select if _names(p, code)), default=-1
        )
        ignored = max((len(p) for p in self.ignore if _names(p, code)), default=-1)
        return chosen > ignored

    def fails(self, severity: str) -> bool:
        return self.fail_on is not None and SEVERITIES.index(severity) <= SEVERITIES.index(
            self.fail_on
        )


def _names(prefix: str, code: str) -> bool:
    return prefix == "ALL" or code.startswith(prefix)
