"""docs/claims.md, made from specs/claims: ``python tests/claims_page.py`` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cnncalc import claims
from cnncalc.claims import Document, Outcome
from cnncalc.cli.claims import by_document, counts

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "claims.md"
FOLDER = ROOT / "specs" / "claims"

_HEAD = """# Claims

What five course texts say about convolutional networks, statement by statement, and whether it
holds. Made from `specs/claims/` by `python tests/claims_page.py`; the test suite fails when it is
out of date. `cnncalc claims specs/claims/` decides all of them again.

- **proved**: true for all integers of at least 1 (or of plain numbers);
- **conditional**: false in general, true under the condition that is given;
- **refuted**: false; with a counterexample, and with what is right, which is proved;
- **imprecise**: false when read strictly, because the text rounds or simplifies;
- **misprinted**: a slip of notation; as it was meant, it is proved.

How statements are written: [docs/prove.md](prove.md).
"""


@cache
def outcomes() -> tuple[tuple[Document, tuple[Outcome, ...]], ...]:
    """Every document with its claims, decided once for all tests."""
    documents = [claims.load(path) for path in claims.find([str(FOLDER)])]
    documents.sort(key=lambda document: (document.seed, document.path))
    return tuple((one, tuple(map(claims.run, one.claims))) for one in documents)


def page() -> str:
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield "| document | claims | verdicts |"
    yield "|---|---:|---|"
    documents = by_document(outcomes())
    for title, found in documents.items():
        yield f"| {_cell(title)} | {len(found)} | {_totals(found)} |"
    every = [outcome for found in documents.values() for outcome in found]
    yield f"| **all** | **{len(every)}** | {_totals(every)} |"
    for title, found in documents.items():
        yield from ("", f"## {title}")
        section = None
        for outcome in found:
            if outcome.claim.section != section:
                section = outcome.claim.section
                yield from ("", f"### {_cell(section)}", "")
            yield from _entry(outcome)


def _totals(found: list[Outcome]) -> str:
    return ", ".join(f"{number} {verdict}" for verdict, number in counts(found).items())


def _entry(outcome: Outcome) -> Iterator[str]:
    claim = outcome.claim
    yield f"- **{claim.verdict}** `{claim.id}`: {_cell(_one_line(claim.says))}"
    yield f"  - {_code(outcome.check.statement)}{_how(outcome)}"
    if claim.correction:
        yield f"  - right is: {_cell(_one_line(claim.correction))}"
    if claim.corrected is not None:
        yield f"  - proved: {_code(_one_line(claim.corrected.text))}"
    if claim.note:
        yield f"  - {_cell(_one_line(claim.note))}"


def _how(outcome: Outcome) -> str:
    given = " and ".join(_one_line(one.text) for one in outcome.claim.given)
    point = ", ".join(f"{k} = {v}" for k, v in (outcome.check.counterexample or {}).items())
    parts = []
    if point:
        parts.append(f"not at {point}")
    if given:
        parts.append(f"true if {_code(given)}")
    return f" ({'; '.join(parts)})" if parts else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _code(text: str) -> str:
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _cell(text: str) -> str:
    for character in "\\|*_<`[":
        text = text.replace(character, "\\" + character)
    return text


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
