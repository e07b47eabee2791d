"""``cnncalc check``: exit codes, outputs, changes, and many files at once."""

from __future__ import annotations

import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
import types
from pathlib import Path

import pytest
from checks import BAD, BROKEN, GOOD, findings, found, put
from commandline import Result, cnncalc, environment, interruptible

from cnncalc.check import Settings, check
from cnncalc.check.config import find
from cnncalc.check.diagnostics import Diagnostic
from cnncalc.errors import UsageError

UNUSED = GOOD.replace("p=2", "p=2  # cnncalc: ignore[A501]")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


# Exit codes.


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (GOOD, [], 0),
        (BAD, [], 1),
        (BROKEN, [], 1),
        ("a: [", [], 1),
        ("", [], 1),
        (UNUSED, [], 0),
        (UNUSED, ["--fail-on", "warning"], 1),
        (UNUSED, ["--fail-on", "note"], 1),
        (BAD, ["--fail-on", "never"], 0),
        (BAD, ["-e"], 0),
        (BROKEN, ["--exit-zero"], 0),
        (BAD, ["--ignore", "B"], 0),
        (BAD, ["--ignore", "B", "--extend-select", "B401"], 1),
        (BAD, ["--select", "B", "--ignore", "B401"], 0),
        (BAD, ["--select", "S"], 0),
        (BAD, ["--select", "S", "--extend-select", "B4"], 1),
        (BAD, ["--ignore", "ALL"], 0),
    ],
)
def test_exit_codes(text: str, arguments: list[str], code: int) -> None:
    result = cnncalc("check", "-", *arguments, stdin=text)
    assert (result.code, result.err) == (code, "")


def test_a_passing_a_failing_and_a_broken_spec() -> None:
    put("good.yaml", GOOD)
    put("bad.yaml", BAD)
    put("broken.yaml", BROKEN)
    result = cnncalc("check", "-f", "json")
    assert result.code == 1
    assert [file["path"] for file in json.loads(result.out)["files"]] == [
        "bad.yaml",
        "broken.yaml",
        "good.yaml",
    ]
    found = [(path, line, code[0]) for path, line, code in findings(result)]
    assert found == [("bad.yaml", 7, "B"), ("broken.yaml", 5, "S")]


def test_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("something of ours")

    put("good.yaml")
    monkeypatch.setattr("cnncalc.check.running.check_text", broken)
    assert cnncalc("check", "-e") == Result(
        3,
        "",
        "internal error: KeyError: 'something of ours'\n"
        "  hint: this is a bug of cnncalc; please report it with the output of the same with -v\n",
    )


# Outputs.


def test_several_outputs_at_once() -> None:
    put("bad.yaml", BAD)
    result = cnncalc("check", "-f", "concise", "-f", "json:a.json", "-f", "sarif:b.sarif")
    assert result.code == 1
    assert result.out.startswith("bad.yaml:7:11: error[B401]")
    report = Result(1, Path("a.json").read_text(encoding="utf-8"), "")
    assert findings(report) == [("bad.yaml", 7, "B401")]
    assert json.loads(Path("b.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


def test_an_output_in_a_file() -> None:
    put("bad.yaml", BAD)
    assert cnncalc("check", "-o", "report.txt") == Result(1, "", "")
    assert Path("report.txt").read_text(encoding="utf-8") == cnncalc("check").out
    assert cnncalc("check", "-f", "json", "-o", "report.json").out == ""
    assert findings(Result(1, Path("report.json").read_text(encoding="utf-8"), ""))


def test_formats_of_lines_share_standard_output() -> None:
    put("bad.yaml", BAD)
    result = cnncalc("check", "-f", "github", "-f", "concise")
    assert "::error title=cnncalc (B401),file=bad.yaml,line=7" in result.out
    assert "\nbad.yaml:7:11: error[B401]" in result.out


def test_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    put("bad.yaml", BAD)
    assert "\033[" not in cnncalc("check").out
    assert "\033[" in cnncalc("check", "--color", "always").out
    monkeypatch.setenv("CNNCALC_COLOR", "always")
    assert "\033[" in cnncalc("check").out
    assert "\033[" not in cnncalc("check", "--color", "never").out


def test_statistics() -> None:
    put("a/bad.yaml", BAD)
    put("b/bad.yaml", BAD)
    put("unused.yaml", UNUSED)
    result = cnncalc("check", "--statistics")
    assert result.code == 1
    lines = [line.split() for line in result.out.splitlines()]
    assert [line[:2] for line in lines] == [["2", "B401"], ["1", "A590"]]
    counted = json.loads(cnncalc("check", "--statistics", "-f", "json").out)
    assert [(one["count"], one["code"]) for one in counted] == [(2, "B401"), (1, "A590")]
    result = cnncalc("check", "--statistics", "-f", "json:out.json", "-f", "text")
    assert len(findings(Result(1, Path("out.json").read_text(encoding="utf-8"), ""))) == 3
    assert [line.split()[:2] for line in result.out.splitlines()] == [line[:2] for line in lines]


def test_help_is_in_order() -> None:
    result = cnncalc("check", "--help")
    assert result.code == 0
    assert re.search(r"Exit code 0 clean, 1 findings .*2 bad usage.*3\s+internal", result.out, re.S)


# Changes.


#: A kind that is like no other.
UNKNOWN = GOOD.replace("conv", "wibble")
TWO = GOOD.replace("p=2", "p=2  # cnncalc: ignore[A501]").replace(
    "params: 760", "params: 760  # cnncalc: ignore[B401] \u00fc"
)


def test_fix() -> None:
    put("net.yaml", TWO)
    put("good.yaml")
    put("typo.yaml", BROKEN)
    put("broken.yaml", UNKNOWN)
    result = cnncalc("check", "--fix")
    assert result.code == 1
    assert "changed: net.yaml\n" in result.err
    assert "good.yaml" not in result.err
    assert Path("net.yaml").read_text(encoding="utf-8") == GOOD
    assert Path("typo.yaml").read_text(encoding="utf-8") == GOOD
    assert Path("broken.yaml").read_text(encoding="utf-8") == UNKNOWN
    assert cnncalc("check", "--fix", "net.yaml", "-q").err == ""


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends_and_marks_stay(ends: str) -> None:
    before = "\ufeff" + BAD.replace("\n", ends)
    Path("net.yaml").write_bytes(before.encode())
    assert cnncalc("check", "--update-expect").code == 0
    assert Path("net.yaml").read_bytes() == before.replace("700", "760").encode()


def test_update_expect() -> None:
    put("bad.yaml", BAD)
    put("good.yaml")
    result = cnncalc("check", "--update-expect")
    assert (result.code, result.err) == (0, "changed: bad.yaml\n")
    assert Path("bad.yaml").read_text(encoding="utf-8") == GOOD


def test_diff() -> None:
    put("a/bad.yaml", BAD)
    put("good.yaml")
    put("unused.yaml", UNUSED)
    result = cnncalc("check", "--diff", "--update-expect")
    assert result.code == 1
    assert result.out.startswith("--- a/bad.yaml\n+++ a/bad.yaml\n@@ ")
    assert "\n-  params: 700\n+  params: 760\n" in result.out
    assert "unused.yaml" not in result.out
    assert Path("a/bad.yaml").read_text(encoding="utf-8") == BAD
    result = cnncalc("check", "--diff")
    assert "-  - conv 10 k=5 p=2  # cnncalc: ignore[A501]\n+  - conv 10 k=5 p=2\n" in result.out
    assert "+  params" not in result.out
    assert cnncalc("check", "--diff", "good.yaml") == Result(0, "", "")


def test_diff_of_a_last_line_without_an_end() -> None:
    put("net.yaml", f"{GOOD}# cnncalc: ignore[A501]")
    result = cnncalc("check", "--diff")
    assert result.out.endswith("\n-# cnncalc: ignore[A501]\n\\ No newline at end of file\n")


def test_changes_of_standard_input() -> None:
    result = cnncalc("check", "-", "--update-expect", stdin=BAD)
    assert (result.code, result.out) == (0, GOOD)
    assert "nothing found" in result.err
    result = cnncalc("check", "-", "--fix", "-f", "concise", stdin=BAD)
    assert (result.code, result.out) == (1, BAD)
    assert "<stdin>:7:11: error[B401]" in result.err


def test_a_file_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(self: Path, data: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    put("bad.yaml", BAD)
    monkeypatch.setattr("pathlib.Path.write_bytes", forbidden)
    result = cnncalc("check", "--update-expect")
    assert result.code == 2
    assert "cannot write bad.yaml: Permission denied" in result.err


def test_against(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def base_of(against: str, paths: list[Path], settings: Settings) -> dict[str, object]:
        asked.append((against, paths))
        return {"net.yaml": {"": {"params": 1}}}

    seen = []

    def check_text(text: str, path: str, settings: Settings) -> object:
        seen.append(settings.base)
        return real(text, path, settings)

    from cnncalc.check.checking import check_text as real

    stub = types.ModuleType("cnncalc.check.revisions")
    stub.base_of = base_of  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, stub.__name__, stub)
    monkeypatch.setattr("cnncalc.check.running.check_text", check_text)
    put("net.yaml")
    assert cnncalc("check", "--against", "main").code == 0
    assert asked == [("main", [Path("net.yaml")])]
    assert seen == [{"net.yaml": {"": {"params": 1}}}]


# Many files.

#: Shares the files among workers from the first on.
SHARED = (
    "import sys, cnncalc.check.running as running; running.TRIED = running.WORTH = -1\n"
    "from cnncalc.cli import main\n"
    "{more}\n"
    "sys.argv = ['cnncalc', 'check', *{arguments!r}]\n"
    "main()"
)


def shared(*arguments: str, more: str = "") -> Result:
    code = SHARED.format(arguments=list(arguments), more=more)
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(),
        timeout=60,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def many() -> None:
    for i in range(24):
        put(f"net{i:02}.yaml", (GOOD, BAD, BROKEN, UNUSED)[i % 4])


def test_workers_find_what_one_process_finds() -> None:
    many()
    alone = shared("--jobs", "1")
    assert alone.code == 1
    assert alone == cnncalc("check")
    for jobs in ("2", "5"):
        assert shared("--jobs", jobs) == alone


def test_workers_are_used() -> None:
    many()
    marked = (
        "import os; real = running.check_text\n"
        "def check_text(*given):\n"
        "    print(os.getpid(), file=sys.stderr)\n"
        "    return real(*given)\n"
        "running.check_text = check_text"
    )
    assert len(set(shared("--jobs", "1", more=marked).err.split())) == 1
    assert len(set(shared("--jobs", "3", more=marked).err.split())) > 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise KeyError('something of ours')", "internal error: KeyError: 'something of ours'"),
        ("os._exit(9)", "internal error: BrokenProcessPool: "),
        ("os.kill(os.getpid(), 9)", "internal error: BrokenProcessPool: "),
    ],
)
def test_a_worker_that_breaks_is_an_internal_error(body: str, words: str) -> None:
    many()
    breaking = (
        "import os; real = running.check_text; first = os.getpid()\n"
        "def check_text(text, path, settings):\n"
        "    if path == 'net20.yaml' and os.getpid() != first:\n"
        f"        {body}\n"
        "    return real(text, path, settings)\n"
        "running.check_text = check_text"
    )
    result = shared("--jobs", "2", more=breaking)
    assert (result.code, result.out) == (3, "")
    assert result.err.startswith(words)
    assert "Traceback" not in result.err


def interrupted_by(sent: signal.Signals) -> tuple[int, str, set[int]]:
    """Exit code, standard error and workers of a run that a signal meets in the middle."""
    many()
    waiting = (
        "import os, time; real = running.check_text; first = os.getpid()\n"
        "def check_text(*given):\n"
        "    if os.getpid() != first:\n"
        "        os.write(1, b'%d\\n' % os.getpid())\n"
        "        time.sleep(1)\n"
        "    return real(*given)\n"
        "running.check_text = check_text"
    )
    code = SHARED.format(arguments=["--jobs", "2"], more=waiting)
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
        preexec_fn=interruptible,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        workers: set[int] = set()
        while len(workers) < 2:
            workers.add(int(running.stdout.readline()))
        if sent is signal.SIGINT:
            os.killpg(running.pid, sent)  # as a terminal does
        else:
            running.send_signal(sent)
        error = running.stderr.read()
        running.wait(30)
    return running.returncode, error, workers


def gone(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2]
        if state.startswith("Z"):  # ended, and nobody has asked how
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc of Linux")
def test_an_interruption_is_quiet() -> None:
    code, error, workers = interrupted_by(signal.SIGINT)
    assert code == 130
    assert "Traceback" not in error
    assert all(map(gone, workers))


@pytest.mark.skipif(sys.platform != "linux", reason="signals and /proc of Linux")
def test_workers_do_not_outlive_the_run() -> None:
    code, _, workers = interrupted_by(signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert all(map(gone, workers))


def test_where_processes_are_not_forked() -> None:
    many()
    result = shared("--jobs", "2", more="running.sys.platform = 'darwin'")
    assert result == cnncalc("check")


def test_one_file_starts_no_processes() -> None:
    put("net.yaml", BAD)
    result = shared("--jobs", "8", more="running._share = None")
    assert result.code == 1
    forbidden = "sys.modules['concurrent.futures'] = sys.modules['multiprocessing'] = None"
    assert shared("--jobs", "8", more=forbidden) == result


def test_findings_are_plain_values() -> None:
    """What crosses from worker to worker."""
    many()
    report = check(["."])
    assert pickle.loads(pickle.dumps(report)) == report
    assert all(type(one) is Diagnostic for one in report.diagnostics)
    assert [(one.place.path, one.place.line, one.code) for one in report.diagnostics] == found()


# The library.


@pytest.mark.parametrize(
    "settings",
    [
        Settings(select=("Q",)),
        Settings(ignore=("B9",)),
        Settings(extend_select=("",)),
        Settings(severity=(("X", "error"),)),
    ],
)
def test_settings_that_mean_nothing(settings: Settings) -> None:
    with pytest.raises(UsageError, match="no rule has the code"):
        check(["."], settings)


def test_the_library_reads_no_file_of_settings() -> None:
    put("bad.yaml", BAD)
    put("cnncalc.toml", 'ignore = ["B"]')
    assert [one.code for one in check().diagnostics] == ["B401"]
    assert check(settings=Settings(ignore=find(["."]).values["ignore"])).diagnostics == []
