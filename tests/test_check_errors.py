"""Every bad input of ``tests/data/errors`` has a code, and ``check`` finds it and nothing besides."""

from __future__ import annotations

import ast
import json
import shlex
from pathlib import Path

import pytest
from badinput import FOLDER, Case, cases
from commandline import cnncalc as run

import cnncalc
from cnncalc import problems
from cnncalc.check.rule import ErrorRule
from cnncalc.check.rules import for_error, of
from cnncalc.cli.app import app
from cnncalc.errors import CnncalcError, LayerError, LimitError, SpecError, UsageError

#: ``FILE: TITLE`` of every case to its code; ``usage`` where the command is wrong, not the spec.
CODES = {
    title: code
    for code, title in (
        line.split(maxsplit=1)
        for line in (FOLDER.parent / "rules" / "bad_inputs.txt").read_text("utf-8").splitlines()
    )
}
CASES = {
    f"{path.stem}: {case.title}": case for path in FOLDER.glob("*.txt") for case in cases(path)
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def options(case: Case) -> list[str]:
    first = case.written.partition("\n")[0]
    return shlex.split(first[2:]) if first.startswith("$ ") else []


def text(case: Case) -> str:
    written = case.written.partition("\n")[2] if options(case) else case.written
    return written.replace("\\t", "\t").replace("\\x01", "\x01")


def raised(case: Case) -> CnncalcError:
    """What ``analyze`` raises."""
    net = text(case).removesuffix("\n")
    if not case.title.startswith("one line"):
        net = "net.yaml"
        Path(net).write_text(text(case), encoding="utf-8")
    with pytest.raises(CnncalcError) as caught:
        app.main(["analyze", *options(case), "--", net], "cnncalc", standalone_mode=False)
    return caught.value


def code(error: CnncalcError) -> str:
    try:
        return for_error(error).code
    except UsageError:
        return "usage"


#: Those that are nothing but a file. Limits take seconds to be met, so they are met once below.
FILES = {
    title: case
    for title, case in CASES.items()
    if not case.title.startswith("one line")
    and CODES[title] not in ("usage", "S121")
    and not options(case)
}


@pytest.mark.parametrize("title", [title for title in CASES if title not in FILES])
def test_every_bad_input_has_its_code(title: str) -> None:
    assert code(raised(CASES[title])) == CODES[title]


def test_every_bad_input_is_listed_once() -> None:
    assert set(CODES) == set(CASES)
    assert len(FILES) > 230


def test_most_codes_are_met() -> None:
    known = {rule.code for rule in of(ErrorRule)}
    assert set(CODES.values()) <= {*known, "usage"}
    # Files that cannot be read, expectations, reshapes and reused weights have tests of their own.
    assert known - set(CODES.values()) == {"S101", "S120", "G209", "G210", "D305"}


#: Two words that are both wrong, of one thought.
TWO = {"names: the name of a layer as a kind"}


@pytest.mark.parametrize("title", FILES)
def test_check_finds_what_analyze_raises_and_nothing_that_follows_from_it(title: str) -> None:
    error = raised(FILES[title])
    result = run("check", "net.yaml", "-f", "json")
    found = json.loads(result.out)["files"][0]["diagnostics"]
    assert result.code == 1
    assert len(found) == (2 if title in TWO else 1)
    assert found[0]["message"] == error.message
    assert found[0]["help"] == error.hint
    assert found[0]["code"] == CODES[title] == code(error)
    if error.at:
        assert (found[0]["line"], found[0]["column"]) == (error.at.line, error.at.column)


@pytest.mark.parametrize("title", [title for title in CASES if CODES[title] == "usage"])
def test_usage_errors_have_no_rule(title: str) -> None:
    error = raised(CASES[title])
    assert isinstance(error, UsageError)
    with pytest.raises(UsageError) as again:
        for_error(error)
    assert again.value is error


# Every kind of mistake has a rule, and every mistake is of one.

CLASSES = [
    cls
    for cls in vars(problems).values()
    if isinstance(cls, type)
    and issubclass(cls, CnncalcError)
    and cls.__module__ == problems.__name__
]


def rule_of(cls: type[CnncalcError]) -> ErrorRule:
    return for_error(cls.__new__(cls))


@pytest.mark.parametrize("cls", [LimitError, *CLASSES], ids=lambda cls: cls.__name__)
def test_every_kind_of_mistake_has_a_rule(cls: type[CnncalcError]) -> None:
    if not cls.__name__.startswith("_"):
        assert issubclass(cls, rule_of(cls).error)


def test_no_two_rules_are_about_the_same() -> None:
    every = [rule.error for rule in of(ErrorRule)]
    assert len(set(every)) == len(every)
    assert not {CnncalcError, SpecError, LayerError} & set(every)


def test_a_mistake_of_no_kind_has_no_rule() -> None:
    for error in (SpecError("what"), LayerError("what"), UsageError("what")):
        with pytest.raises(type(error), match="what"):
            for_error(error)


def unsorted(source: str) -> list[str]:
    """Mistakes in the code that reads and builds specs that are of no kind."""
    made = {"SpecError", "LayerError", "CnncalcError", "ArgumentError"}
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in made
    ]


@pytest.mark.parametrize("room", ["spec", "layers", "check"])
def test_every_mistake_in_a_spec_is_of_a_kind(room: str) -> None:
    folder = Path(cnncalc.__file__).parent / room
    found = {path.name: unsorted(path.read_text("utf-8")) for path in folder.rglob("*.py")}
    assert {name: calls for name, calls in found.items() if calls} == {}


def test_a_mistake_of_no_kind_would_be_noticed() -> None:
    assert unsorted("raise SpecError('a', at=at)\nproblems.report(LayerError('b'))") == [
        "SpecError('a', at=at)",
        "LayerError('b')",
    ]
