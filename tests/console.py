"""The examples of the documentation: ``console`` blocks with commands and what they print.

``python tests/console.py`` writes what the commands print now into the documents; the test suite
fails when a document shows anything else.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


class Example(NamedTuple):
    """A command without its prompt, and the text that the document shows for it."""

    command: str
    shown: str


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def examples(text: str) -> list[Example]:
    return [example for block in _BLOCK.findall(text) for example in _split(block)]


def _split(block: str) -> list[Example]:
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)
    assert not parts[0].strip(), f"a console block begins with a prompt: {block!r}"
    found = []
    for part in parts[1:]:
        command, _, shown = part.partition("\n")
        found.append(Example(command, shown.rstrip("\n")))
    return found


def output(command: str) -> str:
    """What a command prints, both streams as a terminal would show them, without colour; ``< FILE`` is typed."""
    words = shlex.split(command)
    assert words[0] == "cnncalc", f"only cnncalc commands are run: {command}"
    typed = None
    if words[-2:-1] == ["<"]:
        typed = (ROOT / words[-1]).read_text(encoding="utf-8")
        words = words[:-2]
    code = "from cnncalc.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, *words[1:]],
        cwd=ROOT,
        input=typed,
        env={name: value for name, value in os.environ.items() if name != "COLUMNS"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return result.stdout.rstrip("\n")


def _rewrite(path: Path) -> None:
    def block(match: re.Match[str]) -> str:
        lines = []
        for example in _split(match.group()):
            lines += [f"$ {example.command}", output(example.command), ""]
        return "\n".join(lines)

    path.write_text(_BLOCK.sub(block, path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    for document in documents():
        _rewrite(document)
