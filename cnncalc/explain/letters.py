"""The same layer twice: with letters for its sizes and arguments, and with numbers that can be seen.

What a layer's formulas come to on the first is the formula, on the second the working.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from cnncalc.layers import Layer
from cnncalc.render.page import Meaning
from cnncalc.sizes import Shape, Size, is_symbolic, text
from cnncalc.spec.printing import changed
from cnncalc.worked import Worked, named

#: Letters for the axes of a layer's input; its output has them with a prime.
_AXES = {
    "channels": "C",
    "features": "C",
    "tokens": "N",
    "depth": "D",
    "height": "H",
    "width": "W",
}

#: What letters mean that are no argument of a layer.
MEANINGS = {
    "C": "channels (features) of the input",
    "N": "tokens of the input",
    "D": "depth of the input",
    "H": "height of the input",
    "W": "width of the input",
    "′": "the same of the output",
    "r": "size of the field of the input",
    "j": "jump of the input: input positions between its neighbouring units",
    "b": "where the field of unit 0 of the input begins",
    "start": "the first position that a unit sees",
    "end": "the last position that a unit sees",
    "step": "positions that the window moves by",
    "units": "units that share a step",
    "weights": "elements of the weight",
    "uses": "how often an image uses each",
    "bytes": "bytes of one element",
    "batch": "images at once",
}

_Make = Callable[[Any, str], Worked]


class Case(NamedTuple):
    """A layer in its place: its inputs and, as numbers of their own, its output."""

    layer: Layer
    xs: tuple[Shape, ...]
    y: Shape

    @classmethod
    def of(cls, layer: Layer, xs: tuple[Shape, ...], y: Shape, make: _Make) -> Case:
        """The layer with every size made by ``make(value, letter)``."""
        arguments = {
            name: layer.arguments[name].mapped(vars(layer)[name], make)
            if name in changed(layer)
            else value
            for name, value in layer.given.items()
        }
        several = len(xs) > 1
        inputs = tuple(
            _made(x, make, f"_{i}" if several else "") for i, x in enumerate(xs, start=1)
        )
        return cls(layer.replace(**arguments), inputs, _made(y, make, "′"))


def _made(shape: Shape, make: _Make, suffix: str) -> Shape:
    letters = (f"{_AXES.get(axis, axis.replace(' ', '_'))}{suffix}" for axis in shape.axes)
    return type(shape)(map(make, shape, letters))


class Pair(NamedTuple):
    """A layer on letters and on numbers."""

    letters: Case
    numbers: Case

    @classmethod
    def of(cls, layer: Layer, xs: tuple[Shape, ...], y: Shape, taken: Mapping[str, Any]) -> Pair:
        """``taken``: the symbols of the network, whose names no letter has unless it is that symbol."""

        def lettered(value: Any, letter: str) -> Worked:
            return named(value, apart(letter, value, taken))

        return cls(
            Case.of(layer, xs, y, lettered), Case.of(layer, xs, y, lambda value, _: Worked(value))
        )


def apart(letter: str, value: Any, taken: Mapping[str, Any]) -> str:
    """The letter, with an index where the network has another symbol of this name."""
    return f"{letter}_0" if letter in taken and text(value) != letter else letter


def symbols_of(values: Iterable[Size]) -> dict[str, Any]:
    """The symbols that sizes are made of, by name."""
    return {
        item.name: item for value in values if is_symbolic(value) for item in value.free_symbols
    }


def meanings(letter: str, layers: Iterable[Layer]) -> list[Meaning]:
    """What a letter of the formulas of these layers stands for."""
    if letter in MEANINGS:
        return [Meaning(letter, MEANINGS[letter])]
    stem = letter.partition("_")[0].rstrip("′")
    said: dict[str, dict[str, None]] = {}
    for layer in layers:
        for name, argument in layer.arguments.items():
            if argument.letter == stem and name in changed(layer):
                said.setdefault(argument.doc.partition(";")[0], {})[layer.kind] = None
    if not said and stem in MEANINGS:
        return [Meaning(letter, MEANINGS[stem])]
    return [Meaning(letter, doc, tuple(kinds)) for doc, kinds in said.items()]
