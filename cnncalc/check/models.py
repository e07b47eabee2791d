"""The models of a file: its network or presets, at its own sizes and those that ``expect:`` names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.check.model import Model
from cnncalc.check.settings import Settings
from cnncalc.errors import CnncalcError, Position
from cnncalc.expect import Case, cases
from cnncalc.network import Network
from cnncalc.spec.bind import free_symbols
from cnncalc.spec.syntax import Spec


def models(spec: Spec, settings: Settings) -> Iterator[Model | CnncalcError]:
    """The network, or each preset of a family; sizes that mean nothing are an error among them."""
    if not spec.presets:
        yield from _Sizes(spec, None, settings).models()
    for name in spec.presets:
        yield from _Sizes(spec.preset(name), name, settings).models()


class _Sizes:
    """One network, once for each choice of its sizes."""

    def __init__(self, spec: Spec, preset: str | None, settings: Settings) -> None:
        self.spec = spec
        self.preset = preset
        self.limits = settings.limits
        symbols = free_symbols(spec, settings.limits)
        self.symbols = [name for name in symbols if name not in spec.params]
        self.at = {name: value for name, value in settings.at if name in self.symbols}
        self.settings = {name: value for name, value in settings.set if name in spec.params}
        self.found: dict[object, Model] = {}

    def models(self) -> Iterator[Model | CnncalcError]:
        chosen: list[Case] = []
        for case in cases(self.spec, self.limits):
            if isinstance(case, CnncalcError):
                yield case
            else:
                chosen.append(case)
        if self.has_own(chosen):
            own, _ = self.model(Case({}, {}))
            own.own = True
            own.expected += [case.expected for case in chosen if case.place is None]
        for case in chosen:
            if case.place is not None:
                self.add(case, case.place)
        yield from self.found.values()

    def has_own(self, chosen: Sequence[Case]) -> bool:
        """Is it looked at at its own sizes? Not when it has none, and others are named."""
        named = (*self.spec.at, *self.at)
        return (
            not chosen
            or any(case.place is None for case in chosen)
            or all(name in named for name in self.symbols)
        )

    def model(self, case: Case) -> tuple[Model, Mapping[str, int]]:
        """The model at the sizes of a case, and what these are: the first that has them."""
        free = {name: value for name, value in self.at.items() if name not in case.at}
        network = Network(case.spec(self.spec), self.limits)
        model = Model(network, free, self.settings, self.preset)
        try:
            numbers: Mapping[str, int] = model.expansion.binding
            key: object = frozenset(numbers.items())
        except CnncalcError:  # it is raised again when the model is looked at
            numbers, key = {}, tuple((name, piece.text) for name, piece in case.at.items())
        return self.found.setdefault(key, model), numbers

    def add(self, case: Case, place: Position) -> None:
        """Has a case held at the sizes that it names, together with the others there."""
        model, numbers = self.model(case)
        if case.expected:
            model.expected.append(case.expected)
        if not model.asked:
            named = case.at.items()
            model.sizes = ", ".join(
                f"{name}={numbers.get(name, text)}" for name, (text, _) in named
            )
            model.label = f"{self.preset}, {model.sizes}" if self.preset else model.sizes
        model.asked.append(place)
