"""Bad input: where, what, what it got, what is allowed, how to fix it; exit code 2, no traceback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from badinput import FOLDER, Case, as_text, cases
from commandline import cnncalc as run

import cnncalc
from cnncalc import CnncalcError
from cnncalc.errors import (
    LayerError,
    LimitError,
    Position,
    Source,
    SpecError,
    nearest,
    suggest,
)
from cnncalc.layers import KINDS

CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(FOLDER.glob("*.txt"))
    for case in cases(path)
]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("case", CASES)
def test_bad_input(case: Case) -> None:
    result = case.run()
    assert result.err == case.message.removesuffix("\n")
    assert (result.code, result.out) == (2, "")


@pytest.mark.parametrize("case", CASES)
def test_messages_are_whole(case: Case) -> None:
    """Beyond the wording: a place with the line and a caret under it, and a hint."""
    message = case.message.splitlines()
    assert re.match(r"((net\.yaml|<line>|<\w+=.*>):\d+:\d+: )?error: .+", message[0])
    assert not message[0].endswith(".")
    assert "Traceback" not in case.message
    assert message[-2].startswith("  hint: ")
    if len(message) == 5:
        assert message[1].startswith("  | ")
        assert re.fullmatch(r"  \| +\^", message[2])
        assert len(message[2]) <= len(message[1]) + 1


def test_cases_differ() -> None:
    everything = [param.values[0] for param in CASES]
    assert len({case.title for case in everything}) == len(everything)
    assert len({case.written for case in everything}) == len(everything)
    assert len(everything) > 250


def test_cases_are_read_as_they_are_written(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text(as_text([Case("one", "a\n---\n", "b\n\n"), Case("two", "", "c\n")]))
    assert [case.title for case in cases(path)] == ["one", "two"]
    path.write_text("=== one\na\n>>>\nb\n== two\n")
    assert [case.message for case in cases(path)] == ["b\n== two\n"]
    path.write_text("no case\n")
    with pytest.raises(AssertionError, match="not a list of cases"):
        cases(path)


def test_an_unknown_kind_like_no_other_lists_all_kinds() -> None:
    result = run("shape", "3x8x8 | wobble 3")
    listed = result.err.partition("known kinds: ")[2].strip().split(", ")
    assert listed == sorted(listed)
    assert set(listed) >= {*KINDS, "for", "from", "if", "repeat"}


def test_a_key_like_no_other_lists_all_keys() -> None:
    error = caught("input: 3x8x8\ncolour: blue\nlayers: [relu]\n")
    assert (str(error.at), error.message) == ("net.yaml:2:1", "unknown key 'colour'")
    assert error.hint.startswith("known keys: at, blocks, cnncalc, expect, input, inputs, layers")


def test_branches_for_a_kind_that_joins_nothing_list_those_that_do() -> None:
    error = caught("input: 3x8x8\nlayers:\n  - conv: [[relu], [tanh]]\n")
    assert (str(error.at), error.message) == ("net.yaml:3:5", "conv takes no branches")
    joining = ", ".join(sorted(kind for kind, cls in KINDS.items() if cls.arity[0] > 1))
    assert error.hint == f"{joining} join branches"


# What programs see of an error.


def caught(text: str) -> CnncalcError:
    with pytest.raises(CnncalcError) as found:
        cnncalc.parse(text, "net.yaml").graph()
    return found.value


def test_errors_carry_their_parts() -> None:
    error = caught("input: 3x8x8\nlayers:\n  - c = conv 4 k=9\n")
    assert isinstance(error, LayerError)
    assert (error.node, str(error.at), error.exit_code) == ("c", "net.yaml:3:9", 2)
    assert error.message == "height: kernel 9 is larger than its padded input 8 (8 + 0 + 0 = 8)"
    assert error.hint == "add padding, use a kernel of at most 8, or a larger input"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("input: 3x8x8\nlayers: [rleu]", SpecError),
        ("input: 3x8x8\nlayers: [linear 3]", LayerError),
        ("input: 3x8x8\nlayers: [conv 2**9999 k=1]", LimitError),
    ],
)
def test_errors_have_kinds(text: str, kind: type[CnncalcError]) -> None:
    error = caught(text)
    assert [cls for cls in (SpecError, LayerError, LimitError) if isinstance(error, cls)] == [kind]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"at": {"Q": 3}}, "--at Q: the network has no symbol 'Q'"),
        ({"at": {"H": 2.5}}, "the symbol H must be an integer of at least 1, got 5/2"),
        ({"at": {"H": ""}}, "an expression is missing here"),
        ({"at": {"H": None}}, "'None' is not part of the language"),
        ({"at": {"H": True}}, "the symbol H must be an integer of at least 1, got yes"),
        ({"settings": {"n": 3}}, "--set n: the network has no parameter 'n'"),
        ({"batch": 0}, "a batch must be an integer of at least 1, got 0"),
        ({"batch": -1}, "a batch must be an integer of at least 1, got -1"),
        ({"batch": 1.5}, "a batch must be an integer of at least 1, got 1.5"),
        ({"batch": "two images"}, "a batch must be an integer of at least 1, got two images"),
        ({"dtype": "float31"}, "unknown dtype 'float31'"),
    ],
)
def test_arguments_of_an_analysis(arguments: dict[str, object], words: str) -> None:
    network = cnncalc.parse("input: 3xHxW\nat: {H: 8, W: 8}\nlayers: [relu]\n")
    with pytest.raises(CnncalcError, match=re.escape(words)) as found:
        network.analyze(**arguments)  # type: ignore[arg-type]
    assert found.value.hint


def test_long_lines_are_cut_around_the_place() -> None:
    source = Source("long.yaml", "a" * 300 + "HERE" + "b" * 300)
    report = str(SpecError("wrong", at=Position(source, 1, 301))).splitlines()
    assert len(report[1]) < 110
    assert report[1][report[2].index("^") :].startswith("HERE")


def test_tabs_do_not_move_the_caret() -> None:
    source = Source("tabs.yaml", "\t\tHERE")
    report = str(SpecError("wrong", at=Position(source, 1, 3))).splitlines()
    assert report[1][report[2].index("^") :] == "HERE"


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("stide", ["stride", "padding"], "stride"),
        ("RESNET50", ["resnet50", "vgg16"], "resnet50"),
        ("zzz", ["stride", "padding"], None),
        ("", ["stride"], None),
        ("x", [], None),
    ],
)
def test_nearest(word: str, known: list[str], expected: str | None) -> None:
    assert nearest(word, known) == expected


def test_suggestions() -> None:
    assert suggest("stide", ["stride"], "keys") == "did you mean 'stride'?"
    assert suggest("zzz", ["b", "a"], "keys") == "known keys: a, b"
    assert suggest("zzz", [], "keys") == "there are no keys here"
