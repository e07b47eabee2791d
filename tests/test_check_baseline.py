"""Findings that are known: written down, silenced, and missed when they are gone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from checks import BAD, BROKEN, GOOD, found, put
from commandline import Result, cnncalc

FILE = "known.json"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(*arguments: str) -> Result:
    return cnncalc("check", "--baseline", FILE, "--write-baseline", *arguments)


def known(*arguments: str) -> Result:
    return cnncalc("check", "--baseline", FILE, "-f", "concise", *arguments)


def test_what_is_known_is_silenced() -> None:
    put("bad.yaml", BAD)
    put("broken.yaml", BROKEN)
    written = write()
    assert written.code == 0
    assert f"written: {FILE}" in written.err
    again = known()
    assert again.code == 0
    assert f"{FILE}: 2 findings silenced" in again.err
    assert "B401" not in again.out
    assert known("-q").err == ""
    report = json.loads(cnncalc("check", "--baseline", FILE, "-f", "json").out)
    assert [file["suppressed"] for file in report["files"]] == [1, 1]


def test_what_is_written() -> None:
    put("b/broken.yaml", BROKEN)
    put("a/bad.yaml", BAD)
    put("a/good.yaml", GOOD)
    write()
    first = Path(FILE).read_bytes()
    data = json.loads(first)
    assert (data["schema"], data["tool"]) == (1, "cnncalc check")
    assert list(data["files"]) == ["a/bad.yaml", "b/broken.yaml"]
    assert data["files"]["a/bad.yaml"] == [{"code": "B401", "source": "params: 700", "count": 1}]
    write("b", "a")
    assert Path(FILE).read_bytes() == first


def test_what_is_new_is_found() -> None:
    put("bad.yaml", BAD)
    write()
    put("new.yaml", BAD)
    put("bad.yaml", BAD + "# cnncalc: ignore-file[A501]\n")
    result = known()
    assert result.code == 1
    assert sorted(line.split(":")[0] for line in result.out.splitlines()[:2]) == [
        "bad.yaml",
        "new.yaml",
    ]
    assert "A590" in result.out


def test_a_finding_is_known_where_it_moves_and_when_its_number_changes() -> None:
    put("bad.yaml", BAD)
    write()
    grown = BAD.replace("  - conv", "  - relu\n  - conv").replace("k=5 p=2", "k=3 p=1")
    put("bad.yaml", "# a comment\n\n" + grown)
    assert found("bad.yaml") == [("bad.yaml", 10, "B401")]
    assert known().code == 0
    put("bad.yaml", BAD.replace("700", "701"))
    assert known().code == 1


def test_equal_ones_are_counted() -> None:
    two = GOOD.replace("params: 760", "params: {min: 761}\n  macs: {min: 761}").replace("760", "1")
    put("net.yaml", two.replace("761", "9999999"))
    twice = GOOD.replace("layers:", "presets:\n  a: {expect: {params: 1}}\nlayers:")
    assert len(found()) == 2
    write()
    assert known().code == 0
    put("net.yaml", twice)
    assert known().code == 1


def test_what_is_no_longer_needed_is_said() -> None:
    put("bad.yaml", BAD)
    put("gone.yaml", BAD)
    put("kept.yaml", BAD)
    write()
    put("bad.yaml", GOOD)
    Path("gone.yaml").unlink()
    result = known()
    assert result.code == 0
    unneeded = [line for line in result.err.splitlines() if "no longer needed" in line]
    assert [line.split(": ")[2:4] for line in unneeded] == [
        ["bad.yaml", "B401"],
        ["gone.yaml", "B401"],
    ]
    write()
    assert list(json.loads(Path(FILE).read_text())["files"]) == ["kept.yaml"]
    assert "no longer needed" not in known().err


def test_what_is_not_looked_at_is_kept() -> None:
    put("a/bad.yaml", BAD)
    put("b/bad.yaml", BAD)
    write()
    first = Path(FILE).read_bytes()
    for arguments in (["a"], ["--ignore", "B"], ["--exclude", "b"]):
        assert "no longer needed" not in known(*arguments).err
        write(*arguments)
        assert Path(FILE).read_bytes() == first
    put("b/bad.yaml", BAD.replace("conv", "con"))
    assert "no longer needed" not in known().err


def test_from_another_folder() -> None:
    put("nets/bad.yaml", BAD)
    write()
    os.chdir("nets")
    assert cnncalc("check", "--baseline", f"../{FILE}").code == 0
    assert cnncalc("check", "--baseline", f"../{FILE}", "--write-baseline").code == 0
    assert list(json.loads(Path(f"../{FILE}").read_text())["files"]) == ["nets/bad.yaml"]
    put("../cnncalc.toml", f'baseline = "{FILE}"')
    assert cnncalc("check").code == 0


def test_the_name_of_the_file_is_needed() -> None:
    put("bad.yaml", BAD)
    result = cnncalc("check", "--write-baseline")
    assert result.code == 2
    assert "hint: add --baseline baseline.json" in result.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "it is not JSON"),
        ("[]", "it is not of cnncalc check"),
        ('{"tool": "cnncalc check", "schema": 2}', "this reads schema 1, it has 2"),
        ('{"tool": "cnncalc check", "schema": 1}', "its files are not as they were written"),
        ('{"tool": "cnncalc check", "schema": 1, "files": {"a": [3]}}', "its files are not as"),
        ('{"tool": "cnncalc check", "schema": 1, "files": {"a": [{"code": 3}]}}', "its files are"),
        ("\x00", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
    ],
)
def test_other_files(text: str, words: str) -> None:
    put("bad.yaml", BAD)
    Path(FILE).write_text(text, encoding="utf-8")
    for result in (known(), write()):
        assert (result.code, result.out) == (2, "")
        assert f"{FILE} is not a baseline: {words}" in result.err


def test_a_file_that_is_not_there() -> None:
    put("bad.yaml", BAD)
    result = known()
    assert result.code == 2
    assert f"cannot read the baseline {FILE}: No such file" in result.err
    result = cnncalc("check", "--baseline", "gone/x.json", "--write-baseline")
    assert result.code == 2
    assert "cannot write the baseline gone/x.json" in result.err
