"""Exit codes: 0 fine, 1 a mismatch, 2 bad input, 3 a bug of ours; and ``verify``, which has all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from commandline import COMMAND, Result, environment
from commandline import cnncalc as run

NET = "3x32x32 | conv 10 k=5 p=2 | relu"

# Exit codes.


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Usage: cnncalc [OPTIONS] COMMAND [ARGS]..."),
        (["analyze"], "Error: Missing argument 'NET'."),
        (["analyz", NET], "No such command 'analyz'."),
        (["analyze", NET, "again"], "Got unexpected extra argument (again)"),
        (["analyze", NET, "--wide"], "No such option"),
        (["analyze", NET, "-f", "jsn"], "'jsn' is not one of 'table', 'json', 'csv', 'markdown'"),
        (["analyze", NET, "--color", "no"], "'no' is not one of 'auto', 'always', 'never'"),
        (["analyze", NET, "--depth", "0"], "0 is not in the range x>=1"),
        (["analyze", NET, "--dtype", "float31"], "'float31' is not one of 'float32'"),
        (["analyze", NET, "--at"], "Option '--at' requires an argument"),
        (["analyze", NET, "--batch", "0"], "a batch must be an integer of at least 1, got 0"),
        (["analyze", NET, "--batch", "2.5"], "a batch must be an integer of at least 1, got 2.5"),
        (["analyze", NET, "--batch", "²"], "a batch must be an integer of at least 1, got ²"),
        (["analyze", NET, "--limit", "layers=0"], "--limit layers must be an integer of at least"),
        (["verify", NET, "--batch", "N"], "--batch must be an integer of at least 1, got 'N'"),
        (["verify"], "no network is named"),
    ],
)
def test_usage_errors(arguments: list[str], words: str) -> None:
    found = run(*arguments)
    assert found.code == 2
    assert words in found.err + found.out
    assert "Traceback" not in found.err


@pytest.mark.parametrize("command", ["analyze", "shape", "rf", "params", "macs"])
def test_every_command_refuses_bad_input(command: str) -> None:
    found = run(command, "3x8x8 | con 3")
    assert (found.code, found.out) == (2, "")
    assert found.err.startswith("<line>:1:9: error: unknown kind 'con'")


def broken(*_: Any, **__: Any) -> None:
    raise KeyError("something of ours")


def test_internal_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.network.Network.analyze", broken)
    assert run("analyze", NET) == Result(
        3,
        "",
        "internal error: KeyError: 'something of ours'\n"
        "  hint: this is a bug of cnncalc; please report it with the output of the same with -v\n",
    )
    traced = run("analyze", NET, "-v")
    assert traced.code == 3
    assert "Traceback (most recent call last)" in traced.err
    assert "in broken" in traced.err


def interrupted(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def test_interruptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnncalc.network.Network.analyze", interrupted)
    assert run("analyze", NET) == Result(130, "", "\n")


@pytest.mark.parametrize("module", ["click", "cnncalc.cli.app", "cnncalc.network"])
def test_interruptions_while_modules_are_imported(module: str) -> None:
    code = f"""
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
sys.argv = ["cnncalc", "shape", {NET!r}]
from cnncalc.cli import main
main()
"""
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr.strip()) == (130, "", "")


def test_a_reader_that_goes_away() -> None:
    with subprocess.Popen(
        [*COMMAND, "zoo", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        complaints = running.stderr.read()
    assert (running.returncode, complaints) == (0, b"")


def test_head() -> None:
    shell = f"{' '.join(map(repr, COMMAND))} analyze resnet50 --json | head -1"
    found = subprocess.run(
        ["bash", "-o", "pipefail", "-c", shell],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    assert (found.returncode, found.stdout, found.stderr) == (0, "{\n", "")


# verify.

SMALL = "1x8x8 | conv 2 k=3 | relu | flatten | linear 3"


@pytest.fixture
def _torch() -> None:
    pytest.importorskip("torch")
    pytest.importorskip("fvcore")


@pytest.mark.usefixtures("_torch")
def test_verify() -> None:
    found = run("verify", SMALL, "--device", "cpu")
    assert (found.code, found.err) == (0, "")
    assert re.search(r"verdict  \d+ checks: every check passed\n$", found.out)


@pytest.mark.usefixtures("_torch")
def test_verify_in_json() -> None:
    data = json.loads(run("verify", SMALL, "--json", "--device", "cpu").out)
    assert (data["ok"], data["device"]) == (True, "cpu")
    assert {"shapes", "params", "macs"} <= set(data["checks"])
    for check in data["checks"].values():
        assert check["checked"] > 0 or "skipped" in check
        assert check["mismatched"] == []
    several = json.loads(run("verify", SMALL, NET, "--json", "--device", "cpu").out)
    assert several["ok"] is True
    assert [network["net"] for network in several["networks"]] == [SMALL, NET]


@pytest.mark.usefixtures("_torch")
def test_verify_reports_a_mismatch_with_both_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc import formulas

    right = formulas.macs
    monkeypatch.setattr("cnncalc.formulas.macs", lambda weights, uses: right(weights, uses) + 1)
    found = run("verify", SMALL, "--device", "cpu")
    assert found.code == 1
    mismatches = [line for line in found.err.splitlines() if line.startswith("mismatch: ")]
    # 6·6·2·9 multiply–accumulates of conv1, 72·3 of linear1.
    assert any("conv1" in line and "648" in line and "649" in line for line in mismatches)
    assert any("linear1" in line and "216" in line and "217" in line for line in mismatches)
    assert re.search(r"verdict  \d+ checks: \d+ of them wrong\n$", found.out)


@pytest.mark.usefixtures("_torch")
def test_verify_refuses_bad_input() -> None:
    found = run("verify", NET, "3x8x8 | con 3")
    assert (found.code, found.out) == (2, "")
    assert "unknown kind 'con'" in found.err


@pytest.mark.usefixtures("_torch")
def test_verify_needs_numbers() -> None:
    found = run("verify", "3xHxW | conv 4 k=3")
    assert found.code == 2
    assert "hint: give every symbol a number, with --at or --set" in found.err


@pytest.mark.parametrize("module", ["torch", "fvcore"])
def test_verify_without_what_it_needs(module: str) -> None:
    code = (
        f"import sys; sys.modules[{module!r}] = None; sys.argv = ['cnncalc', 'verify', {SMALL!r}];"
        "from cnncalc.cli import main; main()"
    )
    if module == "fvcore":
        pytest.importorskip("torch")
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    if module == "torch":
        assert (found.returncode, found.stdout) == (2, "")
        assert found.stderr.startswith("error: this needs PyTorch, which cannot be imported: ")
        assert found.stderr.endswith("\n  hint: pip install 'cnncalc[torch]'\n")
    else:
        assert found.returncode in (0, 2)
        assert "internal error" not in found.stderr
        assert "fvcore" in found.stdout + found.stderr
