"""Files of claims: the corpus, its page, and what is told about malformed files."""

from __future__ import annotations

import json
from pathlib import Path

import claims_page
import pytest
from commandline import cnncalc

from cnncalc import claims
from cnncalc.claims import VERDICTS, WRONG, Outcome
from cnncalc.errors import CnncalcError

GOOD = """claims: 1
document: "Notes"
seed: "000"
items:
  - id: double
    section: "1"
    says: "twice n"
    check: "2*n == n + n"
    verdict: proved
"""


def every() -> list[Outcome]:
    return [outcome for _, found in claims_page.outcomes() for outcome in found]


def test_every_recorded_verdict_is_reproduced() -> None:
    wrong = [f"{o.claim.at}: {o.claim.id}: {o.problem}" for o in every() if o.problem]
    assert wrong == []


def test_the_corpus_is_as_large_as_promised() -> None:
    found = every()
    assert len(found) >= 250
    assert {document.seed for document, _ in claims_page.outcomes()} == {
        "000", "001", "002", "003", "004",
    }  # fmt: skip
    claims.unique(outcome.claim for outcome in found)
    wrong = [o for o in found if o.claim.verdict in (*WRONG, "conditional")]
    assert len(wrong) >= 10


def test_every_wrong_claim_is_refuted_and_its_correction_is_proved() -> None:
    for outcome in every():
        if outcome.claim.verdict in WRONG:
            assert outcome.check.verdict == "refuted", outcome.claim.id
            assert [one.verdict for one in outcome.further] == ["proved"], outcome.claim.id
            assert outcome.claim.correction, outcome.claim.id


def test_no_claim_takes_five_seconds() -> None:
    slow = [(o.claim.id, o.seconds) for o in every() if o.seconds > 5]
    assert slow == []


def test_page_of_claims_is_up_to_date() -> None:
    found = claims_page.PAGE.read_text(encoding="utf-8")
    assert found == claims_page.page(), "python tests/claims_page.py writes it anew"


# The command.


def written(folder: Path, text: str, name: str = "notes.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_one_line_for_each_claim_and_totals(tmp_path: Path) -> None:
    result = cnncalc("claims", str(written(tmp_path, GOOD)))
    assert result.code == 0
    assert result.out == (
        "verdict  claim   section\n"
        "-------  ------  -------\n"
        "proved   double  1\n"
        "\n"
        "000 Notes  1 claims: 1 proved\n"
    )


def test_totals_of_several_documents(tmp_path: Path) -> None:
    written(tmp_path, GOOD, "a.yaml")
    written(tmp_path, GOOD.replace("double", "twice").replace("Notes", "More"), "b.yaml")
    result = cnncalc("claims", str(tmp_path))
    assert result.out.endswith(
        "000 Notes  1 claims: 1 proved\n000 More   1 claims: 1 proved\nall        2 claims: 2 proved\n"
    )


def test_a_verdict_that_differs_is_a_finding(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("n + n", "n + 2"))
    result = cnncalc("claims", str(path))
    assert result.code == 1
    assert "refuted (recorded: proved)  double" in result.out
    assert "1 claims: 1 refuted; 1 differ from the file" in result.out
    assert result.err == f"{path}:5:5: double: check is refuted, not proved\n"


def test_a_correction_that_is_not_proved_is_a_finding(tmp_path: Path) -> None:
    text = GOOD.replace("n + n", "n + 2").replace(
        "verdict: proved",
        'verdict: refuted\n    correction: "n + n"\n    corrected: "2*n == n + 3"',
    )
    result = cnncalc("claims", str(written(tmp_path, text)))
    assert result.code == 1
    assert "double: corrected is refuted, not proved" in result.err


def test_json(tmp_path: Path) -> None:
    text = GOOD.replace("n + n", "n + 2").replace(
        "verdict: proved", 'verdict: conditional\n    given: "n == 2"\n    note: "two only"'
    )
    result = cnncalc("claims", str(written(tmp_path, text)), "--json")
    assert result.code == 0
    data = json.loads(result.out)
    assert data["ok"] is True
    assert data["schema"] == 1
    assert data["totals"] == {"conditional": 1}
    (claim,) = data["documents"][0]["claims"]
    assert claim["verdict"] == claim["recorded"] == "conditional"
    assert claim["check"]["verdict"] == "refuted"
    assert claim["check"]["counterexample"] == {"n": 1}
    assert claim["further"][0]["verdict"] == "proved"
    assert claim["note"] == "two only"


def test_markdown(tmp_path: Path) -> None:
    result = cnncalc("claims", str(written(tmp_path, GOOD)), "-f", "markdown")
    assert "| proved | double | 1 |" in result.out


@pytest.mark.parametrize(
    ("change", "place", "message", "hint"),
    [
        (("claims: 1", "claims: 2"), "1:9", "this is version 1 of the format", "write claims: 1"),
        (("claims: 1\n", ""), "1:1", "claims: is missing", "add claims: 1"),
        (("verdict: proved", "verdict: true"), "9:14", "unknown verdict 'true'", "known verdicts"),
        (
            ("verdict: proved", "verdict: prooved"),
            "9:14",
            "unknown verdict",
            "did you mean 'proved'",
        ),
        (("    says", "    sais"), "7:5", "unknown key 'sais'", "did you mean 'says'?"),
        (('    section: "1"\n', ""), "5:5", "section: is missing", "add section"),
        (("2*n == n + n", "2*n == n +"), "8:22", "the statement cannot be read here", ""),
        (("2*n == n + n", "2*n == m(n)"), "8:20", "m is not a function", ""),
        (
            ("2*n == n + n", "conv_out(n)"),
            "8:13",
            "missing a required argument: 'k'",
            "conv_out(n, k",
        ),
        (("verdict: proved", "verdict: conditional"), "9:14", "has no condition", "given:"),
        (("verdict: proved", "verdict: refuted"), "9:14", "says what is right", "correction"),
        (("2*n == n + n", "params('3x4x4 | conv 2 k=9') == 2"), "8:13", "double: height", "kernel"),
        (("2*n == n + n", "params('nothing') == 2"), "8:13", "'nothing' is no file", ""),
        (("items:\n", "items: none\nother:\n"), "5:1", "unknown key 'other'", "known keys"),
        (('"2*n == n + n"', "[1, 2]"), "8:12", "check: must be a text", "check:"),
        (("claims: 1", "claims: ["), "3:1", "not YAML", "bracket"),
    ],
)
def test_malformed_files_are_told_with_their_place(
    tmp_path: Path, change: tuple[str, str], place: str, message: str, hint: str
) -> None:
    path = written(tmp_path, GOOD.replace(*change))
    result = cnncalc("claims", str(path))
    assert result.code == 2, result
    assert result.err.startswith(f"{path}:{place}: error: "), result.err
    assert message in result.err
    assert hint in result.err.partition("hint: ")[2]
    assert result.out == ""


def test_an_id_is_there_once_in_all_files(tmp_path: Path) -> None:
    written(tmp_path, GOOD, "a.yaml")
    written(tmp_path, GOOD, "b.yaml")
    result = cnncalc("claims", str(tmp_path))
    assert result.code == 2
    assert "the id 'double' is given twice" in result.err
    assert "a.yaml:5:5" in result.err


def test_files_that_are_not_there(tmp_path: Path) -> None:
    result = cnncalc("claims", str(tmp_path / "none.yaml"))
    assert result.code == 2
    assert "cannot read" in result.err
    empty = tmp_path / "empty"
    empty.mkdir()
    result = cnncalc("claims", str(empty))
    assert result.code == 2
    assert "has no files of claims" in result.err
    assert cnncalc("claims").code == 2


def test_verdicts_of_the_format() -> None:
    text = GOOD.replace("verdict: proved", "verdict: undecided").replace(
        "2*n == n + n", "n**3 != m"
    )
    with pytest.raises(CnncalcError):
        claims.parse(GOOD.replace("proved", "maybe"))
    (claim,) = claims.parse(text).claims
    outcome = claims.run(claim)
    assert outcome.problem == "check is refuted, not undecided"
    assert set(VERDICTS) >= {"proved", "refuted", "conditional", "imprecise", "misprinted"}
