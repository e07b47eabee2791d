"""The examples in the docstrings of the rules, checked as a user would check them.

``python tests/rule_examples.py`` writes what they print now into ``tests/data/rules``, one file for
each rule, and new codes into the register: read what it changes.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from commandline import Result, cnncalc

from cnncalc.check.documentation import BEFORE, FILE, Example, Page
from cnncalc.check.documentation import page as documented
from cnncalc.check.rules import rules

FOLDER = Path(__file__).parent / "data" / "rules"
REGISTER = FOLDER / "codes.txt"


def run(example: Example, before: str = "", *options: str) -> Result:
    """The command of an example, its files in the current folder."""
    for name, text in ((FILE, example.spec), (BEFORE, before)):
        Path(name).unlink(missing_ok=True)
        if text:
            Path(name).write_text(text, encoding="utf-8")
    return cnncalc(*example.arguments, *options)


def findings(example: Example, before: str = "") -> list[dict[str, Any]]:
    """What the check of an example finds, as its JSON says it."""
    result = run(example, before, "-f", "json")
    assert result.code in (0, 1), result
    return [found for file in json.loads(result.out)["files"] for found in file["diagnostics"]]


def wrong_with(page: Page) -> list[str]:
    """In what the examples of a page are not what they are there for."""
    wrong = []
    codes = {found["code"] for found in findings(page.example, page.before)}
    if codes != {page.code}:
        wrong.append(
            f"the example of {page.title} triggers {', '.join(sorted(codes)) or 'nothing'}"
        )
    if page.instead:
        left = findings(page.instead, page.before)
        if any(found["code"] == page.code or found["severity"] == "error" for found in left):
            codes = {found["code"] for found in left}
            wrong.append(
                f"what to use instead for {page.title} triggers {', '.join(sorted(codes))}"
            )
    return wrong


def message(page: Page) -> str:
    """What the check of the example prints, without the summary at the end."""
    return run(page.example, page.before).out.rpartition("\n\n")[0] + "\n"


def registered() -> list[str]:
    """``CODE name`` lines, one for each rule that there ever was."""
    return REGISTER.read_text(encoding="utf-8").splitlines()


def broken_promises(register: Iterable[str], now: Mapping[str, str]) -> list[str]:
    """Where codes and names of ``now`` are not those of the register.

    A code that is no longer used stays in the register with ``(retired)`` behind its name.
    """
    wrong = []
    lines = [line.split(maxsplit=2) for line in register]
    codes = [line[0] for line in lines]
    wrong += [f"{code} is there twice" for code in sorted({c for c in codes if codes.count(c) > 1})]
    known = {line[0]: line for line in lines}
    for code, name in now.items():
        if code not in known:
            wrong.append(f"{code} {name} is not in the register")
        elif len(known[code]) > 2:
            wrong.append(f"{code} was {known[code][1]}, and is used again for {name}")
        elif known[code][1] != name:
            wrong.append(f"{code} was {known[code][1]}, and is now {name}")
    gone = [line for line in lines if line[0] not in now and len(line) < 3]
    wrong += [f"{code} {name} is gone, and not marked as (retired)" for code, name, *_ in gone]
    return wrong


if __name__ == "__main__":
    pages = {code: documented(rule) for code, rule in rules().items()}
    os.chdir(tempfile.mkdtemp())
    FOLDER.mkdir(exist_ok=True)
    for code, one in pages.items():
        (FOLDER / f"{code}.txt").write_text(message(one), encoding="utf-8")
    lines = registered() if REGISTER.exists() else []
    there = {line.split()[0] for line in lines}
    lines += [one.title for code, one in pages.items() if code not in there]
    REGISTER.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
