"""Every rule of every family: its example triggers it, its remedy does not, its message is known."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import rules_page
from rule_examples import (
    FOLDER,
    REGISTER,
    broken_promises,
    findings,
    message,
    registered,
    wrong_with,
)

from cnncalc.check import rules as package
from cnncalc.check.documentation import COMMAND, Example, Page, page
from cnncalc.check.rule import FAMILIES, AdviceRule, BudgetRule, ErrorRule, Rule
from cnncalc.check.rules import rules
from cnncalc.check.rules.advice.a590_unused_ignore import UnusedIgnore
from cnncalc.check.rules.advice.a591_invalid_ignore import InvalidIgnore

RULES = [pytest.param(rule, id=f"{rule.code} {rule.name}") for rule in rules().values()]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# Examples.


@pytest.mark.parametrize("rule", RULES)
def test_examples_are_what_they_are_there_for(rule: Rule) -> None:
    assert wrong_with(page(rule)) == []


@pytest.mark.parametrize("rule", RULES)
def test_message(rule: Rule) -> None:
    known = (FOLDER / f"{rule.code}.txt").read_text(encoding="utf-8")
    assert message(page(rule)) == known, "python tests/rule_examples.py writes it anew"


@pytest.mark.parametrize("rule", RULES)
def test_message_is_worded_like_the_others(rule: Rule) -> None:
    """Lower case, no full stop, standing alone; a place in the file where there is one."""
    example = page(rule).example
    for found in findings(example, page(rule).before):
        words = found["message"]
        assert not words.endswith("."), words
        assert not re.match(r"[A-Z][a-z]+ ", words), words
        assert "\n" not in words
        assert found["severity"] == rule.severity
        if example.spec:
            lines = example.spec.splitlines()
            assert 1 <= found["line"] <= len(lines) + 1
            assert found["column"] < found["end_column"]


def test_no_message_is_left_over() -> None:
    found = {path.stem for path in FOLDER.glob("[A-Z][0-9]*.txt")}
    assert found == set(rules())


SPEC = "input: 3x8x8\nlayers:\n  - {}\n"


def example(line: str) -> Example:
    return Example(COMMAND, SPEC.format(line))


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ("rleu", "relu", []),
        ("relu", "relu", ["the example of S113 unknown-kind triggers nothing"]),
        ("conv 8", "relu", ["the example of S113 unknown-kind triggers S115"]),
        ("rleu", "tahn", ["what to use instead for S113 unknown-kind triggers S113"]),
        ("rleu", "conv 8", ["what to use instead for S113 unknown-kind triggers S115"]),
        ("[rleu, conv 8]", "relu", ["the example of S113 unknown-kind triggers S107"]),
        (
            "{add: [rleu, relu k=3]}",
            "relu",
            ["the example of S113 unknown-kind triggers S113, S114"],
        ),
    ],
)
def test_wrong_examples_are_noticed(wrong: str, right: str, said: list[str]) -> None:
    fake = page(rules()["S113"])._replace(example=example(wrong), instead=example(right))
    assert wrong_with(fake) == said


def test_an_example_has_the_options_that_it_names() -> None:
    class Fake(ErrorRule):
        """Something.

        Example:

            $ cnncalc check --set n=0 net.cnn.yaml

            input: 3x8x8
            params: {n: 1}
            layers:
              - conv n k=3

        Fix: so.
        """

        code = "S116"
        name = "fake"

    made = page(Fake())
    assert made.example.arguments == ["check", "--set", "n=0", "net.cnn.yaml"]
    assert [found["code"] for found in findings(made.example)] == ["S116"]


def test_an_example_may_have_a_version_before() -> None:
    class Fake(BudgetRule):
        """Something.

        Before:

            input: 3x8x8
            layers:
              - rleu

        Example:

            $ cnncalc check before.cnn.yaml

        Fix: so.
        """

        code = "B499"
        name = "fake"

    made = page(Fake())
    assert [found["path"] for found in findings(made.example, made.before)] == ["before.cnn.yaml"]


# What a rule says of itself.


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_documented(rule: Rule) -> None:
    made = page(rule)
    assert made.summary.endswith(".")
    assert len(made.summary) < 110
    assert len(made.text) > 40
    assert made.fix.endswith(".")
    assert "``" not in made.summary + made.text + made.fix
    module = type(rule).__module__.rpartition(".")[2]
    assert module == f"{rule.code}_{rule.name}".lower().replace("-", "_")
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_of_its_family(rule: Rule) -> None:
    advice = (AdviceRule, UnusedIgnore, InvalidIgnore)
    family = {"S": ErrorRule, "G": ErrorRule, "D": ErrorRule, "B": BudgetRule, "A": advice}
    number = {letter: str(i) for i, letter in enumerate(FAMILIES, start=1)}
    assert isinstance(rule, family[rule.code[0]])
    assert re.fullmatch(rf"{rule.code[0]}{number[rule.code[0]]}\d\d", rule.code)


def test_names_differ() -> None:
    names = [rule.name for rule in rules().values()]
    assert len(set(names)) == len(names)


def test_every_file_of_rules_has_one_rule() -> None:
    (root,) = package.__path__
    files = [path for path in Path(root).rglob("*.py") if path.name != "__init__.py"]
    assert len(files) == len(rules())


@pytest.mark.parametrize("section", ["Example", "Fix"])
def test_a_docstring_without_a_section_is_noticed(section: str) -> None:
    class Fake(ErrorRule):
        code = "S199"
        name = "fake"

    Fake.__doc__ = "Something.\n\nExample:\n\n    input: 3x8\n\nFix: so.\n".replace(section, "Else")
    with pytest.raises(ValueError, match=f"S199 fake says no {section}"):
        page(Fake())


def test_the_parts_of_a_docstring() -> None:
    class Fake(ErrorRule):
        """Summary of ``it``.

        Text in
        two lines.

        And two paragraphs.

        Example:

            input: 3x8

            layers: []

        Fix: do
        it.

        Use instead:

            input: 3x9
        """

        code = "S199"
        name = "fake"

    assert page(Fake()) == Page(
        code="S199",
        name="fake",
        severity="error",
        summary="Summary of `it`.",
        text="Text in\ntwo lines.\n\nAnd two paragraphs.",
        example=Example("$ cnncalc check net.cnn.yaml", "input: 3x8\n\nlayers: []\n"),
        fix="do\nit.",
        instead=Example("$ cnncalc check net.cnn.yaml", "input: 3x9\n"),
        before="",
    )


# Codes are promises.


def test_codes_keep_their_meaning() -> None:
    now = {code: rule.name for code, rule in rules().items()}
    assert broken_promises(registered(), now) == [], "a new rule: python tests/rule_examples.py"
    assert REGISTER.read_text(encoding="utf-8").endswith("\n")


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ({"S101": "a", "S102": "b"}, []),
        ({"S101": "a", "S102": "c"}, ["S102 was b, and is now c"]),
        ({"S101": "a"}, ["S102 b is gone, and not marked as (retired)"]),
        ({"S101": "a", "S102": "b", "S104": "d"}, ["S104 d is not in the register"]),
        (
            {"S101": "a", "S102": "b", "S103": "c"},
            ["S103 was old, and is used again for c"],
        ),
        ({"S101": "b", "S102": "a"}, ["S101 was a, and is now b", "S102 was b, and is now a"]),
    ],
)
def test_broken_promises_are_noticed(now: dict[str, str], said: list[str]) -> None:
    register = ["S101 a", "S102 b", "S103 old (retired)"]
    assert broken_promises(register, now) == said
    assert broken_promises([*register, "S101 a"], now)[0] == "S101 is there twice"


def test_page_of_rules_is_up_to_date() -> None:
    found = rules_page.PAGE.read_text(encoding="utf-8")
    assert found == rules_page.page(), "python tests/rules_page.py writes it anew"
