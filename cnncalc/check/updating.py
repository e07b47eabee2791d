"""``--update-expect``: the numbers of ``expect:`` as they are now, every other byte as it was.

Exact numbers and sizes become what is so. Limits (``min``, ``max``, ``max_increase``) are decisions
and stay; so do expressions over parameters and symbols, conditions, and what would have to be two
numbers at once because several presets or sizes share it. What stays and does not hold is found by
the next check.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.check import rules
from cnncalc.check.checking import held
from cnncalc.check.models import models
from cnncalc.check.places import excerpt
from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError, Position
from cnncalc.expect import Outcome
from cnncalc.expect.outcome import EXACT
from cnncalc.expect.possible import Impossible
from cnncalc.expect.reading import items
from cnncalc.sizes import Number, is_int, is_symbolic, text
from cnncalc.spec import parse_yaml
from cnncalc.spec.syntax import Piece

#: What is written as a number: ``25_557_032``, ``4.1 G``, ``-213``, ``1/2``, ``5e6``.
_NUMBER = re.compile(
    r"(?P<sign>-?)(?P<whole>\d[\d_]*)(?:\.(?P<decimals>\d+)|/\d+)?(?:[eE]\+?\d+)?(?P<space>\s*)(?P<suffix>[kMGT]?)"
)
_POWERS = {"k": 3, "M": 6, "G": 9, "T": 12}
#: A suffix stays where it needs no more decimals than this, or than there were.
_MOST_DECIMALS = 3
#: A list of numbers on one line.
_LIST = re.compile(r"\[[^][{}#\n]*\]")
#: A formula that needs no quotes in YAML.
_FORMULA = re.compile(r"\w[\w ()+*/.-]*")


def updated(text: str, path: str, settings: Settings) -> str:
    """The text of a spec with the numbers of its ``expect:`` as they are.

    Only expectations whose rules are switched on are looked at. A text that is no spec, or no
    network at all, comes back as it is.
    """
    try:
        spec = parse_yaml(text, path, settings.limits)
    except CnncalcError:
        return text
    edits = _Edits(text)
    for model in models(spec, settings):
        if isinstance(model, CnncalcError):
            continue
        try:
            for one in held(model, settings):
                outcome = one.outcome if isinstance(one, Impossible) else one
                if not isinstance(outcome, CnncalcError) and outcome.relation == EXACT:
                    selected = settings.selects(rules.for_key(outcome.key).code)
                    for at, old, new in _wanted(outcome):
                        edits.add(at, old, new if selected else old)
        except CnncalcError:
            continue
    return edits.text()


class _Wanted(NamedTuple):
    """A place, what stands there, and what should; None: that cannot be written there."""

    at: Position
    old: str
    new: str | None


def _wanted(outcome: Outcome) -> Iterator[_Wanted]:
    """What should stand where for an outcome to hold, also where it stands there already."""
    entry, shape = outcome.entry, outcome.shape
    if entry is None:
        return
    if isinstance(entry.value, Piece):
        if outcome.key != "domain":
            yield _number(entry.value, outcome.value, outcome.held is not False)
        return
    pieces = [item.value for item in items(entry) or () if isinstance(item.value, Piece)]
    if shape is None or len(shape) == len(pieces):
        for piece, size, other in zip(pieces, shape or (), outcome.instead):
            yield _number(piece, size, other is None)
        return
    written = _LIST.match(excerpt(entry.at), entry.at.column - 1)
    if written and all(_NUMBER.fullmatch(piece.text) for piece in pieces):
        yield _Wanted(entry.at, written.group(), f"[{', '.join(map(text, shape))}]")


def _number(piece: Piece, value: Number | None, right: bool) -> _Wanted:
    return _Wanted(piece.at, piece.text, piece.text if right else renumbered(piece.text, value))


def renumbered(old: str, value: Number | None) -> str | None:
    """A number in the style of another; None where the other is no number, or the new one unknown.

    >>> renumbered("25_557_031", 25557032), renumbered("4.1G", 4200000000), renumbered("3/2", 2)
    ('25_557_032', '4.2G', '2')
    """
    found = _NUMBER.fullmatch(old)
    if found is None or value is None:
        return None
    if is_symbolic(value):
        written = text(value)
        return written if _FORMULA.fullmatch(written) else None
    grouped = "_" if "_" in found["whole"] else ""
    if found["suffix"]:
        short = _short(value, found, grouped)
        if short:
            return short
    if is_int(value):
        return f"{value:{grouped}}"
    decimals = _decimals(value)
    return decimals if decimals and found["decimals"] else text(value)


def _short(value: Number, found: re.Match[str], grouped: str) -> str | None:
    """With the suffix that there was, where that takes few decimals."""
    power = _POWERS[found["suffix"]]
    most = min(max(_MOST_DECIMALS, len(found["decimals"] or "")), power)
    thousandth = 10 ** (power - most)
    if not is_int(value) or value == 0 or value % thousandth:
        return None
    whole, rest = divmod(abs(value) // thousandth, 10**most)
    decimals = f"{rest:0{most}}".rstrip("0")
    number = f"{whole:{grouped}}.{decimals}" if decimals else f"{whole:{grouped}}"
    return f"{'-' * (value < 0)}{number}{found['space']}{found['suffix']}"


def _decimals(value: Number) -> str | None:
    """A fraction as a decimal number, where it has an end."""
    for places in range(1, _MOST_DECIMALS + 1):
        scaled = value * 10**places
        if scaled.denominator == 1:
            whole, rest = divmod(abs(int(scaled)), 10**places)
            return f"{'-' * (value < 0)}{whole}.{rest:0{places}}"
    return None


class _Edits:
    """Changes of a text at places that were found in it."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        #: By line and column (from 0): what stands there, and all that should.
        self._found: dict[tuple[int, int], tuple[str, set[str | None]]] = {}

    def add(self, at: Position, old: str, new: str | None) -> None:
        key = (at.line - 1, at.column - 1)
        self._found.setdefault(key, (old, set()))[1].add(new)

    def text(self) -> str:
        """With the changes made that are not contradicted, and whose places read as they should."""
        for (line, column), (old, new) in sorted(self._found.items(), reverse=True):
            end = column + len(old)
            alone = not any(
                other == line and column < inside < end for other, inside in self._found
            )
            (only,) = new if len(new) == 1 else (None,)
            written = self._lines[line]
            if only is not None and alone and written[column:end] == old:
                self._lines[line] = written[:column] + only + written[end:]
        return "".join(self._lines)
