"""A comparison as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from string import ascii_uppercase
from typing import TYPE_CHECKING

from cnncalc.comparison import Comparison, Quantity, Values
from cnncalc.render import Column, Report, Table
from cnncalc.render.report import Cell, shown
from cnncalc.results import Analysis
from cnncalc.sizes import equal, is_fraction
from cnncalc.tables.analysis import same, sizes

if TYPE_CHECKING:
    from cnncalc.versions import Pair, Step

#: What a table for people calls a quantity; those that are not here are for programs.
TITLES = {
    "receptive_field": "receptive field",
    "jump": "jump",
    "params": "parameters",
    "buffers": "buffers",
    "macs": "MACs",
    "activation_bytes": "activation bytes",
    "peak_activation_bytes": "peak bytes",
}


def letters(count: int) -> list[str]:
    """What networks are called in a table: A, B, …, Z, N27, …"""
    return [*ascii_uppercase, *(f"N{i}" for i in range(27, count + 1))][:count]


#: A table for people that is wider than this has a row for each network instead of columns,
WIDEST = 120
#: and, where it has longer formulas than this, a row for each number.
LONGEST = 60


def comparison_report(comparison: Comparison) -> Report:
    """The table for people; all quantities, one a row, for programs."""

    def csv() -> str:
        from cnncalc.render.delimited import csv

        return csv(_wide(comparison))

    return Report(comparison.to_dict, comparison_table(comparison), own={"csv": csv})


def comparison_table(comparison: Comparison) -> Table:
    """Quantities, and the others against the first: side by side, or below each other."""
    wide = _wide(comparison)
    widths = [
        max(len(shown(cell)) for cell in column)
        for column in zip([column.title for column in wide.columns], *wide.rows)
    ]
    if sum(widths) + 2 * (len(widths) - 1) <= WIDEST:
        return wide
    return (_listed if max(widths) > LONGEST else _tall)(wide, len(comparison.analyses))


def _wide(comparison: Comparison) -> Table:
    """A row for each quantity."""
    quantities = comparison.quantities
    titled = [one for one in quantities if one.name in TITLES and not _nothing(one)]
    return Table(
        "",
        list(_columns(len(comparison.analyses))),
        [_outputs(comparison), *(_row(TITLES[one.name], one, short=True) for one in titled)],
        facts=_legend(comparison),
        full=[_outputs(comparison), *(_row(one.name, one, short=False) for one in quantities)],
    )


def _tall(wide: Table, count: int) -> Table:
    """A row for each network and quantity."""
    names = letters(count)
    columns = [
        Column("quantity", ""),
        Column("network", ""),
        Column("value", "value", right=True),
        Column("minus", f"- {names[0]}", right=True),
        Column("over", f"/ {names[0]}", right=True),
    ]
    rows: list[Sequence[Cell]] = []
    for title, *cells in wide.rows:
        values, against = cells[:count], ["", "", *cells[count:]]
        for i, (name, value) in enumerate(zip(names, values)):
            rows.append(["" if i else title, name, value, *against[2 * i : 2 * i + 2]])
    return wide._replace(columns=columns, rows=rows, full=None)


def _listed(wide: Table, count: int) -> Table:
    """A row for each number, formulas as long as they are."""
    columns = [Column("quantity", ""), Column("of", ""), Column("value", "")]
    rows: list[Sequence[Cell]] = []
    for title, *cells in wide.rows:
        for i, (column, cell) in enumerate(zip(wide.columns[1:], cells)):
            rows.append(["" if i else title, column.title, shown(cell)])
    return wide._replace(columns=columns, rows=rows, full=None)


def _columns(count: int) -> Iterator[Column]:
    """The values of all networks, then of each other one the difference and the ratio."""
    first, *others = letters(count)
    yield Column("quantity", "")
    for letter in (first, *others):
        yield Column(letter.lower(), letter, right=True)
    for letter in others:
        low = letter.lower()
        yield Column(f"{low}_minus_{first.lower()}", f"{letter} - {first}", right=True)
        yield Column(f"{low}_over_{first.lower()}", f"{letter} / {first}", right=True)


def _nothing(quantity: Quantity) -> bool:
    """Buffers of networks that have none are not worth a row."""
    return quantity.name == "buffers" and all(values == (0,) for values in quantity.values)


def _row(title: str, quantity: Quantity, short: bool) -> list[Cell]:
    axes = sizes if quantity.name == "receptive_field" else same
    cells: list[Cell] = [title, *(_cell(values, axes) for values in quantity.values)]
    for difference, ratio in zip(quantity.differences, quantity.ratios):
        cells += [_cell(difference, same), _ratio(ratio) if short else _cell(ratio, same)]
    return cells


def _cell(values: Values, axes: object) -> Cell:
    if len(values) == 1 and isinstance(values[0], int):
        return values[0]
    assert callable(axes)
    found: Cell = axes(values) if values else None
    return found


def _ratio(values: Values) -> Cell:
    """``18/25 (0.72)``: exact, and rounded for the eye."""
    exact = _cell(values, same)
    if len({*values}) != 1 or not is_fraction(values[0]):
        return exact
    assert values[0] is not None
    return f"{exact} ({rounded(Fraction(values[0]))})"


def rounded(ratio: Fraction) -> str:
    """To three digits; to more where they would say that there is no difference.

    >>> rounded(Fraction(18, 25)), rounded(Fraction(96689152, 1215)), rounded(Fraction(1001, 1000))
    ('0.72', '79,580', '1.001')
    """
    if ratio >= 100:
        return f"{round(ratio):,}"
    digits = 3
    while float(found := f"{float(ratio):.{digits}g}") == 1 != ratio and digits < 15:
        digits += 1
    return found


def _outputs(comparison: Comparison) -> list[Cell]:
    """The outputs; in the place of a difference, whether they are the same."""
    shown = [_output(analysis) for analysis in comparison.analyses]
    cells: list[Cell] = ["output", *shown]
    first = comparison.analyses[0]
    for other in comparison.analyses[1:]:
        cells += [_agreement(first, other), None]
    return cells


def _output(analysis: Analysis) -> str:
    if len(analysis.outputs) == 1:
        return str(analysis.output)
    return ", ".join(f"{name} {shape}" for name, shape in analysis.outputs.items())


def _agreement(first: Analysis, other: Analysis) -> str:
    ours, theirs = list(first.outputs.values()), list(other.outputs.values())
    if list(map(len, ours)) != list(map(len, theirs)):
        return "differs"
    found = [equal(a, b) for a, b in zip(sum(ours, ()), sum(theirs, ()))]
    if all(found):
        return "same"
    return "differs" if False in found else "depends"


def _legend(comparison: Comparison) -> list[tuple[str, str]]:
    found = []
    for letter, analysis in zip(letters(len(comparison.analyses)), comparison.analyses):
        at = ", ".join(f"{name}={value}" for name, value in analysis.at.items())
        found.append((letter, f"{analysis.name} ({at})" if at else analysis.name))
    return found


def noticed(comparison: Comparison) -> list[tuple[str, str]]:
    """What was noticed of the networks: how grave it is, and of which ones what."""
    found: dict[tuple[str, str], list[str]] = {}
    for letter, analysis in zip(letters(len(comparison.analyses)), comparison.analyses):
        for finding in analysis.findings:
            found.setdefault((finding.level, str(finding)), []).append(letter)
    return [(level, f"{', '.join(names)}: {words}") for (level, words), names in found.items()]


#: Columns of layers that differ.
LAYERS = (
    Column("change", ""),
    Column("networks", "of"),
    Column("layer", "layer"),
    Column("line", "line"),
    Column("output", "output", right=True),
    Column("params", "params", right=True),
    Column("macs", "MACs", right=True),
)


def layers_report(comparison: Comparison) -> Report:
    """The layers that differ, as a diff: those of the first network with -, others with +."""
    first, *others = letters(len(comparison.analyses))
    rows: list[Sequence[Cell]] = []
    facts = _legend(comparison)
    for letter, alignment in zip(others, comparison.alignments):
        for pair in alignment.different:
            rows += layer_rows(pair, f"{first}, {letter}")
        counts = alignment.counts
        words = (
            f"{counts['equal']} layers equal, {counts['changed']} changed, "
            f"{counts['only_first']} only in {first}, {counts['only_second']} only in {letter}"
        )
        facts.append((f"{first}, {letter}", words))
    columns = LAYERS if len(others) > 1 else [one for one in LAYERS if one.key != "networks"]
    if not rows:
        facts.insert(0, ("layers", "all equal"))
    return Report(
        lambda: comparison.to_dict(layers=True),
        Table(
            "",
            columns,
            [row if len(others) > 1 else [row[0], *row[2:]] for row in rows],
            facts=facts,
        ),
    )


def layer_rows(pair: Pair, networks: str) -> Iterator[Sequence[Cell]]:
    """A layer that differs: the first network's with -, the other one's with +."""
    if pair.first:
        yield ["-", networks, *_layer(pair.first)]
    if pair.second:
        yield ["+", networks, *_layer(pair.second)]


def _layer(step: Step) -> list[Cell]:
    found = step.to_dict()
    return [step.result.name, step.line, str(step.result.output), found["params"], found["macs"]]
