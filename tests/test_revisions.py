"""Specs at git revisions, and what a check compares with."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
from pathlib import Path

import pytest
from commandline import cnncalc
from repositories import Repository, net

from cnncalc.check import Settings
from cnncalc.check.revisions import base_of, range_of
from cnncalc.errors import UsageError


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    return Repository(tmp_path / "project", monkeypatch)


def params(against: str, *paths: str) -> dict[str, dict[str, int | None]]:
    base = base_of(against, [Path(path) for path in paths], Settings())
    return {
        path: {label: metrics.get("params") for label, metrics in models.items()}
        for path, models in base.items()
    }


def complaint(against: str, *paths: str) -> str:
    with pytest.raises(UsageError) as caught:
        base_of(against, [Path(path) for path in paths or (".",)], Settings())
    return str(caught.value)


# The base of a check.


def test_the_metrics_at_a_revision(repository: Repository) -> None:
    family = "params: {n: 1}\npresets: {small: {set: {n: 2}}, big: {set: {n: 4}}}\n"
    spec = f"cnncalc: 1\n{family}input: 3x8x8\nlayers: [conv n k=3]\n"
    repository.commit(**{"a.yaml": net(8), "in/b.yaml": spec, "in/c.yaml": net(8, "conf 3")})
    repository.commit(**{"a.yaml": net(10), "in/b.yaml": spec.replace("n: 4", "n: 5")})
    assert params("HEAD~1", ".") == {
        "a.yaml": {"": 224},
        "in/b.yaml": {"small": 56, "big": 112},
        "in/c.yaml": {"": None},
    }
    assert params("HEAD", "a.yaml") == {"a.yaml": {"": 280}}
    assert params("HEAD~1", "in")["in/b.yaml"]["big"] == 112


def test_metrics_are_those_of_a_check(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8)})
    checked = json.loads(cnncalc("check", "a.yaml", "-f", "json").out)
    base = base_of("HEAD", [Path("a.yaml")], Settings())
    assert base["a.yaml"][""] == checked["files"][0]["models"][0]["metrics"]


def test_a_renamed_file_is_compared_with_what_it_was(repository: Repository) -> None:
    repository.commit(**{"old.yaml": net(8, "tanh", "gap")})
    repository.git("mv", "old.yaml", "new.yaml")
    repository.write("new.yaml", net(10, "tanh", "gap"))
    assert params("HEAD", ".") == {"old.yaml": {"": 224}, "new.yaml": {"": 224}}


def test_a_renamed_file_is_known_when_only_it_is_named(repository: Repository) -> None:
    """So a check names files: those that are there."""
    repository.commit(**{"nets/old.yaml": net(8, "tanh", "gap"), "other.yaml": net(3)})
    (repository.root / "nets" / "old.yaml").rename(repository.root / "new.yaml")
    assert params("HEAD", "new.yaml", "other.yaml") == {
        "nets/old.yaml": {"": 224}, "new.yaml": {"": 224}, "other.yaml": {"": 84}
    }  # fmt: skip
    found = json.loads(cnncalc("diff", "--against", "HEAD", "new.yaml", "--json").out)["models"]
    assert [model["status"] for model in found] == ["renamed"]
    repository.commit()
    found = json.loads(cnncalc("diff", "--against", "HEAD~1..HEAD", "new.yaml", "--json").out)
    assert [model["status"] for model in found["models"]] == ["renamed"]


def test_a_name_that_is_nowhere_has_no_base(repository: Repository) -> None:
    """Of a text on standard input, or a file that a check reports as missing."""
    repository.commit(**{"a.yaml": net(8)})
    assert params("HEAD", "a.yaml", "stdin.yaml") == {"a.yaml": {"": 224}}


def test_the_base_of_a_check_is_one_revision(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8)})
    assert "the files of now are checked, not those of work" in complaint("main..work")
    assert params("main..", "a.yaml") == {"a.yaml": {"": 224}}


def test_a_file_that_was_not_there_has_no_base(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8)})
    repository.write("b.yaml", "cnncalc: 1\ninput: 7\nlayers: [linear 3]\n")
    assert [*params("HEAD", ".")] == ["a.yaml"]
    assert base_of("HEAD", [Path(".")], Settings()).get("b.yaml") is None


def test_a_report_and_a_spec_are_bases_too(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8), "b.yaml": net(9), "base.yaml": net(4)})
    Path("report.json").write_text(cnncalc("check", "a.yaml", "b.yaml", "-f", "json").out)
    repository.write("a.yaml", net(100))
    assert params("report.json", ".") == {"a.yaml": {"": 224}, "b.yaml": {"": 252}}
    assert params("base.yaml", "a.yaml", "b.yaml") == {"a.yaml": {"": 112}, "b.yaml": {"": 112}}


def test_sizes_that_were_given_hold_for_the_base_too(repository: Repository) -> None:
    repository.commit(**{"a.yaml": "cnncalc: 1\ninput: CxHxW\nlayers: [conv 2 k=3]\n"})
    settings = Settings(at=(("C", "5"), ("H", "8"), ("W", "8")))
    assert base_of("HEAD", [Path("a.yaml")], settings)["a.yaml"][""]["params"] == 92


def test_a_base_can_be_sent_to_other_processes(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8), "b.yaml": net(8, "conf 3"), "c.cnn.yaml": "\udcff"[:0]})
    base = pickle.loads(pickle.dumps(base_of("HEAD", [Path(".")], Settings())))
    assert base["a.yaml"][""]["params"] == 224
    assert base["b.yaml"][""] == {}


def test_bytes_that_are_no_text(repository: Repository) -> None:
    (repository.root / "a.cnn.yaml").write_bytes(b"input: \xff\n")
    repository.commit(**{"b.yaml": net(8)})
    base = pickle.loads(pickle.dumps(base_of("HEAD", [Path(".")], Settings())))
    assert base["a.cnn.yaml"] == {"": {}}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": [{"path": "a"}]}', "no json"])
def test_what_is_no_report(repository: Repository, text: str) -> None:
    repository.write("report.json", text)
    assert "report.json is no report of a check" in complaint("report.json")


@pytest.mark.parametrize("name", ["nope.json", "nope.yaml"])
def test_a_file_that_is_not_there(repository: Repository, name: str) -> None:
    repository.commit(**{"a.yaml": net(8)})
    assert f"there is no file {name} to compare with" in complaint(name)


# Ranges.


@pytest.mark.parametrize(
    ("against", "head", "found"),
    [
        ("main", None, ("main", None, False)),
        ("main", "work", ("main", "work", False)),
        ("main..", None, ("main", None, False)),
        ("main...", None, ("main", None, True)),
        ("main...", "work", ("main", "work", True)),
        ("v1.2..v1.3", None, ("v1.2", "v1.3", False)),
        ("a...b", None, ("a", "b", True)),
        ("...b", None, ("HEAD", "b", True)),
        ("v1.2.3", None, ("v1.2.3", None, False)),
    ],
)
def test_ranges(against: str, head: str | None, found: tuple[str, str | None, bool]) -> None:
    assert range_of(against, head) == found


def test_a_range_that_ends_twice() -> None:
    with pytest.raises(UsageError, match="both name the new revision"):
        range_of("a..b", "c")


# Repositories that are not as they should be.


def test_not_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    Path("a.yaml").write_text(net(8))
    assert "a.yaml is not in a git repository" in complaint("HEAD", "a.yaml")
    assert "compare two specs" in complaint("HEAD", "a.yaml")


def test_a_repository_without_commits(repository: Repository) -> None:
    repository.write("a.yaml", net(8))
    assert "git knows no revision 'HEAD'" in complaint("HEAD")


@pytest.mark.parametrize(
    ("revision", "hint"),
    [
        ("mian", "did you mean 'main'?"),
        ("HEAD~7", "the history of HEAD has 2 commits"),
        ("nothing-like-it", "known revisions: HEAD, main, v1"),
        ("-h", "known revisions"),
        ("--all", "known revisions"),
        ("HEAD:a.yaml", "revisions"),
    ],
)
def test_an_unknown_revision(repository: Repository, revision: str, hint: str) -> None:
    repository.commit(**{"a.yaml": net(8)})
    repository.commit()
    repository.git("tag", "v1")
    found = complaint(revision)
    assert f"git knows no revision '{revision}' here" in found
    assert hint in found


def test_a_branch_of_a_remote_that_was_not_fetched(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8)})
    repository.git("remote", "add", "origin", "https://example.org/x.git")
    assert "fetch it: git fetch origin develop" in complaint("origin/develop")


def test_a_shallow_clone(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(**{"a.yaml": net(8)})
    repository.commit(**{"a.yaml": net(9)})
    repository.git("branch", "side", "HEAD~1")
    clone = tmp_path / "clone"
    source = repository.root.as_uri()
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", "--no-single-branch", source, str(clone)], check=True
    )
    monkeypatch.chdir(clone)
    assert "fetch-depth: 0" in complaint("HEAD~1")
    assert "have no commit in common" in complaint("origin/side...")
    assert "fetch-depth: 0" in complaint("origin/side...")


def test_a_path_that_is_nowhere(repository: Repository) -> None:
    repository.commit(**{"a.yaml": net(8)})
    result = cnncalc("diff", "--against", "HEAD", "b.yaml")
    assert result.code == 2
    assert "there is no b.yaml, neither in HEAD nor in the working tree" in result.err


def test_a_path_outside_of_the_repository(repository: Repository, tmp_path: Path) -> None:
    repository.commit(**{"a.yaml": net(8)})
    (tmp_path / "b.yaml").write_text(net(8))
    assert "is outside of the repository" in complaint("HEAD", "a.yaml", "../b.yaml")


def test_a_file_that_is_gone_from_the_working_tree(repository: Repository) -> None:
    repository.commit(**{"in/a.yaml": net(8)})
    shutil.rmtree(repository.root / "in")
    assert params("HEAD", "in/a.yaml") == {"in/a.yaml": {"": 224}}
    assert params("HEAD", "in") == {"in/a.yaml": {"": 224}}


def test_without_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(**{"a.yaml": net(8)})
    monkeypatch.setenv("PATH", str(repository.root / "nowhere"))
    assert "git is needed for revisions, and is not installed" in complaint("HEAD")


def test_a_repository_of_somebody_else(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(**{"a.yaml": net(8)})
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    found = complaint("HEAD")
    assert "is in a repository of somebody else" in found
    assert "safe.directory" in found


def test_folders_of_tools_are_left_out_as_a_check_does(repository: Repository) -> None:
    repository.commit(
        **{"a.yaml": net(8), "node_modules/x/b.yaml": net(8), ".hidden/c.yaml": net(8)}
    )
    assert [*params("HEAD", ".")] == ["a.yaml"]
    assert [*params("HEAD", ".hidden")] == [".hidden/c.yaml"]
