"""The documentation shows what the program prints, and README examples in Python run."""

from __future__ import annotations

import doctest
import re
import subprocess
from pathlib import Path

import kinds_page
import pytest
from console import ROOT, Example, documents, examples, output

import cnncalc
from cnncalc.cli.app import SECTIONS
from cnncalc.expect import unmet

CASES = [
    pytest.param(document, example, id=f"{document.name}: {example.command}")
    for document in documents()
    for example in examples(document.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("document", "example"), CASES)
def test_document_shows_what_the_command_prints(document: Path, example: Example) -> None:
    if example.command.startswith("cnncalc verify"):
        pytest.importorskip("torch")
        pytest.importorskip("fvcore")
    assert output(example.command) == example.shown, "python tests/console.py updates the documents"


def test_examples_are_found() -> None:
    text = "a\n```console\n$ cnncalc shape x\n10\n\n$ cnncalc macs y\n3\n4\n```\n"
    assert examples(text) == [Example("cnncalc shape x", "10"), Example("cnncalc macs y", "3\n4")]
    assert len(CASES) >= 8


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_python_in_documents_runs(document: Path) -> None:
    found = doctest.testfile(str(document), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert found.failed == 0


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_links_between_documents_hold(document: Path) -> None:
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), f"{document.name} links to {target}"


def anchors(document: Path) -> set[str]:
    """What GitHub calls the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    words = [re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings]
    return {heading.replace(" ", "-") for heading in words}


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_links_to_sections_hold(document: Path) -> None:
    links = re.findall(r"\]\((?!http)([^)#]*)#([^)]+)\)", document.read_text(encoding="utf-8"))
    for target, section in links:
        page = document.parent / target if target else document
        assert section in anchors(page), f"{document.name} links to {target}#{section}"


def test_the_readme_lists_every_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\|(?: `| \*\*).+\|$", text, re.MULTILINE)
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
    expected = []
    for title, section in SECTIONS.items():
        expected.append((f"**{title}**", ""))
        expected += [(f"`{name}`", entry.does) for name, entry in section.items()]
    assert [row[:2] for row in rows] == expected
    assert all(more.startswith("[") for name, _, more in rows if name.startswith("`"))


def test_specs_of_the_readme_are_networks() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^```yaml\n(.+?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found
    for spec in found:
        assert unmet(cnncalc.parse(spec)) == []


def test_ci_runs_the_commands_that_the_readme_prints() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("main", "tests"):
        assert re.search(rf"<!-- ci: {name} -->\n+```sh\n.+?\n```", readme, re.DOTALL)
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command main" in script
    assert "readme_command tests" in script
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)


def test_page_of_kinds_is_up_to_date() -> None:
    found = kinds_page.PAGE.read_text(encoding="utf-8")
    assert found == kinds_page.page(), "python tests/kinds_page.py writes it anew"


def test_examples_of_the_api_run() -> None:
    found = doctest.testfile(str(ROOT / "docs" / "api.md"), module_relative=False)
    assert found.attempted > 20
    assert found.failed == 0
