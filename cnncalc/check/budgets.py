"""What rules about budgets say in common: how far off a number is, and where most of it comes from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeGuard

from cnncalc.check.diagnostics import Diagnostic, Place
from cnncalc.check.model import Model
from cnncalc.check.places import excerpt, written
from cnncalc.check.rule import BudgetRule
from cnncalc.expect.outcome import AT_LEAST, AT_MOST, EXACT, Outcome, shown
from cnncalc.results import LayerResult
from cnncalc.shares import percent
from cnncalc.sizes import Number, is_fraction, is_int, text
from cnncalc.spec.syntax import Piece

#: How to write down what is so, where it is meant.
UPDATE = "where the change is meant, `cnncalc check --update-expect` writes the new number"
#: What is counted, by the key of ``expect:``.
_NOUNS = {
    "params": "parameters",
    "buffers": "numbers in buffers",
    "macs": "MACs",
    "flops": "FLOPs",
    "activation_bytes": "bytes of activations",
    "peak_activation_bytes": "bytes of activations at once",
}
#: The most groups of layers that a note names.
_MOST_NAMED = 3


class NumberRule(BudgetRule):
    """A number of the network, or of a layer in it, that is not what is expected."""

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        over = outcome.relation != AT_LEAST and _gap(outcome) > 0
        return self.found(
            f"{outcome.got} {_NOUNS[outcome.key]}, {wanted(outcome)}",
            place(outcome),
            excerpt=excerpt(outcome.at),
            label=outcome.why or difference(outcome),
            notes=tuple(self.sources(outcome, model)) if over else (),
            help=remedy(outcome),
            node=outcome.part,
            model=model.label,
        )

    def sources(self, outcome: Outcome, model: Model) -> Iterator[str]:
        """Where the number comes from."""
        yield from ()

    def layers(self, outcome: Outcome, model: Model) -> Sequence[LayerResult]:
        """The layers that the number is of."""
        return model.parts.layers(outcome.part) if outcome.part else model.analysis.layers


def place(outcome: Outcome) -> Place:
    """Where the value stands that is not so."""
    value = outcome.entry.value if outcome.entry else None
    return written(outcome.at, value.text if isinstance(value, Piece) else "")


def wanted(outcome: Outcome) -> str:
    """The other side of the comparison."""
    limit = shown(outcome.bound)
    if outcome.relation == AT_MOST:
        return f"budget is {limit}"
    return f"expected at least {limit}" if outcome.relation == AT_LEAST else f"expected {limit}"


def remedy(outcome: Outcome) -> str | None:
    """What to do about a number."""
    if outcome.why and outcome.value is not None:
        return "say for which sizes: write at: {H: 224, W: 224} beside it, with sizes of the input"
    return UPDATE if outcome.relation == EXACT else None


def _gap(outcome: Outcome) -> Any:
    """How much more it is than is written; 0 for symbols."""
    value, limit = outcome.value, outcome.bound
    numbers = all(is_int(one) or is_fraction(one) for one in (value, limit))
    return value - limit if numbers and value is not None and limit is not None else 0


def difference(outcome: Outcome) -> str:
    """``over by 20,557,032 (5.1x)``, ``3 less (12 %)``; nothing for symbols."""
    gap = _gap(outcome)
    if gap == 0:
        return ""
    size, times = shown(abs(gap)), ratio(outcome.value, outcome.bound)
    if outcome.relation == EXACT:
        return f"{size} {'more' if gap > 0 else 'less'}{times}"
    return f"{'over' if gap > 0 else 'short'} by {size}{times}"


def ratio(value: Number | None, limit: Number | None) -> str:
    """How far apart two numbers are, behind them: `` (5.1x)``, `` (3.1 %)``; nothing for symbols."""
    if not _is_positive(value) or not _is_positive(limit):
        return ""
    if value >= 2 * limit:
        tenths = (20 * value + limit) // (2 * limit)
        return f" ({tenths // 10:,}.{tenths % 10}x)"
    return f" ({percent(abs(value - limit), limit)})"


def _is_positive(value: Any) -> TypeGuard[Any]:
    return (is_int(value) or is_fraction(value)) and value > 0


class ShapeRule(BudgetRule):
    """A tensor that has another shape than is expected."""

    def report(self, outcome: Outcome, model: Model) -> Diagnostic:
        output = outcome.name.removeprefix("outputs: ") if outcome.key == "outputs" else ""
        return self.found(
            f"the output {output + ' ' if output else ''}is {outcome.got}, expected {outcome.wanted}",
            place(outcome),
            excerpt=excerpt(outcome.at),
            label=outcome.why or _unlike(outcome),
            help=None if outcome.why else UPDATE,
            node=outcome.part,
            model=model.label,
        )


def _unlike(outcome: Outcome) -> str:
    """Along which axes the shapes differ."""
    shape, instead = outcome.shape, outcome.instead
    if shape is None:
        return ""
    if len(shape) != len(instead):
        return f"it has {len(shape)} size{'s' * (len(shape) != 1)}, not {len(instead)}"
    return "; ".join(
        f"{axis} {text(got)}, not {text(want)}"
        for axis, got, want in zip(shape.axes, shape, instead)
        if want is not None
    )


def holders(
    layers: Iterable[LayerResult], of: Callable[[LayerResult], Number], verb: str = "holds"
) -> Iterator[str]:
    """The blocks, iterations or layers that most of a number is in, and what in the first.

    ``stage[3] holds 14,964,736 of them (59 %)``.
    """
    counts = [(layer, of(layer)) for layer in layers]
    rows = [(layer, count) for layer, count in counts if is_int(count)]
    total = sum(count for _, count in rows) if len(rows) == len(counts) else 0
    depth = 0
    while total > 0 and len(rows) > 1:
        groups: Counter[str] = Counter()
        for layer, count in rows:
            groups[_group(layer, depth)] += count
        if len(groups) > 1:
            named = [item for item in groups.most_common(_MOST_NAMED) if 10 * item[1] >= total]
            if not named:
                return
            yield _told(named, total, verb)
            if 2 * named[0][1] < total:
                return
            rows = [row for row in rows if _group(row[0], depth) == named[0][0]]
        depth += 1
        if not any(len(layer.scopes) >= depth for layer, _ in rows):
            return


def _group(layer: LayerResult, depth: int) -> str:
    return layer.scopes[depth].name if depth < len(layer.scopes) else layer.name


def _told(named: list[tuple[str, int]], total: int, verb: str) -> str:
    (name, count), *others = named
    first = f"{name} {verb} {count:,} of them ({percent(count, total)})"
    more = [f"{name} {count:,} ({percent(count, total)})" for name, count in others]
    return ", ".join([first, *more])
