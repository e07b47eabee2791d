"""The sizes at which expectations hold: ``at:`` beside them, the spec's own without."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cnncalc.errors import Position, SpecError
from cnncalc.expect.reading import items, named, size_hint
from cnncalc.problems import BadExpectation
from cnncalc.spec.bind import free_symbols
from cnncalc.spec.limits import Limits
from cnncalc.spec.syntax import Entry, Expect, Piece, Spec

_EXAMPLE = "at: {H: 224, W: 224}, or at: [{H: 224, W: 224}, {H: 32, W: 32}]"


class Case(NamedTuple):
    """Expectations at one choice of the sizes.

    ``place`` is where the sizes are chosen; None: they are the spec's own.
    """

    expected: Expect
    at: Mapping[str, Piece]
    place: Position | None = None

    def spec(self, spec: Spec) -> Spec:
        """The spec at these sizes; a symbol that is not named keeps the spec's own value."""
        return spec._replace(at={**spec.at, **self.at}) if self.at else spec


def cases(spec: Spec, limits: Limits) -> Iterator[Case | SpecError]:
    """What a spec expects, once for each size that it names.

    What is expected for all sizes at once is only in the first. Sizes that mean nothing are an error
    among the cases.
    """
    for expected in spec.expected:
        at = expected.get("at")
        rest = {key: entry for key, entry in expected.items() if key != "at"}
        if at is None:
            yield Case(rest, {})
            continue
        for entry in items(at) or (at,):
            try:
                yield Case(rest, _sizes(entry, spec, limits), entry.at)
            except SpecError as error:
                yield error
            else:
                rest = {key: entry for key, entry in rest.items() if key != "domain"}


def _sizes(entry: Entry, spec: Spec, limits: Limits) -> Mapping[str, Piece]:
    found: dict[str, Piece] = {}
    symbols = [name for name in free_symbols(spec, limits) if name not in spec.params]
    message = "at: names sizes of the input"
    for name, inner in named(entry, message, _EXAMPLE).items():
        if name not in symbols:
            raise BadExpectation(
                f"no input has a size {name!r}",
                at=inner.key or inner.at,
                hint=f"{name} is a parameter: write a preset that sets it"
                if name in spec.params
                else size_hint(name, symbols),
            )
        if not isinstance(inner.value, Piece):
            raise BadExpectation(f"{name} is one number", at=inner.at, hint=f"write {_EXAMPLE}")
        found[name] = inner.value
    return found
