"""What a check of several files comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cnncalc.check.diagnostics import SEVERITIES, Diagnostic


class Expected(NamedTuple):
    """An expectation and what became of it, in words; ``line`` and ``column`` say where it is.

    ``held`` is None for one that was not checked, as an increase without a base.
    """

    key: str
    name: str
    wanted: str
    got: str
    held: bool | None
    line: int
    column: int


class ModelReport(NamedTuple):
    """One network of a file for one choice of its sizes.

    ``label`` names the preset, and the sizes where ``expect:`` names them (``resnet50, H=224``);
    ``at`` are the numbers that symbols have; ``metrics`` are the numbers of the JSON of ``analyze``
    (totals, output, receptive field), empty when the network is not well-formed.
    """

    name: str
    label: str | None
    at: Mapping[str, Any]
    metrics: Mapping[str, Any]
    expected: tuple[Expected, ...]


class FileReport(NamedTuple):
    """One file. ``suppressed`` counts the findings that comments or a baseline silence."""

    path: str
    models: tuple[ModelReport, ...]
    diagnostics: tuple[Diagnostic, ...]
    suppressed: int = 0


class Report(NamedTuple):
    """All files, in the order in which they were named, folders by name."""

    files: tuple[FileReport, ...]

    @property
    def diagnostics(self) -> Sequence[Diagnostic]:
        return [found for file in self.files for found in file.diagnostics]

    @property
    def counts(self) -> Mapping[str, int]:
        """Findings by severity, worst first."""
        found = Counter(one.severity for one in self.diagnostics)
        return {severity: found[severity] for severity in SEVERITIES}

    @property
    def expected(self) -> int:
        """How many expectations were held against the numbers."""
        models = (model for file in self.files for model in file.models)
        return sum(one.held is not None for model in models for one in model.expected)
