"""Examples and mistakes that the kinds state, evaluated: on ints, and on numbers that show working."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any, NamedTuple

import cnncalc
from cnncalc.analyses.cost import Cost, node_cost
from cnncalc.layers import Layer, Mistake, mistaken
from cnncalc.sizes import Shape
from cnncalc.worked import Worked


class Case(NamedTuple):
    """A layer with the inputs that it reads."""

    layer: Layer
    inputs: tuple[Shape, ...]

    @property
    def output(self) -> Shape:
        return self.layer.output(*self.inputs)

    @property
    def cost(self) -> Cost:
        return node_cost(self.layer, self.inputs, self.output)

    @property
    def answers(self) -> dict[str, object]:
        """What a student may be asked, with the layout of the output told apart."""
        y = self.output
        return {"output": (y.features_last, y), **self.cost._asdict()}

    def replace(self, changes: Mapping[str, Any]) -> Case:
        return self._replace(layer=self.layer.replace(**changes))

    def mistaken(self, mistake: Mistake) -> Case:
        wrong = mistaken(self.layer, mistake)
        return Case(wrong, self.inputs[: wrong.arity[1]])

    def worked(self) -> Case:
        """The same with numbers that show their working, for inputs and arguments."""
        declared, checked = self.layer.arguments, vars(self.layer)
        given = {
            name: declared[name].mapped(checked[name], lambda value, letter: Worked(value))
            for name in self.layer.given
        }
        return Case(self.layer.replace(**given), tuple(map(fresh, self.inputs)))


def example(kind: type[Layer]) -> Case:
    """The last layer of the kind's example."""
    graph = cnncalc.load(kind.example).graph()
    node = graph.nodes[-1]
    return Case(node.layer, graph.inputs_of(node))


def fresh(shape: Shape) -> Shape:
    """The shape in numbers without a derivation."""
    return type(shape)(Worked(int(size)) for size in shape)


_PYTHON = str.maketrans(
    {"⌊": "floor(", "⌋": ")", "⌈": "ceil(", "⌉": ")", "·": "*", "−": "-", "^": "**"}
)


def evaluate(derivation: str) -> int | Fraction:
    """What a derivation comes to, in exact fractions; digits may be grouped: 9,408."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", derivation)
    exact = re.sub(r"(?<!\^)(\d+)", r"Fraction(\1)", plain).translate(_PYTHON)
    words = {
        "Fraction": Fraction,
        "floor": floor,
        "ceil": ceil,
        "min": min,
        "max": max,
        "__builtins__": {},
    }
    found = Fraction(eval(exact, words))
    return found.numerator if found.denominator == 1 else found
