"""A body that is repeated a symbolic number of times: one layer with the power of its windows."""

from __future__ import annotations

from typing import Any, NamedTuple

from cnncalc import formulas
from cnncalc.layers.base import Layer, Product, Requirement, Weight
from cnncalc.layers.windows import Slide, Window
from cnncalc.sizes import Shape, Size, expand


class Chain(Slide):
    """Sliding windows one after the other, as one window without holes.

    Unit u reads input positions ``first + u·stride`` to ``last + u·stride``. Chains are a monoid,
    so that repetitions have a power.
    """

    __slots__ = ("last",)

    def __init__(self, first: Size = 0, last: Size = 0, stride: Size = 1, after: Size = 0) -> None:
        super().__init__(last - first + 1, stride, -first, after)
        self.last = last

    def then(self, window: Slide) -> Chain:
        """This one, and ``window`` on its output: the recurrence of receptive fields."""
        jump = self.stride
        reach = formulas.span(window.kernel, window.dilation) - 1 - window.before
        return Chain(
            formulas.edge(-self.before, -window.before, jump),
            formulas.edge(self.last, reach, jump),
            jump * window.stride,
            formulas.edge(self.after, window.after, jump),
        )

    def widened(self, first: Size, last: Size) -> Chain:
        """As many units, which read from ``first`` to ``last``: what they see over all branches."""
        return Chain(first, last, self.stride, self.after - self.last + last)

    def power(self, count: Size) -> Chain:
        """``count`` of these, one after the other.

        Each edge is moved by e, e·s, e·s², …: as often as :func:`cnncalc.formulas.geometric` says.
        """
        times = formulas.geometric(self.stride, count)
        first, last, after = (edge * times for edge in (-self.before, self.last, self.after))
        return Chain(first, last, expand(self.stride**count), after)


class Inside(NamedTuple):
    """The networks that run inside a layer, each on the output of the one before.

    They are :class:`cnncalc.graph.Graph`, which knows layers and which no layer knows.
    """

    #: Elements that all of them write.
    written: Size
    #: The first of them.
    first: Any
    #: The fullest of the others; None when a run does nothing but look at its input.
    later: Any
    #: Is ``later`` the fullest of all?
    grows: bool
    #: 1 where there is more than one, else 0.
    more: Size
    #: Is it known which one is the fullest, for all values of the symbols?
    known: bool


class Facts(NamedTuple):
    """What all repetitions together state, as :class:`Layer` asks for it."""

    windows: tuple[Window, ...]
    weights: tuple[Weight, ...]
    products: tuple[Product, ...]
    requirements: tuple[Requirement, ...]
    reaches_all: bool
    view: bool
    inside: Inside


class Repeated(Layer):
    """Layers repeated ``times``, a symbol, as one layer.

    Made where a spec is expanded (:mod:`cnncalc.spec.repeating`), for one input; it is not a kind
    that one can write, and has no PyTorch twin.
    """

    on_tokens = "also"
    facts: Facts

    def __init__(self, times: Size, facts: Facts) -> None:
        super().__init__()
        self.__dict__.update(
            kind="repeat",
            given={"times": times},
            facts=facts,
            view=facts.view,
            inside=facts.inside,
        )

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return self.facts.windows

    def weights(self, x: Shape, y: Shape) -> tuple[Weight, ...]:
        return self.facts.weights

    def products(self, *xs: Shape) -> tuple[Product, ...]:
        return self.facts.products

    def requirements(self, *xs: Shape) -> tuple[Requirement, ...]:
        return self.facts.requirements

    def reaches_all(self, *xs: Shape) -> bool:
        return self.facts.reaches_all
