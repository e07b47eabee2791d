"""What counting tools count, as cells and lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.render.report import Cell
from cnncalc.results import plain
from cnncalc.sizes import equal, expand
from cnncalc.tables.numbers import counted

if TYPE_CHECKING:
    from cnncalc.conventions.counting import Count

#: The convention whose column is always there.
USUAL = "mac"


def counted_cell(count: Count, members: Sequence[Any]) -> Cell:
    """What a tool counts for some layers; undefined where it knows nothing of any of them."""
    layers = [count.layers[row.name] for row in members]
    totals = [layer.total for layer in layers if not layer.unknown]
    if not totals or None in totals:
        return None
    return plain(expand(sum(total for total in totals if total is not None)))


def total_cell(count: Count) -> Cell:
    """In the row of totals, where nothing is left empty."""
    return "-" if count.total is None else plain(count.total)


def count_facts(counts: Iterable[Count]) -> Iterator[tuple[str, str]]:
    """Each convention's total with its unit and version, and what it leaves out."""
    for count in counts:
        yield count.convention.key, _described(count)
        yield from (("", f"  {remark}") for remark in remarks(count))


def remarks(count: Count) -> Iterator[str]:
    """What is to be known of a total."""
    if equal(count.images, 1) is not True:
        yield count.convention.batch
    if count.apart:
        listed = (f"{counted(v, short=False)} {label}" for label, v in count.apart.items())
        yield f"apart: {', '.join(listed)}"
    if count.uncounted:
        yield f"uncounted: {', '.join(map(str, count.uncounted))}"


def _described(count: Count) -> str:
    convention = count.convention
    of = f"{convention.unit}, {convention.title}"
    if not count.numeric:
        total = count.total
        assert total is not None
        return f"{counted(total)} {of}"
    name, reason = next(iter(count.numeric.items()))
    why = f"no closed form at {name}: {reason}"
    if count.at is None:
        return f"{of}: {why}; give every symbol a number, with --at, --set or --batch"
    values = ", ".join(f"{symbol}={value}" for symbol, value in count.at[0].items())
    total = count.at[1].total
    return f"{of}: {why}; {'?' if total is None else counted(total)} at {values}"
