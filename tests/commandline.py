"""The command line, called in this process or in one of its own."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import NamedTuple

from cnncalc.cli import main

COMMAND = [sys.executable, "-c", "from cnncalc.cli import main; main()"]


class Result(NamedTuple):
    code: int
    out: str
    err: str


def cnncalc(*arguments: str, stdin: str | bytes = "") -> Result:
    """Exit code and both streams of ``cnncalc ARGUMENTS``, none of which is a terminal."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    out, err = io.StringIO(), io.StringIO()
    with _given(["cnncalc", *arguments], data), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    return Result(code, out.getvalue(), err.getvalue())


@contextmanager
def _given(argv: list[str], data: bytes) -> Iterator[None]:
    before = sys.argv, sys.stdin
    sys.argv, sys.stdin = argv, io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    try:
        yield
    finally:
        sys.argv, sys.stdin = before


def answer(*arguments: str, stdin: str = "") -> str:
    """What a command prints that has nothing to complain about."""
    result = cnncalc(*arguments, stdin=stdin)
    assert (result.code, result.err) == (0, "")
    return result.out


def environment(**changes: str) -> dict[str, str]:
    """For processes of their own, which import what this one does."""
    known = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS")}
    return {**known, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **changes}


def interruptible() -> None:
    """To run in a new process: a shell has the signal ignored by what it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def process(*arguments: str, stdin: str = "", **changes: str) -> Result:
    """``cnncalc ARGUMENTS`` in a process of its own, with changes to its environment."""
    found = subprocess.run(
        [*COMMAND, *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(**changes),
        check=False,
    )
    return Result(found.returncode, found.stdout, found.stderr)
