"""The bad inputs of ``tests/data/errors``, each with the whole message that it must get.

A file is a list of cases: ``=== title``, the spec, ``>>>``, what standard error shows. A case whose
title begins with ``one line`` is given to the command as it is, all others as ``net.yaml``. A first
line ``$ --at H=3`` holds options; ``\\t`` and ``\\x01`` stand for those characters.

``python tests/badinput.py`` writes the messages of now into the files: read what it changes.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from pathlib import Path
from typing import NamedTuple

from commandline import Result, cnncalc

FOLDER = Path(__file__).parent / "data" / "errors"
_CASE = re.compile(r"=== (.+)\n((?:.*\n)*?)>>>\n((?:(?!=== ).*\n)*)")


class Case(NamedTuple):
    title: str
    written: str
    message: str

    def run(self) -> Result:
        """``cnncalc analyze`` of the spec, written into the current folder."""
        first, _, rest = self.written.partition("\n")
        options = shlex.split(first[2:]) if first.startswith("$ ") else []
        text = rest if options else self.written
        text = text.replace("\\t", "\t").replace("\\x01", "\x01")
        if self.title.startswith("one line"):
            return cnncalc("analyze", *options, "--", text.removesuffix("\n"))
        Path("net.yaml").write_text(text, encoding="utf-8")
        return cnncalc("analyze", *options, "net.yaml")


def cases(path: Path) -> list[Case]:
    text = path.read_text(encoding="utf-8")
    found = [Case(*match.groups()) for match in _CASE.finditer(text)]
    assert as_text(found) == text, f"{path.name} is not a list of cases"
    return found


def as_text(found: list[Case]) -> str:
    return "".join(f"=== {title}\n{written}>>>\n{message}" for title, written, message in found)


if __name__ == "__main__":
    every = {path: cases(path) for path in sorted(FOLDER.glob("*.txt"))}
    os.chdir(tempfile.mkdtemp())
    for path, found in every.items():
        now = [case._replace(message=case.run().err + "\n") for case in found]
        path.write_text(as_text(now), encoding="utf-8")
