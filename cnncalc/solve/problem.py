"""What is to be solved: a network, the names that values are wanted for, and a condition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc.errors import UsageError, suggest
from cnncalc.solve.facts import Facts, Wanted
from cnncalc.spec import Limits, Spec
from cnncalc.spec.bind import Values, free_symbols
from cnncalc.spec.build import Expansion

if TYPE_CHECKING:
    from cnncalc.symbolic.forms import Solution

Point = Mapping[str, int]


class Found(NamedTuple):
    """The values that were asked for.

    ``condition`` tells all of them where isl has them as a set, ``values`` lists them where they
    were tried one by one, ``solutions`` has them in terms of other symbols; ``argument`` is why
    they are right and all there are.
    """

    argument: str
    smallest: dict[str, int] | None = None
    largest: dict[str, int] | None = None
    condition: str | None = None
    values: list[dict[str, int]] | None = None
    tried: tuple[int, int] | None = None
    solutions: list[Solution] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON; ``exact`` is whether the values are all there are, rather than those tried."""
        return {
            "exact": self.tried is None,
            "argument": self.argument,
            "tried": self.tried and list(self.tried),
            "condition": self.condition,
            "smallest": self.smallest,
            "largest": self.largest,
            "values": self.values,
            "solutions": self.solutions and [solution._asdict() for solution in self.solutions],
        }


class Problem:
    """A network, the names that values are wanted for, and what must hold."""

    def __init__(
        self,
        spec: Spec,
        values: Values,
        limits: Limits,
        unknowns: list[str],
        such_that: str,
    ) -> None:
        self.spec, self.limits = spec, limits
        self.wanted = Wanted(such_that, limits)
        self.sizes = [name for name in free_symbols(spec, limits) if name not in spec.params]
        self.values = values
        self.unknowns = unknowns
        #: Names that come with assumptions, as h in H=32*h.
        self.assumed = {name for text in map(str, values.assume.values()) for name in _words(text)}
        for name in unknowns:
            if "." not in name and name not in (*self.sizes, *self.assumed):
                self._check(name)

    def _check(self, name: str) -> None:
        used = _words(self.spec.origin.text) if self.spec.one_line else ()
        if name not in (*self.spec.params, *used):
            raise UsageError(
                f"--for {name}: the network has no symbol or parameter {name!r}",
                hint=suggest(name, (*self.sizes, *self.spec.params), "names")
                + "; an argument of a layer is written conv1.padding",
            )

    def given(
        self, numbers: Point | None = None, symbols: Callable[[str], Any] | None = None
    ) -> Values:
        """What to expand with: the unknowns as numbers, or as symbols."""
        known = self.values
        symbols = symbols or known.symbols
        at, settings, assume = dict(known.at), dict(known.settings), dict(known.assume)
        layers: dict[str, dict[str, Any]] = {}
        for unknown in self.unknowns:
            layer, _, name = unknown.rpartition(".")
            value = symbols(unknown) if numbers is None else numbers[unknown]
            if layer:
                layers.setdefault(layer, {})[name] = value
            elif unknown in self.sizes:
                at.pop(unknown, None)
                assume[unknown] = unknown if numbers is None else value
            elif unknown not in self.assumed:
                settings[unknown] = value
        make = symbols

        def number(name: str) -> Any:
            return numbers[name] if numbers and name in numbers else make(name)

        return known._replace(
            at=at, settings=settings, assume=assume, layers=layers, symbols=number
        )

    def facts(self, numbers: Point) -> Facts:
        """What can be asked of the network for these values of the unknowns."""
        expansion = Expansion(self.spec, self.given(numbers), self.limits)
        return Facts(expansion.graph(), expansion.root)


def _words(text: str) -> list[str]:
    return re.findall(r"[A-Za-z_]\w*", text)
