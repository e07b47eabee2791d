"""Options and profiles shared by all tests."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Every run of the gate draws the same examples; --long draws ten times as many, at random.
settings.register_profile(
    "default", max_examples=20, deadline=None, derandomize=True, print_blob=True
)
settings.register_profile("long", max_examples=200, deadline=None, database=None, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="ten times as many examples, and the tests marked long (also: CNNCALC_LONG=1)",
    )


def _long(config: pytest.Config) -> bool:
    return bool(config.getoption("--long")) or os.environ.get("CNNCALC_LONG", "0") not in ("", "0")


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile("long" if _long(config) else "default")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _long(config):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="takes minutes: run with --long"))
