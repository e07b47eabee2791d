"""The options of ``cnncalc check``: on the command line, else in the environment, else in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from cnncalc.check import codes
from cnncalc.check.changing import Changes
from cnncalc.check.config import Config, find, load
from cnncalc.check.diagnostics import SEVERITIES
from cnncalc.check.keys import FAIL_ON, Written, formats, patterns
from cnncalc.check.outputs import FORMATS
from cnncalc.check.patterns import Pattern
from cnncalc.check.running import cores
from cnncalc.check.settings import Settings
from cnncalc.cli.options import Common, pairs
from cnncalc.errors import UsageError, suggest


class _Listed(click.types.StringParamType):
    """A text that may come several times; in an environment variable, separated by commas."""

    envvar_list_splitter = ","


class _Pairs(click.types.StringParamType):
    """The same with commas of its own: in an environment variable it comes once."""

    envvar_list_splitter = "\n"


def _option(*names: str, several: bool = False, **rest: Any) -> Callable[[Any], Any]:
    """An option that ``CNNCALC_NAME`` in the environment is asked for too."""
    long = next(name for name in names if name.startswith("--"))
    variable = f"CNNCALC_{long[2:].replace('-', '_').upper()}"
    if several:
        rest = {"multiple": True, "type": _Listed(), **rest}
    return click.option(*names, envvar=variable, show_envvar=True, **rest)


_CODES = "CODE[,CODE]"
_OPTIONS = (
    _option(
        "--output-format",
        "-f",
        several=True,
        metavar="FMT[:FILE]",
        help=f"How to report: {', '.join(FORMATS)}; several times for several. [default: text]",
    ),
    _option("--output", "-o", metavar="FILE", help="Write the report to a file."),
    _option("--select", several=True, metavar=_CODES, help="Rules that are on. [default: ALL]"),
    _option("--ignore", several=True, metavar=_CODES, help="Rules that are off."),
    _option("--extend-select", several=True, metavar=_CODES, help="More rules that are on."),
    _option(
        "--severity",
        several=True,
        metavar="CODE=LEVEL",
        help=f"Another severity for rules: {', '.join(SEVERITIES)}.",
    ),
    _option(
        "--fail-on",
        default="error",
        show_default=True,
        type=click.Choice(FAIL_ON),
        help="The least severity that makes the exit code 1.",
    ),
    _option("--exit-zero", "-e", is_flag=True, help="Exit code 0 in spite of findings."),
    _option(
        "--at",
        several=True,
        type=_Pairs(),
        metavar="H=512,W=512",
        help="Values for symbols, for the specs that have them.",
    ),
    _option(
        "--set",
        several=True,
        type=_Pairs(),
        metavar="NAME=VALUE",
        help="Values for parameters, for the specs that have them.",
    ),
    _option(
        "--exclude", several=True, metavar="GLOB", help="Files and folders to leave out of folders."
    ),
    _option("--force-exclude", is_flag=True, help="Leave them out even when they are named."),
    _option("--stdin-filename", metavar="NAME", help="What standard input is called."),
    _option("--config", metavar="FILE", help="The file of settings, instead of the nearest."),
    _option("--isolated", is_flag=True, help="Read no file of settings."),
    _option("--baseline", metavar="FILE", help="Findings that are known, and not reported."),
    _option("--write-baseline", is_flag=True, help="Write all findings into that file."),
    _option(
        "--against",
        metavar="REF|FILE",
        help="What relative budgets compare with: a git revision, or a report of -f json.",
    ),
    _option("--update-expect", is_flag=True, help="Write the numbers there are into expect:."),
    _option("--fix", is_flag=True, help="Repair what can be repaired safely."),
    _option("--diff", is_flag=True, help="Only show what --fix, or --update-expect, would change."),
    _option("--statistics", is_flag=True, help="Count the findings of each rule instead."),
    _option("--show-files", is_flag=True, help="Only list the files that would be checked."),
    _option(
        "--color", default="auto", type=click.Choice(["auto", "always", "never"]), help="Colour."
    ),
    _option("--quiet", "-q", is_flag=True, help="No warnings on standard error."),
    _option("--verbose", "-v", is_flag=True, help="Say more on standard error."),
    _option(
        "--limit",
        several=True,
        type=_Pairs(),
        metavar="NAME=N",
        help="Raise a limit, for very large specs.",
    ),
    _option(
        "--jobs", type=click.IntRange(min=1), help="Most processes. [default: as many as CPUs]"
    ),
)


class Output(NamedTuple):
    """A format, and the file it goes to; None is standard output."""

    format: str
    file: str | None


class Asked(NamedTuple):
    """What is asked for, wherever it was said."""

    paths: tuple[str, ...]
    stdin: str | None
    settings: Settings
    outputs: tuple[Output, ...]
    exclude: tuple[Pattern, ...]
    force_exclude: bool
    baseline: Path | None
    against: str | None
    changes: Changes
    jobs: int
    config: Path | None
    #: Flags that are only on the command line or in the environment.
    flags: Mapping[str, Any]


def options(function: Callable[..., None]) -> Callable[..., None]:
    """Gives the command its options; it is called with all of them by name."""
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def asked(context: click.Context, paths: tuple[str, ...], given: dict[str, Any]) -> Asked:
    """Raises :class:`cnncalc.UsageError` for what means nothing, here or in the file."""
    places = tuple(path for path in paths or (".",) if path != "-")
    named = given["stdin_filename"] or "<stdin>"
    stdin = named if "-" in paths else None
    if given["stdin_filename"] and stdin is None:
        raise UsageError(
            "--stdin-filename names standard input, which is not checked", hint="add the path -"
        )
    config = _config(given, (*places, *([given["stdin_filename"] or "."] if stdin else ())))

    def value(key: str, read: Callable[[Any], Any], name: str = "") -> Any:
        name = name or key.replace("-", "_")
        if context.get_parameter_source(name) is ParameterSource.DEFAULT:
            return config.values.get(key, read(given[name]))
        return read(given[name])

    fail_on = value("fail-on", str)
    settings = Settings(
        select=value("select", lambda texts: _codes("--select")(texts) or ("ALL",)),
        ignore=value("ignore", _codes("--ignore")),
        extend_select=value("extend-select", _codes("--extend-select")),
        per_file_ignores=config.values.get("per-file-ignores", ()),
        severity=value("severity", _severities),
        at=value("at", lambda texts: tuple(pairs("--at", texts).items())),
        set=value("set", lambda texts: tuple(pairs("--set", texts).items())),
        fail_on=None if given["exit_zero"] or fail_on == "never" else fail_on,
        limits=value("limits", lambda texts: Common(limit=texts).limits, "limit"),
    )
    baseline = value("baseline", lambda text: text)
    if given["write_baseline"] and not baseline:
        raise UsageError(
            "--write-baseline needs the name of the file", hint="add --baseline baseline.json"
        )
    return Asked(
        places,
        stdin,
        settings,
        _outputs(value("output-format", _formats) or ("text",), given["output"]),
        value("exclude", lambda globs: patterns(_parts(globs), Path.cwd())),
        value("force-exclude", bool),
        Path(baseline) if baseline else None,
        given["against"],
        _changes(given),
        given["jobs"] or cores(),
        config.path,
        given,
    )


def _config(given: dict[str, Any], paths: tuple[str, ...]) -> Config:
    if given["config"] and given["isolated"]:
        raise UsageError("--config and --isolated exclude each other", hint="keep one of them")
    if given["config"]:
        return load(Path(given["config"]))
    return Config() if given["isolated"] else find(paths)


def _changes(given: dict[str, Any]) -> Changes:
    fix, update = given["fix"], given["update_expect"]
    return Changes(fix or (given["diff"] and not update), update)


def _parts(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _codes(flag: str) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    def read(texts: tuple[str, ...]) -> tuple[str, ...]:
        found = _parts(texts)
        codes.hold(found, flag)
        return found

    return read


def _formats(texts: tuple[str, ...]) -> tuple[str, ...]:
    return formats(list(texts), Written("--output-format", Path.cwd()))


def _severities(texts: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found = pairs("--severity", texts)
    codes.hold(found, "--severity")
    for code, word in found.items():
        if word not in SEVERITIES:
            hint = suggest(word, SEVERITIES, "severities")
            raise UsageError(f"--severity {code}={word}: no such severity", hint=hint)
    return tuple(found.items())


#: Formats of which a reader takes one, and nothing beside it.
_DOCUMENTS = ("json", "sarif", "gitlab", "junit")


def _outputs(texts: tuple[str, ...], output: str | None) -> tuple[Output, ...]:
    found = []
    for text in texts:
        format, _, file = text.strip().partition(":")
        found.append(Output(format, file if file not in ("", "-") else None))
    if output is not None:
        if len(found) > 1 or found[0].file:
            raise UsageError(
                "--output is for one format without a file of its own",
                hint=f"write -f {found[0].format}:{output}",
            )
        found = [Output(found[0].format, output)]
    shown = [one.format for one in found if one.file is None]
    document = next((format for format in shown if format in _DOCUMENTS), None)
    if document and len(shown) > 1:
        raise UsageError(
            f"{document} cannot share standard output with another format",
            hint=f"write it to a file: -f {document}:FILE",
        )
    return tuple(found)
