"""The rules, one per file, by code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pkgutil import walk_packages
from typing import TypeVar

from cnncalc.check.rule import AdviceRule, BudgetRule, ErrorRule, Rule
from cnncalc.errors import CnncalcError

_Family = TypeVar("_Family", bound=Rule)


@cache
def rules() -> dict[str, Rule]:
    """All rules by code, in the order of their numbers: syntax first, advice last."""
    return {rule.code: rule for rule in sorted(_defined(), key=lambda rule: rule.code[1:])}


def _defined() -> Iterator[Rule]:
    for found in walk_packages(__path__, f"{__name__}."):
        if not found.ispkg:
            module = import_module(found.name)
            for value in vars(module).values():
                if isinstance(value, type) and value.__module__ == found.name:
                    yield value()


def of(family: type[_Family]) -> list[_Family]:
    return [rule for rule in rules().values() if isinstance(rule, family)]


@cache
def _by_error() -> dict[type[CnncalcError], ErrorRule]:
    return {rule.error: rule for rule in of(ErrorRule)}


def for_error(error: CnncalcError) -> ErrorRule:
    """The rule about errors of this type; raises those that are not about a spec."""
    known = _by_error()
    found = next((known[cls] for cls in type(error).__mro__ if cls in known), None)
    if found is None:
        raise error
    return found


@cache
def _by_key() -> dict[str, BudgetRule]:
    return {key: rule for rule in of(BudgetRule) for key in rule.keys}


def for_key(key: str) -> BudgetRule:
    """The rule about this key of ``expect:``."""
    return _by_key()[key]


__all__ = ["AdviceRule", "BudgetRule", "ErrorRule", "Rule", "for_error", "for_key", "of", "rules"]
