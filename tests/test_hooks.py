"""What runs a check for people: pre-commit, and the GitHub Action."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from commandline import COMMAND, environment
from console import ROOT
from repositories import Repository, net

HOOKS = ROOT / ".pre-commit-hooks.yaml"
ACTION = ROOT / "action.yml"
#: A spec that does not hold what it expects.
BROKEN = net(8) + "expect: {params: 1}\n"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


# pre-commit.


def test_the_hook_is_as_pre_commit_wants_it() -> None:
    clientlib = pytest.importorskip("pre_commit.clientlib")
    (hook,) = clientlib.load_manifest(HOOKS)
    assert (hook["id"], hook["language"]) == ("cnncalc", "python")
    assert hook["entry"].split()[:2] == ["cnncalc", "check"]
    assert hook["pass_filenames"]


def test_the_hook_is_about_specs() -> None:
    (hook,) = read(HOOKS)
    assert hook["types"] == ["yaml"]
    names = ["a.cnn.yaml", "in/b.cnn.yml", "c.yaml", "cnn.yaml", "d.cnn.yaml.txt", "acnn.yaml"]
    assert [name for name in names if re.search(hook["files"], name)] == names[:2]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"a.cnn.yaml": net(8, head=""), "other.yaml": BROKEN}, 0),
        ({"a.cnn.yaml": net(8, head=""), "in/b.cnn.yml": BROKEN}, 1),
        ({"a.cnn.yaml": "layers: ["}, 1),
        ({"a.cnn.yaml": BROKEN, "cnncalc.toml": 'exclude = ["a.cnn.yaml"]\n'}, 0),
    ],
)
def test_the_hook_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], code: int
) -> None:
    """Its entry with the files that pre-commit would give it."""
    repository = Repository(tmp_path / "project", monkeypatch)
    repository.commit(**files)
    (hook,) = read(HOOKS)
    tracked = repository.git("ls-files").splitlines()
    given = [
        name
        for name in tracked
        if re.search(hook["files"], name) and Path(name).suffix in (".yaml", ".yml")
    ]
    program, *arguments = hook["entry"].split()
    assert program == "cnncalc"
    found = subprocess.run(
        [*COMMAND, *arguments, *given],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert found.returncode == code, found.stdout + found.stderr


@pytest.mark.long
def test_pre_commit_installs_and_runs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a stranger would: an environment of its own, made from a clone of the project."""
    pytest.importorskip("pre_commit")
    hook = Repository(tmp_path / "hook", monkeypatch)
    for name in ("cnncalc", "specs"):
        shutil.copytree(ROOT / name, hook.root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", HOOKS.name):
        shutil.copy(ROOT / name, hook.root / name)
    hook.commit()
    sample = Repository(tmp_path / "sample", monkeypatch)
    sample.commit(**{"good.cnn.yaml": net(8, head=""), "ci.yaml": "jobs: []\n"})
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PYTHONPATH", raising=False)

    def run() -> subprocess.CompletedProcess[str]:
        command = [
            sys.executable,
            "-m",
            "pre_commit",
            "try-repo",
            "../hook",
            "cnncalc",
            "--all-files",
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    found = run()
    assert re.search(r"cnncalc check\.+Passed", found.stdout), found.stdout + found.stderr
    assert found.returncode == 0
    sample.commit(**{"bad.cnn.yaml": BROKEN})
    found = run()
    assert re.search(r"cnncalc check\.+Failed", found.stdout), found.stdout + found.stderr
    assert "bad.cnn.yaml" in found.stdout
    assert found.returncode == 1


# The GitHub Action.


def test_the_action_is_as_github_wants_it() -> None:
    pytest.importorskip("check_jsonschema")
    command = [
        sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"
    ]  # fmt: skip
    found = subprocess.run(
        [*command, str(ACTION)], capture_output=True, text=True, env=environment(), check=False
    )
    assert found.returncode == 0, found.stdout
    wrong = subprocess.run(
        [*command, str(HOOKS)], capture_output=True, text=True, env=environment(), check=False
    )
    assert wrong.returncode == 1


def test_nothing_of_others_is_put_into_scripts() -> None:
    """Values come through the environment: a branch may be called ``$(rm -rf .)``."""
    for step in read(ACTION)["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        for value in step.get("env", {}).values():
            assert re.fullmatch(r"\$\{\{ [\w.-]+ \}\}", value)


class Run(NamedTuple):
    """What the action did: its exit code, outputs and words, and what it asked of GitHub."""

    code: int
    printed: str
    outputs: Mapping[str, str]
    summary: str
    asked: list[list[str]]
    sent: str


class Action:
    """The steps of the action, run here: expressions are looked up, ``gh`` only takes notes."""

    def __init__(self, folder: Path, repository: Repository) -> None:
        self.folder = folder
        self.repository = repository
        self.known = ""  # what GitHub answers when it is asked for comments
        self.fails = ""  # requests that it refuses
        tools = folder / "tools"
        tools.mkdir()
        self.tool(
            "gh",
            'printf "%s\\n" "$@" "" >> "$NOTES"\n'
            'case "$*" in *"$FAILS"*) [ -n "$FAILS" ] && exit 1;; esac\n'
            'case "$*" in\n'
            '  *--jq*) printf "%s" "$KNOWN";;\n'
            '  *) for last; do :; done; cp "${last#body=@}" "$NOTES.body";;\n'
            "esac\n",
        )
        code = "from cnncalc.cli import main; main()"
        self.tool("cnncalc", f'exec "{sys.executable}" -c "{code}" "$@"\n')
        self.tool("python", 'printf "%s\\n" "$@" >> "$NOTES.python"\n')

    def tool(self, name: str, script: str) -> None:
        file = self.folder / "tools" / name
        file.write_text(f"#!/bin/sh\n{script}")
        file.chmod(0o755)

    def run(self, event: str = "pull_request", **inputs: str) -> Run:
        action = read(ACTION)
        values = {f"inputs.{name}": str(one["default"]) for name, one in action["inputs"].items()}
        values.update({f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()})
        values |= {
            "github.action_path": "/action",
            "github.repository": "someone/nets",
            "github.event_name": event,
            "github.event.pull_request.number": "7",
        }
        files = {name: self.folder / name for name in ("output", "summary", "notes")}
        for file in files.values():
            file.write_text("")
        known = environment(
            PATH=f"{self.folder / 'tools'}{os.pathsep}{os.environ['PATH']}",
            RUNNER_TEMP=str(self.folder),
            GITHUB_OUTPUT=str(files["output"]),
            GITHUB_STEP_SUMMARY=str(files["summary"]),
            NOTES=str(files["notes"]),
            KNOWN=self.known,
            FAILS=self.fails,
        )
        code, printed = 0, ""
        for step in action["runs"]["steps"]:
            if "run" not in step or not holds(step.get("if", "true"), values) or code:
                continue
            given = {name: value_of(text, values) for name, text in step.get("env", {}).items()}
            found = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.repository.root,
                env={**known, **given},
                capture_output=True,
                text=True,
                check=False,
            )
            code, printed = found.returncode, printed + found.stdout + found.stderr
            for line in files["output"].read_text().splitlines():
                name, _, value = line.partition("=")
                values[f"steps.{step['id']}.outputs.{name}"] = value
            files["output"].write_text("")
        body = self.folder / "notes.body"
        return Run(
            code,
            printed,
            {name.rpartition(".")[2]: one for name, one in values.items() if ".outputs." in name},
            files["summary"].read_text(encoding="utf-8"),
            [call.split("\n") for call in files["notes"].read_text().split("\n\n") if call],
            body.read_text(encoding="utf-8") if body.exists() else "",
        )


def value_of(text: str, values: Mapping[str, str]) -> str:
    """An expression of a workflow that is nothing but a name."""
    return values[text.removeprefix("${{ ").removesuffix(" }}")]


def holds(condition: str, values: Mapping[str, str]) -> bool:
    """A condition of comparisons with words, joined by ``&&``."""
    if condition == "true":
        return True
    found = [re.fullmatch(r"([\w.-]+) (==|!=) '(.*)'", part) for part in condition.split(" && ")]
    assert all(found), condition
    return all((values[one[1]] == one[3]) == (one[2] == "==") for one in found if one is not None)


@pytest.fixture
def action(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Action:
    repository = Repository(tmp_path / "my nets", monkeypatch)
    repository.commit(**{"a.cnn.yaml": net(8), "sub dir/b.cnn.yaml": net(8)})
    return Action(tmp_path, repository)


def test_an_action_that_finds_nothing(action: Action) -> None:
    found = action.run()
    assert found.code == 0, found.printed
    assert found.outputs["exit-code"] == "0"
    assert "cnncalc" in found.summary
    assert "::error" not in found.printed
    assert found.asked == []


def test_findings_are_annotations_and_fail_the_job(action: Action) -> None:
    action.repository.write("sub dir/c.cnn.yaml", BROKEN)
    found = action.run()
    assert (found.code, found.outputs["exit-code"]) == (1, "1")
    (annotation,) = re.findall(r"^::error .*$", found.printed, re.MULTILINE)
    assert "file=sub dir/c.cnn.yaml" in annotation
    assert "c.cnn.yaml" in found.summary


def test_paths_and_arguments_are_taken_as_they_are(action: Action) -> None:
    action.repository.write("sub dir/c.cnn.yaml", BROKEN)
    assert action.run(paths="a.cnn.yaml\nsub dir/b.cnn.yaml\n").code == 0
    assert action.run(paths="sub dir").code == 1
    assert action.run(paths="sub dir", args="--fail-on never").code == 0
    assert action.run(paths="sub dir", args="--exclude 'sub dir/c*'").code == 0
    assert action.run(paths="$(touch hacked)", args="--select $(touch$IFS.hacked)").code != 0
    assert not list(action.repository.root.glob("*hacked"))
    assert action.run(args="--no-such-option").code == 2
    assert action.run(args="'").code != 0


def test_a_report_for_code_scanning(action: Action) -> None:
    action.repository.write("c.cnn.yaml", BROKEN)
    found = action.run(sarif="out.sarif")
    assert found.code == 1
    assert '"ruleId"' in (action.repository.root / "out.sarif").read_text(encoding="utf-8")


def test_what_changed_is_a_comment(action: Action) -> None:
    action.repository.write("a.cnn.yaml", net(10))
    found = action.run(against="HEAD")
    assert found.code == 0, found.printed
    assert "224 → 280 (+25 %)" in found.summary
    read_comments, write = found.asked
    assert read_comments[:3] == ["api", "--paginate", "repos/someone/nets/issues/7/comments"]
    assert write[:4] == ["api", "--silent", "--method", "POST"]
    assert write[4] == "repos/someone/nets/issues/7/comments"
    assert found.sent.startswith("<!-- cnncalc diff -->")
    assert "224 → 280 (+25 %)" in found.sent


def test_the_comment_of_an_earlier_run_is_replaced(action: Action) -> None:
    action.known = "41\n42\n"
    action.repository.write("a.cnn.yaml", net(10))
    _, write = action.run(against="HEAD").asked
    assert write[3:5] == ["PATCH", "repos/someone/nets/issues/comments/41"]


def test_the_comment_is_found_by_its_mark() -> None:
    """The expression that ``gh`` is given, read by jq itself where there is one."""
    text = ACTION.read_text(encoding="utf-8")
    (expression,) = re.findall(r"mine='(.*)'", text)
    assert "<!-- cnncalc diff -->" in expression
    if shutil.which("jq"):
        found = subprocess.run(
            ["jq", expression],
            input='[{"id": 1, "body": "hi"}, {"id": 2, "body": "<!-- cnncalc diff -->\\nx"}]',
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert found.stdout.split() == ["2"]


@pytest.mark.parametrize(
    ("event", "inputs"),
    [
        ("push", {"against": "HEAD"}),
        ("pull_request", {"against": "HEAD", "comment": "false"}),
        ("pull_request", {}),
    ],
)
def test_no_comment_where_none_is_wanted(
    action: Action, event: str, inputs: dict[str, str]
) -> None:
    action.repository.write("a.cnn.yaml", net(10))
    found = action.run(event, **inputs)
    assert (found.code, found.asked) == (0, [])


@pytest.mark.parametrize("refused", ["--paginate", "POST"])
def test_a_token_that_may_not_comment_is_a_warning(action: Action, refused: str) -> None:
    """As for pull requests from forks."""
    action.fails = refused
    action.repository.write("a.cnn.yaml", net(10))
    found = action.run(against="HEAD")
    assert found.code == 0
    assert "::warning title=cnncalc::" in found.printed
    assert "224 → 280" in found.summary


def test_a_revision_that_was_not_fetched_is_said(action: Action) -> None:
    found = action.run(against="origin/main...")
    assert found.code == 2
    assert "git knows no revision 'origin/main'" in found.printed


@pytest.mark.parametrize(
    ("inputs", "package"), [({}, "/action"), ({"version": "0.1.0"}, "cnncalc==0.1.0")]
)
def test_what_is_installed(action: Action, inputs: dict[str, str], package: str) -> None:
    action.run(**inputs)
    installed = (action.folder / "notes.python").read_text().splitlines()
    assert installed[:3] == ["-m", "pip", "install"]
    assert installed[-1] == package


def test_all_inputs_are_documented() -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    for name, one in read(ACTION)["inputs"].items():
        assert one["description"]
        assert f"`{name}`" in page
