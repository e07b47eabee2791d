"""Answers for programs, read back by parsers that are not ours."""

from __future__ import annotations

import csv
import io
import re
from typing import Any


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), strict=True))


def markdown(text: str) -> tuple[list[str], list[list[str]], list[str]]:
    """Header, rows and the remaining lines of a document with one GitHub table."""
    lines = text.splitlines()
    table = [line for line in lines if line.startswith("|")]
    cells = [
        [re.sub(r"\\(.)", r"\1", cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in table
    ]
    header, rule, *body = cells
    assert len(header) == len(rule)
    assert all(re.fullmatch(r"---:?", cell) for cell in rule)
    assert all(len(row) == len(header) for row in body)
    return header, body, [line for line in lines if not line.startswith("|")]


def contains(found: Any, expected: Any) -> bool:
    """Is ``found`` what is expected, apart from keys that were added?"""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            key in found and contains(found[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(contains, found, expected))
    return type(found) is type(expected) and found == expected
