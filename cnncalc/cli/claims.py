"""``cnncalc claims``: the statements of documents, each with its verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from cnncalc.cli.options import Common, answering
from cnncalc.cli.streams import say
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell

if TYPE_CHECKING:
    from cnncalc.claims import Document, Outcome

_COLUMNS = (Column("verdict", "verdict"), Column("id", "claim"), Column("section", "section"))


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR…")
@answering
def command(files: tuple[str, ...], common: Common) -> None:
    """Decides claims, and holds them to their recorded verdicts.

    One line for each claim; totals for each document. Exit code 1 when a verdict differs.
    """
    from cnncalc import claims

    documents = [claims.load(path) for path in claims.find(files)]
    claims.unique(claim for document in documents for claim in document.claims)
    found = [(document, list(map(claims.run, document.claims))) for document in documents]
    outcomes = [outcome for _, some in found for outcome in some]
    wrong = [outcome for outcome in outcomes if outcome.problem]
    for outcome in wrong:
        say(f"{outcome.claim.at}: {outcome.claim.id}: {outcome.problem}")
    if common.verbose:
        slowest = max(outcomes, key=lambda outcome: outcome.seconds)
        say(f"slowest: {slowest.claim.id}, {slowest.seconds:.2f} s")
    common.show(Report(lambda: _data(found), _table(found)))
    if wrong:
        click.get_current_context().exit(1)


def counts(outcomes: list[Outcome]) -> dict[str, int]:
    """How many claims have which verdict, in the order of the format."""
    from cnncalc.claims import VERDICTS

    numbers = Counter(outcome.verdict for outcome in outcomes)
    return {verdict: numbers[verdict] for verdict in VERDICTS if numbers[verdict]}


def _summary(outcomes: list[Outcome]) -> str:
    parts = ", ".join(f"{number} {verdict}" for verdict, number in counts(outcomes).items())
    wrong = sum(outcome.problem is not None for outcome in outcomes)
    differing = f"; {wrong} differ from the file" if wrong else ""
    return f"{len(outcomes)} claims: {parts}{differing}"


def _table(found: list[tuple[Document, list[Outcome]]]) -> Table:
    rows: list[list[Cell]] = [
        [
            outcome.verdict + (f" (recorded: {outcome.claim.verdict})" if outcome.problem else ""),
            outcome.claim.id,
            outcome.claim.section,
        ]
        for _, outcomes in found
        for outcome in outcomes
    ]
    facts = [(name, _summary(outcomes)) for name, outcomes in by_document(found).items()]
    if len(facts) > 1:
        facts.append(("all", _summary([outcome for _, some in found for outcome in some])))
    return Table("", _COLUMNS, rows, facts=facts)


def by_document(found: Iterable[tuple[Document, Iterable[Outcome]]]) -> dict[str, list[Outcome]]:
    """The outcomes of each document, which may have several files."""
    together: dict[str, list[Outcome]] = {}
    for document, outcomes in found:
        name = f"{document.seed} {document.title}".strip()
        together.setdefault(name, []).extend(outcomes)
    return together


def _data(found: list[tuple[Document, list[Outcome]]]) -> dict[str, Any]:
    from cnncalc import __version__
    from cnncalc.results import SCHEMA

    outcomes = [outcome for _, some in found for outcome in some]
    return {
        "schema": SCHEMA,
        "cnncalc": __version__,
        "ok": all(outcome.problem is None for outcome in outcomes),
        "totals": counts(outcomes),
        "documents": [
            {
                "document": document.title,
                "seed": document.seed,
                "file": document.path,
                "totals": counts(some),
                "claims": [outcome.to_dict() for outcome in some],
            }
            for document, some in found
        ],
    }
