"""Fully connected layers and what leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnncalc.layers.arguments import Count, Flag
from cnncalc.layers.base import Layer, Mistake, Weight
from cnncalc.layers.keeping import INPUT_KEPT, Kept
from cnncalc.layers.windows import Whole, Window
from cnncalc.sizes import Shape, Size, product


class Linear(Layer):
    """Fully connected layer: y = Wx + b, on a vector or on each token.

    Every output has a weight for every input and one bias. A weight is used once an image, on
    tokens once for each of them.
    Source: PyTorch, ``torch.nn.Linear``.
    """

    kind = "linear"
    module = "Linear"
    function = "linear"
    known_as = (
        "fc",
        "dense",
        "fullyconnected",
        "innerproduct",
    )
    example = "4096 | linear 1000"
    mistakes = (Mistake("forgot the bias", {"bias": False}),)
    ranks = range(1)
    on_tokens = "also"
    ranks_hint = "add flatten (or gap, then flatten) before it"

    out = Count("output features", "features", positional=True)
    bias = Flag("adds a learned constant to each output", default=True)

    def channels(self, *xs: Shape) -> Size:
        return self.out

    def weights(self, x: Shape, y: Shape) -> Iterator[Weight]:
        yield Weight("weight", (y.channels, x.channels), uses=product(x.spatial), out=0)
        if self.bias:
            yield Weight("bias", (y.channels,))

    def keeps(self, xs: tuple[Shape, ...], y: Shape) -> Iterator[Kept]:
        yield INPUT_KEPT

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Linear(xs[0].channels, self.out, bias=self.bias)


class Flatten(Layer):
    """The map as one vector: channels times positions.

    A view, as of a tensor that lies in memory in order; PyTorch copies one that was cropped or
    permuted. Source: PyTorch, ``torch.nn.Flatten``.
    """

    kind = "flatten"
    example = "512x7x7 | flatten"
    mistakes = (Mistake("took it for global pooling: kept only the channels", kind="gap"),)
    on_tokens = "also"
    view = True

    def windows(self, x: Shape) -> tuple[Window, ...]:
        return (Whole(keep=False),) * x.rank

    def channels(self, *xs: Shape) -> Size:
        return xs[0].numel

    def torch(self, torch: Any, *xs: Shape) -> Any:
        return torch.nn.Flatten()
