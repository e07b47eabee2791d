"""One file held to all rules that are switched on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.check import rules
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.models import models
from cnncalc.check.places import whole
from cnncalc.check.report import Expected, FileReport, ModelReport
from cnncalc.check.rule import AdviceRule
from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError
from cnncalc.expect import Outcome, outcomes
from cnncalc.results import TOTALS, Analysis, fields_to_dict, outputs_to_dict, plain
from cnncalc.spec import parse_yaml


def check_text(text: str, path: str, settings: Settings) -> FileReport:
    """Everything that is wrong with a spec, from its top to its bottom."""
    try:
        spec = parse_yaml(text, path, settings.limits)
    except CnncalcError as error:
        return _reported(path, (), [_raised(error, path)], settings)
    reports: list[ModelReport] = []
    found: list[Diagnostic] = []
    for model in models(spec, settings):
        if isinstance(model, CnncalcError):
            found.append(_raised(model, path))
            continue
        held, diagnostics = _held(model, settings)
        reports.append(held)
        found += diagnostics
    return _reported(path, reports, found, settings)


def _reported(
    path: str, models: Iterable[ModelReport], found: Iterable[Diagnostic], settings: Settings
) -> FileReport:
    """What is switched on, once where several models have it, from top to bottom."""
    once = {(one.code, one.place, one.message): one for one in reversed(list(found))}
    chosen = [one for one in once.values() if settings.selects(one.code)]
    return FileReport(path, tuple(models), tuple(sorted(chosen, key=lambda one: one.order)))


def _held(model: Model, settings: Settings) -> tuple[ModelReport, list[Diagnostic]]:
    found: list[Diagnostic] = []
    expected: list[Outcome] = []
    metrics: Mapping[str, Any] = {}
    try:
        metrics = metrics_of(model.analysis)
        scope = model.expansion.root
        for outcome in outcomes(model.network.spec.expect, scope, model.analysis):
            expected.append(outcome)
            if not outcome.held:
                found.append(rules.for_key(outcome.key).report(outcome, model))
        for rule in rules.of(AdviceRule):
            if settings.selects(rule.code):
                found += rule.look(model)
    except CnncalcError as error:
        found.append(_raised(error, model.path, model.label))
    report = ModelReport(
        model.network.name, model.label, dict(model.at), metrics, tuple(map(_plain, expected))
    )
    return report, found


def _raised(error: CnncalcError, path: str, label: str | None = None) -> Diagnostic:
    return rules.for_error(error).report(error, whole(path), label)


def metrics_of(analysis: Analysis) -> dict[str, Any]:
    """The numbers of a model, as :class:`ModelReport` has them."""
    return {
        **{key: plain(total(analysis)) for key, total in TOTALS.items()},
        **outputs_to_dict(analysis),
        "receptive_field": fields_to_dict(analysis.fields),
    }


def _plain(outcome: Outcome) -> Expected:
    return Expected(
        outcome.key,
        outcome.name,
        outcome.wanted,
        outcome.got,
        outcome.held,
        outcome.at.line,
        outcome.at.column,
    )
