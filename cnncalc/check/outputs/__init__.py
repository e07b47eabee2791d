"""The formats of a report: one module each, with a function ``write(report) -> str``."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from cnncalc.check.report import Report

#: Names as users give them, each a module beside this one.
FORMATS = ("text", "json")


def writer(format: str) -> Callable[[Report], str]:
    found: Callable[[Report], str] = import_module(f"{__name__}.{format}").write
    return found
