"""Files that have another name in another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction

from cnncalc.errors import CnncalcError

#: What is in a file, or why it cannot be read.
Text = str | CnncalcError
#: What is in each file, by path.
Texts = Mapping[str, Text]
#: Files with at least this share of lines in common are one that was renamed, as git has it.
_ALIKE = Fraction(1, 2)
#: More pairs of files than this are not looked at line by line.
_MOST_PAIRS = 10_000


def renames(old: Texts, new: Texts) -> dict[str, str]:
    """Old paths by new ones, of files that are in one version only and alike, the most alike first."""
    removed, added = sorted({*old} - {*new}), sorted({*new} - {*old})
    likeness = _likeness if len(removed) * len(added) <= _MOST_PAIRS else _equal
    pairs = [(likeness(old[a], new[b]), a, b) for a in removed for b in added]
    found: dict[str, str] = {}
    for alike, before, path in sorted(pairs, key=lambda pair: (-pair[0], pair)):
        if alike >= _ALIKE and path not in found and before not in found.values():
            found[path] = before
    return found


def _equal(first: Text, second: Text) -> Fraction:
    return Fraction(first == second)


def _likeness(first: Text, second: Text) -> Fraction:
    """Lines in common, of all lines of the longer one."""
    ours, theirs = (
        Counter(text.splitlines() if isinstance(text, str) else ()) for text in (first, second)
    )
    return Fraction(sum((ours & theirs).values()), max(ours.total(), theirs.total(), 1))
