"""Small specs with known findings, and what ``cnncalc check`` finds in a folder of them."""

from __future__ import annotations

import json
from pathlib import Path

from commandline import Result, cnncalc

#: 10·(3·5·5 + 1) = 760 parameters.
GOOD = """\
cnncalc: 1
name: good
input: 3x32x32
layers:
  - conv 10 k=5 p=2
expect:
  params: 760
  output: [10, 32, 32]
"""
#: B401 in line 7.
BAD = GOOD.replace("760", "700")
#: An S code in line 5.
BROKEN = GOOD.replace("conv", "con")

Finding = tuple[str, int, str]


def put(path: str | Path, text: str = GOOD) -> Path:
    """Writes a file, with the folders it needs."""
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def findings(result: Result) -> list[Finding]:
    """Path, line and code of everything in a report of ``-f json``."""
    return [
        (one["path"], one["line"], one["code"])
        for file in json.loads(result.out)["files"]
        for one in file["diagnostics"]
    ]


def found(*arguments: str, stdin: str | bytes = "") -> list[Finding]:
    """What ``cnncalc check ARGUMENTS`` finds."""
    return findings(cnncalc("check", "-f", "json", *arguments, stdin=stdin))


def checked(*arguments: str) -> list[str]:
    """The files that are looked at."""
    result = cnncalc("check", "--show-files", *arguments)
    assert result.code == 0
    return result.out.splitlines()
