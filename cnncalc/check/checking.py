"""One file held to all rules that are switched on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from cnncalc.check import rules
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.check.ignores import settle
from cnncalc.check.model import Model
from cnncalc.check.models import models
from cnncalc.check.places import whole
from cnncalc.check.report import Expected, FileReport, ModelReport
from cnncalc.check.rule import AdviceRule
from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError, LayerError
from cnncalc.expect import Base, Outcome, Subject, outcomes
from cnncalc.results import TOTALS, Analysis, fields_to_dict, outputs_to_dict, plain
from cnncalc.spec import parse_yaml
from cnncalc.spec.reporting import AllProblems


def check_text(text: str, path: str, settings: Settings) -> FileReport:
    """Everything that is wrong with a spec, from its top to its bottom."""
    problems = AllProblems()
    try:
        spec = parse_yaml(text, path, settings.limits, problems)
    except CnncalcError as error:
        return _reported(text, path, (), _raised(error, problems, path), settings)
    reports: list[ModelReport] = []
    found: list[Diagnostic] = []
    for model in models(spec, settings):
        if isinstance(model, CnncalcError):
            found.append(_diagnosed(model, path))
            continue
        held, diagnostics = _held(model, settings)
        reports.append(held)
        found += diagnostics
    return _reported(text, path, reports, found, settings)


def unread(error: CnncalcError, path: str, settings: Settings) -> FileReport:
    """The report of a file whose text cannot be had."""
    return _reported("", path, (), [_diagnosed(error, path)], settings)


def _reported(
    text: str,
    path: str,
    models: Iterable[ModelReport],
    found: Iterable[Diagnostic],
    settings: Settings,
) -> FileReport:
    """What is switched on and not silenced, once where several models have it.

    Advice is about a line, whatever its numbers are in each model.
    """
    advice = {rule.code for rule in rules.of(AdviceRule)}
    once = {
        (one.code, one.place, "" if one.code in advice else one.message): one
        for one in reversed(list(found))
    }
    settled = settle(once.values(), text, path, settings)
    return FileReport(path, tuple(models), settled.left, settled.silenced)


def _held(model: Model, settings: Settings) -> tuple[ModelReport, list[Diagnostic]]:
    found: list[Diagnostic] = []
    expected: list[Outcome] = []
    at, metrics = model.at, {}
    try:
        at = model.expansion.binding
        for outcome in held(model, settings):
            if isinstance(outcome, CnncalcError):
                found.append(_diagnosed(outcome, model.path, model.label))
            else:
                expected.append(outcome)
        metrics = metrics_of(model.analysis)
        for rule in rules.of(AdviceRule):
            if settings.selects(rule.code):
                found += rule.look(model)
    except CnncalcError as error:
        if model.own or not isinstance(error, LayerError):
            found += _raised(error, model.problems, model.path, model.label)
        else:
            expected += fitting(model, error)
    for outcome in expected:
        if outcome.held is not True:
            found.append(rules.for_key(outcome.key).report(outcome, model))
    report = ModelReport(
        model.network.name, model.label, dict(at), metrics, tuple(map(_plain, expected))
    )
    return report, found


def held(model: Model, settings: Settings) -> Iterator[Outcome | CnncalcError]:
    """What became of everything that is expected of a model.

    What means nothing is an error among the outcomes. Raises :class:`CnncalcError` for a network
    that is not well-formed.
    """
    subject = Subject(
        model.network, model.expansion.root, model.analysis, model.settings, _base(model, settings)
    )
    yield from fitting(model)
    for expected in model.expected:
        yield from outcomes(expected, subject)


def fitting(model: Model, error: CnncalcError | None = None) -> Iterator[Outcome]:
    """That the network fits the sizes that ``expect:`` names, or why it does not."""
    why = error.message if error else ""
    for place in model.asked:
        yield Outcome(
            key="at",
            name=f"at: {model.sizes}",
            wanted="a network that is well-formed",
            got="none" if error else "one",
            held=error is None,
            at=place,
            why=f"{error.node}: {why}" if error and error.node else why,
        )


def _base(model: Model, settings: Settings) -> Base:
    """What the model was at the base that the run was given."""
    if settings.base is None:
        return Base()
    found = settings.base.get(model.path)
    if found is None:
        return Base(missing="the base has no such file")
    metrics = found.get(model.label or "")
    if not metrics:
        return Base(missing=f"the base has no {model.label or 'well-formed network there'}")
    return Base(metrics)


def _raised(
    error: CnncalcError, problems: AllProblems, path: str, label: str | None = None
) -> list[Diagnostic]:
    """What is wrong with the file; an error about anything else is raised."""
    problems.add(error)
    for one in problems.found:
        if one.at and one.at.source.name != path:
            raise one
    return [_diagnosed(one, path, label) for one in problems.found]


def _diagnosed(error: CnncalcError, path: str, label: str | None = None) -> Diagnostic:
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
        f"{outcome.got} ({outcome.why})" if outcome.why else outcome.got,
        outcome.held,
        outcome.at.line,
        outcome.at.column,
    )
