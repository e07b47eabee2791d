"""``cnncalc rules``: the list, one rule, and what is no rule."""

from __future__ import annotations

import csv
import io
import json

import pytest
from commandline import answer, cnncalc

from cnncalc.check.documentation import as_markdown, as_text, page
from cnncalc.check.rules import rules


def listed(*arguments: str) -> list[str]:
    """The codes that a table lists."""
    head, _, *rows = answer("rules", *arguments).splitlines()
    assert head.split() == ["code", "name", "severity", "summary"]
    return [row.split()[0] for row in rows]


def test_all_are_listed_syntax_first() -> None:
    codes = listed()
    assert codes == list(rules())
    assert [code[0] for code in codes] == sorted((code[0] for code in codes), key="SGDBA".index)


def test_a_line_says_what_a_rule_finds() -> None:
    (line,) = [line for line in answer("rules").splitlines() if line.startswith("S102")]
    assert line.split(maxsplit=3) == ["S102", "not-yaml", "error", "The text is not YAML."]


@pytest.mark.parametrize(("beginning", "count"), [("D", 6), ("d3", 6), ("S12", 2), ("G20", 9)])
def test_a_beginning_lists_those(beginning: str, count: int) -> None:
    codes = listed(beginning)
    assert len(codes) == count
    assert all(code.startswith(beginning.upper()) for code in codes)


@pytest.mark.parametrize("asked", ["S102", "s102", "not-yaml", "Not-YAML"])
def test_one_is_explained(asked: str) -> None:
    assert answer("rules", asked) == (
        "S102 not-yaml (error, syntax and schema)\n\n"
        "The text is not YAML.\n\n"
        "A bracket or a quote may be open, a line indented with tabs or unlike its neighbours, or "
        "an alias\nmay stand for nothing. What comes after it was not read.\n\n"
        "Example:\n\n"
        "    input: 3x32x32\n    layers: [conv 8 k=3, relu\n\n"
        "Fix: the place is where the reader gave up; look for the cause there and just above.\n\n"
        "Use instead:\n\n"
        "    input: 3x32x32\n    layers: [conv 8 k=3, relu]\n"
    )


@pytest.mark.parametrize("code", rules())
def test_every_rule_is_explained(code: str) -> None:
    made = page(rules()[code])
    assert answer("rules", code) == as_text(made)
    assert answer("rules", code, "-f", "markdown") == as_markdown(made)
    for part in (made.summary, made.text, made.fix):
        assert part in as_text(made)
        assert part in as_markdown(made)
    for block in filter(None, (made.example.spec, made.before, made.instead and made.instead.spec)):
        assert f"\n{block.rstrip()}\n```" in as_markdown(made)


def test_markdown() -> None:
    assert answer("rules", "S101", "-f", "markdown") == (
        "# S101 unreadable-file\n\n"
        "A file that is to be checked is not there, or is not text. *error, syntax and schema*\n\n"
        "Nothing in it was checked. A pipeline that goes on without it would hold nothing to "
        "anything.\n\n"
        "Example:\n\n```sh\ncnncalc check gone.cnn.yaml\n```\n\n"
        "Fix: check the path, the permissions and the encoding (UTF-8).\n"
    )
    table = answer("rules", "D", "-f", "markdown").splitlines()
    assert table[0].split() == ["|", "code", "|", "name", "|", "severity", "|", "summary", "|"]
    assert len(table) == 8


def test_json() -> None:
    data = json.loads(answer("rules", "--json"))
    assert (data["schema"], [one["code"] for one in data["rules"]]) == (1, list(rules()))
    (one,) = json.loads(answer("rules", "G206", "-f", "json"))["rules"]
    assert one == page(rules()["G206"]).to_dict()
    assert one["example"]["command"] == "$ cnncalc check net.cnn.yaml"
    assert one["example"]["spec"].startswith("input: 3x32x32\n")
    assert (one["family"], one["severity"], one["before"]) == ("graph", "error", None)


def test_csv() -> None:
    rows = list(csv.DictReader(io.StringIO(answer("rules", "-f", "csv"))))
    assert [row["code"] for row in rows] == list(rules())
    assert rows[0]["name"] == "unreadable-file"


FAMILIES = "families of rules: S syntax and schema, G graph, D dimensions, B budgets, A advice"


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("S999", FAMILIES),
        ("Z", FAMILIES),
        ("", FAMILIES),
        ("unknown-knd", "did you mean 'unknown-kind'?"),
        ("ss102", "did you mean 'S102'?"),
    ],
)
def test_what_is_no_rule(asked: str, hint: str) -> None:
    result = cnncalc("rules", asked)
    assert (result.code, result.out) == (2, "")
    assert result.err == f"error: there is no rule {asked!r}\n  hint: {hint}\n"
