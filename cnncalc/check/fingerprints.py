"""What a finding is known by from one run to the next, wherever its line has moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from hashlib import sha256

from cnncalc.check.diagnostics import Diagnostic


def fingerprints(found: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str]]:
    """Each finding with a text of its own.

    Made of the path, the code, the model and the source line without its indentation; equal ones
    are numbered from the top. Numbers in the message do not take part: a budget that is broken by
    more today is the same finding.
    """
    seen: Counter[tuple[str | None, ...]] = Counter()
    for one in found:
        known = (one.place.path, one.code, one.model, one.node, one.excerpt.strip())
        text = "\0".join(map(str, (*known, seen[known])))
        seen[known] += 1
        yield one, sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
