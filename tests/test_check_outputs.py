"""Every format of ``check``, read by something that is not ours, from one folder of three specs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft7Validator, ValidationError
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from cnncalc.check import Report, check
from cnncalc.check.diagnostics import Diagnostic, Edit, Fix, Place
from cnncalc.check.outputs import FORMATS, writer
from cnncalc.check.report import FileReport
from cnncalc.check.rules import rules

DATA = Path(__file__).parent / "data"
SARIF = json.loads((DATA / "schemas" / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))

PASSING = """\
input: 3x32x32
layers:
  - conv 10 k=5 p=2
expect:
  params: 760
  output: [10, 32, 32]
"""
FAILING = """\
name: 50 % larger, é|x <b>
input: 3x32x32
layers:
  - conv 10 k=5 p=2
expect:
  params: {max: 500}
  macs: 768000
"""
BROKEN = """\
input: 3x32x32
layers:
  - con 10 k=5 p=2
"""


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my models"
    folder.mkdir()
    for name, text in (("broken", BROKEN), ("failing", FAILING), ("passing", PASSING)):
        (folder / f"{name}.cnn.yaml").write_text(text, encoding="utf-8")
    return check(["my models"])


def made(*found: Diagnostic) -> Report:
    """A report with findings that no rule need have made."""
    return Report((FileReport("a.cnn.yaml", (), found),))


def finding(message: str = "m", severity: str = "error", **more: object) -> Diagnostic:
    rule = next(iter(rules().values()))
    place = Place("a.cnn.yaml", 3, 5, 3, 9)
    return Diagnostic(rule.code, rule.name, severity, message, place, **more)  # type: ignore[arg-type]


def test_the_folder_has_one_of_each(report: Report) -> None:
    assert [(file.path, len(file.diagnostics)) for file in report.files] == [
        ("my models/broken.cnn.yaml", 1),
        ("my models/failing.cnn.yaml", 1),
        ("my models/passing.cnn.yaml", 0),
    ]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_ends_its_last_line(format: str, report: Report) -> None:
    text = writer(format)(report)
    assert text.endswith("\n")
    assert writer(format)(Report(())).strip()


# Text.


def test_text_shows_line_caret_and_help(report: Report) -> None:
    text = writer("text")(report)
    assert (
        "]: unknown kind 'con'\n"
        " --> my models/broken.cnn.yaml:3:5\n"
        "  |\n"
        "3 |   - con 10 k=5 p=2\n"
        "  |     ^^^\n"
        "  = help: did you mean 'conv'?\n"
    ) in text
    assert text.endswith("3 files, 4 expectations checked: 2 errors; 1 fixable with --fix\n")


def test_carets_stand_under_wide_characters_and_in_long_lines() -> None:
    wide = finding(excerpt="畳み込み conv")._replace(place=Place("a", 1, 6, 1, 10))
    lines = writer("text")(made(wide)).splitlines()
    assert lines[3:5] == ["1 | 畳み込み conv", "  |          ^^^^"]
    long = finding(excerpt="x" * 300 + "HERE" + "y" * 300)._replace(
        place=Place("a", 1, 301, 1, 305)
    )
    shown, carets = writer("text")(made(long)).splitlines()[3:5]
    assert shown[carets.index("^") :].startswith("HERE")
    assert shown.count("…") == 2
    assert carets.count("^") == 4


def test_colours_only_when_asked_for(report: Report) -> None:
    plain, colored = writer("text")(report), writer("text")(report, color=True)
    assert "\033[" not in plain
    assert re.sub(r"\033\[[0-9;]*m", "", colored) == plain


# SARIF.


def _sarif(report: Report) -> dict[str, object]:
    data: dict[str, object] = json.loads(writer("sarif")(report))
    Draft4Validator(SARIF).validate(data)
    return data


def test_sarif_is_valid(report: Report) -> None:
    data = _sarif(report)
    (run,) = data["runs"]  # type: ignore[misc, attr-defined]
    assert [result["level"] for result in run["results"]] == ["error", "error"]
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        (place,) = result["locations"]
        assert Path(unquote(place["physicalLocation"]["artifactLocation"]["uri"])).is_file()
    for rule in run["tool"]["driver"]["rules"]:
        for key in ("shortDescription", "fullDescription", "help"):
            assert len(rule[key]["text"]) > 0
        assert len(rule["fullDescription"]["text"]) <= 1024


def test_sarif_carries_fixes() -> None:
    place = Place("a.cnn.yaml", 3, 5, 3, 8)
    data = _sarif(made(finding(fix=Fix("write conv", (Edit(place, "conv"),)))))
    (result,) = data["runs"][0]["results"]  # type: ignore[index]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert change["replacements"][0] == {
        "deletedRegion": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 8},
        "insertedContent": {"text": "conv"},
    }


def test_the_schema_refuses_what_is_not_sarif(report: Report) -> None:
    data = _sarif(report)
    data["runs"][0]["results"][0]["level"] = "fatal"  # type: ignore[index]
    with pytest.raises(ValidationError):
        Draft4Validator(SARIF).validate(data)


# JUnit.


def test_junit_has_a_case_per_expectation(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    file.write_text(writer("junit")(report), encoding="utf-8")
    found = JUnitXml.fromfile(str(file))
    assert (found.tests, found.failures) == (5, 2)
    suites = {
        suite.name: [(case.name, [type(one).__name__ for one in case.result]) for case in suite]
        for suite in found
    }
    assert suites["my models/passing.cnn.yaml"] == [
        ("params: 760", []),
        ("output: [10, 32, 32]", []),
    ]
    assert [results for _, results in suites["my models/failing.cnn.yaml"]] == [["Failure"], []]
    assert [results for _, results in suites["my models/broken.cnn.yaml"]] == [["Failure"]]


@given(st.text())
def test_junit_takes_any_text(text: str) -> None:
    JUnitXml.fromstring(writer("junit")(made(finding(text, excerpt=text))).encode())


# GitLab: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format

_CODE_QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!/|\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def test_gitlab_has_the_documented_fields(report: Report) -> None:
    twice = Report((*report.files, made(finding(), finding()).files[0]))
    issues = json.loads(writer("gitlab")(twice))
    Draft7Validator(_CODE_QUALITY).validate(issues)
    prints = [issue["fingerprint"] for issue in issues]
    assert len(set(prints)) == len(prints) == 4


# GitHub: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

_COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-zA-Z]+=[^,:]*,?)+)::(.*)")


def _annotations(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """As the runner reads its log: commands, their properties, their messages."""
    for line in text.split("\n"):
        if line.lstrip().startswith("::"):
            found = _COMMAND.fullmatch(line)
            assert found, line
            kind, properties, message = found.groups()
            pairs = dict(word.split("=", 1) for word in properties.split(","))
            yield kind, {key: unquote(value) for key, value in pairs.items()}, unquote(message)


def test_github_annotates_the_line(report: Report) -> None:
    found = list(_annotations(writer("github")(report)))
    assert [kind for kind, _, _ in found] == ["error", "error"]
    _kind, properties, message = found[0]
    assert properties["file"] == "my models/broken.cnn.yaml"
    assert (properties["line"], properties["col"], properties["endColumn"]) == ("3", "5", "8")
    assert message == "unknown kind 'con'\nhelp: did you mean 'conv'?"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_github_messages_come_back_as_they_were(message: str) -> None:
    text = writer("github")(made(finding(message)))
    assert "\r" not in text
    (annotation,) = _annotations(text)
    assert annotation[2] == message


def test_github_shows_the_worst_first_and_no_more_than_it_may() -> None:
    many = [finding(f"w{i}", "warning") for i in range(12)] + [finding(f"e{i}") for i in range(3)]
    text = writer("github")(made(*many))
    kinds = [kind for kind, _, _ in _annotations(text)]
    assert kinds == ["error"] * 3 + ["warning"] * 10
    assert "2 findings beyond what a step may annotate:" in text
    assert "w11" in text


# Markdown and JSON.


def _cells(text: str) -> list[list[list[str]]]:
    """The tables that a reader of Markdown sees: rows of the texts of their cells."""
    tables: list[list[list[str]]] = []
    for token in MarkdownIt().enable("table").parse(text):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type == "inline" and tables and token.level > 2:
            children = token.children or []
            words = [child.content for child in children if child.type in ("text", "code_inline")]
            tables[-1][-1].append("".join(words))
    return tables


def test_markdown_is_read_as_two_tables(report: Report) -> None:
    findings, models = _cells(writer("markdown")(report))
    assert [len(row) for row in findings] == [4] * 3
    assert findings[1][1:] == ["my models/broken.cnn.yaml:3", findings[1][2], findings[1][3]]
    assert "unknown kind 'con'" in findings[1][3]
    assert [len(row) for row in models] == [6] * 3
    assert models[1][0].startswith("50 % larger, é|x <b>")
    assert models[2][1:] == ["10x32x32", "760", "768,000", "5x5", "2/2"]


@given(st.text(alphabet="|\\`*_<>[]()#~$&\n ab1-:", min_size=1))
def test_markdown_breaks_at_no_sign(message: str) -> None:
    findings, *_ = _cells(writer("markdown")(made(finding(f"<{message}>"))))
    assert [len(row) for row in findings] == [4, 4]


def test_json_has_every_number(report: Report) -> None:
    data = json.loads(writer("json")(report))
    assert data["schema"] == 1
    broken, failing, passing = data["files"]
    assert passing["metrics"]["params"] == 760
    assert [one["held"] for one in failing["models"][0]["expected"]] == [False, True]
    (found,) = broken["diagnostics"]
    keys = ("path", "line", "column", "end_line", "end_column")
    assert [found[key] for key in keys] == ["my models/broken.cnn.yaml", 3, 5, 3, 8]
    assert data["summary"] == {
        "files": 3,
        "expectations": 4,
        "error": 2,
        "warning": 0,
        "note": 0,
    }
