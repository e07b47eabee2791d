"""One file held to all rules that are switched on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cnncalc.check import rules
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.model import Model
from cnncalc.check.places import whole
from cnncalc.check.report import Expected, FileReport, ModelReport
from cnncalc.check.rule import AdviceRule
from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError
from cnncalc.expect import Outcome, outcomes
from cnncalc.network import Network
from cnncalc.results import TOTALS, Analysis, fields_to_dict, outputs_to_dict, plain
from cnncalc.spec import parse_yaml
from cnncalc.spec.bind import free_symbols
from cnncalc.spec.reporting import AllProblems
from cnncalc.spec.syntax import Spec


def check_text(text: str, path: str, settings: Settings) -> FileReport:
    """Everything that is wrong with a spec, from its top to its bottom."""
    problems = AllProblems()
    try:
        spec = parse_yaml(text, path, settings.limits, problems)
    except CnncalcError as error:
        return _reported(path, (), _raised(error, problems, path), settings)
    models: list[ModelReport] = []
    found: list[Diagnostic] = []
    for model in _models(spec, settings):
        held, diagnostics = _held(model, settings)
        models.append(held)
        found += diagnostics
    return _reported(path, models, found, settings)


def _reported(
    path: str, models: Iterable[ModelReport], found: Iterable[Diagnostic], settings: Settings
) -> FileReport:
    """What is switched on, once where several models have it, from top to bottom."""
    once = {(one.code, one.place, one.message): one for one in reversed(list(found))}
    chosen = [one for one in once.values() if settings.selects(one.code)]
    return FileReport(path, tuple(models), tuple(sorted(chosen, key=lambda one: one.order)))


def _models(spec: Spec, settings: Settings) -> Iterator[Model]:
    """The network, or each preset of a family."""
    members: dict[str | None, Spec] = {name: spec.preset(name) for name in spec.presets}
    for label, member in (members or {None: spec}).items():
        network = Network(member, settings.limits)
        symbols = free_symbols(member, settings.limits)
        at = {name: value for name, value in settings.at if name in symbols}
        given = {name: value for name, value in settings.set if name in member.params}
        yield Model(network, at, given, label)


def _held(model: Model, settings: Settings) -> tuple[ModelReport, list[Diagnostic]]:
    found: list[Diagnostic] = []
    expected: list[Outcome] = []
    metrics: Mapping[str, Any] = {}
    try:
        metrics = _metrics(model.analysis)
        scope = model.expansion.root
        for outcome in outcomes(model.network.spec.expect, scope, model.analysis, model.problems):
            expected.append(outcome)
            if not outcome.held:
                found.append(rules.for_key(outcome.key).report(outcome, model))
        for rule in rules.of(AdviceRule):
            if settings.selects(rule.code):
                found += rule.look(model)
    except CnncalcError as error:
        found += _raised(error, model.problems, model.path, model.label)
    report = ModelReport(
        model.network.name, model.label, dict(model.at), metrics, tuple(map(_plain, expected))
    )
    return report, found


def _raised(
    error: CnncalcError, problems: AllProblems, path: str, label: str | None = None
) -> list[Diagnostic]:
    """What is wrong with the file; an error about anything else is raised."""
    problems.add(error)
    for one in problems.found:
        if one.at and one.at.source.name != path:
            raise one
    return [rules.for_error(one).report(one, whole(path), label) for one in problems.found]


def _metrics(analysis: Analysis) -> dict[str, Any]:
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
