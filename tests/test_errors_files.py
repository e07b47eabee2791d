"""Bad files and hostile texts: what cannot be read, and what asks for too much."""

from __future__ import annotations

import os
from pathlib import Path
from textwrap import dedent

import pytest
from commandline import cnncalc as run

import cnncalc
from cnncalc import CnncalcError, Limits
from cnncalc.errors import LimitError


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# Files.


def message(*arguments: str, stdin: str | bytes = "") -> str:
    result = run(*arguments, stdin=stdin)
    assert (result.code, result.out) == (2, ""), result
    return result.err


def test_a_file_that_is_not_there() -> None:
    assert message("shape", "models/abcd.yaml") == (
        "error: there is no file models/abcd.yaml\n"
        "  hint: check the path, or name a bundled spec (see `cnncalc zoo`)\n"
    )


def test_a_file_with_a_name_that_is_nearly_right(tmp_path: Path) -> None:
    (tmp_path / "mynet.yaml").write_text("input: 3x8x8\nlayers: [relu]\n")
    assert message("shape", "myent.yaml") == (
        "error: there is no file myent.yaml\n  hint: did you mean mynet.yaml?\n"
    )


def test_a_path_to_a_bundled_spec_that_is_not_there() -> None:
    assert message("shape", "specs/resnet500.yaml") == (
        "error: there is no file specs/resnet500.yaml\n  hint: a bundled spec is called 'resnet50'\n"
    )


@pytest.mark.parametrize("name", ["ResNet50", "resnet_50"])
def test_a_bundled_spec_that_is_nearly_right(name: str) -> None:
    assert message("shape", name) == (
        f"error: {name!r} is no file, no bundled spec and no one-line network\n"
        "  hint: did you mean 'resnet50'? (one line: 3x32x32 | conv 10 k=5)\n"
    )


@pytest.mark.parametrize("name", ["wobble", "", " ", "conv 8 k=3"])
def test_no_network_at_all(name: str) -> None:
    assert message("shape", name) == (
        f"error: {name!r} is no file, no bundled spec and no one-line network\n"
        "  hint: see `cnncalc zoo` for the bundled specs (one line: 3x32x32 | conv 10 k=5)\n"
    )


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "b.yaml").write_text("")
    (tmp_path / "models" / "a.yml").write_text("")
    assert message("shape", "empty") == (
        "error: empty is a folder\n  hint: it has no spec (*.yaml) in it\n"
    )
    shown = Path("models", "a.yml")
    assert message("shape", "models") == (
        f"error: models is a folder\n  hint: name a spec in it, as {shown}\n"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_nobody_may_read(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("input: 3x8x8\n")
    path.chmod(0)
    assert message("shape", "net.yaml") == (
        "error: cannot read net.yaml: Permission denied\n"
        "  hint: name a readable text file, or see `cnncalc zoo`\n"
    )


def test_a_file_whose_name_is_too_long() -> None:
    assert message("shape", "a" * 5000 + ".yaml") == (
        f"error: cannot read {'a' * 59}…: File name too long\n"
        "  hint: name a readable text file, or see `cnncalc zoo`\n"
    )


def test_a_binary_file(tmp_path: Path) -> None:
    (tmp_path / "weights.yaml").write_bytes(b"input: \x93NUMPY\x01\x00")
    assert message("shape", "weights.yaml") == (
        "error: weights.yaml is not text in UTF-8: byte 0x93 at 7\n"
        "  hint: save it as UTF-8, or name another file\n"
    )


def test_binary_standard_input() -> None:
    assert message("shape", "-", stdin=b"\x89PNG") == (
        "error: standard input is not text in UTF-8: byte 0x89 at 0\n"
        "  hint: save it as UTF-8, or name another file\n"
    )


def test_empty_standard_input() -> None:
    assert message("shape", "-") == (
        "<stdin>:1:1: error: the spec is empty\n  hint: start with `input: 3x32x32` and `layers:`\n"
    )


def test_errors_in_bundled_specs_name_them() -> None:
    assert message("shape", "lenet5", "--at", "H=3") == dedent(
        """\
        lenet5.yaml:14:5: error: maxpool2: height: kernel 2 is larger than its padded input 1 (1 + 0 + 0 = 1)
          |   - maxpool 2
          |     ^
          hint: add padding, use a kernel of at most 1, or a larger input; nearest good sizes: H=4, W=28
        """
    )


# Limits that files meet.


def test_a_large_file(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_text("#" * 1_000_001)
    assert message("shape", "large.yaml") == (
        "error: a spec of 1,000,001 characters: more than the limit of 1,000,000 bytes\n"
        "  hint: if that is meant, raise it: --limit file=10000000\n"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("layers: " + "[" * 100 + "]" * 100, "YAML nested too deeply"),
        ("layers: " + "[" * 30_000, "YAML nested too deeply"),
        ("layers: " + "{a: " * 100 + "}" * 100, "YAML nested too deeply"),
        ("layers:\n" + "\n".join(f"{'  ' * i}- - " for i in range(100)), "YAML nested too deeply"),
        ("input: 3x8x8\nlayers: [" + "relu, " * 100_001 + "]", "too many YAML values"),
        (
            "input: 3x8x8\nblocks:\n"
            + "".join(f"  b{i}: [b{i + 1}]\n" for i in range(3000))
            + "  b3000: [relu]\nlayers: [b0]",
            "blocks nested too deeply",
        ),
        (f"input: 3x8x8\nlayers:\n  - conv {'1+' * 499}1 k=3", "an expression nested too deeply"),
        (f"input: 3x8x8\nlayers:\n  - conv {'-' * 900}1 k=3", "an expression nested too deeply"),
        (f"input: 3x8x8\nlayers:\n  - conv {'(' * 400}1{')' * 400} k=3", "cannot read"),
        (f"input: 3x8x8\nlayers:\n  - conv {'1+' * 600}1 k=3", "an expression of 1,201 characters"),
        (f"input: 3x8x8\nlayers:\n  - conv {'9' * 900} k=3", "a number too large"),
        (f"input: 3x({'9' * 900})x8\nlayers: [relu]", "a number too large"),
        (f"input: 3x({'-' * 900}1)x8\nlayers: [relu]", "an expression nested too deeply"),
        (f"input: 3x({'(' * 90_000}1{')' * 90_000})x8\nlayers: [relu]", "an expression of"),
    ],
)
def test_hostile_text(text: str, what: str) -> None:
    with pytest.raises(CnncalcError, match=what) as caught:
        cnncalc.parse(text, "net.yaml").graph()
    assert caught.value.at is not None
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "text",
    [
        "layers: " + "[" * 3000 + "]" * 3000,
        f"input: 3x8x8\nlayers:\n  - conv {'1+' * 2000}1 k=3",
        "input: 3x8x8\nblocks:\n"
        + "".join(f"  b{i}: [b{i + 1}]\n" for i in range(3000))
        + "  b3000: [relu]\nlayers: [b0]",
    ],
)
def test_a_raised_limit_meets_the_stack_of_python(text: str) -> None:
    limits = Limits(depth=100_000, expression=100_000)
    with pytest.raises(CnncalcError, match=r"nested too deeply for Python|cannot read"):
        cnncalc.parse(text, "net.yaml", limits).graph()


def test_limits_can_be_raised() -> None:
    text = f"input: 3x8x8\nlayers:\n  - conv {'1+' * 99}1 k=3"
    with pytest.raises(LimitError, match="60 levels"):
        cnncalc.parse(text).graph()
    assert len(cnncalc.parse(text, limits=Limits(depth=150)).graph()) == 1
