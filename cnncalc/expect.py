"""What a spec says of itself: its ``expect:`` held against what is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cnncalc.analyses.receptive_field import Fields
from cnncalc.errors import Position, suggest
from cnncalc.network import Network
from cnncalc.problems import BadExpectation
from cnncalc.results import FIELD_KEYS, TOTALS, Analysis, per_axis
from cnncalc.sizes import Number, at_least, axis_names, equal, is_int, text
from cnncalc.spec.expressions import evaluate
from cnncalc.spec.quantities import quantity
from cnncalc.spec.reporting import Problems
from cnncalc.spec.scope import Scope
from cnncalc.spec.syntax import Entry, Piece
from cnncalc.spec.values import describe

_BOUNDS = ("min", "max")


class Outcome(NamedTuple):
    """One expectation and what became of it: ``key`` is the one of ``expect:`` that it is under.

    ``name`` says exactly what is expected to be ``wanted``; ``at`` is where the value is written.
    ``bound`` and ``value`` are both numbers where it is about one.
    """

    key: str
    name: str
    wanted: str
    got: str
    held: bool
    at: Position
    bound: Number | None = None
    value: Number | None = None

    def __str__(self) -> str:
        return f"{self.at}: {self.name}: expected {self.wanted}, got {self.got}"


def outcomes(
    expected: Mapping[str, Entry],
    scope: Scope,
    analysis: Analysis,
    problems: Problems | None = None,
) -> Iterator[Outcome]:
    """Every expectation held against ``analysis``, kept ones too.

    ``scope`` is what expressions see. Raises :class:`cnncalc.problems.BadExpectation` for an
    expectation that means nothing; ``problems`` may keep all of them.
    """
    return _Expectations(scope, analysis, problems or Problems()).outcomes(expected)


def unmet(
    network: Network,
    at: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> list[str]:
    """What ``expect:`` says and is not so, a line each, with its place; empty when all holds.

    Values are expressions over the parameters and symbols, or numbers as 4.1G, 32M, 5k.
    Raises :class:`cnncalc.problems.BadExpectation` for an expectation that means nothing.
    """
    scope = network.expansion(at, settings).root
    found = outcomes(network.spec.expect, scope, network.analyze(at, settings))
    return [str(outcome) for outcome in found if not outcome.held]


class _Expectations:
    """Expectations of one analysis; ``scope`` is what their expressions see."""

    def __init__(self, scope: Scope, analysis: Analysis, problems: Problems) -> None:
        self.scope = scope
        self.analysis = analysis
        self.problems = problems

    def outcomes(self, expected: Mapping[str, Entry]) -> Iterator[Outcome]:
        for key, entry in expected.items():
            with self.problems:
                yield from self.under(key, entry)
        self.problems.settle()

    def under(self, key: str, entry: Entry) -> Iterator[Outcome]:
        if key in TOTALS:
            yield from self.number(key, key, entry, TOTALS[key](self.analysis))
        elif key == "output":
            yield from self.output(entry)
        elif key == "outputs":
            yield from self.outputs(entry)
        elif key == "receptive_field":
            yield from self.fields(entry)
        else:
            known = (*TOTALS, "output", "outputs", "receptive_field")
            raise _unknown(key, known, entry, "expectations")

    def number(self, key: str, name: str, entry: Entry, got: Number | None) -> Iterator[Outcome]:
        """An exact value, or ``{min: …, max: …}``."""
        if isinstance(entry.value, Piece):
            wanted = self.value(entry.value)
            held = got is not None and equal(got, wanted) is True
            yield Outcome(key, name, _shown(wanted), _shown(got), held, entry.at, wanted, got)
            return
        if isinstance(entry.value, tuple):
            raise BadExpectation(
                f"{name} is one number, got a list of {len(entry.value)}",
                at=entry.at,
                hint="write the number, or {min: …, max: …}",
            )
        for bound, inner in entry.value.items():
            if bound not in _BOUNDS:
                raise _unknown(bound, _BOUNDS, inner, "bounds")
            if not isinstance(inner.value, Piece):
                raise BadExpectation(
                    f"{bound} must be one number", at=inner.at, hint="write max: 4.1G"
                )
            limit = self.value(inner.value)
            low, high = (limit, got) if bound == "min" else (got, limit)
            held = high is not None and low is not None and at_least(high, low) is True
            words = f"{'at least' if bound == 'min' else 'at most'} {_shown(limit)}"
            yield Outcome(key, name, words, _shown(got), held, inner.at, limit, got)

    def output(self, entry: Entry) -> Iterator[Outcome]:
        outputs = self.analysis.outputs
        if len(outputs) > 1:
            raise BadExpectation(
                f"the network has {len(outputs)} outputs",
                at=entry.at,
                hint=f"write outputs: {{{next(iter(outputs))}: [10], …}}",
            )
        yield from self.shape("output", "output", entry, self.analysis.output)

    def outputs(self, entry: Entry) -> Iterator[Outcome]:
        if not isinstance(entry.value, Mapping):
            raise BadExpectation(
                "outputs must name them", at=entry.at, hint="write outputs: {output: [10]}"
            )
        for name, inner in entry.value.items():
            if name not in self.analysis.outputs:
                raise _unknown(name, self.analysis.outputs, inner, "outputs")
            yield from self.shape("outputs", f"outputs: {name}", inner, self.analysis.outputs[name])

    def shape(self, key: str, name: str, entry: Entry, got: Sequence[Number]) -> Iterator[Outcome]:
        items = _items(entry) or ()
        leaves = [item.value for item in items if isinstance(item.value, Piece)]
        if not leaves or len(leaves) < len(items):
            raise BadExpectation(
                f"{name} must be a list of sizes",
                at=entry.at,
                hint="write [10] for features, [2, 388, 388] for a map",
            )
        wanted = [self.value(leaf) for leaf in leaves]
        held = len(wanted) == len(got) and all(map(_equal, got, wanted))
        yield Outcome(key, name, _sizes(wanted), _sizes(got), held, entry.at)

    def fields(self, entry: Entry) -> Iterator[Outcome]:
        if not isinstance(entry.value, Mapping):
            raise BadExpectation(
                "receptive_field must name what is expected",
                at=entry.at,
                hint="write {size: 427, jump: 32, start: -213}",
            )
        fields = self.analysis.fields
        for key, inner in entry.value.items():
            if key not in FIELD_KEYS:
                raise _unknown(key, FIELD_KEYS, inner, "of a receptive field")
            if not fields:
                yield Outcome(
                    "receptive_field",
                    f"receptive_field: {key}",
                    "a feature map",
                    "none",
                    False,
                    inner.at,
                )
                continue
            yield from self.field(key, inner, fields)

    def field(self, key: str, entry: Entry, fields: Fields) -> Iterator[Outcome]:
        """One value for all axes, or a list of one for each."""
        axes = axis_names(len(fields))
        each = _items(entry) or (entry,) * len(fields)
        if len(each) != len(fields):
            raise BadExpectation(
                f"{key} has {len(each)} values for {len(fields)} axes",
                at=entry.at,
                hint=f"give one for all, or one each: {', '.join(axes)}",
            )
        for axis, inner, got in zip(axes, each, per_axis(fields, key)):
            name = f"receptive_field: {key} ({axis})"
            yield from self.number("receptive_field", name, inner, got)

    def value(self, piece: Piece) -> Number:
        """An expression, or a number with a suffix: ``4.1G``."""
        suffixed = quantity(piece.text)
        if suffixed is not None:
            return suffixed
        value: Any = evaluate(piece, self.scope)
        if isinstance(value, (bool, str, list)):
            raise BadExpectation(
                f"a number is expected here, got {describe(value)}",
                at=piece.at,
                hint="write 25557032, 4.1G, or an expression of the parameters",
            )
        return value


def _items(entry: Entry) -> tuple[Entry, ...] | None:
    """The entries of a list; None for one value and for a mapping."""
    if isinstance(entry.value, Piece) or not isinstance(entry.value, tuple):
        return None
    return entry.value


def _equal(a: Number, b: Number) -> bool:
    return equal(a, b) is True


def _shown(value: Number | None) -> str:
    if value is None:
        return "undefined"
    return f"{value:,}" if is_int(value) else text(value)


def _sizes(values: Iterable[Number]) -> str:
    return f"[{', '.join(map(text, values))}]"


def _unknown(name: str, known: Iterable[str], entry: Entry, what: str) -> BadExpectation:
    return BadExpectation(
        f"unknown expectation {name!r}", at=entry.at, hint=suggest(name, known, what)
    )
