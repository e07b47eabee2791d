"""Files of claims: statements of documents, with the verdicts that they are held to.

A claim has an ``id``, a ``section``, what the document ``says``, how that is checked, and a verdict:
``proved``, ``refuted``, ``conditional`` (false in general, proved under ``given``), ``imprecise``,
``misprinted`` (both false as written, and ``corrected``), or ``undecided``.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from cnncalc.errors import CnncalcError, Position, Source, SpecError, UsageError, suggest
from cnncalc.prove import PROVED, REFUTED, UNDECIDED, Verdict, prove
from cnncalc.prove.statement import Text
from cnncalc.spec.limits import Limits
from cnncalc.spec.yaml import Mapping, Scalar, Sequence, Tree, read

#: Version of the format.
VERSION = 1
CONDITIONAL, IMPRECISE, MISPRINTED = "conditional", "imprecise", "misprinted"
VERDICTS = (PROVED, REFUTED, CONDITIONAL, IMPRECISE, MISPRINTED, UNDECIDED)
#: Verdicts of claims that are wrong as they stand, and right when corrected.
WRONG = (REFUTED, IMPRECISE, MISPRINTED)

_TOP = ("claims", "document", "seed", "items")
_ITEM = (
    "id", "section", "says", "check", "verdict", "given", "correction", "corrected", "note",
)  # fmt: skip
_EXAMPLE = '{id: odd-kernel, section: "2.1", says: "…", check: "2*n == n + n", verdict: proved}'


class Claim(NamedTuple):
    """One claim, and where it stands. ``given`` are conditions of the corrected statement too."""

    id: str
    section: str
    says: str
    check: Text
    verdict: str
    given: tuple[Text, ...]
    correction: str | None
    corrected: Text | None
    note: str | None
    at: Position


class Document(NamedTuple):
    """A file of claims about one document."""

    title: str
    seed: str
    claims: tuple[Claim, ...]
    path: str


class Outcome(NamedTuple):
    """What running a claim gave: a verdict in the words of the format, and what is behind it.

    ``problem`` says how it differs from what the file records, None where it does not.
    """

    claim: Claim
    verdict: str
    check: Verdict
    further: tuple[Verdict, ...]
    problem: str | None
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        claim = self.claim
        return {
            "id": claim.id,
            "section": claim.section,
            "says": claim.says,
            "recorded": claim.verdict,
            "verdict": self.verdict,
            "problem": self.problem,
            "check": _verdict(self.check),
            "further": [_verdict(one) for one in self.further],
            "correction": claim.correction,
            "note": claim.note,
        }


def _verdict(one: Verdict) -> dict[str, Any]:
    found = one.to_dict()
    return {key: found[key] for key in found if key not in ("schema", "cnncalc")}


# Running.


def run(claim: Claim) -> Outcome:
    """Decides a claim, and what it is corrected to, and compares with the recorded verdict.

    Raises :class:`CnncalcError` for a statement that is not in the language.
    """
    started = time.perf_counter()
    general = claim.verdict == CONDITIONAL or claim.verdict in WRONG
    check = _decided(claim, claim.check, () if general else claim.given)
    further: list[Verdict] = []
    if claim.verdict == CONDITIONAL:
        further.append(_decided(claim, claim.check, claim.given))
    if claim.corrected is not None:
        further.append(_decided(claim, claim.corrected, claim.given))
    verdict, problem = _compared(claim, check, further)
    return Outcome(claim, verdict, check, tuple(further), problem, time.perf_counter() - started)


def _decided(claim: Claim, text: Text, given: tuple[Text, ...]) -> Verdict:
    """The verdict; an error inside a network is told at the place of the claim."""
    try:
        return prove(text, given)
    except CnncalcError as error:
        if error.at is not None and error.at.source is claim.at.source:
            raise
        where = f" ({error.at})" if error.at else ""
        raise SpecError(
            f"{claim.id}: {error.message}{where}", at=text.at, hint=error.hint
        ) from None


def _compared(claim: Claim, check: Verdict, further: list[Verdict]) -> tuple[str, str | None]:
    recorded = claim.verdict
    wanted = REFUTED if recorded == CONDITIONAL or recorded in WRONG else recorded
    if check.verdict != wanted:
        return check.verdict, f"check is {check.verdict}, not {wanted}"
    for one in further:
        if one.verdict != PROVED:
            what = "check with given" if recorded == CONDITIONAL else "corrected"
            return one.verdict, f"{what} is {one.verdict}, not proved"
    return recorded, None


# Reading.


def find(paths: Iterable[str]) -> list[Path]:
    """Files of claims: those named, and all ``*.yaml`` in directories."""
    found: list[Path] = []
    for name in paths:
        path = Path(name)
        if path.is_dir():
            inside = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
            if not inside:
                raise UsageError(f"{name} has no files of claims", hint="they are called *.yaml")
            found += inside
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def load(path: str | Path) -> Document:
    """The claims of a file; raises :class:`CnncalcError` with line and column."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}", hint="name a file of claims, or a directory"
        ) from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not text in UTF-8", hint="save it as UTF-8") from None
    return parse(text, str(path))


def parse(text: str, name: str = "<claims>") -> Document:
    """The claims of a text; raises :class:`CnncalcError` with line and column."""
    tree = read(Source(name, text), Limits())
    top = _mapping(tree, "a file of claims", "claims: 1")
    _known(top, _TOP, "a file of claims")
    version = _text(top, "claims", "claims: 1")
    if version.text != str(VERSION):
        raise SpecError(
            f"this is version {VERSION} of the format, the file says {version.text!r}",
            at=version.at,
            hint=f"write claims: {VERSION}",
        )
    items = top.get("items")
    if not isinstance(items, Sequence) or not items.items:
        at = items.at if items is not None else top.at
        raise SpecError("items: must be a list of claims", at=at, hint=f"- {_EXAMPLE}")
    claims = tuple(_claim(item) for item in items.items)
    unique(claims)
    return Document(
        _text(top, "document", 'document: "Lecture 7"').text,
        _optional(top, "seed") or "",
        claims,
        name,
    )


def unique(claims: Iterable[Claim]) -> None:
    """Raises :class:`SpecError` when two claims have one id."""
    seen: dict[str, Position] = {}
    for claim in claims:
        if claim.id in seen:
            raise SpecError(
                f"the id {claim.id!r} is given twice",
                at=claim.at,
                hint=f"the first is at {seen[claim.id]}; ids are unique in all files together",
            )
        seen[claim.id] = claim.at


def _claim(tree: Tree) -> Claim:
    item = _mapping(tree, "a claim", _EXAMPLE)
    _known(item, _ITEM, "a claim")
    verdict = _text(item, "verdict", "verdict: proved")
    if verdict.text not in VERDICTS:
        raise SpecError(
            f"unknown verdict {verdict.text!r}",
            at=verdict.at,
            hint=suggest(verdict.text, VERDICTS, "verdicts"),
        )
    given = item.get("given")
    corrected = item.get("corrected")
    correction = _optional(item, "correction")
    if verdict.text == CONDITIONAL and given is None:
        raise SpecError(
            "a conditional claim has no condition", at=verdict.at, hint='add given: "S == 1"'
        )
    if verdict.text in WRONG and (corrected is None or correction is None):
        raise SpecError(
            f"a claim that is {verdict.text} says what is right",
            at=verdict.at,
            hint="add correction: in words, and corrected: an expression that is proved",
        )
    return Claim(
        id=_text(item, "id", "id: odd-kernel").text,
        section=_text(item, "section", 'section: "2.1"').text,
        says=_text(item, "says", 'says: "what the document says"').text,
        check=_expression(_text(item, "check", 'check: "2*n == n + n"')),
        verdict=verdict.text,
        given=tuple(_conditions(given)),
        correction=correction,
        corrected=None if corrected is None else _expression(_text(item, "corrected", "")),
        note=_optional(item, "note"),
        at=item.at,
    )


def _conditions(tree: Tree | None) -> Iterator[Text]:
    if isinstance(tree, Scalar):
        yield _expression(tree)
    elif isinstance(tree, Sequence):
        for one in tree.items:
            yield from _conditions(one)
    elif tree is not None:
        raise SpecError(
            "given: is a condition, or a list of them", at=tree.at, hint='given: "S == 1"'
        )


def _expression(scalar: Scalar) -> Text:
    return Text.of(scalar.text, scalar.at)


def _mapping(tree: Tree, what: str, example: str) -> Mapping:
    if not isinstance(tree, Mapping):
        raise SpecError(f"{what} is a mapping", at=tree.at, hint=f"as in {example}")
    return tree


def _known(tree: Mapping, keys: tuple[str, ...], what: str) -> None:
    for key, _ in tree.items:
        if key.text not in keys:
            raise SpecError(
                f"unknown key {key.text!r} in {what}",
                at=key.at,
                hint=suggest(key.text, keys, "keys"),
            )


def _text(tree: Mapping, key: str, example: str) -> Scalar:
    value = tree.get(key)
    if value is None:
        raise SpecError(f"{key}: is missing", at=tree.at, hint=f"add {example}")
    if not isinstance(value, Scalar) or not value.text.strip():
        raise SpecError(f"{key}: must be a text", at=value.at, hint=f"write {example or 'a text'}")
    return value


def _optional(tree: Mapping, key: str) -> str | None:
    return None if tree.get(key) is None else _text(tree, key, "").text


__all__ = ["Claim", "CnncalcError", "Document", "Outcome", "find", "load", "parse", "run"]
