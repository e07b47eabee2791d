"""Layers, blocks and iterations by the names that tables call them."""

from __future__ import annotations

from collections.abc import Sequence

from cnncalc.analyses.cost import Cost
from cnncalc.analyses.receptive_field import Fields
from cnncalc.expect.reading import unknown
from cnncalc.results import Analysis, LayerResult
from cnncalc.sizes import Shape, expand
from cnncalc.spec.syntax import Entry


class Part:
    """An input, a layer, or all layers of a block, of an iteration or of a loop."""

    def __init__(self, name: str, shape: Shape, layers: Sequence[LayerResult] = ()) -> None:
        self.name = name
        #: What it puts out.
        self.shape = shape
        self.layers = layers

    @property
    def tensor(self) -> str:
        """The name of what it puts out."""
        return self.layers[-1].name if self.layers else self.name

    @property
    def cost(self) -> Cost:
        columns = zip(*(layer.cost for layer in self.layers))
        return Cost(*(expand(sum(column)) for column in columns)) if self.layers else Cost(0, 0, 0)

    @property
    def fields(self) -> Fields | None:
        """Receptive field of what it puts out."""
        return self.layers[-1].fields if self.layers else None


class Parts:
    """The parts of a network."""

    def __init__(self, analysis: Analysis) -> None:
        self._inputs = analysis.inputs
        self._layers: dict[str, list[LayerResult]] = {}
        for layer in analysis.layers:
            names = [*(scope.name for scope in layer.scopes), layer.name]
            loops = [name.rpartition("[")[0] for name in names if name.endswith("]")]
            for name in dict.fromkeys((*loops, *names)):
                self._layers.setdefault(name, []).append(layer)

    def layers(self, name: str) -> Sequence[LayerResult]:
        """All layers of a part; none of an input."""
        return self._layers.get(name, ())

    def find(self, name: str, entry: Entry) -> Part:
        """Raises :class:`cnncalc.errors.SpecError` for a name that nothing has."""
        layers = self._layers.get(name)
        if layers is not None:
            return Part(name, layers[-1].output, layers)
        if name in self._inputs:
            return Part(name, self._inputs[name])
        raise unknown(name, (*self._layers, *self._inputs), entry, "layers")
