"""Options and profiles shared by all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile(
    "default", max_examples=20, deadline=None, derandomize=True, print_blob=True
)
settings.register_profile(
    "long", max_examples=200, deadline=None, database=None, print_blob=True
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="ten times as many examples, drawn at random (also: CNNCALC_LONG=1)",
    )


def pytest_configure(config: pytest.Config) -> None:
    long = config.getoption("--long") or os.environ.get("CNNCALC_LONG", "0") not in ("", "0")
    settings.load_profile("long" if long else "default")
