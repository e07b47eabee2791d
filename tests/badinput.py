"""The bad inputs of ``tests/data/errors``, each with the whole message that it must get.

A file is a list of cases: ``=== title``, the spec, ``---``, what standard error shows. A spec of
one line with a bar in it, or with ``one line`` in its title, is given to the command as it is; all
others are written to ``net.yaml``. A first line ``$ --at H=3`` holds options.

``python tests/badinput.py`` writes the messages of now into the files: read what it changes.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "data" / "errors"
_CASE = re.compile(r"^=== (.+)\n((?:.*\n)*?)---\n((?:(?!=== ).*\n?)*)", re.MULTILINE)


class Case(NamedTuple):
    title: str
    written: str
    message: str

    @property
    def one_line(self) -> bool:
        return self.title.startswith("one line")

    @property
    def options(self) -> list[str]:
        first = self.written.partition("\n")[0]
        return shlex.split(first[2:]) if first.startswith("$ ") else []

    @property
    def text(self) -> str:
        """The spec, with tabs and other characters written as ``\\t``."""
        body = self.written.partition("\n")[2] if self.options else self.written
        body = re.sub(r"\\([tx])(..)?", _character, body)
        return body[:-1] if self.one_line else body

    def arguments(self) -> list[str]:
        """Of the command line; writes the spec into the current folder."""
        if self.one_line:
            return ["analyze", *self.options, "--", self.text]
        Path("net.yaml").write_text(self.text, encoding="utf-8", newline="")
        return ["analyze", *self.options, "net.yaml"]


def _character(match: re.Match[str]) -> str:
    if match.group(1) == "t":
        return "\t" + (match.group(2) or "")
    return chr(int(match.group(2), 16))


def files() -> list[Path]:
    return sorted(FOLDER.glob("*.txt"))


def cases(path: Path) -> list[Case]:
    text = path.read_text(encoding="utf-8")
    found = [Case(*match.groups()) for match in _CASE.finditer(text)]
    assert "".join(map(_written, found)) == text, f"{path.name} is not a list of cases"
    return found


def _written(case: Case) -> str:
    return f"=== {case.title}\n{case.written}---\n{case.message}"


def _now(case: Case) -> str:
    code = "from cnncalc.cli import main; main()"
    command = [sys.executable, "-c", code, *case.arguments()]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


if __name__ == "__main__":
    os.chdir(os.environ.get("TMPDIR", "/tmp"))
    for file in files():
        cases_now = [case._replace(message=_now(case) + "\n") for case in cases(file)]
        file.write_text("".join(map(_written, cases_now)), encoding="utf-8")
