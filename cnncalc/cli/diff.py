"""``cnncalc diff``: what changed between two versions of models."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import click

from cnncalc.check.differences import (
    Differences,
    compared,
    differences,
    states,
    states_of,
)
from cnncalc.check.model import Model
from cnncalc.check.revisions import between, is_report, saved, sides
from cnncalc.check.settings import Settings
from cnncalc.check.trees import present
from cnncalc.cli.differing import report
from cnncalc.cli.options import Common, bound, pairs
from cnncalc.cli.pull_request import comment
from cnncalc.errors import UsageError, suggest
from cnncalc.network import load
from cnncalc.spec.bind import free_symbols


@click.command()
@click.argument("what", metavar="[A B | PATH...]", nargs=-1)
@click.option(
    "--against",
    metavar="REF",
    help="Compare with a git revision (main... is where the branch left it), or with a report of "
    "check -f json.",
)
@click.option("--head", metavar="REF", help="Compare this revision instead of the working tree.")
@click.option("--all", "everything", is_flag=True, help="Show what is the same, too.")
@click.option(
    "--min-change",
    metavar="PERCENT",
    help="Pass over changes of less: 0.1%. The default is 0.1% for markdown, otherwise 0%.",
)
@click.option("--layers", is_flag=True, help="The layers that differ, equal ones aligned.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 when something differs.")
@bound
def command(
    what: tuple[str, ...],
    against: str | None,
    head: str | None,
    everything: bool,
    min_change: str | None,
    layers: bool,
    exit_code: bool,
    common: Common,
) -> None:
    """What changed between versions: each number, old and new.

    A and B are specs (files, bundled names, one-line networks), or two folders. With --against,
    the specs at PATHs (default: the current folder) are compared with what they were at a git
    revision; the working tree is only read.

    Models are matched by path and preset. -f markdown is a comment for a pull request.
    """
    settings = Settings(
        at=tuple(pairs("--at", common.at).items()),
        set=tuple(pairs("--set", common.set).items()),
        limits=common.limits,
    )
    format = "json" if common.json else common.format
    least = _share(min_change or ("0.1%" if format == "markdown" and not everything else "0%"))
    if against is not None:
        found = _versions(
            against, head, [Path(path) for path in what or (".",)], settings, everything
        )
    elif head is not None:
        raise UsageError("--head is the newer of two revisions", hint="add --against REF")
    else:
        found = _two(what, settings, everything)
    _hold(found, settings)
    found = found._replace(least=least)
    answer = report(found, everything, layers)
    own = {**answer.own, "markdown": lambda: comment(found, everything, layers)}
    common.show(answer._replace(own=own))
    if exit_code and found.different:
        click.get_current_context().exit(1)


def _versions(
    against: str, head: str | None, paths: list[Path], settings: Settings, everything: bool
) -> Differences:
    if not is_report(Path(against)):
        return differences(sides(against, head, paths), settings, everything)
    if head is not None:
        raise UsageError("--head goes with a git revision", hint=f"leave it out with {against}")
    new = {path: states_of(text, path, settings) for path, text in present(paths).items()}
    return Differences(tuple(compared(saved(Path(against)), new, {})), against, "the files of now")


def _two(what: tuple[str, ...], settings: Settings, everything: bool) -> Differences:
    if len(what) != 2:
        raise UsageError(
            f"two networks are compared, got {len(what)}" if what else "nothing to compare",
            hint="write cnncalc diff A B, or cnncalc diff --against main [PATH…]",
        )
    if all(Path(one).is_dir() for one in what):
        return differences(between(*map(Path, what)), settings, everything)
    try:
        old, new = (states(load(one, settings.limits).spec, settings) for one in what)
    except UsageError as error:
        error.hint = f"{error.hint}; git revisions are compared with --against REF"
        raise
    models = tuple(compared({"": old}, {"": new}, {}))
    return Differences(models, *what)


def _symbols(model: Model) -> list[str]:
    return free_symbols(model.network.spec, model.network.limits)


def _share(text: str) -> Fraction:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*%\s*", text)
    if not found:
        raise UsageError(f"--min-change {text}: not a percentage", hint="write --min-change 0.1%")
    return Fraction(found[1]) / 100


def _hold(found: Differences, settings: Settings) -> None:
    """Raises :class:`UsageError` for a name of --at or --set that no model has."""
    models = [
        state.model for one in found.models for state in (one.old, one.new) if state and state.model
    ]
    for flag, given, taken, known in (
        ("--at", settings.at, [one.at for one in models], [_symbols(one) for one in models]),
        (
            "--set",
            settings.set,
            [one.settings for one in models],
            [one.network.spec.params for one in models],
        ),
    ):
        for name, _ in given:
            if models and not any(name in one for one in taken):
                what = "symbols" if flag == "--at" else "parameters"
                raise UsageError(
                    f"{flag} {name}: none of the models has {name!r} among its {what}",
                    hint=suggest(name, {word for one in known for word in one}, what),
                )
