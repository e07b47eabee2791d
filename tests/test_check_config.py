"""Settings of ``cnncalc check``: flags before the environment before the nearest file."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from checks import BAD, BROKEN, GOOD, checked, found, put
from commandline import cnncalc
from console import ROOT

from cnncalc.check.config import find
from cnncalc.check.keys import KEYS
from cnncalc.cli.check import command

#: A warning in line 5, A590.
UNUSED = GOOD.replace("p=2", "p=2  # cnncalc: ignore[A501]")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def config(text: str, path: str = "cnncalc.toml") -> None:
    put(path, text)


def codes(*arguments: str) -> list[str]:
    return [code[0] for _, _, code in found(*arguments)]


def refused(*arguments: str) -> str:
    """What is said of settings that mean nothing."""
    result = cnncalc("check", *arguments)
    assert (result.code, result.out) == (2, "")
    return result.err


# Where it is.


def test_the_nearest_file() -> None:
    put("a/b/net.yaml", BAD)
    assert codes() == ["B"]
    config('[tool.cnncalc]\nignore = ["B"]\n', "pyproject.toml")
    assert codes() == codes("a/b/net.yaml") == []
    config("[tool.other]\n", "a/pyproject.toml")
    assert codes("a") == []
    config("", "a/b/cnncalc.toml")
    assert codes("a/b") == ["B"]
    assert codes("a") == []


def test_cnncalc_toml_is_nearer_than_pyproject_toml() -> None:
    put("net.yaml", BAD)
    config('[tool.cnncalc]\nignore = ["B"]\n', "pyproject.toml")
    config("ignore = []")
    assert codes() == ["B"]


def test_the_file_is_that_of_the_folder_that_is_checked(tmp_path: Path) -> None:
    put("here/net.yaml", BAD)
    put("there/net.yaml", BAD)
    put("there/more/net.yaml", BAD)
    config('ignore = ["B"]', "there/cnncalc.toml")
    os.chdir("here")
    assert codes() == ["B"]
    assert codes("../there") == codes("../there/net.yaml", "../there/more") == []
    assert codes("net.yaml", "../there/net.yaml") == ["B", "B"]
    stdin = cnncalc("check", "-", "--stdin-filename", "../there/new.yaml", stdin=BAD)
    assert stdin.code == 0
    assert cnncalc("check", "-", stdin=BAD).code == 1
    assert find([tmp_path / "there"]).path == tmp_path / "there" / "cnncalc.toml"


def test_a_file_that_is_named() -> None:
    put("net.yaml", BAD)
    config('ignore = ["B"]', "other/mine.toml")
    config('[tool.cnncalc]\nignore = ["B"]', "other/pyproject.toml")
    assert codes("--config", "other/mine.toml") == codes("--config", "other/pyproject.toml") == []
    assert "cannot read gone.toml: No such file" in refused("--config", "gone.toml")
    config("[tool.other]", "empty/pyproject.toml")
    assert "has no [tool.cnncalc]" in refused("--config", "empty/pyproject.toml")


def test_isolated() -> None:
    put("net.yaml", BAD)
    config('ignore = ["B"]')
    assert codes() == []
    assert codes("--isolated") == ["B"]
    assert "exclude each other" in refused("--isolated", "--config", "cnncalc.toml")


def test_the_file_in_use_is_said() -> None:
    put("net.yaml")
    config("")
    assert "settings: cnncalc.toml" in cnncalc("check", "-v").err
    assert "settings: no file" in cnncalc("check", "-v", "--isolated").err


# What comes first.


def test_flags_before_the_environment_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    put("bad.yaml", BAD)
    put("broken.yaml", BROKEN)
    put("unused.yaml", UNUSED)
    assert codes() == ["B", "S", "A"]
    config('select = ["B"]')
    assert codes() == ["B"]
    monkeypatch.setenv("CNNCALC_SELECT", "S")
    assert codes() == ["S"]
    assert codes("--select", "A") == ["A"]
    assert codes("--select", "A,S") == codes("--select", "A", "--select", "S") == ["S", "A"]
    monkeypatch.setenv("CNNCALC_SELECT", "A, S")
    assert codes() == ["S", "A"]


def test_each_key_by_itself() -> None:
    put("bad.yaml", BAD)
    put("broken.yaml", BROKEN)
    put("unused.yaml", UNUSED)
    config('select = ["B", "S"]\nignore = ["S"]')
    assert codes() == ["B"]
    assert codes("--extend-select", "A") == ["B", "A"]
    assert codes("--ignore", "B") == ["S"]
    assert codes("--select", "ALL") == ["B", "A"]


def test_every_option_has_a_variable() -> None:
    shown = cnncalc("check", "--help").out
    for option in command.params:
        if option.param_type_name == "option" and option.name != "help":
            variable = f"CNNCALC_{max(option.opts, key=len)[2:].upper().replace('-', '_')}"
            assert option.envvar == variable
            assert variable in re.sub(r"\s+", "", shown)


@pytest.mark.parametrize(
    ("variable", "value", "code", "words"),
    [
        ("CNNCALC_FAIL_ON", "never", 0, "B401"),
        ("CNNCALC_EXIT_ZERO", "1", 0, "B401"),
        ("CNNCALC_EXIT_ZERO", "", 1, "B401"),
        ("CNNCALC_OUTPUT_FORMAT", "concise,json:out file.json", 1, "net.yaml:7:11: error[B401]"),
        ("CNNCALC_SET", "k=5,n=2", 1, "B401"),
        ("CNNCALC_AT", "H=64, W=64", 1, "B401"),
        ("CNNCALC_SEVERITY", "B=note", 0, "note[B401]"),
        ("CNNCALC_STATISTICS", "yes", 1, "1  B401  "),
    ],
)
def test_environment(
    variable: str, value: str, code: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("net.yaml", BAD)
    monkeypatch.setenv(variable, value)
    result = cnncalc("check")
    assert (result.code, result.err) == (code, "")
    assert words in result.out


def test_a_variable_that_means_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    put("net.yaml", BAD)
    monkeypatch.setenv("CNNCALC_FAIL_ON", "eror")
    assert "CNNCALC_FAIL_ON" in refused()
    monkeypatch.setenv("CNNCALC_FAIL_ON", "error")
    monkeypatch.setenv("CNNCALC_SELECT", "Q")
    assert "no rule has the code 'Q'" in refused()


# What it says.


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('select = ["A"]', ["A"]),
        ('select = "A,S"', ["S", "A"]),
        ("select = []", []),
        ('ignore = ["B", "S"]', ["A"]),
        ('select = ["B"]\nextend-select = ["A"]', ["B", "A"]),
        ('per-file-ignores = {"b*.yaml" = ["B"]}', ["S", "A"]),
        ('[per-file-ignores]\n"*.yaml" = ["S"]\n"un*" = ["ALL"]', ["B"]),
        ('per-file-ignores = {"b*" = ["B", "S"]}\nselect = ["B401", "A"]', ["A"]),
        ('exclude = ["b*.yaml"]', ["A"]),
        ('exclude = ["broken.*", "bad.*"]', ["A"]),
    ],
)
def test_what_is_on_where(text: str, left: list[str]) -> None:
    put("bad.yaml", BAD)
    put("broken.yaml", BROKEN)
    put("unused.yaml", UNUSED)
    assert codes() == ["B", "S", "A"]
    config(text)
    assert codes() == left


def test_severity() -> None:
    put("net.yaml", BAD)
    put("unused.yaml", UNUSED)
    assert cnncalc("check", "unused.yaml").code == 0
    config('severity = {A590 = "error", B = "note", B401 = "warning"}')
    result = cnncalc("check", "-f", "concise")
    assert result.code == 1
    assert "net.yaml:7:11: warning[B401]" in result.out
    assert "error[A590]" in result.out
    assert "note[B401]" in cnncalc("check", "-f", "concise", "--severity", "B401=note").out


def test_fail_on() -> None:
    put("unused.yaml", UNUSED)
    assert cnncalc("check").code == 0
    config('fail-on = "warning"')
    assert cnncalc("check").code == 1
    assert cnncalc("check", "--fail-on", "never").code == 0
    assert cnncalc("check", "-e").code == 0


def test_values_for_symbols_and_parameters() -> None:
    net = GOOD.replace("3x32x32", "cxHx32").replace("cnncalc: 1", "cnncalc: 1\nparams: {c: 1}")
    put("net.yaml", net.replace("output: [10, 32, 32]", "macs: 768000"))
    assert set(codes("--at", "H=32")) == {"B"}  # one channel
    config("[at]\nH = 32\n[set]\nc = 3\n")
    assert codes() == []
    assert set(codes("--set", "c=2")) == {"B"}
    assert codes("--at", "H=33") == ["B"]


def test_limits() -> None:
    put("net.yaml", GOOD.replace("- conv", "- repeat: 20\n    layers: [relu]\n  - conv"))
    assert codes() == []
    config("limits = {layers = 10}")
    result = cnncalc("check")
    assert result.code == 1
    assert "more than the limit of 10 layers" in result.out
    assert codes("--limit", "layers=100") == []


def test_outputs() -> None:
    put("net.yaml", BAD)
    config('output-format = ["concise", "json:out.json"]')
    result = cnncalc("check")
    assert result.out.startswith("net.yaml:7:11: error[B401]")
    assert Path("out.json").is_file()
    config('output-format = "concise"')
    assert cnncalc("check").out.startswith("net.yaml:7:11: error[B401]")


def test_paths_are_relative_to_the_file() -> None:
    put("a/old/net.yaml", BAD)
    put("a/nets/net.yaml", BAD)
    put("old/net.yaml", BAD)
    config('exclude = ["old/*.yaml"]\nper-file-ignores = {"nets/*" = ["B"]}', "a/cnncalc.toml")
    assert checked("a") == ["a/nets/net.yaml"]
    assert codes("a") == []
    os.chdir("a/old")
    assert codes("../nets") == []
    os.chdir("../..")
    assert checked(".", "--config", "a/cnncalc.toml") == ["a/nets/net.yaml", "a/old/net.yaml"]


def test_force_exclude() -> None:
    put("old/net.yaml", BAD)
    config('exclude = ["old"]')
    assert codes("old/net.yaml") == ["B"]
    config('exclude = ["old"]\nforce-exclude = true')
    assert codes("old/net.yaml") == []


# What it does not say.


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("selct = []", "1:1", ["unknown key 'selct'", "did you mean 'select'?"]),
        ("# c\nignore = ['B999']", "2:1", ["ignore: no rule has the code 'B999'", "B401"]),
        ("select = 3", "1:1", ["select must be a list of texts"]),
        ("select = [3]", "1:1", ["select must be a list of texts"]),
        ('fail-on = "eror"', "1:1", ["fail-on is error or warning", "did you mean 'error'?"]),
        ("force-exclude = 1", "1:1", ["force-exclude must be true or false, got 1"]),
        ("limits = {layer = 1}", "1:11", ["limits has no 'layer'", "did you mean 'layers'?"]),
        ("[limits]\nfile = 9\nlayers = 0", "3:1", ["layers must be an integer of at least 1"]),
        ("at = 3", "1:1", ["at must be a table"]),
        ("[at]\nH = 1.5", "2:1", ["at H must be a number, or an expression in quotes"]),
        ('severity = {A = "eror"}', "1:13", ["severity is error or warning or note, got 'eror'"]),
        ('severity = {Q = "error"}', "1:13", ["severity: no rule has the code 'Q'"]),
        ('[per-file-ignores]\n"a/*" = ["Q"]', "2:1", ["per-file-ignores of a/*: no rule has"]),
        ('output-format = "jsn"', "1:1", ["unknown output format 'jsn'", "did you mean 'json'?"]),
        ("baseline = 3", "1:1", ["baseline must be the name of a file"]),
        ("select = [", "1:", ["not TOML: "]),
        ("a = 1\na = 2", "2:", ["not TOML: "]),
    ],
)
def test_mistakes_are_placed(text: str, place: str, words: list[str]) -> None:
    put("net.yaml")
    config(text)
    error = refused()
    assert re.match(rf"[^\n]*cnncalc\.toml:{place}", error), error
    for word in words:
        assert word in error
    table = re.sub(r"^\[", "[tool.cnncalc.", text, flags=re.MULTILINE)
    Path("cnncalc.toml").unlink()
    config(f"[tool.cnncalc]\n{table}" if not text.startswith("[") else table, "pyproject.toml")
    error = refused()
    line = int(place.partition(":")[0]) + (not text.startswith("["))
    assert f"pyproject.toml:{line}:" in error


def test_other_tables_of_pyproject_toml() -> None:
    put("net.yaml")
    config("[project]\nname = 'cnncalc'\n[tool.ruff]\nselect = 'E'\n", "pyproject.toml")
    assert codes() == []
    config("[tool.ruff]\nselect = 1\n[tool.cnncalc]\nselect = 1\n", "pyproject.toml")
    assert "pyproject.toml:4:1" in refused()
    config("[tool]\ncnncalc = 1", "pyproject.toml")
    assert "tool.cnncalc must be a table" in refused()
    Path("pyproject.toml").write_bytes(b"cnncalc = '\xff'")
    assert "is not text in UTF-8" in refused()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--select", "B9"], ["--select: no rule has the code 'B9'"]),
        (["--ignore", "b401"], ["--ignore: no rule has the code 'b401'", "did you mean 'B401'?"]),
        (
            ["--extend-select", "Q"],
            ["--extend-select: no rule has", "it begins with S, G, D, B, A"],
        ),
        (["--severity", "B401=eror"], ["no such severity", "did you mean 'error'?"]),
        (["--severity", "B401"], ["--severity B401: not NAME=VALUE"]),
        (["--fail-on", "eror"], ["'eror' is not one of"]),
        (["-f", "xml"], ["unknown output format 'xml'"]),
        (["-f", "json", "-f", "text"], ["json cannot share standard output"]),
        (["-f", "json:a", "-o", "b"], ["--output is for one format"]),
        (["-f", "text", "-f", "json", "-o", "b"], ["--output is for one format"]),
        (["-f", "json:gone/out.json"], ["cannot write gone/out.json"]),
        (["--jobs", "0"], ["0 is not in the range x>=1"]),
        (["--limit", "layrs=3"], ["unknown limit 'layrs'"]),
        (["--at", "H"], ["--at H: not NAME=VALUE"]),
        (["--selct", "B"], ["No such option"]),
    ],
)
def test_mistakes_on_the_command_line(arguments: list[str], words: list[str]) -> None:
    put("net.yaml")
    error = refused(*arguments)
    for word in words:
        assert word in error


def test_keys_are_those_of_the_settings() -> None:
    options = {max(option.opts, key=len).lstrip("-") for option in command.params}
    assert set(KEYS) - options == {"per-file-ignores", "limits"}


PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")


def test_the_page_lists_every_key() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {name: key.doc for name, key in KEYS.items()}


def test_the_settings_of_the_page_are_settings() -> None:
    [example] = re.findall(r"^```toml\n(.+?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    config(example, "pyproject.toml")
    values = find(["."]).values
    assert values["fail-on"] == "warning"
    assert values["at"] == (("H", "224"), ("W", "224"))
    assert [pattern.glob for pattern, _ in values["per-file-ignores"]] == ["models/vendored/*"]
