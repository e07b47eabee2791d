"""Which files ``cnncalc check`` looks at."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from checks import BAD, GOOD, checked, found, put
from commandline import cnncalc, process


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_specs_by_their_name_and_by_their_key() -> None:
    put("a.cnn.yaml", "input: 3x8x8\nlayers: [relu]\n")
    put("b.cnn.yml", "input: 3x8x8\nlayers: [relu]\n")
    put("c.yaml")
    put("d.yml")
    put("e.yaml", "# a comment\n\n'cnncalc' : 1\ninput: 3x8x8\nlayers: [relu]\n")
    put("f.yaml", "\ufeffcnncalc: 1\ninput: 3x8x8\nlayers: [relu]\n")
    put("g.yaml", "{cnncalc: 1, input: 3x8x8, layers: [relu]}\n")
    assert checked() == [
        *("a.cnn.yaml", "b.cnn.yml", "c.yaml", "d.yml", "e.yaml", "f.yaml", "g.yaml")
    ]
    assert found() == []


def test_other_files_are_not_specs() -> None:
    put("a.txt")
    put("b.yaml", "input: 3x8x8\n")
    put("c.yaml", "tools:\n  cnncalc: 1\n")
    put("d.yaml", "# cnncalc: 1\n")
    put("e.yaml", "cnncalc:\n  script: [cnncalc check]\n")
    Path("f.yaml").mkdir()
    Path("g.yaml").write_bytes(b"\xff\xfe\x00c")
    assert checked() == []


def test_a_file_that_is_named_is_a_spec() -> None:
    put("net.txt", BAD)
    assert found("net.txt") == [("net.txt", 7, "B401")]


def test_folders_are_walked_in_order() -> None:
    for name in ("b/z.yaml", "b/a.yaml", "a/b/c.yaml", "a.yaml", "a/z.yaml"):
        put(name)
    assert checked() == ["a/b/c.yaml", "a/z.yaml", "a.yaml", "b/a.yaml", "b/z.yaml"]
    assert checked("b", "a") == ["b/a.yaml", "b/z.yaml", "a/b/c.yaml", "a/z.yaml"]


def test_every_file_once() -> None:
    put("a/net.yaml")
    os.symlink("net.yaml", "a/other.yaml")
    assert checked("a", "a/net.yaml", "./a", str(Path("a/net.yaml").resolve())) == ["a/net.yaml"]


def test_links_in_circles() -> None:
    put("a/net.yaml")
    os.symlink("..", "a/up")
    os.symlink("loop.yaml", "loop.yaml")
    assert checked() == ["a/net.yaml"]


def test_folders_of_others_are_left_out() -> None:
    put("mine.yaml")
    for folder in (".git", ".hidden", "node_modules", "a/node_modules/b", "site-packages"):
        put(f"{folder}/net.yaml")
    put("env/lib/net.yaml")
    put("env/pyvenv.cfg", "")
    assert checked() == ["mine.yaml"]
    assert checked(".hidden", "env/lib/net.yaml") == [".hidden/net.yaml", "env/lib/net.yaml"]


@pytest.mark.parametrize(
    ("glob", "left"),
    [
        ("old", ["a/b/net.yaml", "a/net.yaml", "net.yaml"]),
        ("net.yaml", ["a/old/x.yaml"]),
        ("*.yaml", []),
        ("a/*.yaml", ["a/b/net.yaml", "a/old/x.yaml", "net.yaml"]),
        ("a/**", ["net.yaml"]),
        ("a/**/net.yaml", ["a/old/x.yaml", "net.yaml"]),
        ("**/old/", ["a/b/net.yaml", "a/net.yaml", "net.yaml"]),
        ("./a/b", ["a/net.yaml", "a/old/x.yaml", "net.yaml"]),
        ("b/net.yaml", ["a/b/net.yaml", "a/net.yaml", "a/old/x.yaml", "net.yaml"]),
        ("?et.yaml", ["a/old/x.yaml"]),
        ("old,b", ["a/net.yaml", "net.yaml"]),
    ],
)
def test_exclude(glob: str, left: list[str]) -> None:
    for name in ("net.yaml", "a/net.yaml", "a/b/net.yaml", "a/old/x.yaml"):
        put(name)
    assert checked("--exclude", glob) == left


def test_what_is_excluded_may_be_named() -> None:
    put("a/net.yaml")
    put("a/b/net.yaml")
    put(".git/net.yaml")
    named = ("a/net.yaml", ".git/net.yaml", "--exclude", "a")
    assert checked(*named) == ["a/net.yaml", ".git/net.yaml"]
    assert checked(*named, "--force-exclude") == []
    assert checked("a", "--exclude", "a") == ["a/b/net.yaml", "a/net.yaml"]
    assert checked("a/b", "--exclude", "a") == ["a/b/net.yaml"]
    assert checked("a", "--exclude", "a", "--exclude", "b") == ["a/net.yaml"]
    assert checked("a", ".git", "--exclude", "a", "--force-exclude") == []
    os.chdir("a")
    assert checked("..", "--exclude", "b", "--force-exclude") == ["../a/net.yaml"]


def test_standard_input() -> None:
    assert found("-", stdin=BAD) == [("<stdin>", 7, "B401")]
    assert found("-", "--stdin-filename", "a/b.yaml", stdin=BAD) == [("a/b.yaml", 7, "B401")]
    put("net.yaml", BAD)
    both = found("-", "net.yaml", "-", stdin=BAD)
    assert sorted(both) == [("<stdin>", 7, "B401"), ("net.yaml", 7, "B401")]


def test_standard_input_may_be_excluded() -> None:
    named = ("-", "--stdin-filename", "old/a.yaml", "--exclude", "old")
    assert found(*named, stdin=BAD) == [("old/a.yaml", 7, "B401")]
    assert found(*named, "--force-exclude", stdin=BAD) == []


def test_only_standard_input_has_a_name_to_give() -> None:
    result = cnncalc("check", "--stdin-filename", "a.yaml")
    assert result.code == 2
    assert "add the path -" in result.err


def test_what_is_not_there_is_a_finding() -> None:
    put("net.yaml")
    result = cnncalc("check", "-f", "concise", "missing.yaml", "net.yaml", "nowhere")
    assert result.code == 1
    assert "missing.yaml:1:1: " in result.out
    assert "nowhere:1:1: " in result.out
    assert "No such file or directory" in result.out


def test_what_is_no_text_is_a_finding() -> None:
    Path("net.cnn.yaml").write_bytes(b"cnncalc: 1\nname: \xff\n")
    result = cnncalc("check")
    assert result.code == 1
    assert "byte 0xff at 17 is not UTF-8" in result.out
    assert cnncalc("check", "-", stdin=b"\xff").code == 1


def test_a_link_to_nothing_is_a_finding() -> None:
    os.symlink("gone.yaml", "net.cnn.yaml")
    assert [path for path, _, _ in found()] == ["net.cnn.yaml"]


def test_a_bundled_name_is_no_path() -> None:
    """A folder that is missing must not be taken for a network of the zoo."""
    assert [path for path, _, _ in found("resnet50")] == ["resnet50"]


def test_nothing_to_check_is_said() -> None:
    Path("empty").mkdir()
    result = cnncalc("check", "empty")
    assert result.code == 0
    assert "warning: no specs found in empty" in result.err
    assert cnncalc("check", "empty", "-q").err == ""


def test_that_all_is_excluded_is_said() -> None:
    put("old/net.cnn.yaml")
    result = cnncalc("check", "old/net.cnn.yaml", "--exclude", "old", "--force-exclude")
    assert result.code == 0
    assert result.err == "warning: all specs in old/net.cnn.yaml are excluded\n"


def test_a_file_without_end_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.check.files._MOST", 1000)
    put("net.yaml", GOOD + "#" * 1000)
    report = cnncalc("check", "net.yaml", "-f", "concise")
    assert report.code == 1
    assert "error[S101]: cannot be read: more than 1,000 bytes" in report.out


def test_paths_are_relative_where_they_can_be(tmp_path: Path) -> None:
    put("here/a/net.yaml", BAD)
    assert found(str(tmp_path / "here")) == [("here/a/net.yaml", 7, "B401")]
    os.chdir("here")
    assert found(str(tmp_path / "here")) == [("a/net.yaml", 7, "B401")]
    os.chdir("a")
    assert found("..") == [("../a/net.yaml", 7, "B401")]


def test_a_folder_that_cannot_be_read_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    put("a/net.yaml")
    put("b/net.yaml")
    scan = os.scandir

    def forbidden(path: str) -> object:
        if os.path.normpath(path) == "a":
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr("os.scandir", forbidden)
    assert [path for path, _, _ in found()] == ["a"]
    assert "no permission to list the folder" in cnncalc("check").out


FORMATS = ("text", "concise", "json", "sarif", "github", "gitlab", "junit", "markdown")


def test_odd_names_of_files() -> None:
    names = ("a b.cnn.yaml", "ü.cnn.yaml", "a:b,c.cnn.yaml", "%.cnn.yaml", "[x].cnn.yaml")
    for name in names:
        put(name, BAD)
    assert sorted(path for path, _, _ in found()) == sorted(names)
    put(os.fsdecode(b"\xff.cnn.yaml"), BAD)
    formats = [word for format in FORMATS for word in ("-f", f"{format}:{format}.out")]
    assert process("check", *formats, "-f", "concise").code == 1
    for format in FORMATS:
        assert "udcff.cnn.yaml" in Path(f"{format}.out").read_text(encoding="utf-8")


def test_good_specs_are_good() -> None:
    put("net.yaml", GOOD)
    assert cnncalc("check").code == 0
