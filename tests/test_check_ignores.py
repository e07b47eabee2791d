"""Comments that silence findings, and comments that silence nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checks import BAD, GOOD, found, put
from commandline import cnncalc

from cnncalc.check.comments import comments


def codes(text: str, *arguments: str) -> list[tuple[int, str]]:
    return [(line, code) for _, line, code in found("-", *arguments, stdin=text)]


def commented(comment: str, text: str = BAD) -> str:
    """``text`` with a comment at the end of line 7, the one with the wrong number."""
    lines = text.splitlines()
    return "\n".join([*lines[:6], f"{lines[6]}  {comment}", *lines[7:], ""])


@pytest.mark.parametrize(
    "comment",
    [
        "# cnncalc: ignore[B401] grew in March",
        "# cnncalc: ignore[B401]",
        "#cnncalc:ignore[B401]",
        "# cnncalc: ignore[B]",
        "# cnncalc: ignore[B40]",
        "# cnncalc: ignore[ B401 , B ]",
        "# cnncalc: ignore[ALL]",
        "# see issue 12  # cnncalc: ignore[B401]",
    ],
)
def test_on_the_line(comment: str) -> None:
    assert codes(BAD) == [(7, "B401")]
    assert codes(commented(comment)) == []


def test_above_the_line() -> None:
    lines = BAD.splitlines()
    above = [*lines[:6], "  # cnncalc: ignore[B401] why", "", "  # more on that", *lines[6:]]
    assert codes("\n".join(above)) == []


def test_a_comment_of_another_line_is_not_about_this_one() -> None:
    lines = BAD.splitlines()
    lines[5] += "  # cnncalc: ignore[B401]"
    assert codes("\n".join(lines)) == [(6, "A590"), (7, "B401")]
    lines = [*BAD.splitlines(), "# cnncalc: ignore[B401]"]
    assert codes("\n".join(lines)) == [(7, "B401"), (9, "A590")]


def test_for_the_file() -> None:
    for text in (f"# cnncalc: ignore-file[B401] a draft\n{BAD}", f"{BAD}# cnncalc: ignore-file[B]"):
        assert codes(text) == []


def test_what_is_silenced_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put("a.yaml", commented("# cnncalc: ignore[B401]"))
    result = cnncalc("check", "-f", "json")
    assert result.code == 0
    assert [file["suppressed"] for file in json.loads(result.out)["files"]] == [1]


def test_an_error_may_be_silenced() -> None:
    broken = GOOD.replace("conv 10 k=5 p=2", "con 10  # cnncalc: ignore[S] a draft")
    assert codes(broken) == []


# Comments of no use.


def test_unused() -> None:
    assert codes(commented("# cnncalc: ignore[B401]", GOOD)) == [(7, "A590")]
    assert codes(f"# cnncalc: ignore-file[B401]\n{GOOD}") == [(1, "A590")]


def test_one_of_several_is_unused() -> None:
    assert codes(commented("# cnncalc: ignore[B401, S]")) == [(7, "A590")]
    result = cnncalc("check", "-", stdin=commented("# cnncalc: ignore[B401, S]"))
    assert "ignore[S]" in result.out
    assert "ignore[B401" not in result.out.replace("# cnncalc: ignore[B401, S]", "")


def test_codes_that_are_off_are_not_looked_at() -> None:
    text = commented("# cnncalc: ignore[B401]", GOOD)
    assert codes(text, "--ignore", "B") == []
    assert codes(text, "--select", "A") == []
    assert codes(text, "--ignore", "A590") == []


def test_a_broken_spec_says_nothing_of_the_rest() -> None:
    text = commented("# cnncalc: ignore[B401]", GOOD.replace("conv", "con"))
    assert [code[0] for _, code in codes(text)] == ["S"]


def test_unused_ones_may_be_silenced() -> None:
    text = commented("# cnncalc: ignore[B401]", GOOD)
    assert codes(f"{text}# cnncalc: ignore-file[A590] they are meant\n") == []


def test_warnings_do_not_fail() -> None:
    text = commented("# cnncalc: ignore[B401]", GOOD)
    assert cnncalc("check", "-", stdin=text).code == 0
    assert cnncalc("check", "-", "--fail-on", "warning", stdin=text).code == 1


def fixed(text: str) -> str:
    """After the edits that come with the findings."""
    report = json.loads(cnncalc("check", "-", "-f", "json", stdin=text).out)
    lines = text.splitlines(keepends=True)
    for one in report["files"][0]["diagnostics"]:
        for edit in one["fix"]["edits"]:
            at, end = edit["line"] - 1, edit["end_line"] - 1
            head, tail = lines[at][: edit["column"] - 1], lines[end][edit["end_column"] - 1 :]
            lines[at : end + 1] = [head + edit["text"] + tail]
    return "".join(lines)


def test_the_fix_removes_the_comment() -> None:
    assert fixed(commented("# cnncalc: ignore[B401] why", GOOD)) == GOOD
    assert fixed(f"# cnncalc: ignore-file[B401]\n{GOOD}") == GOOD
    assert fixed(f"{GOOD}# cnncalc: ignore[S]").rstrip() == GOOD.rstrip()
    both = commented("# cnncalc: ignore[B401, S] why")
    assert fixed(both) == commented("# cnncalc: ignore[B401] why")
    after = commented("# see issue 12 # cnncalc: ignore[B401] why", GOOD)
    assert fixed(after) == commented("# see issue 12", GOOD)


# Comments that say nothing.


@pytest.mark.parametrize(
    ("comment", "help"),
    [
        ("# cnncalc: ignore[B999] why", "codes of this family: B401"),
        ("# cnncalc: ignore[b401]", "did you mean 'B401'?"),
        ("# cnncalc: ignore", "write # cnncalc: ignore[B401] and the reason"),
        ("# cnncalc: ignore[]", "write # cnncalc: ignore[B401] and the reason"),
        ("# cnncalc: ignore B401", "write # cnncalc: ignore[B401] and the reason"),
        ("# cnncalc: ignore[B401", "write # cnncalc: ignore[B401] and the reason"),
        ("# cnncalc: ingore[B401]", "did you mean 'ignore'?"),
        ("# cnncalc: ignore-files[B401]", "did you mean 'ignore-file'?"),
    ],
)
def test_invalid(comment: str, help: str) -> None:
    text = commented(comment)
    assert sorted(codes(text)) == [(7, "A591"), (7, "B401")]
    assert help in cnncalc("check", "-", stdin=text).out


def test_the_known_codes_beside_an_unknown_one_count() -> None:
    assert codes(commented("# cnncalc: ignore[B401, Q7]")) == [(7, "A591")]


@pytest.mark.parametrize(
    "comment", ["# cnncalc: 1", "# cnncalc: see the paper", "# cnncalc", "# ignore[B401]"]
)
def test_other_comments_are_only_comments(comment: str) -> None:
    assert codes(commented(comment)) == [(7, "B401")]


# What is no comment.


@pytest.mark.parametrize(
    "notes",
    [
        'notes: "# cnncalc: ignore-file[B401]"',
        "notes: 'a # cnncalc: ignore-file[B401]'",
        "notes: |\n  # cnncalc: ignore-file[B401]",
        "notes: >-\n  folded\n  # cnncalc: ignore-file[B401]\n\n  more",
        'notes: "over two\n  # cnncalc: ignore-file[B401]"',
        "notes: a#cnncalc:ignore-file[B401]",
    ],
)
def test_text_in_quotes_is_no_comment(notes: str) -> None:
    assert [code for _, code in codes(f"{BAD}{notes}\n")] == ["B401"]
    assert codes(f"{BAD}{notes}\n# cnncalc: ignore-file[B401]\n") == []


def test_comments_of_a_text() -> None:
    text = """# one
a: "x # no"  # two
b: |  # three
  # no
 # four
c: [1, "#", '#',  # five
  d#no]#no
"""
    found = [(one.line, one.column, one.text, one.alone) for one in comments(text)]
    assert found[:5] == [
        (1, 1, "# one", True),
        (2, 14, "# two", False),
        (3, 7, "# three", False),
        (5, 2, "# four", True),
        (6, 19, "# five", False),
    ]


@pytest.mark.parametrize(
    "text", ['# c\na: "# no', "# c\na: [\n# no\n}", "# c\n\ta: 1", "a: \0 # c"]
)
def test_what_is_not_yaml_has_no_comments(text: str) -> None:
    assert list(comments(text)) == []


def test_what_is_not_yaml_cannot_be_silenced() -> None:
    text = '# cnncalc: ignore-file[ALL]\ninput: "3x8x8\n# cnncalc: ignore[S]\n'
    assert [code[0] for _, code in codes(text)] == ["S"]
