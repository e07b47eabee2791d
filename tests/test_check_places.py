"""What the carets of ``cnncalc check`` are under."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cnncalc.check.diagnostics import Place
from cnncalc.check.places import statement, word
from cnncalc.errors import Position, Source


def under(line: str, begin: str, stretch: Callable[[Position], Place]) -> str:
    found = stretch(Position(Source("net.yaml", line), 1, line.index(begin) + 1))
    return line[found.column - 1 : found.end_column - 1]


@pytest.mark.parametrize(
    ("line", "begin", "text"),
    [
        ("  - conv 8 k=3 p=1  # first", "conv", "conv 8 k=3 p=1"),
        ("  - conv 8 k=[3, 5] p=1", "conv", "conv 8 k=[3, 5] p=1"),
        ("  - a, b = split 2", "a", "a, b = split 2"),
        ("layers: [conv 8 k=1 p=3, bn, relu]", "conv", "conv 8 k=1 p=3"),
        ("layers: [conv 8 k=1 p=3, bn, relu]", "relu", "relu"),
        ('layers: [bn, "conv 8 k=[1, 3]", relu]', "conv", "conv 8 k=[1, 3]"),
        ('  - "conv 8 k=3"', "conv", "conv 8 k=3"),
        ("  conv 8 k=1,", "conv", "conv 8 k=1"),
        ("  relu]", "relu", "relu"),
        ("  - {conv: 8, k: 1, p: 4}", "conv", "conv: 8, k: 1, p: 4"),
        ("3x8x8 | conv 8 k=3 | relu", "conv", "conv 8 k=3"),
    ],
)
def test_a_layer_ends_where_the_next_begins(line: str, begin: str, text: str) -> None:
    assert under(line, begin, statement) == text


@pytest.mark.parametrize(
    ("line", "begin", "text"),
    [
        ('  macs: "1/0"', "1", "1/0"),
        ("layers: ['conv 8 q=3']", "q", "q=3"),
        ("  name: 'x'", "'", "'x'"),
        ("  params: 5", "5", "5"),
    ],
)
def test_a_quote_is_no_part_of_a_word_in_it(line: str, begin: str, text: str) -> None:
    assert under(line, begin, word) == text
