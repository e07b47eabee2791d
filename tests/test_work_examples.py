"""The worked examples of the documents: docs/work.md against the corpus of claims."""

from __future__ import annotations

import ast
import json
import re
import shlex
from fractions import Fraction
from typing import Any, NamedTuple

import claims_page
import pytest
from commandline import cnncalc
from console import ROOT, examples

from cnncalc import claims
from cnncalc.claims import WRONG, Claim
from cnncalc.errors import Position, Source
from cnncalc.prove.language import Evaluation, Names
from cnncalc.tensors import flatten, shape

PAGE = (ROOT / "docs" / "work.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"<!-- claims: ([^>]+) -->\n+(```console\n.*?^```$)", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """Commands of the page, and the claims that they belong to."""

    ids: tuple[str, ...]
    commands: tuple[str, ...]


def blocks() -> list[Block]:
    return [
        Block(tuple(ids.split()), tuple(one.command for one in examples(text + "\n")))
        for ids, text in _BLOCK.findall(PAGE)
    ]


CLAIMS: dict[str, Claim] = {
    claim.id: claim
    for path in claims.find([str(claims_page.FOLDER)])
    for claim in claims.load(path).claims
}
CASES = [pytest.param(id, block, id=id) for block in blocks() for id in block.ids]


def exact(value: Any) -> Any:
    if isinstance(value, list):
        return [exact(one) for one in value]
    try:
        return Fraction(value)
    except ValueError:  # a root
        return value


def squeezed(value: Any) -> tuple[list[int], list[Any]]:
    """Without axes of one element: a matrix of one row is a vector."""
    return [size for size in shape(value) if size != 1], flatten(value)


class Answers(NamedTuple):
    """What the commands of a block give: arrays, and single elements."""

    arrays: list[Any]
    elements: list[Any]

    @classmethod
    def of(cls, block: Block) -> Answers:
        arrays, elements = [], []
        for command in block.commands:
            words = [word for word in shlex.split(command) if word != "-q"]
            found = cnncalc(*words[1:], "--json")
            assert found.code == 0, found.err
            for result in json.loads(found.out)["results"]:
                arrays.append(squeezed(exact(result["values"])))
                elements += [exact(step["value"]) for step in result["steps"]]
        return cls(arrays, elements)

    def have(self, value: Any) -> bool:
        if squeezed(value) in self.arrays:
            return True
        return len(squeezed(value)[0]) <= 1 and all(one in self.elements for one in flatten(value))


def sides(text: str) -> list[Any]:
    """What a statement compares: the values of all sides."""
    found = []
    evaluation = Evaluation(text, Position(Source("<claim>", text), 1, 1), Names({}))
    for node in ast.walk(ast.parse(text.strip(), mode="eval")):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                found.append(exact(evaluation.value(side)))
    return found


@pytest.mark.parametrize(("id", "block"), CASES)
def test_the_page_has_the_numbers_of_the_claim(id: str, block: Block) -> None:
    claim, answers = CLAIMS[id], Answers.of(block)
    right = claim.corrected or claim.check
    assert any(answers.have(value) for value in sides(right.text))
    if claim.verdict in WRONG:
        assert not all(answers.have(value) for value in sides(claim.check.text))


def test_every_worked_example_of_the_documents_is_on_the_page() -> None:
    """Claims in which a document gives numbers of a tensor, checked by tensor arithmetic."""
    tensors = re.compile(r"\b(conv|convolve|deconv|\w+pool|\w+_grad\w*|conv_grad_\w+|outer)\(")
    numbers = re.compile(r"\[\[?-?\d|\bY[_(]|\bpatch \[|\bgrid \[|Sobel_[xy] =")
    worked = {
        id
        for id, claim in CLAIMS.items()
        if tensors.search(claim.check.text) and numbers.search(claim.says)
    }
    assert len(worked) >= 14
    assert worked - {id for block in blocks() for id in block.ids} == set()


def test_wrong_numbers_of_the_documents_are_told() -> None:
    """Every claim of a block whose document is wrong comes with a sentence in bold."""
    for block in blocks():
        if any(CLAIMS[id].verdict in WRONG for id in block.ids):
            before = PAGE[: PAGE.index(f"<!-- claims: {' '.join(block.ids)} -->")]
            section = before[before.rindex("\n### ") :]
            assert "**" in section, block.ids


def test_claims_that_the_page_mentions_exist() -> None:
    mentioned = re.findall(r"`((?:l7|cc3|cbb|at)-[\w-]+)`", PAGE)
    assert mentioned
    assert set(mentioned) <= set(CLAIMS)
