"""Fully connected layers and what leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Count, Flag
from cnncalc.layers.base import Layer, Weight
from cnncalc.layers.windows import Whole, Window
from cnncalc.sizes import Shape, Size


class Linear(Layer):
    """Fully connected layer: y = Wx + b. Source: PyTorch, ``torch.nn.Linear``."""

    kind = "linear"
    ranks = range(1)
    ranks_hint = "add flatten (or gap, then flatten) before it"

    out = Count("output features", "features", positional=True)
    bias = Flag("adds a learned constant to each output", default=True)

    def channels(self, *xs: Shape) -> Size:
        return self.out

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield Weight("weight", (y.channels, x.channels), uses=1)
        if self.bias:
            yield Weight("bias", (y.channels,))

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Linear(xs[0].channels, self.out, bias=self.bias)


class Flatten(Layer):
    """The map as one vector: channels times positions. Source: PyTorch, ``torch.nn.Flatten``."""

    kind = "flatten"
    view = True

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=False),) * x.rank

    def channels(self, *xs: Shape) -> Size:
        return xs[0].numel

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Flatten()
